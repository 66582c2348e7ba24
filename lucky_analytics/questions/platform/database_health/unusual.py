"""Hours in which a server did far more or less than it does at that hour of the week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.baselines.hour_baseline import FEWEST_WEEKS, HOURS, expect_hours
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.models.server_readings import Readings

__all__ = ["WATCHED", "Unusual", "judge_hours", "spread_hours"]

HOUR = pd.Timedelta(hours=1)
# Of a level in logarithms: memory that never moved for weeks has no scatter to go by, and a few per cent more
# of it are no news.
_LEAST_CHANGE = 0.03
# Of each: how it is said, whether it is a count (roots, and chance scatters it at least as Poisson's) or an
# amount (logarithms), and of which metrics.
WATCHED = {
    "work": ("statements an hour", "amount", ("statements", "transactions")),
    "slow": ("slow statements an hour", "count", ("slow_statements",)),
    "connections": ("connections", "count", ("connections",)),
    "memory": ("memory used", "amount", ("used_memory",)),
}


@dataclass(frozen=True)
class Unusual:
    """``hours``: one row for each judged hour of each server and ``what`` of ``WATCHED``: ``server``,
    ``what``, ``at`` (when the hour began, UTC), ``value``, ``expected``, ``low``, ``high``, ``p_value``,
    ``is_alarm``; the hour to come has its expectation and no value. ``alarms``: those that are alarms.
    ``n_series`` watched; 0 where there are too few weeks to know what is usual."""

    hours: pd.DataFrame
    alarms: pd.DataFrame
    n_series: int
    n_judged: int


def judge_hours(found: Readings, weeks_apart: float, days_judged: int) -> Unusual:
    """The hours of the last days of all servers under one control: where nothing is wrong, an hour with a
    false alarm comes once in ``weeks_apart`` weeks, all servers and numbers together."""
    parts = [_judge(found, what, days_judged) for what in WATCHED]
    parts = [part for part in parts if len(part)]
    columns = ["server", "what", "at", "value", "expected", "low", "high", "p_value", "is_alarm"]
    if not parts:
        empty = pd.DataFrame(columns=columns)
        return Unusual(empty, empty, 0, 0)
    hours = pd.concat(parts, ignore_index=True)
    # The control knows days; here each hour stands for itself, of which a week has 168.
    flagged = flag_alarms(hours.assign(ds=hours["at"]), weeks_apart * HOURS / 7)
    hours = flagged[columns]
    n_series = int(hours.dropna(subset="p_value").groupby(["server", "what"]).ngroups)
    return Unusual(hours, hours[hours["is_alarm"]], n_series, int(hours["p_value"].notna().sum()))


def spread_hours(found: Readings, what: str) -> pd.DataFrame:
    """Servers by hour, from the first whole hour of the four weeks to the one to come, which is null.

    Of counts an hour's own, at the mean rate of what was said in it (null where a part is not known); of
    levels the last.
    """
    _label, _kind, metrics = WATCHED[what]
    rows = found.lately[found.lately["metric"].isin(metrics)]
    # A collection at 12:00 closes the hour that began at 11.
    hour = (rows["said_at"] - pd.Timedelta(microseconds=1)).dt.floor("h")
    is_counted = what in ("work", "slow")
    if is_counted:
        counted = (rows["rate"] * rows["seconds"]).groupby([rows["server"], hour]).sum(min_count=1)
        known = rows["seconds"].where(rows["rate"].notna()).groupby([rows["server"], hour]).sum()
        values = 3_600 * counted / known.where(known >= 1_800)
    else:
        values = rows.sort_values("said_at").groupby([rows["server"], hour])["value"].last()
    wide = values.unstack() if len(values) else pd.DataFrame()
    if wide.empty:
        return wide
    last = (found.moment - pd.Timedelta(microseconds=1)).floor("h")
    first = max(pd.DatetimeIndex(wide.columns)[0], last - pd.Timedelta(days=28) + HOUR)
    return wide.reindex(columns=pd.date_range(first, last + HOUR, freq="h"))


def _judge(found: Readings, what: str, days_judged: int) -> pd.DataFrame:
    wide = spread_hours(found, what)
    n_judged = 24 * days_judged + 1
    if wide.empty or wide.shape[1] - n_judged < FEWEST_WEEKS * HOURS:
        return pd.DataFrame()
    is_count = WATCHED[what][1] == "count"
    raw = wide.to_numpy(float)
    values = 2 * np.sqrt(np.maximum(raw, 0) + 0.375) if is_count else np.log(np.maximum(raw, 0) + 1)
    if what == "work":  # a count in logarithms: chance scatters it at least as Poisson's
        floor = 1 / np.sqrt(np.nanmedian(np.where(np.isfinite(raw), raw, np.nan), axis=1) + 1)
    else:
        floor = np.full(len(raw), 1.0 if is_count else _LEAST_CHANGE)
    hours = pd.DatetimeIndex(wide.columns)
    season = np.asarray(24 * hours.day_of_week + hours.hour)
    judged = expect_hours(values, season, n_judged, floor=floor[:, None])
    half = 2 * judged.unit

    def back(y: np.ndarray) -> np.ndarray:
        return np.maximum((np.maximum(y, 0) / 2) ** 2 - 0.375, 0) if is_count else np.expm1(y)

    table = {"value": raw, "expected": back(judged.expected), "low": back(judged.expected - half),
             "high": back(judged.expected + half), "p_value": judged.p_value}  # fmt: skip
    at = wide.columns[-n_judged:]
    rows = {name: values[:, -n_judged:].ravel() for name, values in table.items()}
    return pd.DataFrame(
        {"server": np.repeat(wide.index, n_judged), "what": what, "at": np.tile(at, len(wide)), **rows}
    )
