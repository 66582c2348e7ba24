"""Kinds of coupons: one for each category, depth and week of the weekly program, and general ones."""

from __future__ import annotations

import datetime as dt
import functools
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import Ints
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import DATES, N_DAYS, N_WEEKS, NEW_YORK
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["DEPTH", "LONGEST_VALID", "RUN_DAYS", "Templates", "business_day", "new_york_midnight"]

N_TEMPLATES = 1_262
DEPTH = pa.decimal128(4, 2)
_KINDS = ("Welcome", "Weekly", "Win-back", "Holiday", "Referral")
_WEEKLY = 2
RUN_DAYS = 90
# Days a coupon is valid: a weekly one to the end of its week, general ones one of four.
_WEEKLY_VALID, _VALID = 7, np.array([35, 42, 49, 56])
LONGEST_VALID = int(_VALID.max())


def new_york_midnight(day: Ints) -> Ints:
    """UTC seconds of the New York midnight that opens each business day, also after the horizon."""
    inside = np.minimum(day, N_DAYS - 1)
    return local_midnight_utc(inside, np.zeros(day.shape, dtype=bool)) + (day - inside) * 86_400


def business_day(seconds: Ints) -> Ints:
    """The business day of each UTC second in New York; 0 before the horizon."""
    return np.maximum(np.searchsorted(_midnights(), seconds, side="right") - 1, 0)


@functools.cache
def _midnights() -> Ints:
    """Where days begin, on those of a change of clocks, too: nobody orders then, but apps are opened."""
    zone = ZoneInfo(NEW_YORK)
    return np.array([int(dt.datetime.combine(date, dt.time(), tzinfo=zone).timestamp()) for date in DATES])


class Templates:
    """One template for each category, depth and week of the program, then general ones up to the count."""

    def __init__(self, world: World):
        program = world.orders.pool.program
        self.depths, self.start_week = program.depths, program.start_week
        weeks, n_depths = N_WEEKS - self.start_week, len(self.depths)
        self.n_weekly = weeks * len(CATEGORIES) * n_depths
        self.n = max(N_TEMPLATES, self.n_weekly + 8)
        index = np.arange(self.n)
        is_weekly = index < self.n_weekly
        self.kind = np.where(is_weekly, _WEEKLY, 1 + index % 4 + (index % 4 > 0))
        self.week = np.where(is_weekly, self.start_week + index // (len(CATEGORIES) * n_depths), 0)
        self.category = np.where(is_weekly, index // n_depths % len(CATEGORIES), -1)
        general = np.array([0.15, 0.25, 0.4, 0.5, 0.6, 0.75])
        self.depth = np.where(is_weekly, self.depths[index % n_depths], general[index % len(general)])
        self.start_day = np.where(is_weekly, self.week * 7, index % N_DAYS)
        self.valid_days = np.where(is_weekly, _WEEKLY_VALID, _VALID[index % len(_VALID)])

    @property
    def numbers(self) -> list[str]:
        return [f"CT{300_001 + k}" for k in range(self.n)]

    def weekly(self, week: Ints, category: Ints, depth: Ints) -> Ints:
        """Position of the program's template for a week, a category and a position in ``depths``."""
        return ((week - self.start_week) * len(CATEGORIES) + category) * len(self.depths) + depth

    def general(self, day: Ints, rng: np.random.Generator) -> Ints:
        """Position of a general template that runs on each business day."""
        by_start = self.n_weekly + np.argsort(self.start_day[self.n_weekly :], kind="stable")
        starts = self.start_day[by_start]
        first = np.searchsorted(starts, day - RUN_DAYS, side="right")
        running = np.searchsorted(starts, day, side="right") - first
        return by_start[first + (rng.random(len(day)) * running).astype(np.int64)]

    def table(self, schema: pa.Schema) -> pa.Table:
        is_weekly = self.kind == _WEEKLY
        start = new_york_midnight(self.start_day)
        percent, number = texts(np.round(self.depth * 100).astype(np.int64)), texts(np.arange(self.n))
        names = pc.binary_join_element_wise(choose(self.kind - 1, _KINDS), percent, number, " ")
        end = new_york_midnight(self.start_day + np.where(is_weekly, 7, RUN_DAYS))
        now = int(new_york_midnight(np.array([N_DAYS - 1]))[0])
        return table(schema, {
            "id": 300_001 + np.arange(self.n),
            "tenant": same(LIVE_TENANT, self.n, pa.string()),
            "template_no": self.numbers,
            "template_name": names,
            "campaign_type": self.kind,
            "one_category_name": choose(self.category + 1, (None, *CATEGORIES)),
            "discount_depth": decimals(np.round(self.depth * 100).astype(np.int64), DEPTH),
            "valid_days": self.valid_days,
            "status": np.where(end > now, 1, 2),
            "start_time": datetimes(start),
            "end_time": datetimes(end),
            "create_time": datetimes(start - 7 * 86_400),
        })  # fmt: skip
