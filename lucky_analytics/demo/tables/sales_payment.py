"""The payment database: ``t_trade``, ``t_channel_fee``, ``t_user_channel``, ``t_user``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.channels import CHANNELS
from lucky_analytics.demo.process.horizon import DATES, N_DAYS
from lucky_analytics.demo.process.trades import REFUND, Trades
from lucky_analytics.demo.process.users import Users
from lucky_analytics.demo.tables.shops import LIVE_TENANT, Shops
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.estate import Database

__all__ = ["FIRST_TRADE_ID", "fee_of_trades", "has_fee_row", "posting_day", "tables"]

N_FEES, N_USER_CHANNELS, N_KEPT = 502_000, 157_000, 10_000
FIRST_TRADE_ID = 700_000_000_001
_REPORTED_AFTER = 5 * 3600
_TENTHS = pa.decimal128(12, 4)


def fee_of_trades(trades: Trades, planted: Plants) -> tuple[Ints, Ints]:
    """Transaction and service fee of each trade in hundredths of a cent: fixed + rate x amount, half up.

    Nothing is charged for an amount of zero, a failure or a reversal.
    """
    ids = np.array([channel for channel, _, _ in CHANNELS])
    at = np.argsort(ids)[np.searchsorted(ids, trades.channel, sorter=np.argsort(ids))]
    fixed, rate = (np.array(planted["fees"][name], dtype=float) for name in ("fixed_cents", "rates"))
    charged = (trades.amount > 0) & (trades.status <= 3)
    fee = (fixed[at] + rate[at] * trades.amount) * 100.0
    service = planted["fees"]["service_rate"] * trades.amount * 100
    return _half_up(np.where(charged, fee, 0)), _half_up(np.where(charged, service, 0))


def _half_up(value: Floats) -> Ints:
    return np.floor(value + 0.5).astype(np.int64)


def has_fee_row(trades: Trades, targets: Targets, seed: int) -> Bools:
    """Which counted trades the processor reported: all but mostly zero amounts, and a few real ones."""
    rng = stream(seed, "fee rows")
    reported = trades.is_counted.copy()
    absent = max(int(reported.sum()) - round(N_FEES * targets.scale), 0)
    real = np.flatnonzero(reported & (trades.amount > 0))
    zero = np.flatnonzero(reported & (trades.amount == 0))
    n_real = round(0.074 * absent)
    reported[rng.choice(real, n_real, replace=False)] = False
    reported[rng.choice(zero, min(absent - n_real, len(zero)), replace=False)] = False
    return reported


def posting_day(trades: Trades, book: Book) -> Ints:
    """The business day on which each trade is posted; late ones a day or two after, -1 where never."""
    day = np.where(trades.order >= 0, book.day[np.maximum(trades.order, 0)], -1)
    late = 1 + (np.arange(trades.n) % 3 == 0)
    day = np.where(trades.is_posted_late & (day >= 0), np.minimum(day + late, N_DAYS - 1), day)
    posts = (trades.is_counted | (trades.status == REFUND)) & (trades.amount > 0)
    return np.where(posts, day, -1)


def tables(world: World) -> Iterator[NamedTable]:
    """The payment database."""
    declared = estate.load().database("luckyus_sales_payment")
    for name, rows in _payment_tables(declared, world):
        yield declared.name, name, rows


def _payment_tables(declared: Database, world: World) -> Iterator[tuple[str, pa.Table]]:
    book, trades, users = world.book, world.trades, world.users
    transaction, service = fee_of_trades(trades, world.planted)
    ids = FIRST_TRADE_ID + np.arange(trades.n)
    trade_no = pc.binary_join_element_wise("T", texts(ids), "")
    yield (
        "t_trade",
        _trade_table(declared, book, trades, world.shops, users, ids, trade_no, transaction + service),
    )
    kept = np.flatnonzero(has_fee_row(trades, world.targets, world.seed))
    yield "t_channel_fee", table(declared.table("t_channel_fee").schema, {
        "id": 900_000_001 + np.arange(len(kept)),
        "tenant": same(LIVE_TENANT, len(kept), pa.string()),
        "trade_no": trade_no.take(pa.array(kept)),
        "channel_id": trades.channel[kept],
        "amount": trades.amount[kept],
        "transaction_fee": decimals(transaction[kept], _TENTHS),
        "merchant_service_fee": decimals(service[kept], _TENTHS),
        "total_fee": decimals((transaction + service)[kept], _TENTHS),
        "create_time": datetimes(trades.created[kept] + _REPORTED_AFTER),
    })  # fmt: skip
    yield "t_user_channel", _user_channels(declared.table("t_user_channel").schema, world)
    yield "t_user", _kept_methods(declared, world)


def _trade_table(
    declared: Database, book: Book, trades: Trades, shops: Shops, users: Users, ids: Ints,
    trade_no: pa.Array, fee: Ints,
) -> pa.Table:  # fmt: skip
    known = np.maximum(trades.order, 0)
    order_id = np.where(trades.order >= 0, book.id[known], ids + 10**17)
    day = posting_day(trades, book)
    dates = choose(np.maximum(day, 0), [f"{date:%Y%m%d}" for date in DATES])
    shop = texts(shops.ids[book.shop[known]])
    batch = pc.binary_join_element_wise(dates, shop, texts(trades.channel), "-")
    reference = np.where(trades.order == -1, 1, 0)
    prefix = choose(reference, ("pi_", "seti_"))
    number = texts((ids * 742_938_285) % 2_147_483_647 + 10**10 * (ids % 9_973))
    return table(declared.table("t_trade").schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, trades.n, pa.string()),
        "trade_no": trade_no,
        "order_id": pc.if_else(pa.array(trades.order != -1), texts(order_id), None),
        "user_no": texts(users.numbers[trades.user]),
        "channel_id": trades.channel,
        "trade_type": np.where(trades.status == REFUND, 2, 1),
        "amount": trades.amount,
        "currency_code": choose(trades.is_usd.astype(np.int64), ("NZD", "USD")),
        "status": trades.status,
        "third_trade_no": pc.binary_join_element_wise(prefix, number, ""),
        "fee": _half_up(fee / 100),
        "batch_no": pc.if_else(pa.array(day >= 0), batch, None),
        "pay_time": datetimes(np.where(trades.status == 6, -1, trades.created)),
        "create_time": datetimes(trades.created),
        "modify_time": datetimes(trades.created + np.where(trades.status == 3, 3 * 86_400, 60)),
    })  # fmt: skip


def _user_channels(schema: pa.Schema, world: World) -> pa.Table:
    """Every user's most used method, then second ones of those who used two most often, to the count."""
    methods, owner = world.methods, world.cards.owner
    default = np.flatnonzero(methods.is_default)
    second = np.flatnonzero(~methods.is_default)
    room = max(round(N_USER_CHANNELS * world.targets.scale) - len(default), 0)
    second = second[np.lexsort((second, -methods.uses[second]))][:room]
    kept = np.sort(np.r_[default, second])
    created = world.trades.created[methods.first[kept]]
    kept, created = kept[np.argsort(created, kind="stable")], np.sort(created)
    user, channel, is_default = methods.user[kept], methods.channel[kept], methods.is_default[kept]
    number = world.users.numbers[np.where(is_default, owner[user], user)]
    token = texts((number * 48_271 + channel) % 999_999_999_989)
    return table(schema, {
        "id": 40_001 + np.arange(len(kept)),
        "tenant": same(LIVE_TENANT, len(kept), pa.string()),
        "user_no": world.user_no(user),
        "channel_id": channel,
        "card_token": pc.binary_join_element_wise("pm_", token, ""),
        "is_default": is_default.astype(np.int64),
        "create_time": datetimes(created),
    })  # fmt: skip


def _kept_methods(declared: Database, world: World) -> pa.Table:
    """Those who let the processor keep a payment method, likelier the more they pay."""
    rng = stream(world.seed, "kept methods")
    trades, users = world.trades, world.users
    paid = np.flatnonzero(trades.is_counted & (trades.amount > 0) & (trades.order >= 0))
    paid = paid[trades.user[paid] < world.orders.n_customers]
    lots = rng.permutation(paid)
    _, first = np.unique(trades.user[lots], return_index=True)
    kept = np.sort(lots[np.sort(first)[: round(N_KEPT * world.targets.scale)]])
    n, user, created = len(kept), trades.user[kept], trades.created[kept]
    is_withdrawn = rng.random(n) < 0.06
    room = np.clip(world.facts.end - created, 0, 10 * 86_400)
    number = texts((users.numbers[user] * 69_621) % 999_999_999_989 + 10**12)
    return table(declared.table("t_user").schema, {
        "id": 500_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "user_no": world.user_no(user),
        "third_customer_no": pc.binary_join_element_wise("cus_", number, ""),
        "status": np.where(is_withdrawn, 2, 1),
        "create_time": datetimes(created),
        "modify_time": datetimes(created + is_withdrawn * (room * rng.random(n)).astype(np.int64)),
    })  # fmt: skip
