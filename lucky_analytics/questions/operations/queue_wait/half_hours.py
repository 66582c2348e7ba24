"""Waits by store and half-hour, which half-hours are busiest, and which were unusual of late."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.questions.operations.queue_wait.wait_tickets import KINDS

__all__ = [
    "NAMED_PEAKS",
    "as_estimate",
    "check_peaks",
    "find_unusual",
    "measure_chain",
    "measure_waits",
    "pick_busiest",
    "pick_peak",
]

NAMED_PEAKS = (9, 13)  # hours that the documents name: 9 to 10, and 13 to 14
_FEWEST = 10
_FALSE_SHARE = 0.05
_UNUSUAL_DAYS = 7
_FEWEST_DAYS = 3


def measure_waits(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Trading stores by half-hour, weekdays and weekends apart; those with fewer than ten tickets left out.

    ``store``, ``kind``, ``slot``, ``n`` tickets, ``orders`` (a half-hour, of days on which the store sold),
    ``queue``, ``making`` (seconds), ``wait`` with ``low``, ``high`` (minutes; tickets of a day hang
    together), ``late`` (minutes within which 19 of 20 were done), ``people`` on shift, ``load`` (mean open
    tickets). All tickets count, the longest too.
    """
    own = rows[rows["is_trading"]]
    days = own.groupby(["store", "kind"], observed=True)["date"].nunique().rename("days").reset_index()
    cells = _measure(own, ["store", "kind", "slot"], level)
    return _per_day(cells[cells["n"] >= _FEWEST].merge(days, on=["store", "kind"]))


def measure_chain(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """The same over all trading stores: ``orders`` are those of all stores together."""
    own = rows[rows["is_trading"]]
    days = own.groupby("kind")["date"].nunique().rename("days").reset_index()
    return _per_day(_measure(own, ["kind", "slot"], level).merge(days, on="kind"))


def pick_peak(chain: pd.DataFrame) -> pd.Series:
    """The weekday half-hour with most orders over all stores: a row of ``measure_chain``."""
    own = chain[chain["kind"] == KINDS[0]].sort_values(["orders", "slot"], ascending=[False, True])
    return own.iloc[0]


def as_estimate(cell: pd.Series, level: float) -> Estimate:
    """The wait of a half-hour in minutes."""
    return Estimate(cell["wait"], cell["low"], cell["high"], level=level, n=int(cell["n"]))


def pick_busiest(asked: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Each store's weekday half-hour with most orders, the busiest store first: rows of ``asked``
    (``one_more.list_cells``) with the ``wait``, ``low``, ``high`` of ``measure_waits``, null where it has too
    few tickets. Picked by orders, not by waits, so that the pick flatters no wait."""
    own = asked.sort_values(["orders", "store", "slot"], ascending=[False, True, True]).drop_duplicates(
        "store"
    )
    waits = cells[cells["kind"] == KINDS[0]][["store", "slot", "wait", "low", "high"]]
    return own.merge(waits, on=["store", "slot"], how="left")


def check_peaks(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Whether the hours that the documents call peaks are any: ``kind``, ``hour``, ``orders`` a day of all
    trading stores, ``rank`` among hours of that kind of day, ``ratio`` to the busier of its two neighbours
    with ``low``, ``high``, and ``is_peak``: above both neighbours, chance aside."""
    own, found = rows[rows["is_trading"]], []
    for kind in KINDS:
        counts = own[own["kind"] == kind]
        table = counts.groupby(["date", counts["slot"] // 2]).size().unstack(fill_value=0)
        means = table.mean().to_dict()
        ranks = table.mean().rank(ascending=False, method="first").to_dict()
        for hour in NAMED_PEAKS:
            if hour not in table or len(table) < _FEWEST_DAYS:
                continue
            near = [h for h in (hour - 1, hour + 1) if h in table]
            beside = max(near, key=means.__getitem__, default=None)
            ends = (np.nan,) * 3
            if beside is not None and means[beside] > 0:
                sums = pd.DataFrame({"a": table[hour], "b": table[beside], "all": 0}).reset_index()
                ratio = estimate_ratios(sums, ["all"], "date", "a", "b", level).iloc[0]
                ends = (ratio["value"], ratio["low"], ratio["high"])
            found.append((kind, hour, float(means[hour]), int(ranks[hour]), *ends, bool(ends[1] > 1)))
    columns = ["kind", "hour", "orders", "rank", "ratio", "low", "high", "is_peak"]
    return pd.DataFrame(found, columns=columns)


def find_unusual(rows: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Half-hours of a store whose waits of the last seven days were longer than in the four weeks before.

    ``store``, ``kind``, ``slot``, ``before``, ``now`` (mean minutes of daily medians), ``q``, ``is_unusual``:
    longer beyond chance by the ranks of its days among all days (Mann and Whitney's exact test), all
    half-hours tested together (5 % of those called are false on average). Medians and ranks, because one
    ticket left open makes a mean. Two days of a weekend can hardly ever be called.
    """
    own = rows[rows["is_trading"]]
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    own = own[own["date"] >= end - pd.Timedelta(days=5 * _UNUSUAL_DAYS)]
    keys = ["store", "kind", "slot"]
    days = own.groupby([*keys, "date"], observed=True)["wait"].median().div(60).reset_index()
    is_now, found = days.pop("date") >= end - pd.Timedelta(days=_UNUSUAL_DAYS), []
    for cell, waits in days.groupby(keys, observed=True)["wait"]:
        now, before = waits[is_now[waits.index]], waits[~is_now[waits.index]]
        if len(now) >= 2 and len(before) >= _FEWEST_DAYS:
            p = mannwhitneyu(now, before, alternative="greater", method="exact").pvalue
            found.append((*cell, float(before.mean()), float(now.mean()), float(p)))
    shown = pd.DataFrame(found, columns=[*keys, "before", "now", "q"])
    shown["q"] = adjust_p_values(shown["q"].to_numpy(float))
    shown["is_unusual"] = shown["q"] <= _FALSE_SHARE
    return shown.sort_values(["q", "store", "slot"], ignore_index=True)


def _measure(own: pd.DataFrame, by: list[str], level: float) -> pd.DataFrame:
    sums = own.assign(one=1.0).groupby([*by, "date"], observed=True)[["wait", "one"]].sum().reset_index()
    waits = estimate_ratios(sums, by, "date", "wait", "one", level).drop(columns="n_blocks")
    groups = own.groupby(by, observed=True)
    cells = groups.agg(
        n=("wait", "size"), queue=("queue", "mean"), making=("seconds", "mean"), people=("people", "mean"),
        load=("load_opened", "mean"),
    )  # fmt: skip
    cells["late"] = groups["wait"].quantile(0.95) / 60
    cells = cells.reset_index().merge(waits.rename(columns={"value": "wait"}), on=by)
    for name in ("wait", "low", "high"):
        cells[name] /= 60
    return cells.astype({"store": str}) if "store" in by else cells


def _per_day(cells: pd.DataFrame) -> pd.DataFrame:
    cells = cells.assign(orders=cells["n"] / cells["days"])
    return cells.sort_values([name for name in ("store", "kind", "slot") if name in cells], ignore_index=True)
