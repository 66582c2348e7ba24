"""The coupon program: depths drawn by chance for a fifth of the customers and by rule for another tenth.

Each week after a customer's first, two categories carry a coupon. What it is follows from hashes of the
customer's key, so that no table is kept and the same coupon is seen while customers are simulated, while
baskets are filled, and when the tables are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints
from lucky_analytics.demo.process.horizon import day_of
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["NO_COUPONS", "RANDOMISED", "SEGMENTS", "TARGETED", "Program", "blend", "segment_of"]

NO_COUPONS, RANDOMISED, TARGETED = 0, 1, 2
SEGMENTS = ("regular", "new", "lapsed", "loyal")
N_LAGS = 4  # weeks after a coupon in which what was pulled forward is missing
_N = len(CATEGORIES)
_FLOOR = 0.1
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def segment_of(n_before: Ints, days_since_last: Ints, days_since_first: Ints) -> Ints:
    """Position in ``SEGMENTS`` on a day: lapsed after 30 days, loyal from five orders, new for four weeks.

    The program decides on Mondays: what a coupon does all week follows from the orders before it.

    >>> segment_of(np.array([1, 6, 2]), np.array([3, 40, 9]), np.array([3, 90, 60])).tolist()
    [1, 2, 0]
    """
    late = np.where(n_before >= 5, 3, np.where(days_since_first <= 28, 1, 0))
    return np.where(days_since_last > 30, 2, late)


def blend(share: Floats, favourite: Ints, favourite_share: float) -> Floats:
    """Taste by category [n, categories] of customers with a ``favourite``, where the categories sell in
    proportion to ``share`` [categories] or [n, categories]; nothing where a category does not sell at all.

    >>> blend(np.array([0.5, 0.5, 0.0]), np.array([1, 2]), 0.5).tolist()
    [[0.25, 0.75, 0.0], [0.25, 0.25, 0.0]]
    """
    share = np.broadcast_to(share, (len(favourite), share.shape[-1]))
    mixed, rows = (1 - favourite_share) * share, np.arange(len(favourite))
    mixed[rows, favourite] += favourite_share * (share[rows, favourite] > 0)
    return mixed


def _hash(key: Ints, salt: int, *more: Ints | int) -> npt.NDArray[np.uint64]:
    """SplitMix64 of a key, a salt and further whole numbers."""
    x = key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    for value in more:
        x = x * np.uint64(0x100000001B3) + np.asarray(value).astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


def _uniform(bits: npt.NDArray[np.uint64]) -> Floats:
    return (bits >> np.uint64(11)).astype(float) / float(1 << 53)


@dataclass(frozen=True)
class Program:
    """Who gets which coupons and what they do to demand. Keys are candidate numbers of the pool.

    ``rate_rank`` (per key, 0-1) is the rank of a candidate's order rate: the targeting rule gives those who
    order least the deepest coupons. ``category_share`` [categories] is of all units, ``week_share``
    [weeks, categories] of those of a week.
    """

    planted: Plants
    seed: int
    rate_rank: Floats
    category_share: Floats
    week_share: Floats

    @property
    def start_week(self) -> int:
        return day_of(self.planted["elasticity"]["start_date"]) // 7

    @property
    def depths(self) -> Floats:
        return np.array(self.planted["elasticity"]["depths"], dtype=float)

    def arm(self, key: Ints) -> Ints:
        """``RANDOMISED``, ``TARGETED`` or ``NO_COUPONS`` for each key."""
        plant = self.planted["elasticity"]
        u = _uniform(_hash(key, self.seed, 1))
        random, ruled = plant["randomised_share"], plant["targeted_share"]
        return np.where(u < random, RANDOMISED, np.where(u < random + ruled, TARGETED, NO_COUPONS))

    def is_eligible(self, key: Ints, week: Ints, first_week: Ints) -> Bools:
        """True where the customer has coupons in ``week``: in an arm, program running, first week over."""
        return (self.arm(key) != NO_COUPONS) & (week >= self.start_week) & (week > first_week)

    def coupons(self, key: Ints, week: Ints) -> tuple[Ints, Floats]:
        """The two categories [n, 2] with a coupon in ``week`` and their depths [n, 2], eligible or not."""
        pick = _hash(key, self.seed, 2, week)
        one = (pick % np.uint64(_N)).astype(np.int64)
        other = (one + 1 + ((pick >> np.uint64(32)) % np.uint64(_N - 1)).astype(np.int64)) % _N
        category = np.stack([one, other], axis=1)
        drawn = _uniform(_hash(np.repeat(key, 2), self.seed, 3, np.repeat(week, 2), category.ravel()))
        drawn = drawn.reshape(-1, 2)
        ruled = np.clip(0.45 * (1 - self.rate_rank[key])[:, None] + 0.55 * drawn, 0, 0.9999)
        quantile = np.where((self.arm(key) == TARGETED)[:, None], ruled, drawn)
        return category, self.depths[(quantile * len(self.depths)).astype(np.int64)]

    def depth(self, key: Ints, week: Ints, category: Ints) -> Floats:
        """Depth of the coupon for ``category`` in ``week``, NaN where there is none; eligibility apart."""
        offered, depth = self.coupons(key, week)
        hit = offered == category[:, None]
        return np.where(hit.any(1), (depth * hit).sum(1), np.nan)

    def response(self, depth: Floats, category: Ints, segment: Ints) -> Floats:
        """Demand with a coupon relative to none: exp(salience) (1 - depth) ** elasticity of the segment."""
        plant = self.planted["elasticity"]
        own = np.array([plant[name] for name in CATEGORIES])
        scale = np.array([1.0, plant["new"], plant["lapsed"], plant["loyal"]])
        return np.exp(plant["salience"] + own[category] * scale[segment] * np.log1p(-depth))

    def effects(self, key: Ints, week: Ints, first_week: Ints, segment: Ints) -> Floats:
        """Demand by category [n, categories] relative to a week without coupons.

        A share of what the coupons of the four weeks before added is missing now: it was pulled forward.
        """
        effect = np.ones((len(key), _N))
        rows = np.arange(len(key))[:, None]
        pulled = self.planted["elasticity"]["pulled_forward"] / N_LAGS
        for lag in range(1, N_LAGS + 1):
            category, depth = self.coupons(key, week - lag)
            was = self.is_eligible(key, week - lag, first_week)
            added = np.maximum(self.response(depth, category, np.zeros_like(category)) - 1, 0)
            effect[rows, category] -= pulled * added * was[:, None]
        category, depth = self.coupons(key, week)
        effect[rows, category] += self.response(depth, category, segment[:, None]) - 1
        effect = np.maximum(effect, _FLOOR)
        return np.where(self.is_eligible(key, week, first_week)[:, None], effect, 1.0)

    def mean_effect(self) -> Floats:
        """Average demand multiplier of an eligible week by segment: what a base rate is divided by."""
        category = np.repeat(np.arange(_N), len(self.depths))
        depth = np.tile(self.depths, _N)
        added = np.array([
            self.response(depth, category, np.full_like(category, segment)).reshape(_N, -1).mean(1) - 1
            for segment in range(len(SEGMENTS))
        ])  # fmt: skip
        missing = self.planted["elasticity"]["pulled_forward"] * added[0]
        return 1 + 2 / _N * (added - missing) @ self.category_share

    def bound(self, favourite_share: float) -> Floats:
        """Largest multiplier of any week by favourite category, for thinning."""
        category = np.arange(_N)
        deepest = np.full(_N, self.depths.max())
        largest = np.max([self.response(deepest, category, np.full(_N, k)) for k in range(4)], axis=0) - 1
        most = self.week_share[self.start_week :].max(0, initial=0)
        gain = blend(most, category, favourite_share) * np.maximum(largest, 0)
        return 1 + np.sort(gain, axis=1)[:, -2:].sum(1)
