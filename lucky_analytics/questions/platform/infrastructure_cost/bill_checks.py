"""What the page on the cloud's bill relies on, and the queries behind its headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.cloud_month import Bill
from lucky_analytics.questions.platform.infrastructure_cost.machine_savings import Savings
from lucky_analytics.questions.platform.infrastructure_cost.machine_use import STOPPED, Machines
from lucky_analytics.questions.platform.infrastructure_cost.reserving import Plan

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_bill", "estimate_plan", "last", "write_queries"]

_CLOSE = 0.02


def check_bill(
    found: Machines, bill: Bill, savings: Savings, months: pd.DataFrame, idle_days: int
) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property."""
    runs = found.rows[found.rows["what"] != STOPPED]
    unseen = int((runs["watched"] == 0).sum())
    billed = bill.month_cents("EC2")
    off = savings.spent / billed - 1 if billed else 0.0
    facts = [
        ("three whole months are billed", bill.n_days >= 89, f"{bill.n_days} days"),
        ("every running machine has days", not unseen, f"{unseen} have none"),
        ("days enough to call a machine idle", found.n_days >= idle_days, f"{found.n_days} of {idle_days}"),
        (
            "inventory and bill agree on machines",
            abs(off) < _CLOSE,
            f"the inventory is {off:+.1%} of the bill",
        ),
        ("orders of the months are there", bool(months["orders"].notna().any()), f"{len(months)} months"),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def estimate_plan(plan: Plan, level: float) -> Estimate:
    """What buying ahead saves, dollars a month, with its range; null where no price is known."""
    value, low, high = (plan.total(name) for name in ("saves", "saves_low", "saves_high"))
    if value is None or low is None or high is None:
        return Estimate(None, n=0)
    if low == high:
        return Estimate(value / 100)
    return Estimate(value / 100, min(low, value) / 100, max(high, value) / 100, level=level)


def last(months: pd.DataFrame, name: str) -> float | None:
    """The newest month's value; null without a month."""
    return float(months[name].iloc[-1]) if len(months) else None


def write_queries(suite: Suite) -> dict[str, str]:
    """SQL by what it is of: ``bill``, ``nodes``, ``machines``, ``months``."""
    costs = suite.cloud_costs
    month = _.day.truncate("M").name("month")
    of = {
        "bill": costs.group_by("service", "paid_by", month).agg(cents=_.cost_cents.sum()),
        "nodes": costs.filter(_.unit == "hours").group_by("service", "paid_by").agg(hours=_.amount.sum()),
        "machines": suite.cloud_machine_days.group_by("machine_id").agg(
            mean=_.cpu_mean.mean(), most=_.cpu_most.max()
        ),
        "months": costs.group_by(month).agg(cents=_.cost_cents.sum()),
    }
    return {name: suite.sql(query) for name, query in of.items()}
