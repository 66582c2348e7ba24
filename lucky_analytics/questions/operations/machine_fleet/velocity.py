"""Cups of each machine: how many an hour, and whether one makes less of its store's cups than it did."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estate.markets import HOME
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.methods.reliability.share_drops import compare_parts
from lucky_analytics.questions.operations.machine_fleet.lives import Fleet

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["BEFORE_DAYS", "RINSE", "Cups", "judge_drops", "load_cups", "mark_days", "query_cups", "sum_since"]

BEFORE_DAYS = 28
RINSE = "rinse or test"


class Cups(NamedTuple):
    """Cups poured for orders, repeats included, rinses left out: ``counts`` and ``seconds`` of pouring, rows
    of ``Fleet.machines`` x ``days``; ``rinses`` alike; ``is_whole``: at work from the day's begin to its
    end."""

    days: pd.DatetimeIndex
    counts: NDArray[np.float64]
    seconds: NDArray[np.float64]
    rinses: NDArray[np.float64]
    is_whole: NDArray[np.bool_]


def query_cups(suite: Suite, n_days: int | None = None) -> ibis.expr.types.Table:
    """Cups by machine and day: ``cups``, ``rinses``, ``seconds`` (of pouring, rinses left out)."""
    cup = suite.cups
    if n_days is not None:
        cup = cup.filter(cup.cup_date > suite.as_of - dt.timedelta(days=n_days))
    is_rinse = cup.poured_for == RINSE
    return cup.group_by("machine_id", "cup_date").agg(
        cups=(~is_rinse).cast("int64").sum(),
        rinses=is_rinse.cast("int64").sum(),
        seconds=cup.pour_seconds.sum(where=~is_rinse),
    )


def load_cups(suite: Suite, fleet: Fleet) -> Cups | None:
    """All cups up to ``suite.as_of``; null without the table, or without a cup."""
    if suite.optional("cups") is None:
        return None
    found = query_cups(suite).execute()
    row = pd.Series(fleet.machines.index, index=fleet.machines["machine_id"])
    found = found[found["machine_id"].isin(row.index)]
    if found["cups"].sum() == 0:
        return None
    dates = pd.to_datetime(found["cup_date"]).dt.tz_localize(None)
    days = pd.date_range(dates.min(), pd.Timestamp(suite.as_of))
    at = (found["machine_id"].map(row).to_numpy(int), (dates - days[0]).dt.days.to_numpy())
    wide = {}
    for name in ("cups", "seconds", "rinses"):
        wide[name] = np.zeros((len(row), len(days)))
        wide[name][at] = found[name].fillna(0.0).to_numpy(float)
    return Cups(days, wide["cups"], wide["seconds"], wide["rinses"], mark_days(fleet, days))


def mark_days(fleet: Fleet, days: pd.DatetimeIndex, *, whole: bool = True) -> NDArray[np.bool_]:
    """Machines x days: whether each was at work from midnight to midnight of its clock; with ``whole`` false,
    at some time of the day."""
    up = fleet.stretches[fleet.stretches["is_up"]]
    first = _local_day(up["start"], days) + whole
    # It goes on at the cut, whose day is over then.
    last = np.where(up["ended_by"] == "", len(days) - 1, _local_day(up["end"], days) - whole)
    at_work = np.zeros((len(fleet.machines), len(days)), bool)
    for machine, begin, end in zip(up["machine"], np.maximum(first, 0), last, strict=True):
        at_work[machine, begin : end + 1] = True
    return at_work


def _local_day(at: pd.Series, days: pd.DatetimeIndex) -> NDArray[np.int64]:
    local = at.dt.tz_localize("UTC").dt.tz_convert(HOME.time_zone).dt.tz_localize(None).dt.normalize()
    return (local - days[0]).dt.days.to_numpy(np.int64)


def judge_drops(
    cups: Cups, fleet: Fleet, open_hours: pd.DataFrame, n_recent: int, drop: float, weeks_apart: float,
    level: float,
) -> pd.DataFrame:  # fmt: skip
    """Each standing machine of a trading store: cups an hour of the last ``n_recent`` days and of the 28 days
    before, and its part of the store's cups.

    ``open_hours``: ``store_id``, ``ds``, ``open_hours``. ``machine`` (row of ``Fleet.machines``), ``recent``
    and ``before`` (cups an open hour on whole days at work), ``busy`` (share of those hours in which it
    poured), ``raw`` (recent by before), ``ratio`` with ``low``, ``high``, ``p_value``, ``q_value``,
    ``n_days``, ``scatter`` as ``compare_parts``; ``is_drop``: an alarm of ``flag_alarms``, and the ratio is
    more than ``drop`` below 1; ``is_naive``: ``raw`` is, as a dashboard would flag it.
    """
    n = min(n_recent + BEFORE_DAYS, len(cups.days))
    window = np.s_[:, len(cups.days) - n :]
    rows = np.flatnonzero(fleet.machines["is_trading"])
    standing = fleet.standing.index
    by_day = open_hours.pivot_table(index="store_id", columns="ds", values="open_hours", aggfunc="sum")
    by_day = by_day.reindex(index=fleet.machines["store_id"], columns=cups.days)
    hours = np.nan_to_num(by_day.to_numpy(float)[window][rows])
    counts, whole, seconds = (all_[window][rows] for all_ in (cups.counts, cups.is_whole, cups.seconds))
    group = pd.factorize(fleet.machines["store_id"].to_numpy()[rows])[0]
    found = compare_parts(counts, whole, group, min(n_recent, n), level).assign(machine=rows)
    known = whole & (hours > 0.0)
    part = {"recent": np.s_[:, n - min(n_recent, n) :], "before": np.s_[:, : n - min(n_recent, n)]}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, of in part.items():
            total = np.where(known, hours, 0.0)[of].sum(axis=1)
            found[name] = np.where(total > 0, np.where(known, counts, 0.0)[of].sum(axis=1) / total, np.nan)
            if name == "recent":
                busy = np.where(known, seconds, 0.0)[of].sum(axis=1) / 3600 / total
                found["busy"] = np.where(total > 0, busy, np.nan)
        found["raw"] = np.where(found["before"] > 0, found["recent"] / found["before"], np.nan)
    found = found[found["machine"].isin(standing)].reset_index(drop=True)
    found = flag_alarms(found.assign(ds=cups.days[-1]), weeks_apart)
    found["is_drop"] = found["is_alarm"] & (found["ratio"] < 1 - drop)
    return found.assign(is_naive=found["raw"] < 1 - drop).drop(columns="ds")


def sum_since(cups: Cups, fleet: Fleet) -> pd.Series:
    """Cups, rinses too, that each machine poured since it was last installed or repaired; by its row."""
    up = fleet.stretches[fleet.stretches["is_up"]].groupby("machine").tail(1).set_index("machine")
    begin = pd.Series(_local_day(up["start"], cups.days), index=up.index).clip(lower=0)
    sums = np.cumsum((cups.counts + cups.rinses)[:, ::-1], axis=1)[:, ::-1]
    sums = np.c_[sums, np.zeros(len(sums))]
    place = np.minimum(
        begin.reindex(fleet.machines.index).fillna(len(cups.days)).to_numpy(int), len(cups.days)
    )
    return pd.Series(sums[np.arange(len(sums)), place], index=fleet.machines.index)
