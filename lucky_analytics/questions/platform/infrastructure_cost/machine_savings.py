"""What ending and shrinking machines saves while the savings plans run, and once they have ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.models.cloud_month import MONTH_HOURS
from lucky_analytics.questions.platform.infrastructure_cost.machine_use import END, RESIZE, STOPPED, Machines

__all__ = ["Savings", "price_machines"]


@dataclass(frozen=True)
class Savings:
    """Whole cents a month. ``rows``: those of ``Machines`` with ``full_cents`` (what the machine costs less
    at the price it is paid at) and ``now_cents`` (of it, what is not paid on: that of machines on demand).
    ``now``: of all actions while plans are paid on, their hours used for machines on demand that stay;
    ``after``: once the plans have ended, and are bought again to what is used then. ``spent``: machines
    today. ``unused_plan``: of what is paid for plans, the share that nothing uses after the actions.
    ``naive``: all that looks idle by its mean, as if nothing were paid on."""

    rows: pd.DataFrame
    now: int
    after: int
    spent: int
    unused_plan: float | None
    naive: int


def price_machines(found: Machines) -> Savings:
    """Plans are an amount an hour, whoever uses it: what ends under them frees them for others.

    ``spent`` = plans + on demand. A plan of ``p`` cents covers ``p / (1 - discount)`` of list price; the
    discount is that of the machines' own prices. After the actions the list price that is used is covered by
    the plans first, and only what is left over is paid on demand.

    Of one machine on demand and one under a plan (half off), both 100 at list, ending either saves the 100 on
    demand; ending both saves no more while the plan runs.
    """
    rows = found.rows.copy()
    runs = rows["what"] != STOPPED
    part = np.where(rows["what"] == END, 1.0, np.where(
        rows["what"] == RESIZE, 1 - rows["new_list_cents"].astype(float) / rows["list_cents"], 0.0
    ))  # fmt: skip
    rows["full_cents"] = np.where(runs, rows["hour_cents"] * part, 0.0) * MONTH_HOURS
    free = rows["paid_by"] == "on_demand"
    rows["now_cents"] = rows["full_cents"].where(free, 0.0)
    paid = float(rows.loc[runs & ~free, "hour_cents"].sum())
    covered = float(rows.loc[runs & ~free, "list_cents"].sum())
    on_demand = float(rows.loc[runs & free, "hour_cents"].sum())
    kept = rows["list_cents"] * (1 - part)
    left = float(kept[runs].sum())
    spent_then = paid + max(0.0, left - covered)
    price = paid / covered if covered > 0 else 1.0
    share = covered / (covered + on_demand) if covered + on_demand > 0 else 0.0
    after_spent = left * (share * price + 1 - share)
    now = paid + on_demand
    looks = rows.loc[rows["looks_idle"], "hour_cents"].sum()

    def month(cents: float) -> int:
        return round(cents * MONTH_HOURS)

    unused = max(0.0, 1 - left / covered) if covered > 0 else None
    return Savings(rows, month(now - spent_then), month(now - after_spent), month(now), unused, month(looks))
