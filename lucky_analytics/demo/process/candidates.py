"""Candidate customers: MBG/NBD order histories in clock time, many more than the estate needs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.build.targets import RECENCY_STARTS, Targets
from lucky_analytics.demo.process.arrivals import share_first_days
from lucky_analytics.demo.process.assortment import Assortment, expect_units
from lucky_analytics.demo.process.discounts import NO_COUPONS, Program, blend, segment_of
from lucky_analytics.demo.process.horizon import DAYS, MONTH, N_DAYS, N_WEEKS, WEEK, clock
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL, StorePlan, distances_km
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["Pool", "draw_pool"]

OVERSAMPLING = 6
NEVER = N_DAYS + 1


@dataclass
class Pool:
    """``n`` candidates and their orders. Days count from 30 June 2025; clock time has mean 1 a day.

    ``order_candidate`` and ``order_day`` list the orders; the other arrays have one value per candidate.
    ``hazard_scores`` [n, 2] are derivatives of the departure likelihood by the two ln hazard ratios.
    """

    n: int
    first_day: Ints
    first_clock: Floats
    rate: Floats
    leave: Floats
    home: Ints
    favourite: Floats
    favourite_category: Ints
    is_coupon_acquired: Bools
    program: Program
    n_orders: Ints = field(init=False)
    last_day: Ints = field(init=False)
    last_clock: Floats = field(init=False)
    hazard_scores: Floats = field(init=False)
    order_candidate: Ints = field(init=False)
    order_day: Ints = field(init=False)

    @property
    def recency_class(self) -> Ints:
        """Position in the published recency table by days since the last order."""
        return np.searchsorted(RECENCY_STARTS[1:], N_DAYS - 1 - self.last_day, side="right")

    @property
    def is_single(self) -> Bools:
        return self.n_orders == 1


def draw_pool(
    n_users: int, plan: StorePlan, assortment: Assortment, targets: Targets, planted: Plants, seed: int
) -> Pool:
    """``OVERSAMPLING`` x ``n_users`` candidates of the planted process, each with one order or more.

    MBG/NBD (Batislam 2007): orders arrive at a rate drawn from Gamma(r, alpha) per day; after every order,
    the first included, the customer leaves for good with a probability drawn from Beta(a, b). It runs in
    clock time, so weekdays and holidays come out right without touching any history. Two hazard ratios act
    on leaving (acquired by coupon; an own store opened near the home store), and a week's coupons
    on the rate, which is scaled so that its mean stays.
    """
    rng = stream(seed, "customers")
    plant = planted["customers"]
    n = OVERSAMPLING * n_users
    weight = clock()
    cumulative = np.r_[0, np.cumsum(weight)]
    # Selected customers come to the stores' plan whenever they began, and so do whoever comes.
    shares = _first_day_shares(plant["first_order_shares"], weight)
    if not (targets.is_calibrated or targets.is_store_led):
        shares = share_first_days(plan.orders.sum(0), weight, planted)
    first_day = rng.choice(N_DAYS, n, p=shares)
    first_clock = cumulative[first_day] + rng.random(n) * weight[first_day]
    rate = rng.gamma(plant["r"], 1 / plant["alpha"], n) + 1e-9
    rank = np.empty(n)
    rank[np.argsort(rate)] = np.arange(n) / n
    favourite = rng.random(n)
    bounds = np.cumsum(assortment.category_share)
    pool = Pool(
        n=n,
        first_day=first_day,
        first_clock=first_clock,
        rate=rate,
        leave=rng.beta(plant["a"], plant["b"], n),
        home=_homes(first_day, plan, rng),
        favourite=favourite,
        favourite_category=np.minimum(np.searchsorted(bounds, favourite, side="right"), len(bounds) - 1),
        is_coupon_acquired=rng.random(n) < planted["churn"]["coupon_acquired_share"],
        program=Program(
            planted, seed, rank, assortment.category_share, _week_share(plan, assortment, targets)
        ),
    )
    _simulate(pool, cumulative, planted, rng)
    return pool


def _week_share(plan: StorePlan, assortment: Assortment, targets: Targets) -> Floats:
    """Share of each category in the units that each week is expected to have, [weeks, categories]."""
    weekly = np.bincount(WEEK, plan.orders.sum(0), N_WEEKS)
    nzd = weekly.sum() * targets.nzd_orders / targets.usd_orders
    units = expect_units(assortment, np.r_[weekly, nzd], targets.is_calibrated)[:, :N_WEEKS]
    of_category = assortment.category[:, None] == np.arange(len(assortment.category_share))
    return (units.T @ of_category) / np.maximum(units.sum(0), 1e-9)[:, None]


def _homes(day: Ints, plan: StorePlan, rng: np.random.Generator) -> Ints:
    """A home row for each candidate: where the first order would fall by the stores' share of its day."""
    cumulative = np.cumsum(plan.orders / plan.orders.sum(0), axis=0)
    return np.minimum((rng.random(len(day)) > cumulative[:, day]).sum(0), RESIDUAL)


def nearby_opening(radius_km: float) -> Ints:
    """First day on which another own store opened within ``radius_km`` of each open store, [11 rows]."""
    opened = np.full(RESIDUAL + 1, NEVER)
    near = distances_km() <= radius_km
    for s in range(RESIDUAL):
        later = [OPENED[j] for j in range(RESIDUAL) if near[s, j] and OPENED[j] > OPENED[s]]
        opened[s] = min(later, default=NEVER)
    return opened


def _simulate(pool: Pool, cumulative: Floats, planted: Plants, rng: np.random.Generator) -> None:
    """Run every candidate to departure or the end of the horizon; coupons act by thinning."""
    churn, favourite_share = planted["churn"], planted["customers"]["favourite_share"]
    share = churn["coupon_acquired_share"]
    log_ratio = np.log([churn["coupon_acquired"], churn["nearby_opening"]])
    # Centred, so that the two groups together leave as the planted Beta says.
    coupon = pool.is_coupon_acquired - share
    opening = nearby_opening(churn["nearby_km"])[pool.home]
    program = pool.program
    treated = program.arm(np.arange(pool.n)) != NO_COUPONS
    bound = np.where(treated, program.bound(favourite_share)[pool.favourite_category], 1.0)
    norm = program.mean_effect()
    pool.n_orders = np.ones(pool.n, np.int64)
    pool.last_day, pool.last_clock = pool.first_day.copy(), pool.first_clock.copy()
    pool.hazard_scores = np.zeros((pool.n, 2))

    def stays(who: Ints, day: Ints) -> Bools:
        regressors = np.stack([coupon[who], (day >= opening[who]).astype(float)], axis=1)
        ratio = np.exp(regressors @ log_ratio)
        log_stay = ratio * np.log1p(-np.minimum(pool.leave[who], 1 - 1e-12))
        stayed = np.log(rng.random(len(who))) < log_stay
        # d/d ln ratio of the log probability of what happened: (1 - p) ** ratio, or its complement.
        gone = log_stay * np.exp(log_stay) / np.expm1(log_stay)
        pool.hazard_scores[who] += np.where(stayed, log_stay, gone)[:, None] * regressors
        return stayed

    known = _Mondays(pool)
    candidates, days = [np.arange(pool.n)], [pool.first_day]
    active = np.flatnonzero(stays(np.arange(pool.n), pool.first_day))
    now = pool.first_clock[active]
    while len(active):
        now = now + rng.exponential(1, len(active)) / (pool.rate[active] * bound[active])
        inside = now < N_DAYS
        active, now = active[inside], now[inside]
        day = np.minimum(np.searchsorted(cumulative, now, side="right") - 1, N_DAYS - 1)
        ordered = np.ones(len(active), dtype=bool)
        exposed = np.flatnonzero(treated[active])
        if len(exposed):
            chance = _multiplier(pool, known, active[exposed], day[exposed] // 7, norm, favourite_share)
            ordered[exposed] = rng.random(len(exposed)) < chance / bound[active[exposed]]
        who, when = active[ordered], day[ordered]
        candidates.append(who)
        days.append(when)
        pool.n_orders[who] += 1
        pool.last_day[who], pool.last_clock[who] = when, now[ordered]
        remain = np.ones(len(active), dtype=bool)
        remain[ordered] = stays(who, when)
        active, now = active[remain], now[remain]
    pool.order_candidate, pool.order_day = np.concatenate(candidates), np.concatenate(days)


class _Mondays:
    """What was known of each candidate on the Monday of the week in which the simulation sees it."""

    def __init__(self, pool: Pool):
        self.pool = pool
        self.week = pool.first_day // 7
        self.n_orders, self.last_day = np.zeros(pool.n, np.int64), pool.first_day.copy()

    def segment(self, who: Ints, week: Ints) -> Ints:
        """Segments in ``week``, which never goes back; orders since its Monday do not count yet."""
        pool, is_new = self.pool, self.week[who] != week
        seen = who[is_new]
        self.week[seen] = week[is_new]
        self.n_orders[seen], self.last_day[seen] = pool.n_orders[seen], pool.last_day[seen]
        monday = 7 * week
        return segment_of(self.n_orders[who], monday - self.last_day[who], monday - pool.first_day[who])


def _multiplier(
    pool: Pool, known: _Mondays, who: Ints, week: Ints, norm: Floats, favourite_share: float
) -> Floats:
    """The order rate of candidates with coupons relative to their base rate, given their history so far."""
    first_week = pool.first_day[who] // 7
    segment = known.segment(who, week)
    effect = pool.program.effects(who, week, first_week, segment)
    preference = blend(pool.program.week_share[week], pool.favourite_category[who], favourite_share)
    eligible = pool.program.is_eligible(who, week, first_week)
    return (preference * effect).sum(1) / np.where(eligible, norm[segment], 1.0)


def _first_day_shares(months: list[float], weight: Floats) -> Floats:
    lengths = np.bincount(MONTH)
    centres = np.array([DAYS[m == MONTH].mean() for m in range(8)])
    shares = np.interp(DAYS, centres, np.array(months) / lengths) * weight
    for month, share in enumerate(months):
        shares[month == MONTH] *= share / shares[month == MONTH].sum()
    return shares / shares.sum()
