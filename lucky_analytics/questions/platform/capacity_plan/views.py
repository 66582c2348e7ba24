"""The capacity plan as readers see it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.server_readings import name_short
from lucky_analytics.questions.platform.capacity_plan.loads import Loads
from lucky_analytics.questions.platform.capacity_plan.store_needs import Bill
from lucky_analytics.questions.platform.capacity_plan.texts import WHAT

__all__ = [
    "check_loads",
    "find_first",
    "find_soonest",
    "name_rows",
    "show_ends",
    "show_lines",
    "show_notice",
    "show_steps",
]


def name_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with the servers' short names (``name``) and what is measured in words."""
    return rows.assign(name=rows["server"].map(name_short), what=rows["what"].map(WHAT))


def find_first(ends: pd.DataFrame, n_now: int) -> str:
    """The server that runs out first of those that are not short today; empty without one."""
    later = ends[ends["stores"] > n_now]
    return "" if later.empty else f"{later.iloc[0]['name']} ({later.iloc[0]['what']})"


def find_soonest(ends: pd.DataFrame, n_now: int, level: float) -> Estimate:
    """At how many stores the first one runs out that is not short today; null where none is known to."""
    later = ends[ends["stores"] > n_now]
    return Estimate(None) if later.empty else Estimate.of(later.iloc[0].to_dict(), "stores", level=level)


def show_ends(ends: pd.DataFrame, n_now: int, n_most: int, n_rows: int = 12) -> pd.DataFrame:
    """The first rows for a chart: ``label``, ``stores`` with ends, cut at ``n_most`` stores."""
    rows = ends.head(n_rows).assign(label=ends["name"] + ", " + ends["what"])
    cut = {
        name: rows[name].fillna(n_most).clip(0, n_most) for name in ("stores", "stores_low", "stores_high")
    }
    return rows.assign(**cut, is_short=rows["stores"] <= n_now)


def show_steps(instances: pd.DataFrame) -> pd.DataFrame:
    """Both ways to count, long, for a chart: ``n_stores``, ``way``, ``servers``, ``low``, ``high``."""
    ours = instances.rename(columns={"servers_low": "low", "servers_high": "high"})
    ours = ours[["n_stores", "servers", "low", "high"]].assign(way="by the busiest hour")
    naive = instances[["n_stores"]].assign(servers=instances["naive"], way="as many a store as today")
    return pd.concat([ours, naive], ignore_index=True)


def show_notice(servers: pd.DataFrame) -> pd.DataFrame:
    """``kind``, ``class`` and how many servers: ``n``."""
    kinds = {"mysql": "MySQL", "postgresql": "PostgreSQL", "redis": "Redis"}
    named = servers.assign(kind=servers["kind"].map(kinds).fillna(servers["kind"]))
    return named.groupby(["kind", "class"], as_index=False).size().rename(columns={"size": "n"})


def show_lines(loads: Loads) -> pd.DataFrame:
    """Each line: what of the busiest hour is there anyway, and what each order adds."""
    rows = loads.rows.assign(
        fixed=[loads.lines[key].level - loads.lines[key].slope * loads.lines[key].drive
               for key in zip(loads.rows["server"], loads.rows["what"], strict=True)],
        slope=[loads.lines[key].slope for key in zip(loads.rows["server"], loads.rows["what"], strict=True)],
        most=[loads.lines[key].most for key in zip(loads.rows["server"], loads.rows["what"], strict=True)],
    )  # fmt: skip
    return rows.sort_values("share", ascending=False, ignore_index=True)


def check_loads(loads: Loads, bill: Bill | None) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of what the page relies on."""
    with_work = int((loads.rows["what"] == "statements").sum())
    rows = [
        ("every server has hours of four weeks", loads.rows["server"].nunique() == loads.n_last,
         f"{loads.rows['server'].nunique()} of {loads.n_last}"),
        ("orders differ from hour to hour", loads.busiest > 10, f"{loads.busiest:,.0f} in the busiest"),
        ("servers say how much they work", with_work > 0, f"{with_work} do"),
        ("the cloud's bill is known", bill is not None,
         f"{bill.n_days} days" if bill else "not in the snapshot"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "passed", "detail"])
