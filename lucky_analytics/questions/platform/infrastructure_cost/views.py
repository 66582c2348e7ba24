"""The frames that charts and tables of the page on the cloud's bill show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.cloud_month import Bill
from lucky_analytics.questions.platform.infrastructure_cost.machine_savings import Savings
from lucky_analytics.questions.platform.infrastructure_cost.machine_use import (
    END,
    NIGHT,
    RESIZE,
    STOPPED,
    Machines,
)
from lucky_analytics.questions.platform.infrastructure_cost.reserving import Plan

__all__ = ["add_savings", "draw_machines", "draw_services", "draw_tests", "name_each", "show_actions",
           "show_machines", "show_months", "show_plan"]  # fmt: skip

_NAMES = {
    "EC2": "Machines (EC2)", "RDS": "Databases (RDS)", "ElastiCache": "Caches",
    "MSK": "Queues (MSK)", "EBS": "Disks (EBS)", "ELB": "Balancers (ELB)",
    "CloudWatch": "Logs (CloudWatch)", "S3": "Files (S3)",
}  # fmt: skip
_RANK = {END: 0, RESIZE: 1, NIGHT: 2, STOPPED: 3}


def add_savings(savings: Savings, plan: Plan, level: float) -> Estimate:
    """Dollars a month while plans run: of machines, counted, and of hours bought ahead, with its range."""
    parts = [plan.total(name) or 0.0 for name in ("saves", "saves_low", "saves_high")]
    value, low, high = ((savings.now + part) / 100 for part in parts)
    if low == high:
        return Estimate(value, n=int((savings.rows["what"] != STOPPED).sum()))
    return Estimate(
        value, min(low, value), max(high, value), level=level, n=int((savings.rows["what"] != STOPPED).sum())
    )


def draw_services(bill: Bill) -> pd.DataFrame:
    """The bill by service, dearest first: ``service`` in words, ``ahead`` and ``free`` dollars a month."""
    lines = bill.lines.assign(free=bill.lines["paid_by"] == "on_demand")
    sums = lines.pivot_table(index="service", columns="free", values="month_cents", aggfunc="sum")
    sums = sums.reindex(columns=[False, True]).fillna(0) / 100
    table = pd.DataFrame({"ahead": sums[False], "free": sums[True]}).reset_index()
    table["service"] = table["service"].map(lambda name: _NAMES.get(name, name))
    table["total"] = table["ahead"] + table["free"]
    return table.sort_values(["total", "service"], ascending=[False, True], ignore_index=True)


def draw_tests(savings: Savings, plan: Plan, published: tuple[float, float]) -> pd.DataFrame:
    """Dollars a year: ``what``, ``low`` and ``high`` of what we find, ``said`` by the documents."""
    year = 12 / 100
    ends = sorted((savings.now * year, savings.after * year))
    low, high = (plan.total(name) for name in ("saves_low", "saves_high"))
    rows = [("Machines", *ends, published[0])]
    if low is not None and high is not None:
        rows.append(("Bought ahead", low * year, high * year, published[1]))
    return pd.DataFrame(rows, columns=["what", "low", "high", "said"])


def draw_machines(found: Machines) -> pd.DataFrame:
    """A point for each running machine: ``name``, ``mean``, ``most``, ``state``."""
    rows = found.rows[found.rows["what"] != STOPPED].dropna(subset="mean")
    state = rows["what"].map({END: "idle at every hour", NIGHT: "busy for a while"}).fillna("at work")
    return rows[["name", "mean", "most"]].assign(state=state)


def show_actions(savings: Savings, again: Estimate) -> pd.DataFrame:
    """What to do with each machine, the most worth first: ``what``, ``name``, ``service``, ``environment``,
    ``type``, ``new_type``, ``now`` and ``full`` dollars a month, ``risk``, ``undo``."""
    rows = savings.rows[savings.rows["what"].isin([END, RESIZE])].copy()
    rows["rank"] = rows["what"].map(_RANK)
    # Tests first: nobody's order waits for them.
    rows["is_test"] = rows["environment"] != "test"
    rows = rows.sort_values(["rank", "is_test", "now_cents", "full_cents", "machine_id"],
                            ascending=[True, True, False, False, True], ignore_index=True)  # fmt: skip
    often = "not known how often" if again.high is None else f"at most {100 * again.high:.1f} in 100"
    idle = [f"busiest moment {100 * most:.0f} % in {days} days; busy within a month: {often}"
            for most, days in zip(rows["most"], rows["watched"], strict=True)]  # fmt: skip
    small = [f"busiest moment {100 * most:.0f} % of today's; memory is not measured" for most in rows["most"]]
    ends = rows["what"] == END
    rows["risk"] = np.where(ends, idle, small)
    rows["undo"] = np.where(
        ends, "start it again; after two weeks, from its image", "set the old type, restart"
    )
    rows["environment"] = rows["environment"].replace("", "not said")
    rows["service"] = rows["service"].replace("", "not said")
    rows["now"], rows["full"] = rows["now_cents"] / 100, rows["full_cents"] / 100
    return rows[["what", "name", "service", "environment", "type", "new_type", "now", "full", "risk", "undo"]]


def show_machines(found: Machines) -> pd.DataFrame:
    """Every machine with its use and what is said of it."""
    rows = found.rows.sort_values(["what", "mean", "machine_id"], ignore_index=True)
    columns = [
        "name",
        "service",
        "environment",
        "type",
        "paid_by",
        "what",
        "mean",
        "most",
        "watched",
        "quiet",
    ]
    return rows[columns].assign(hour=rows["hour_cents"] / 100)


def show_plan(plan: Plan) -> pd.DataFrame:
    """What to buy ahead, by service; money in dollars."""
    rows = plan.rows.copy()
    rows["service"] = rows["service"].map(lambda name: _NAMES.get(name, name))
    money = ["price", "ahead", "saves", "saves_low", "saves_high", "all_in"]
    rows[money] = rows[money].astype(float) / 100
    return rows


def show_months(months: pd.DataFrame) -> pd.DataFrame:
    """The months, with their name."""
    return months.assign(label=[f"{month:%b %Y}" for month in months["month"]])


def name_each(found: Machines, what: str, words: str) -> dict[str, str]:
    """Machines of one kind by their id, with words: so that alerts tell each once."""
    own = found.rows[found.rows["what"] == what]
    return {str(m): f"{name} {words}" for m, name in zip(own["machine_id"], own["name"], strict=True)}
