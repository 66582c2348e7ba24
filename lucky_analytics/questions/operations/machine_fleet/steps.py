"""Small steps of the notebook: what is there, what is checked, counted and promised."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics import estate
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.measure import Measure, Promise
from lucky_analytics.models.watched_days import store_numbers
from lucky_analytics.models.watched_days.machine_days import add_machines, load_lives
from lucky_analytics.questions.operations.machine_fleet.failures_ahead import Outlook
from lucky_analytics.questions.operations.machine_fleet.lives import OFFLINE, WAITING, Fleet, Seen
from lucky_analytics.questions.operations.machine_fleet.velocity import Cups, mark_days
from lucky_analytics.questions.operations.machine_fleet.views import SILENT

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "MONTH_DAYS",
    "as_whole",
    "check_fleet",
    "count_states",
    "days_before",
    "estimate_power",
    "expect_hours",
    "find_hindrance",
    "list_missing",
    "load_days",
    "mean_repair",
    "name_drops",
    "name_waiting",
    "no_risk",
    "promise",
    "publish_waiting",
    "query",
    "share_held",
]

MONTH_DAYS = 365.25 / 12
_TABLES = {
    "cups by machine, drops, sales at risk": ("cups", "t_cup_order_info"),
    "what machines are told to pour": ("programmes", "t_coffee_formula"),
}


def find_hindrance(suite: Suite) -> str:
    """Why nothing can be said where no life is known: "table" or "nothing"."""
    is_there = suite.optional("machines") is not None and suite.optional("device_events") is not None
    return "nothing" if is_there else "table"


def list_missing(suite: Suite) -> dict[str, dict[str, str]]:
    """Sections whose source table the snapshot lacks: source tables with their server, by section."""
    database = estate.load().database("iotplatform")
    lacking = {what: table for what, (name, table) in _TABLES.items() if suite.optional(name) is None}
    return {what: {f"{database.name}.{table}": database.server} for what, table in lacking.items()}


def load_days(suite: Suite, stores: pd.DataFrame) -> pd.DataFrame:
    """What stores sold and when they were open (``store_numbers.load_days``), with ``machines`` and
    ``machines_down``, as the page on stores counts them."""
    days = store_numbers.load_days(suite, stores, is_all=False)
    return add_machines(days, load_lives(suite, stores["store_id"].tolist()))


def query(suite: Suite) -> ir.Table:
    """The events of all machines by kind: the query behind the page's headlines."""
    event = suite.device_events
    return event.group_by("machine_id", "kind").agg(n=event.count())


def check_fleet(suite: Suite, fleet: Fleet, cups: Cups | None) -> list[tuple[str, bool, str]]:
    """``report.check`` for each: name, whether it holds, detail."""
    listed = suite.machines.select("machine_id", "status").execute().set_index("machine_id")["status"]
    own = fleet.machines.set_index("machine_id")["state"].replace(
        {"online": "in service", "offline": "in service"}
    )
    lost = len(listed) - len(own)
    differs = int((listed.reindex(own.index) != own).sum())
    up = fleet.stretches["is_up"]
    odd = int(
        ((fleet.stretches["ended_by"] == "repaired") & up).sum()
        + ((fleet.stretches["ended_by"] == "failed") & ~up).sum()
    )
    found = [
        ("every machine has events", lost == 0, f"{lost} of {len(listed)} machines have none"),
        ("failures and repairs alternate", odd == 0, f"{odd} of {len(fleet.stretches)} do not"),
    ]
    if fleet.is_now:
        found.append(
            (
                "events end in the state that machines are listed in",
                differs == 0,
                f"{differs} of {len(own)} do not",
            )
        )
    if cups is not None:
        idle = int((cups.counts[~mark_days(fleet, cups.days, whole=False)] > 0).sum())
        found.append(
            ("only machines at work pour", idle == 0, f"{idle} days of a machine out of work have cups")
        )
    return found


def count_states(states: pd.DataFrame) -> dict[str, int]:
    """Machines that stand: ``working`` (in service), ``waiting``, ``offline`` (in service, out of touch),
    ``offline_pouring`` (of them, poured in the last three days), ``silent``."""
    off = states["state"] == OFFLINE
    return {
        "working": int((states["state"] != WAITING).sum()),
        "waiting": int((states["state"] == WAITING).sum()),
        "offline": int(off.sum()),
        "offline_pouring": int((off & (states["poured"] > 0)).sum()),
        "silent": int((states["shown"] == SILENT).sum()),
    }


def name_waiting(states: pd.DataFrame) -> dict[str, str]:
    """The machines that wait for repair, by id and the failure that they wait for."""
    own = states[states["state"] == WAITING]
    return {
        f"{row.machine_id} {row.last_failed_at:%Y-%m-%d}": f"{row.serial} at {row.place}"
        for row in own.itertuples()
    }


def publish_waiting(fleet: Fleet, states: pd.DataFrame) -> pd.DataFrame:
    """``place``, ``n``: machines that wait for repair in each trading store, to be held against its own
    page; none for an earlier day than the machines are listed on."""
    own = states[states["is_trading"]]
    if not fleet.is_now:
        own = own.iloc[:0]
    return (own["state"] == WAITING).groupby(own["place"]).sum().astype(int).rename("n").reset_index()


def days_before(fleet: Fleet, n_days: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Begin and end of the ``n_days`` before the cut."""
    return fleet.cut - pd.Timedelta(days=n_days), fleet.cut


def mean_repair(seen: Seen) -> float:
    """Mean days that repairs took; 1 where none is on record."""
    return float(seen.repairs.mean()) if len(seen.repairs) else 1.0


def expect_hours(days: pd.DataFrame, seen: Seen, expected: Estimate) -> float | None:
    """Open hours that machines are expected to be out of work by the failures ahead; null where the failures
    are, or where nobody knows when stores were open."""
    known = days.loc[days["open_hours"] > 0, "open_hours"]
    if expected.value is None or known.empty:
        return None
    return expected.value * mean_repair(seen) * float(known.mean())


def estimate_power(outlook: Outlook | None, name: str, level: float) -> Estimate:
    """``since`` or ``age`` of the rates, with its interval."""
    if outlook is None:
        return Estimate(None)
    draws = getattr(outlook.rates, name)
    low, middle, high = np.quantile(draws, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Estimate(float(middle), float(low), float(high), level=level)


def as_whole(found: Estimate) -> Estimate:
    """A count expected, in whole numbers: its interval tells no more.

    >>> as_whole(Estimate(27.7, 19.0, 37.0, level=0.9)).value
    28.0
    """
    return found if found.value is None else replace(found, value=float(round(found.value)))


def share_held(tried: pd.DataFrame) -> float | None:
    """Of the forecasts from days gone by, those that held."""
    return float(tried["is_held"].mean()) if len(tried) else None


def name_drops(fleet: Fleet, drops: pd.DataFrame) -> pd.DataFrame:
    """``judge_drops`` of the machines that can be judged, with ``name``: the store and the end of the serial
    number, all of it where two would be alike."""
    own = fleet.machines.loc[drops["machine"]]
    short = own["place"] + " " + own["serial"].str[-4:]
    name = short.where(~short.duplicated(keep=False), own["place"] + " " + own["serial"])
    return drops.assign(name=name.to_numpy()).dropna(subset="ratio")


def no_risk(fleet: Fleet) -> pd.DataFrame:
    """The trading stores with the columns of ``capacity.Risk.stores``, nothing known but their machines."""
    own = fleet.standing[fleet.standing["is_trading"]]
    table = own.groupby(["store_id", "place"]).size().rename("machines").reset_index()
    table["working"] = (
        own[own["state"] != WAITING]
        .groupby("store_id")
        .size()
        .reindex(table["store_id"], fill_value=0)
        .to_numpy()
    )
    return table.assign(
        **dict.fromkeys(("peak", "needed", "spare", "p_short", "loss", "low", "high"), np.nan)
    )


def promise(expected: Estimate, as_of: dt.date, n_days: int, level: float) -> Promise | None:
    """The failures of the days ahead, to be held against what comes."""
    if expected.value is None or expected.low is None or expected.high is None:
        return None
    start, due = as_of + dt.timedelta(days=1), as_of + dt.timedelta(days=n_days)
    measure = Measure("machine_failures", start=start, until=due)
    return Promise(
        "machine_failures_ahead",
        expected.value,
        expected.low,
        expected.high,
        level,
        due,
        measure,
        f"Machine failures, next {n_days} days",
    )
