"""Completed orders: which customer, which day, which store; exactly as many as were published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.allocate import controlled_round, fill, fit_margins
from lucky_analytics.demo.build.arrays import Bools, Ints, largest_remainder, stream
from lucky_analytics.demo.build.targets import PINNED_DAYS, Targets
from lucky_analytics.demo.process.assortment import Assortment
from lucky_analytics.demo.process.candidates import Pool, draw_pool
from lucky_analytics.demo.process.horizon import MONTH, N_DAYS, WEEKDAY, day_of
from lucky_analytics.demo.process.selection import Tilt, select, tilt
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL, StorePlan
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.errors import DemoError

__all__ = ["NZD_ROW", "N_DELIVERY", "N_NZ_USERS", "Orders", "place_orders"]

N_DELIVERY, N_NZ_USERS = 3, 240
NZD_ROW = RESIDUAL + 1


@dataclass(frozen=True)
class Orders:
    """Completed orders, one position each, in no particular order.

    ``user``: 0 .. n_customers - 1 are customers, then the three delivery accounts, then the test users of
    the NZD shops. ``row``: 0-9 the trading stores, 10 the residual row, 11 NZD. ``candidate``: the number of
    each customer in the pool.
    """

    user: Ints
    day: Ints
    row: Ints
    n_customers: int
    pool: Pool
    candidate: Ints
    tilt: Tilt

    @property
    def n(self) -> int:
        return len(self.user)

    @property
    def is_usd(self) -> Bools:
        return self.row != NZD_ROW

    @property
    def delivery_account(self) -> Ints:
        """0-2 for orders of a delivery account, 3 for all others."""
        account = self.user - self.n_customers
        return np.where((account >= 0) & (account < N_DELIVERY), account, N_DELIVERY)

    @property
    def is_delivery(self) -> Bools:
        return self.delivery_account < N_DELIVERY


def place_orders(
    targets: Targets, plan: StorePlan, assortment: Assortment, planted: Plants, seed: int
) -> Orders:
    """Select customers, place their orders in stores, and add delivery accounts and NZD orders.

    Raises ``DemoError`` when a published total cannot be met at full scale; below, the last few orders
    follow what the smaller pool offers.
    """
    if not targets.is_calibrated:
        return _drawn_orders(targets, plan, assortment, planted, seed)
    delivery_day, delivery_user = _delivery(targets, plan, seed)
    recency = targets.recency_users.copy()
    recency[0] -= N_DELIVERY  # the three accounts ordered in the last eight days
    n_customers = int(recency.sum())
    n_orders = targets.usd_orders - len(delivery_day)
    daily = np.maximum(plan.orders.sum(0) - np.bincount(delivery_day, minlength=N_DAYS), 0.5)
    pool = draw_pool(n_customers, plan, assortment, targets, planted, seed)
    tilted = tilt(pool, recency, targets.single_users, daily * n_orders / daily.sum(), planted)
    chosen = select(pool, tilted.inclusion, recency, targets.single_users, n_orders, seed)
    found = int(pool.n_orders[chosen].sum())
    if targets.is_full and found != n_orders:
        raise DemoError("orders of the selected customers", expected=str(n_orders), got=str(found))
    number = np.full(pool.n, -1)
    number[chosen] = stream(seed, "customer numbers").permutation(n_customers)
    taken = chosen[pool.order_candidate]
    user = np.r_[number[pool.order_candidate[taken]], n_customers + delivery_user]
    day = np.r_[pool.order_day[taken], delivery_day]
    candidate = np.empty(n_customers, np.int64)
    candidate[number[chosen]] = np.flatnonzero(chosen)
    counts = _store_days(np.bincount(day, minlength=N_DAYS), targets, plan)
    row = _stores(user, day, pool.home[candidate], counts, planted, seed)
    nzd_day = _nzd_days(targets, np.bincount(day, minlength=N_DAYS), seed)
    nzd_user = stream(seed, "nzd users").integers(0, N_NZ_USERS, len(nzd_day))
    return Orders(
        user=np.r_[user, n_customers + N_DELIVERY + nzd_user],
        day=np.r_[day, nzd_day],
        row=np.r_[row, np.full(len(nzd_day), NZD_ROW)],
        n_customers=n_customers,
        pool=pool,
        candidate=candidate,
        tilt=tilted,
    )


def _drawn_orders(
    targets: Targets, plan: StorePlan, assortment: Assortment, planted: Plants, seed: int
) -> Orders:
    """Orders as the planted processes give them: nothing selected, no total met, no delivery accounts.

    Where the customers' process leads, a store's part of a day is drawn from its part of the plan.
    """
    rng = stream(seed, "drawn orders")
    n_customers = int(targets.recency_users.sum())
    pool = draw_pool(n_customers, plan, assortment, targets, planted, seed)
    candidate = np.sort(rng.choice(pool.n, n_customers, replace=False))
    number = np.full(pool.n, -1)
    number[candidate] = np.arange(n_customers)
    if targets.is_store_led:
        counts = rng.poisson(plan.orders)
        row, day = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
        user = rng.integers(0, n_customers, len(day))
    else:
        taken = number[pool.order_candidate] >= 0
        user, day = number[pool.order_candidate[taken]], pool.order_day[taken]
        shares = (plan.orders / plan.orders.sum(0)).T
        counts = rng.multinomial(np.bincount(day, minlength=N_DAYS), shares).T
        row = _stores(user, day, pool.home[candidate], counts, planted, seed)
    nzd_day = rng.choice(N_DAYS, targets.nzd_orders)
    return Orders(
        user=np.r_[user, n_customers + N_DELIVERY + rng.integers(0, N_NZ_USERS, len(nzd_day))],
        day=np.r_[day, nzd_day],
        row=np.r_[row, np.full(len(nzd_day), NZD_ROW)],
        n_customers=n_customers,
        pool=pool,
        candidate=candidate,
        tilt=Tilt(np.full(pool.n, n_customers / pool.n), 0.0, 1.0),
    )


def _delivery(targets: Targets, plan: StorePlan, seed: int) -> tuple[Ints, Ints]:
    """Days and accounts of the delivery orders: from the third week on, growing, one on the last day."""
    rng = stream(seed, "delivery")
    weight = plan.orders[:RESIDUAL].sum(0) * np.linspace(0.5, 1.3, N_DAYS)
    weight[:14] = 0
    days = rng.choice(N_DAYS, int(targets.delivery_orders.sum()), p=weight / weight.sum())
    account = np.repeat(np.arange(N_DELIVERY), targets.delivery_orders)
    for k in range(N_DELIVERY):
        days[np.flatnonzero(account == k)[0]] = N_DAYS - 1
    return days, account


def _stores(user: Ints, day: Ints, home: Ints, counts: Ints, planted: Plants, seed: int) -> Ints:
    """A store row for each order: a home store where the exact ``counts``, [11, 229], allow it."""
    rng = stream(seed, "stores of orders")
    cumulative = np.cumsum(counts / np.maximum(counts.sum(0), 1), axis=0)

    def draw(days: Ints) -> Ints:
        return np.minimum((rng.random(len(days)) > cumulative[:, days]).sum(0), RESIDUAL)

    n_customers = len(home)
    home = np.r_[home, np.zeros(N_DELIVERY, np.int64)]
    loyal = (rng.random(len(user)) < planted["customers"]["home_store_share"]) & (user < n_customers)
    wish = np.where(loyal, home[user], draw(day))
    wish = np.where(OPENED[wish] <= day, wish, draw(day))
    priority = np.where(loyal, 0.0, 1.0) + rng.random(len(user))
    row, _ = fill(wish, day, counts.T.copy(), priority, rng)
    return row


def _store_days(daily: Ints, targets: Targets, plan: StorePlan) -> Ints:
    """Integer orders per store and day, [11, 229]: exact rows (the flagship's by month) and columns."""
    totals, months = targets.store_orders, plan.flagship_orders
    if daily.sum() != totals.sum():
        totals = largest_remainder(totals.astype(float), int(daily.sum()))
        months = largest_remainder(months.astype(float), int(totals[0]))
    expected = np.zeros((8 + RESIDUAL, N_DAYS))
    for month in range(8):
        expected[month] = np.where(month == MONTH, plan.orders[0], 0)
    expected[8:] = plan.orders[1:]
    rows = np.r_[months, totals[1:]]
    fitted = fit_margins(expected, rows.astype(float), daily.astype(float))
    whole = controlled_round(fitted, rows, daily)
    return np.vstack([whole[:8].sum(0), whole[8:]])


def _nzd_days(targets: Targets, usd_daily: Ints, seed: int) -> Ints:
    """Days of the NZD orders; on pinned days they fill what the USD orders leave of the published count."""
    rng = stream(seed, "nzd days")
    weight = np.where(WEEKDAY < 5, 1.3, 0.25)
    pinned = []
    for date, published in PINNED_DAYS.items():
        day = day_of(date)
        weight[day] = 0
        room = round(published * targets.scale) - int(usd_daily[day])
        if room < 0 and targets.is_full:
            raise DemoError(
                f"orders of {date}", expected=f"at most {published} in USD", got=str(usd_daily[day])
            )
        pinned += [day] * max(room, 0)
    pinned = pinned[: targets.nzd_orders]
    free = rng.choice(N_DAYS, targets.nzd_orders - len(pinned), p=weight / weight.sum())
    return np.r_[np.array(pinned, dtype=np.int64), free]
