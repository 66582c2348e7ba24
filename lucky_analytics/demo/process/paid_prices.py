"""What was paid for each unit, before tax: list, discounts, proportional fitting to every money margin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.horizon import DAYS, MONTH
from lucky_analytics.demo.process.items import N_TOP, Items
from lucky_analytics.demo.process.menu_list import Menu
from lucky_analytics.demo.process.order_fees import Charges
from lucky_analytics.demo.process.placement import N_DELIVERY, NZD_ROW, Orders
from lucky_analytics.demo.process.store_plan import RESIDUAL, StorePlan
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["Margins", "fit_prices", "list_cents", "margins"]

# 30 June is a period of its own (its average was published), then the eight months.
N_PERIODS = 9
PERIOD = np.where(DAYS == 0, 0, MONTH + 1)
NZD_GROUP = NZD_ROW * N_PERIODS
N_GROUPS = NZD_GROUP + 1
DELIVERY_MARKUP = 1.2
_TAIL_DEPTH, _NOISE_SD = 0.60, 0.25
_Cents = Ints | Floats


@dataclass(frozen=True)
class Margins:
    """Cents that groups of orders must come to: tax, fees and order discounts included.

    ``group`` (per order): store row x period, or NZD. ``account`` (per order): delivery account, 3 others.
    """

    group: Ints
    group_cents: Ints
    account: Ints
    account_cents: Ints
    product_cents: Ints


def margins(orders: Orders, plan: StorePlan, targets: Targets, planted: Plants) -> Margins:
    """The money margins: published rows and months, the average of 30 June, February's average.

    Where the split of a store's dollars over months is free it follows the price path.
    """
    period = PERIOD[orders.day]
    group = np.where(orders.is_usd, orders.row * N_PERIODS + period, NZD_GROUP)
    row = np.minimum(orders.row, RESIDUAL)
    path = plan.price[row, orders.day] * 100
    wanted = np.bincount(group, np.where(orders.is_usd, path, 0), N_GROUPS)[:NZD_GROUP].reshape(-1, N_PERIODS)
    n_orders = np.bincount(group, minlength=N_GROUPS)[:NZD_GROUP].reshape(-1, N_PERIODS)
    opening = planted["promotion"]["aov_start"] * 100 * n_orders[:, 0].sum()
    wanted[:, 0] *= opening / max(wanted[:, 0].sum(), 1e-9)
    totals = targets.store_cents[: RESIDUAL + 1].astype(float)
    wanted[0, 1:] = targets.flagship_cents
    wanted[0, 1] -= wanted[0, 0]
    february = planted["promotion"]["aov_february"] * 100 * n_orders[:, -1].sum() - wanted[0, -1]
    wanted[1:, -1] *= february / wanted[1:, -1].sum()
    middle = wanted[1:, 1:-1]
    middle *= ((totals[1:] - wanted[1:, 0] - wanted[1:, -1]) / np.maximum(middle.sum(1), 1e-9))[:, None]
    cents = np.stack([_whole(wanted[k], int(totals[k])) for k in range(RESIDUAL + 1)])
    return Margins(
        group=group,
        group_cents=np.r_[cents.ravel(), targets.nzd_cents],
        account=orders.delivery_account,
        account_cents=targets.delivery_cents,
        product_cents=targets.product_cents,
    )


def _whole(cents: Floats, total: int) -> Ints:
    """Whole cents by period; a store that only traded in February has its total there."""
    if cents[1:-1].sum() <= 0:
        return np.r_[np.zeros(N_PERIODS - 1, np.int64), total]
    return largest_remainder(np.maximum(cents, 0), total)


def list_cents(orders: Orders, items: Items, menu: Menu) -> Ints:
    """List price of each unit; delivery platforms show list prices a fifth higher, in steps of 5 cents."""
    own = menu.list_cents[items.product]
    delivered = np.round(own * DELIVERY_MARKUP / 5).astype(np.int64) * 5
    return np.where(orders.is_delivery[items.order], delivered, own)


def fit_prices(
    orders: Orders,
    items: Items,
    menu: Menu,
    charges: Charges,
    margin: Margins,
    plan: StorePlan,
    is_calibrated: bool,
    seed: int,
) -> Floats:
    """Paid cents per unit, not yet whole, that meet every margin; frozen units keep their price exactly.

    Starts from list x usual depth x the price path x noise and multiplies factors per published product,
    delivery account and group in turn, never above the list price. Uncalibrated, prices stay as drawn.
    """
    rng = stream(seed, "prices")
    listed = list_cents(orders, items, menu)
    usual = np.r_[margin.product_cents / np.maximum(np.bincount(items.product)[:N_TOP], 1),
                  menu.list_cents[N_TOP:] * _TAIL_DEPTH]  # fmt: skip
    path = plan.price[np.minimum(orders.row, RESIDUAL), orders.day]
    path = np.where(orders.is_usd, path, np.average(path))
    level = (path / path.mean())[items.order]
    noisy = usual[items.product] * level * np.exp(rng.normal(0, _NOISE_SD, len(listed)))
    paid = np.where(
        items.is_frozen, np.round(listed * (1 - np.nan_to_num(items.depth))), np.minimum(noisy, listed)
    )
    if not is_calibrated:
        return paid
    free = ~items.is_frozen
    gross = 1 + charges.rate / 1e6
    group, account = margin.group[items.order], margin.account[items.order]
    fixed_group = np.bincount(group[~free], (paid * gross)[~free], N_GROUPS)
    fixed_group += np.bincount(margin.group, charges.net_fees, N_GROUPS)
    fixed_account = np.bincount(margin.account, charges.net_fees, N_DELIVERY + 1)[:N_DELIVERY]
    fixed_product = np.bincount(items.product[~free], paid[~free], menu.n)[:N_TOP]
    paid[free] = _rake(
        paid[free], listed[free].astype(float), gross[free],
        (items.product[free], margin.product_cents - fixed_product),
        (account[free], margin.account_cents - fixed_account),
        (group[free], margin.group_cents - fixed_group),
    )  # fmt: skip
    return paid


def _rake(
    start: Floats,
    cap: Floats,
    gross: Floats,
    product: tuple[Ints, _Cents],
    account: tuple[Ints, _Cents],
    group: tuple[Ints, _Cents],
) -> Floats:
    """Multiplicative fitting with caps; product margins are before tax, the others after."""
    factors = [np.ones(k) for k in (int(product[0].max()) + 1, N_DELIVERY + 1, N_GROUPS)]
    keys, wanted = (product[0], account[0], group[0]), (product[1], account[1], group[1])
    before_tax = (True, False, False)
    for _ in range(400):
        worst = 0.0
        for k in range(3):
            paid = np.minimum(start * factors[0][keys[0]] * factors[1][keys[1]] * factors[2][keys[2]], cap)
            has = np.bincount(keys[k], paid if before_tax[k] else paid * gross, len(factors[k]))
            watched = np.flatnonzero(has[: len(wanted[k])] > 0)
            worst = max(worst, float(np.abs(has[watched] - wanted[k][watched]).max()))
            factors[k][watched] *= np.maximum(wanted[k][watched], 1) / has[watched]
            np.clip(factors[k], 0.01, 50, out=factors[k])
        if worst < 5:
            break
    return np.minimum(start * factors[0][keys[0]] * factors[1][keys[1]] * factors[2][keys[2]], cap)
