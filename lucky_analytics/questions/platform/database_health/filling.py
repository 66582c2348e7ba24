"""What grows towards a limit, when it is there, and what tables and caches will hold in months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.growth.time_to_limit import LogTrend
from lucky_analytics.methods.growth.tried_trends import fit_lately, miss_by, widen_by
from lucky_analytics.models.server_readings import Readings

__all__ = ["AHEAD", "Outlook", "find_outlook", "list_days"]

AHEAD = (30, 60, 90)
_TREND_DAYS = {"connections": 28, "memory": 42, "table": 28}
_TEST_AHEAD = 30
_SMALL = 1_000  # rows below which growth by percent says nothing
_WEEK = 7


@dataclass(frozen=True)
class Outlook:
    """``limited``: a row for each server with a limit (``what``: connections or memory): ``server``,
    ``what``, ``subject`` (empty), ``now`` (share of the limit; of connections the peak of the last 24
    hours, of memory the newest), ``limit``, ``growth`` (a week) with ends, ``days_line``, ``days_full``
    with ends: days until the line of the document and until it is full (null: never at this growth; null
    high: maybe never), ``in_30`` ... ``in_90`` with ends as shares of the limit. ``tables``: a row for
    each table of at least 1,000 rows: ``server``, ``subject``, ``now`` (rows), ``mib``, ``growth`` with
    ends, ``naive_growth`` (newest over a week before), ``doubles`` days, ``in_30`` ... in rows.
    ``tested``: trends of 30 days ago held against what came: ``what``, ``subject``, ``inside`` and
    ``times`` (how many times the half-range it was off); ``wider``: by what factor ranges of each
    ``what`` were widened for it (null: could not be tested). ``days``: what trends were fitted to.
    """

    limited: pd.DataFrame
    tables: pd.DataFrame
    tested: pd.DataFrame
    wider: dict[str, float | None]
    days: pd.DataFrame


def list_days(found: Readings) -> pd.DataFrame:
    """By ``server``, ``what``, ``subject`` and ``day``: ``value``, and its ``limit`` where it has one.

    Of connections the highest of each 24 hours before the newest collection, of memory and rows the last of
    each UTC day that is over.
    """
    lately = found.lately
    used = lately[lately["metric"] == "connections"]
    limit = lately[lately["metric"] == "connections_limit"][["server", "said_at", "value"]]
    used = used.merge(limit.rename(columns={"value": "limit"}), on=["server", "said_at"])
    back = (found.moment - pd.to_datetime(used["said_at"])).dt.days
    of_day = used.assign(day=found.moment.floor("D") - pd.to_timedelta(back, unit="D"))
    peaks = of_day.sort_values("value").groupby(["server", "day"], as_index=False).last()
    daily = found.daily
    memory = daily[daily["metric"] == "used_memory"]
    full = daily[daily["metric"] == "memory_limit"][["server", "day", "value"]]
    memory = memory.merge(full.rename(columns={"value": "limit"}), on=["server", "day"], how="left")
    rows = daily[daily["metric"] == "table_rows"]
    parts = [peaks.assign(what="connections", subject=""), memory.assign(what="memory"),
             rows.assign(what="table", limit=np.nan)]  # fmt: skip
    columns = ["server", "what", "subject", "day", "value", "limit"]
    days = pd.concat([part[columns] for part in parts if len(part)] or [pd.DataFrame(columns=columns)])
    days["limit"] = days["limit"].where(days["limit"] > 0)  # none is set
    return days.sort_values([*columns[:4]], ignore_index=True)


def find_outlook(found: Readings, memory_most: float, connections_most: float, level: float) -> Outlook:
    """Trends of all that is limited and of all tables, their ranges as wide as past ones had to be."""
    days = list_days(found)
    groups = {
        (str(what), str(server), str(subject)): own
        for (what, server, subject), own in days.groupby(["what", "server", "subject"], sort=True)
    }
    tested = pd.DataFrame(
        [row for key, own in groups.items() if (row := _test(key, own, level))],
        columns=["what", "server", "subject", "inside", "times"],
    )
    wider = {
        what: widen_by(tested.loc[tested["what"] == what, "times"].astype(float), level)
        for what in _TREND_DAYS
    }
    lines = {"connections": connections_most, "memory": memory_most}
    limited, tables = [], []
    for (what, server, subject), own in groups.items():
        trend = fit_lately(_count_days(own), own["value"], _TREND_DAYS[what])
        trend = trend if trend is None else trend.widen(wider[what] or 1.0)
        named: dict[str, Any] = {"server": server, "what": what, "subject": subject}
        if what == "table":
            if own["value"].iloc[-1] >= _SMALL:
                tables.append(named | _describe_table(found, named, own, trend, level))
        elif pd.notna(own["limit"].iloc[-1]):
            limited.append(named | _describe_limit(found, named, own, trend, lines[what], level))
    return Outlook(_frame(limited), _frame(tables), tested, wider, days)


def _count_days(own: pd.DataFrame) -> np.ndarray:
    return (own["day"] - own["day"].max()).dt.days.to_numpy()


def _test(key: tuple[str, str, str], own: pd.DataFrame, level: float) -> dict[str, object] | None:
    what, server, subject = key
    if what == "connections" or (what == "table" and own["value"].iloc[-1] < _SMALL):
        return None  # of peaks there are four weeks, and no more
    times = miss_by(_count_days(own), own["value"], _TREND_DAYS[what], _TEST_AHEAD, level)
    if times is None:
        return None
    return {"what": what, "server": server, "subject": subject, "inside": times <= 1, "times": times}


def _describe_limit(
    found: Readings, row: dict[str, Any], own: pd.DataFrame, trend: LogTrend | None, line: float, level: float
) -> dict[str, object]:
    limit = float(own["limit"].iloc[-1])
    now = float(own["value"].iloc[-1]) / limit
    if row["what"] == "memory":
        now = _newest(found, row["server"], "used_memory", "") / limit
    described: dict[str, object] = {"now": now, "limit": limit}
    if trend is None:
        return described
    for name, of in (("days_line", line), ("days_full", 1.0)):
        described |= _ends(name, trend.time_to(of * limit, level))
    return described | _ends("growth", trend.growth(_WEEK, level)) | _foretell(trend, AHEAD, 1 / limit, level)


def _describe_table(
    found: Readings, row: dict[str, Any], own: pd.DataFrame, trend: LogTrend | None, level: float
) -> dict[str, object]:
    values = own.set_index("day")["value"]
    before = values.get(values.index[-1] - pd.Timedelta(days=_WEEK), np.nan)
    described: dict[str, object] = {
        "now": float(values.iloc[-1]),
        "mib": _newest(found, row["server"], "table_bytes", row["subject"]) / 2**20,
        "naive_growth": float(values.iloc[-1] / before - 1) if before > 0 else np.nan,
    }
    if trend is None:
        return described
    described |= _ends("growth", trend.growth(_WEEK, level))
    described |= _ends("doubles", trend.time_to(2 * float(np.exp(trend.now)), level))
    return described | _foretell(trend, AHEAD, 1.0, level)


def _newest(found: Readings, server: str, metric: str, subject: str) -> float:
    rows = found.newest
    own = rows[(rows["server"] == server) & (rows["metric"] == metric) & (rows["subject"] == subject)]
    return float(own["value"].iloc[0]) if len(own) else np.nan


def _foretell(trend: LogTrend, ahead: Sequence[int], times: float, level: float) -> dict[str, object]:
    found: dict[str, object] = {}
    for days in ahead:
        found |= _ends(f"in_{days}", trend.foretell(days, level).times(times))
    return found


def _ends(name: str, estimate: object) -> dict[str, object]:
    value, low, high = (getattr(estimate, end) for end in ("value", "low", "high"))
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    kinds = ["now", "limit", "mib", "naive_growth"]
    for name in ("growth", "days_line", "days_full", "doubles", *(f"in_{days}" for days in AHEAD)):
        kinds += [name, f"{name}_low", f"{name}_high"]
    frame = pd.DataFrame(rows, columns=["server", "what", "subject", *kinds])
    return frame.astype(dict.fromkeys(kinds, float))
