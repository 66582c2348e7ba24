"""The weeks ahead drawn many times: sales of every store, and what is left after tax, fees and bills."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.growth.curves import log_share
from lucky_analytics.methods.growth.level_walks import draw_walks
from lucky_analytics.questions.finance.financial_forecast.bills import BEFORE_WEEKS, GROUPS, Bills
from lucky_analytics.questions.finance.financial_forecast.revenue_rates import Rates
from lucky_analytics.questions.finance.financial_forecast.store_levels import Levels

__all__ = ["CAUSES", "LINES", "Flows", "Scenario", "Sold", "draw_flows", "draw_sales"]

Array = np.ndarray[Any, Any]

# What may come otherwise, each with its own interval: drawn together, or one at a time.
CAUSES = {
    "levels": "What today's stores sell now",
    "wander": "Where sales drift from here",
    "weeks": "Good and bad weeks",
    "new": "How well new stores do",
    "taken": "What new stores take from ours",
    "slopes": "How bills follow sales",
    "opening": "What an opening costs",
    "office": "Head office bills",
}
# Of a profit and loss, in its order; positive numbers, subtracted but for the first.
LINES = ("revenue", "tax", "refunds", "fees", *GROUPS, "opening", "office")


@dataclass(frozen=True)
class Scenario:
    """``openings``: weeks from today at which a store opens; ``demand``: every store sells so many times what
    the drivers say; ``build_out``: dollars spent before an opening; ``nearness``: how near new stores come to
    each of ours, times as near as ours are to each other."""

    name: str
    openings: tuple[float, ...] = ()
    demand: float = 1.0
    build_out: float = 0.0
    nearness: float = 1.0


@dataclass(frozen=True)
class Sold:
    """Dollars a week, tax included: ``open`` (n_draws, n_open, n_weeks), ``new`` (n_draws, n_new,
    n_weeks)."""

    open: Array
    new: Array

    @property
    def total(self) -> Array:
        total: Array = self.open.sum(axis=1) + self.new.sum(axis=1)
        return total


@dataclass(frozen=True)
class Flows:
    """By name of ``LINES`` dollars a week, (n_draws, n_weeks); ``build_out`` likewise, no part of the
    result."""

    lines: dict[str, Array]
    build_out: Array

    @property
    def result(self) -> Array:
        """What is left of revenue after tax, refunds, fees and bills."""
        spent = sum(self.lines[name] for name in LINES[1:])
        left: Array = self.lines["revenue"] - spent
        return left


def draw_sales(
    levels: Levels,
    scenario: Scenario,
    n_draws: int,
    seed: int = 1,
    on: Collection[str] = tuple(CAUSES),
    widen: float = 1.0,
) -> Sold:
    """Sales of ``n_draws`` futures; causes of ``CAUSES`` that are not ``on`` stand at their middle.

    ``widen``: so many times as far from the middle, where past forecasts were off by more than they said.
    """
    chances = dict(zip(CAUSES, np.random.default_rng(seed).spawn(len(CAUSES)), strict=True))
    far = {name: widen * (name in on) for name in CAUSES}
    n, W, n_open, n_new = n_draws, levels.n_weeks, len(levels.ids), len(scenario.openings)
    z = chances["levels"].normal(size=(n, levels.root.shape[1]))
    off = z @ levels.root.T
    open_rows = n_open * W
    is_on = np.r_[np.full(open_rows, far["levels"]), np.full(W, far["new"]), far["taken"]]
    logs = levels.mean + off * is_on
    common = draw_walks(chances["wander"], [far["wander"] * levels.common_step], n, W)
    own = draw_walks(chances["wander"], far["wander"] * levels.own_step, n, W)
    value = chances["levels"].normal(size=(n, n_open)) * levels.value_se * far["levels"]
    open_logs = logs[:, :open_rows].reshape(n, n_open, W) + common + own + (levels.values + value)[:, :, None]
    open_logs += chances["weeks"].normal(size=open_logs.shape) * levels.noise_sd * far["weeks"]

    # The spread between stores is known from few of them: Student's t.
    t = chances["new"].standard_t(max(levels.n_fitted - 1, 2), size=(n, n_new))
    spread = (np.hypot(levels.plateau_sd, levels.new_value_se) * t * far["new"])[:, :, None]
    age = np.arange(W) + 0.5 - np.array(scenario.openings).reshape(-1, 1)  # (n_new, W), in the week's middle
    by_age = logs[:, open_rows : open_rows + W]
    place = np.clip(age, 0, W - 1).astype(int)
    new_logs = by_age[:, place] + spread + levels.new_value + common
    new_logs += chances["weeks"].normal(size=new_logs.shape) * levels.noise_sd * far["weeks"]
    grown = np.exp(log_share(levels.form, np.maximum(age, 0), *levels.growth)) * (age >= 0)
    effect = np.minimum(logs[:, -1], 0.0)[:, None, None] * levels.nearness * scenario.nearness
    pull = grown.sum(axis=0)
    open_logs += effect * pull
    new_logs += effect * (pull - grown)
    size = scenario.demand
    return Sold(np.exp(open_logs) * size, np.exp(new_logs) * (age >= 0) * size)


def draw_flows(
    sold: Sold,
    scenario: Scenario,
    bills: Bills,
    rates: Rates,
    ages: Array,
    ids: tuple[str, ...],
    seed: int = 1,
    on: Collection[str] = tuple(CAUSES),
) -> Flows:
    """What is left of ``sold``. ``ages``: whole weeks since each open store (``ids``) opened, in the first
    week ahead; a store not yet settled, or to come, owes the mean fixed bills and the rest of its
    opening's."""
    chance = np.random.default_rng([seed, 1])
    n, _, W = sold.open.shape
    total, is_new = sold.total, sold.new > 0
    lines = {"revenue": total} | {name: total * getattr(rates, name) for name in ("tax", "refunds", "fees")}
    for group in GROUPS:
        line = bills.lines[group]
        z = chance.standard_t(max(line.n_units - 1, 2), size=(n, 1)) * ("slopes" in on)
        slope = line.slope + z * line.se
        fixed = line.fixed(slope)  # (n, settled stores)
        place = line.recent.index.get_indexer(pd.Index(ids))
        mean = fixed.mean(axis=1, keepdims=True)
        own = np.where(place >= 0, fixed[:, place], mean)
        lines[group] = own.sum(axis=1)[:, None] + mean * is_new.sum(axis=1) + slope * total
    error, df = bills.opening_error
    cost = 1 + chance.standard_t(df, size=(n, 1)) * error * ("opening" in on)
    profile, built = np.zeros(W), np.zeros(W)
    for age in [*ages, *(-round(week) for week in scenario.openings)]:
        at = np.arange(W) + age + BEFORE_WEEKS
        inside = (at >= 0) & (at < len(bills.opening))
        profile[inside] += bills.opening.to_numpy()[at[inside]]
    for week in scenario.openings:
        built[int(max(week - 1, 0))] += scenario.build_out
    lines["opening"] = np.maximum(cost, 0) * profile
    z = chance.normal(size=(n, 1)) * ("office" in on)
    lines["office"] = np.broadcast_to(bills.office + z * bills.office_se, (n, W))
    return Flows(lines, np.broadcast_to(built, (n, W)))
