"""Small steps of the notebook: how far back it can look, what is checked, what a year comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.shelf_replay import Replay
from lucky_analytics.models.shelves import Shelves
from lucky_analytics.models.wasted_goods import price_stock
from lucky_analytics.questions.supply_chain.waste.claim import WEEKS_A_YEAR
from lucky_analytics.questions.supply_chain.waste.reasons import NO_REASON

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "FEWEST_WEEKS",
    "a_week_of",
    "check_waste",
    "count_weeks",
    "find_hindrance",
    "query",
    "query_orders",
    "share_used",
    "times_a_year",
]  # fmt: skip

FEWEST_WEEKS = 4  # of data, below which weeks cannot be told from chance
_CLOSE = 0.02  # of the dollars that expired: by how much the followed shelves may be off


def find_hindrance(shelves: Shelves | None, weeks: int) -> str:
    """Why nothing can be said, as a clause; empty where something can."""
    if shelves is None:
        return "no perishable good was in stock"
    if not (shelves.pairs["dollars"] > 0).any():
        return "no good has a cost"
    if count_weeks(shelves, weeks) < FEWEST_WEEKS:
        return "fewer than four weeks of stock are on record"
    return ""


def count_weeks(shelves: Shelves | None, weeks: int) -> int:
    """Whole weeks to look back on: as many as asked for, or as there are."""
    return 0 if shelves is None else min(weeks, len(shelves.days) // 7)


def check_waste(shelves: Shelves, followed: Replay, events: pd.DataFrame, n_weeks: int) -> list[tuple]:
    """What must hold for the page to be right: name, whether it does, detail."""
    logged, found = (float(shelves.dollars(part).sum()) for part in (shelves.expired, followed.expired))
    off = float(shelves.dollars(np.abs(shelves.expired - followed.expired)).sum())
    untold = float(events.loc[events["reason"] == NO_REASON, "dollars"].abs().sum())
    total = float(events["dollars"].sum())
    unpriced = shelves.pairs.loc[shelves.pairs["dollars"] <= 0, "goods_name"].nunique()
    return [
        ("deliveries, use and shelf lives account for what expired", off <= _CLOSE * max(logged, found),
         f"logged ${logged:,.0f}, followed ${found:,.0f}, apart ${off:,.0f}"),
        ("what was thrown away has a reason in the stores' logs", untold <= _CLOSE * max(total, 1.0),
         f"${untold:,.0f} of ${total:,.0f} in {n_weeks} weeks has none"),
        ("every perishable good has a cost", unpriced == 0, f"{unpriced} goods have none and count nothing"),
    ]  # fmt: skip


def times_a_year(week: Estimate) -> Estimate:
    """A sum a week as one a year, as if all weeks were like these."""
    value, low, high = (
        None if end is None else end * WEEKS_A_YEAR for end in (week.value, week.low, week.high)
    )
    return Estimate(value, low, high, level=week.level, n=week.n)


def a_week_of(by_reason: pd.DataFrame, events: pd.DataFrame, reason: str, level: float) -> Estimate:
    """Dollars a week thrown away for one reason; 0 where nothing was, null where nothing at all."""
    own = by_reason[by_reason["reason"] == reason]
    if own.empty:
        return Estimate(0.0, n=0) if len(events) else Estimate(None, n=0)
    value, low, high = own[["value", "low", "high"]].to_numpy(float)[0]
    return Estimate(value, low, high, level=level, n=int(own["n"].iloc[0]))


def share_used(store_weeks: pd.DataFrame) -> float:
    """Dollars thrown away by dollars used, all stores."""
    used = float(store_weeks["used"].sum())
    return float(store_weeks["wasted"].sum()) / used if used > 0 else float("nan")


def query(suite: Suite, weeks: int) -> ir.Table:
    """Dollars used and thrown away by store and day, for what headlines show as their query."""
    stock = price_stock(suite, weeks)
    return stock.group_by("store_id", "stock_date").agg(used=stock.used.sum(), wasted=stock.wasted.sum())


def query_orders(suite: Suite) -> ir.Table:
    """What was delivered, used and thrown away of perishable goods."""
    names = ("opening", "received", "consumed", "wasted", "closing")
    return suite.stock.select("store_id", "goods_id", "stock_date", *(f"{name}_quantity" for name in names))
