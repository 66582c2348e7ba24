"""What the ledger says of a store: which bills follow its sales, what an opening costs, what the office
costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.ledgers.cost_lines import CostLine, fit_cost_line
from lucky_analytics.models.sites.site_costs import FOLLOWS_ORDERS, SETTLED_WEEKS, WINDOW_WEEKS

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["BEFORE_WEEKS", "GROUPS", "Bills", "estimate_bills", "load_bills"]

WEEK = pd.Timedelta(weeks=1)
BEFORE_WEEKS = 4  # before an opening, in which its campaign and training are billed
GROUPS = ("goods", "labour", "rent", "other")
_GROUP_OF = dict.fromkeys(FOLLOWS_ORDERS, "goods") | {"labour": "labour", "rent": "rent"}


@dataclass(frozen=True)
class Bills:
    """``lines``: by group (``GROUPS``) what bills of settled stores do with sales, dollars a week.

    ``opening``: by week from the opening (from -``BEFORE_WEEKS`` up to ``SETTLED_WEEKS``) what an opening
    costs beyond the bills of a settled store, its mean; ``openings``: one row per opening with all these
    weeks, ``total``; ``office``: weekly bills less income of shops that are no stores, ``office_se``;
    ``n_weeks`` of it; ``weeks``: by shop and week dollars of each group, ``revenue`` and ``tax``."""

    lines: dict[str, CostLine]
    opening: pd.Series
    openings: pd.DataFrame
    office: float
    office_se: float
    n_weeks: int
    weeks: pd.DataFrame

    @property
    def opening_total(self) -> float:
        """Dollars of one opening, from four weeks before it until the store is settled."""
        return float(self.opening.sum())

    @property
    def opening_error(self) -> tuple[float, int]:
        """Standard error of the mean opening as a share of it, and the degrees of freedom; 0.5 with fewer
        than three openings: hardly known."""
        totals = self.openings["total"]
        if len(totals) < 3 or self.opening_total <= 0:
            return 0.5, 2
        return float(totals.std() / np.sqrt(len(totals)) / self.opening_total), len(totals) - 1


def load_bills(suite: Suite, takings: pd.DataFrame, stores: pd.DataFrame) -> Bills | None:
    """``estimate_bills`` of a suite; null where its snapshot has no bills, or too few to tell by."""
    table = suite.optional("accounting_costs")
    if table is None:
        return None
    bills = table.select("store_id", "week_end_date", "kind", "cost_cents").execute()
    try:
        return estimate_bills(bills, takings, stores)
    except LuckyError:
        return None


def estimate_bills(bills: pd.DataFrame, takings: pd.DataFrame, stores: pd.DataFrame) -> Bills:
    """``bills``: ``store_id``, ``week_end_date``, ``kind``, ``cost_cents``; ``takings``: ``store_id``,
    ``order_date``, ``revenue_cents`` and ``tax_cents`` of all shops by day; ``stores``: ``unique_id``,
    ``opened``. Raises ``LuckyError`` with fewer than three settled stores."""
    weeks = _sum_weeks(bills, takings)
    opened = weeks["store_id"].map(stores.set_index("unique_id")["opened"])
    weeks = weeks.assign(age=(weeks["week"] - opened).dt.days // 7)
    first = stores["opened"].min() + WEEK  # with the chain itself, before which nobody could be billed
    settled = weeks[weeks["age"] >= SETTLED_WEEKS].rename(columns={"store_id": "unit_id"})
    lines = {}
    for group in GROUPS:
        rows = settled.assign(volume=settled["revenue"], cost=settled[group])
        lines[group] = fit_cost_line(rows[["unit_id", "week", "volume", "cost"]], WINDOW_WEEKS)
    later = weeks[opened.notna() & (opened > first)]
    opening, openings = _measure_openings(later, lines)
    office, error, n_weeks = _measure_office(weeks[opened.isna()])
    return Bills(lines, opening, openings, office, error, n_weeks, weeks)


def _sum_weeks(bills: pd.DataFrame, takings: pd.DataFrame) -> pd.DataFrame:
    """By shop and week that it has a bill of: dollars by group, ``revenue`` and ``tax``."""
    billed = bills.assign(
        week=pd.to_datetime(bills["week_end_date"]),
        group=bills["kind"].map(_GROUP_OF).fillna("other"),
        usd=bills["cost_cents"] / 100,
    )
    table = billed.pivot_table(index=["store_id", "week"], columns="group", values="usd", aggfunc="sum")
    table = table.reindex(columns=list(GROUPS)).fillna(0.0)
    day = pd.to_datetime(takings["order_date"])
    sold = takings.assign(week=day + pd.to_timedelta(6 - day.dt.day_of_week, unit="D"))
    sums = sold.groupby(["store_id", "week"])[["revenue_cents", "tax_cents"]].sum() / 100
    table = table.join(sums.set_axis(["revenue", "tax"], axis=1)).fillna(0.0).reset_index()
    return table[table["week"] <= day.max()]


def _measure_openings(later: pd.DataFrame, lines: dict[str, CostLine]) -> tuple[pd.Series, pd.DataFrame]:
    usual = pd.Series(0.0, later.index)
    for line in lines.values():
        own = pd.Series(line.fixed(), line.recent.index)
        level = later["store_id"].map(own).fillna(float(own.mean()))
        # Before it opens a store owes nothing that a settled one owes: all it is billed is the opening's.
        usual = usual + (level + line.slope * later["revenue"]) * (later["age"] >= 0)
    near = later.assign(extra=later[list(GROUPS)].sum(axis=1) - usual)
    near = near[(near["age"] >= -BEFORE_WEEKS) & (near["age"] < SETTLED_WEEKS)]
    ages = pd.RangeIndex(-BEFORE_WEEKS, SETTLED_WEEKS)
    by_age = near.groupby("age")["extra"].mean().reindex(ages).fillna(0.0)
    total = near.groupby("store_id").agg(total=("extra", "sum"), n_weeks=("extra", "size")).reset_index()
    return by_age, total[total["n_weeks"] >= len(ages)].reset_index(drop=True)


def _measure_office(weeks: pd.DataFrame) -> tuple[float, float, int]:
    """Dollars a week that shops which are no stores cost beyond what they sell, over their last weeks."""
    net = weeks[list(GROUPS)].sum(axis=1) - (weeks["revenue"] - weeks["tax"])
    by_week = net.groupby(weeks["week"]).sum().sort_index().tail(WINDOW_WEEKS)
    if len(by_week) < 2:
        return float(by_week.sum()), 0.0, len(by_week)
    half = float(student.ppf(0.95, len(by_week) - 1) / student.ppf(0.95, 1e6))
    return float(by_week.mean()), float(by_week.std() / np.sqrt(len(by_week))) * half, len(by_week)
