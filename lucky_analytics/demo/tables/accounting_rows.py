"""What was booked: income by batch of payments, with planted booking errors, and weekly costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.horizon import DATES, N_DAYS
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.process.trades import REFUND
from lucky_analytics.demo.tables.cost_bills import cost_table
from lucky_analytics.demo.tables.sales_payment import fee_of_trades, posting_day
from lucky_analytics.demo.tables.shops import LIVE_TENANT
from lucky_analytics.demo.tables.vouchers import entry_table

__all__ = ["Bills", "draw_bills", "tables"]

N_INCOME = 136_000
DRINKS, STATE_TAX, FEES, DISCOUNTS, REFUNDS, PROCESSING, SERVICE, COUPONS, CAMPAIGNS = range(1, 10)
FOOD, CITY_TAX, LIST_VALUE = range(10, 13)
MEMORANDA = (COUPONS, CAMPAIGNS, LIST_VALUE)
_STATE_PART = 4.0 / 8.875
_MONEY = pa.decimal128(14, 2)


@dataclass(frozen=True)
class Bills:
    """Income bills in the order of batch and type; ``cents`` signed. ``errors``: positions by planted class,
    for ``missing_batches`` the batch numbers that have no bill at all."""

    day: Ints
    shop: Ints
    channel: Ints
    is_usd: Ints
    kind: Ints
    cents: Ints
    n_trades: Ints
    errors: dict[str, list[str]]


def draw_bills(world: World) -> Bills:
    """One bill per batch, currency and type of income, up to the published count.

    A batch's drinks, food, taxes, fees and discounts add up to its payments; refunds and the processor's
    fees are bills of their own. Subsidies are memoranda and fill the count. Planted: batches that were
    never booked, booked twice, or booked with a wrong amount.
    """
    rng = stream(world.seed, "bills")
    trades, book = world.trades, world.book
    day = posting_day(trades, book)
    posted = np.flatnonzero(day >= 0)
    order = trades.order[posted]
    currency = trades.is_usd[posted].astype(np.int64)
    key = ((day[posted] * 600 + book.shop[order]) * 100 + trades.channel[posted]) * 2 + currency
    batches, group, n_trades = np.unique(key, return_inverse=True, return_counts=True)
    transaction, service = fee_of_trades(trades, world.planted)
    amounts = _parts(world, posted, order, transaction[posted], service[posted])
    sums = np.stack([np.bincount(group, part, len(batches)) for part in amounts]).round().astype(np.int64)
    kind, batch = np.nonzero(sums)
    cents = sums[kind, batch]
    is_memo = np.isin(kind + 1, MEMORANDA)
    memo, firm = np.flatnonzero(is_memo), np.flatnonzero(~is_memo)
    scale = world.targets.scale
    plant = world.planted["exceptions"]
    twice, never, wrong = (
        plant[name] if world.targets.is_full else int(np.ceil(plant[name] * scale))
        for name in ("double_booked_batches", "missing_batches", "wrong_amount_bills")
    )
    lots = rng.permutation(len(batches))
    gone, doubled = lots[:never], lots[never : never + twice]
    room = (
        round(N_INCOME * scale)
        - int((~np.isin(batch[firm], gone)).sum())
        - int(np.isin(batch[firm], doubled).sum())
    )
    kept = np.sort(np.r_[firm, rng.permutation(memo)[: max(room, 0)]])
    kept = kept[~np.isin(batch[kept], gone)]
    again = kept[np.isin(batch[kept], doubled) & ~is_memo[kept]]
    kept = np.sort(np.r_[kept, again])
    kept = kept[np.lexsort((kind[kept], batch[kept]))]
    kind, batch, cents = kind[kept] + 1, batch[kept], cents[kept]
    changed = np.sort(
        rng.choice(np.flatnonzero((kind == DRINKS) & ~np.isin(batch, doubled)), wrong, replace=False)
    )
    cents[changed] += rng.choice([-5000, -900, -1, 1, 250, 9900], wrong)
    code = batches[batch]
    named = _batch_numbers(world, batches)
    errors = {
        "missing_batches": [named[k] for k in gone],
        "double_booked_batches": [named[k] for k in doubled],
        "wrong_amount_bills": [str(200_000_001 + k) for k in changed],
    }
    return Bills(
        code // 120_000, code // 200 % 600, code // 2 % 100, code % 2, kind, cents, n_trades[batch], errors
    )


def _parts(world: World, posted: Ints, order: Ints, transaction: Ints, service: Ints) -> list[Ints]:
    """Signed cents of each posted trade by bill type, in the order of the types."""
    book, charges, trades = world.book, world.charges, world.trades
    lines = book.lines
    is_refund = trades.status[posted] == REFUND
    # The first payment of an order carries its parts; a second one is all sales.
    first = np.zeros(len(posted), dtype=bool)
    first[np.unique(np.where(is_refund, -1 - np.arange(len(order)), order), return_index=True)[1]] = True
    own = first & ~is_refund
    source = book.source[order]
    tax = np.bincount(lines.order, lines.tax, book.n).astype(np.int64)[order] * own
    fees = (charges.delivery_fee + charges.packaging_fee)[source] * own
    discount = charges.order_discount[source] * own
    amount = trades.amount[posted]
    is_food = world.menu.category[lines.product] == CATEGORIES.index("Food")
    food = np.bincount(lines.order, lines.pay * is_food, book.n).astype(np.int64)[order] * own
    drinks = np.where(is_refund, 0, amount - tax - fees + discount - food)
    state = np.round(tax * _STATE_PART).astype(np.int64)
    coupons = np.bincount(lines.order, lines.sale - lines.pay, book.n).astype(np.int64)[order] * own
    campaigns = np.bincount(lines.order, lines.listed - lines.sale, book.n).astype(np.int64)[order] * own
    refunds = np.where(is_refund, -amount, 0)
    value = book.total[order] * own
    return [drinks, state, fees, -discount, refunds, -transaction / 100, -service / 100, coupons, campaigns,
            food, tax - state, value]  # fmt: skip


def _batch_numbers(world: World, batches: Ints) -> list[str]:
    """Numbers as the trades carry them: posting date, shop id, channel."""
    day, shop, channel = batches // 120_000, batches // 200 % 600, batches // 2 % 100
    dates = [f"{date:%Y%m%d}" for date in DATES]
    ids = world.shops.ids
    return [f"{dates[d]}-{ids[s]}-{c}" for d, s, c in zip(day, shop, channel, strict=True)]


def tables(world: World) -> Iterator[NamedTable]:
    """``t_acc_income_bill``, ``t_acc_cost_bill`` and the ledger entries that follow from them."""
    declared = estate.load().database("luckyus_ifiaccounting")
    bills = draw_bills(world)
    n = len(bills.day)
    dates = choose(bills.day, [f"{date:%Y%m%d}" for date in DATES])
    batch = pc.binary_join_element_wise(dates, texts(world.shops.ids[bills.shop]), texts(bills.channel), "-")
    ids = 200_000_001 + np.arange(n)
    booked = local_midnight_utc(bills.day, np.zeros(n, dtype=bool)) + 30 * 3600
    income = table(declared.table("t_acc_income_bill").schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "bill_no": pc.binary_join_element_wise("IB", texts(ids), ""),
        "batch_no": batch,
        "shop_id": world.shops.ids[bills.shop],
        "bill_date": pa.array([DATES[k] for k in range(N_DAYS)], pa.date32()).take(pa.array(bills.day)),
        "channel_id": bills.channel,
        "bill_type": bills.kind,
        "amount": decimals(bills.cents, _MONEY),
        "n_trades": bills.n_trades,
        "currency_code": choose(bills.is_usd, ("NZD", "USD")),
        "status": np.where(ids % 211 == 0, 2, 1),
        "create_time": datetimes(booked),
    })  # fmt: skip
    costs = cost_table(declared.table("t_acc_cost_bill").schema, world)
    yield declared.name, "t_acc_income_bill", income
    yield declared.name, "t_acc_cost_bill", costs
    entries = declared.table("t_pre_voucher_entry_assist").schema
    yield (
        declared.name,
        "t_pre_voucher_entry_assist",
        entry_table(entries, income, costs, world.targets.scale),
    )
