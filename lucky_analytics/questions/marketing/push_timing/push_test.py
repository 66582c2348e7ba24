"""The test that would settle hour and frequency: who gets what, how small a gain it shows, what it may
cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.methods.policies.trial_size import find_arm_size, find_smallest_gain
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.questions.marketing.push_timing.orders_after import After
from lucky_analytics.questions.marketing.push_timing.reach import LAST_DAYS, Reach
from lucky_analytics.questions.marketing.push_timing.send_log import DAY, PushLog

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["GAIN_WEEKS", "GROUPS", "TestPlan", "draw_groups", "load_spent", "plan_test"]

GAIN_WEEKS = 5  # in which the gain worth having is counted: as on the page on the next action
WEEKS = (5, 10, 15)  # that the test may last
PER = 100  # customers that gains are told for
GROUPS = {
    "as today": "what is sent today, at today's hours",
    "own hour": "the same, each at the hour at which the customer usually orders; without an order as today",
    "half as many": "every second one of today's, at today's hours",
    "none": "no notification",
}


@dataclass(frozen=True)
class TestPlan:
    """``sizes``: by ``weeks``: ``orders``, ``margin`` (dollars) of ``PER`` customers so far, in as many
    weeks;
    ``least_orders``, ``least_margin``: the smallest gains shown with a chance of 80 %; the same as shares of
    what they bring now; ``needed``: customers in each group for the gain worth having; ``is_enough``.
    ``weeks``: the fewest that are enough, the longest where none are; ``n_group`` customers in each group;
    ``a_month``: the smallest gain then, dollars a month for ``PER`` customers; ``forgone``: most that the
    group without any would leave out, dollars, by what follows pushes now; null where that is not known;
    ``n_lately``: notifications to who can be notified in the last ``LAST_DAYS``: what "as today" means."""

    __test__ = False  # no test class

    sizes: pd.DataFrame
    weeks: int
    n_group: int
    is_enough: bool
    a_month: float | None
    forgone: float | None
    n_lately: int

    @property
    def most_a_month(self) -> float | None:
        """Most that pushes bring, by the orders after them: dollars a month for ``PER`` customers."""
        if self.forgone is None or not self.n_group:
            return None
        return PER * self.forgone / self.n_group / self.weeks * WEEKS_A_MONTH

    @property
    def is_too_coarse(self) -> bool:
        """Whether pushes bring less, by the orders after them, than the smallest gain that the test shows."""
        most = self.most_a_month
        return most is not None and self.a_month is not None and most < self.a_month


def load_spent(suite: Suite, margins: ir.Table, log: PushLog) -> pd.DataFrame:
    """What each person left, by code of ``PushLog.people``: for each of ``WEEKS`` ``orders_w``, ``margin_w``
    (dollars) in the last w weeks by ``as_of``, ``orders_before_w``, ``margin_before_w`` in the ``GAIN_WEEKS``
    before those. ``margins``: ``order_margins.load_order_margins``. The margin is null where no cost is
    known.
    """
    day = suite.as_of + dt.timedelta(days=1)
    sums = {}
    for weeks in WEEKS:
        start = day - dt.timedelta(weeks=weeks)
        for name, begin, end in (
            ("", start, day),
            ("before_", start - dt.timedelta(weeks=GAIN_WEEKS), start),
        ):
            own = (margins.order_date >= begin) & (margins.order_date < end)
            sums[f"orders_{name}{weeks}"] = own.sum()
            sums[f"margin_{name}{weeks}"] = margins.margin_cents.sum(where=own) / 100
    found = margins.group_by("customer_id").agg(**sums, n_known=margins.margin_cents.count()).execute()
    known = found["n_known"].gt(0).any() or found.empty
    spent = found.drop(columns="n_known").set_index("customer_id").reindex(log.people["customer_id"])
    spent = spent.astype(float).fillna(0.0).reset_index(drop=True)
    return spent if known else spent.assign(**{name: np.nan for name in spent if name.startswith("margin")})


def plan_test(
    log: PushLog, spent: pd.DataFrame, reach: Reach, after: After, gain: float, level: float = 0.9
) -> TestPlan:
    """``gain``: dollars a customer in ``GAIN_WEEKS`` that the test must show. Each other group is held
    against
    "as today", and all these intervals hold together. What a customer left before the test is taken out of
    what it leaves in it: who buys much buys much in every group."""
    n_others = len(GROUPS) - 1
    sure = 1 - (1 - level) / n_others
    n_group = reach.n_reachable // len(GROUPS)
    registered = log.people["registered"].to_numpy(float)
    rows = []
    for weeks in WEEKS:
        own = reach.is_reachable & (registered < log.end - 7 * DAY * (weeks + GAIN_WEEKS))
        orders = _spread(spent[own], "orders", weeks)
        margin = _spread(spent[own], "margin", weeks)
        wanted = gain * weeks / GAIN_WEEKS
        least = find_smallest_gain(n_group, margin[1], sure)
        row = {
            "weeks": weeks, "orders": PER * orders[0], "margin": PER * margin[0],
            "least_orders": _times(find_smallest_gain(n_group, orders[1], sure)),
            "least_margin": _times(least),
            "needed": find_arm_size(margin[1], wanted, sure) if margin[1] > 0 else np.nan,
            "is_enough": least is not None and least <= wanted,
        }  # fmt: skip
        row["orders_share"] = row["least_orders"] / row["orders"] if row["orders"] > 0 else np.nan
        row["margin_share"] = row["least_margin"] / row["margin"] if row["margin"] > 0 else np.nan
        rows.append(row)
    sizes = pd.DataFrame(rows)
    enough = sizes[sizes["is_enough"]]
    chosen = (enough if len(enough) else sizes.tail(1)).iloc[0]
    weeks, least = int(chosen["weeks"]), float(chosen["least_margin"])
    a_month = None if np.isnan(least) else least / weeks * WEEKS_A_MONTH
    lately = log.sends[log.sends["is_delivered"] & (log.sends["at"] >= log.end - LAST_DAYS * DAY)]
    n_lately = int(reach.is_reachable[lately["customer"].to_numpy(int)].sum())
    a_week = n_lately / max(reach.n_reachable, 1) / LAST_DAYS * 7
    forgone = _forgone(after, spent, a_week * weeks * n_group)
    return TestPlan(sizes, weeks, n_group, bool(len(enough)), a_month, forgone, n_lately)


def _spread(spent: pd.DataFrame, what: str, weeks: int) -> tuple[float, float]:
    """Mean of a customer, and how much customers differ beyond what they did before."""
    y, before = (spent[f"{what}_{name}{weeks}"].to_numpy(float) for name in ("", "before_"))
    if len(y) < 3 or np.isnan(y).any():
        return np.nan, np.nan
    sd = float(np.std(y, ddof=1))
    if not (sd > 0 and np.std(before) > 0):
        return float(y.mean()), sd
    return float(y.mean()), sd * float(np.sqrt(1 - np.corrcoef(y, before)[0, 1] ** 2))


def _times(least: float | None) -> float:
    return np.nan if least is None else PER * least


def _forgone(after: After, spent: pd.DataFrame, n_sends: float) -> float | None:
    """Orders that so many pushes may bring at most, times what an order leaves."""
    orders, margin = (float(spent[f"{what}_{WEEKS[-1]}"].sum()) for what in ("orders", "margin"))
    if after.more.high is None or not orders > 0 or np.isnan(margin) or not n_sends > 0:
        return None
    return max(after.more.high, 0.0) / 1000 * n_sends * margin / orders


def draw_groups(log: PushLog, reach: Reach, seed: int) -> pd.DataFrame:
    """Who gets what: ``customer_id``, ``group``, ``usual_hour`` (such as 09:30, to the half hour; empty
    without
    an order). Drawn at random, groups equal but for one; the same ``seed`` draws the same."""
    who = np.flatnonzero(reach.is_reachable)
    place = np.random.default_rng(seed).permutation(np.arange(len(who)) % len(GROUPS))
    minutes = np.round(reach.usual[who] * 2) * 30
    hours = ["" if np.isnan(m) else f"{int(m) // 60 % 24:02d}:{int(m) % 60:02d}" for m in minutes]
    groups = np.array(list(GROUPS), dtype=object)[place]
    ids = log.people["customer_id"].to_numpy()[who]
    return pd.DataFrame({"customer_id": ids, "group": groups, "usual_hour": hours})
