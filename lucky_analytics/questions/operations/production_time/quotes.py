"""The time that an app could show, and how often it would have been kept on later weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.group_promise import (
    REST,
    add_offsets,
    count_alone,
    judge_groups,
    learn_offsets,
)
from lucky_analytics.methods.inference.adjusted_effects import AdjustedEffects, fit_effects
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.ledgers.control_limits import bound_share

__all__ = [
    "Learnt",
    "Tried",
    "gain_over_naive",
    "judge_quotes",
    "learn",
    "list_parts",
    "needed_days",
    "quote",
    "share_kept",
    "try_quotes",
]

_FACTORS = ("product", "units", "store", "hour")
_GROUPS = ("product", "hour", "store", "load_class", "units")
_WORDS = {
    "product": "product",
    "hour": "hour",
    "store": "store",
    "load_class": "open tickets",
    "units": "units",
}
_HALF_MINUTE = 30.0
_FEWEST = 100  # tickets of a group from which it has offsets of its own


@dataclass(frozen=True)
class Learnt:
    """``fit`` of ln wait; ``low`` and ``high``: offsets by group under and above which 1 - ``promise`` of
    waits lay in the days they were learnt from; ``counts`` of tickets by group in those days."""

    fit: AdjustedEffects
    low: dict[str, dict[object, float]]
    high: dict[str, dict[object, float]]
    counts: dict[str, dict[object, int]]
    promise: float


@dataclass(frozen=True)
class Tried:
    """``rows``: the tickets of the weeks on which quotes were tried, with ``quick``, ``slow``, ``quote``,
    ``is_kept``, ``is_inside``, and what a dashboard would say: ``naive_mean`` and ``naive`` (mean and
    quantile of the product in the same days), seconds. ``counts``: tickets by group that a week's quotes were
    learnt from, the least of all weeks. ``now``: what holds from today on."""

    rows: pd.DataFrame
    counts: dict[str, dict[object, int]]
    now: Learnt

    @property
    def promise(self) -> float:
        """The share of quotes that are meant to be kept."""
        return self.now.promise


def needed_days(learn_days: int, n_weeks: int) -> int:
    """Days that must be on record: to fit, to learn offsets, to try them."""
    return 2 * learn_days + 7 * n_weeks


def learn(fit: AdjustedEffects, recent: pd.DataFrame, promise: float) -> Learnt:
    """Offsets from ``recent`` tickets, the longest among them: they broke a promise too."""
    groups = recent[list(_GROUPS)]
    score = np.log(np.maximum(recent["wait"].to_numpy(float), 1.0)) - _predict(fit, recent)
    low, high = (learn_offsets(score, groups, share, _FEWEST) for share in (1 - promise, promise))
    counts = {name: groups[name].astype(object).value_counts().to_dict() for name in _GROUPS}
    return Learnt(fit, low, high, counts, promise)


def quote(learnt: Learnt, rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with the range of their wait in seconds (``quick``, ``slow``), and ``quote``: ``slow`` rounded
    up to half a minute. Only what is known when a ticket is opened is used."""
    usual, groups = _predict(learnt.fit, rows), rows[list(_GROUPS)]
    quick, slow = (np.exp(usual + add_offsets(groups, part)) for part in (learnt.low, learnt.high))
    return rows.assign(
        quick=np.minimum(quick, slow), slow=slow, quote=np.ceil(slow / _HALF_MINUTE) * _HALF_MINUTE
    )


def try_quotes(rows: pd.DataFrame, as_of: dt.date, learn_days: int, n_weeks: int, promise: float) -> Tried:
    """Each of the last ``n_weeks`` quoted from what was known before it, and what holds from ``as_of`` on.

    The model is fitted to tickets before the first days of learning; offsets are learnt anew each week from
    the ``learn_days`` before it, so that a drift of the level is followed.
    """
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    starts = [end - pd.Timedelta(days=7 * back) for back in range(n_weeks, 0, -1)]
    span = pd.Timedelta(days=learn_days)
    fit = _fit_wait(rows[rows["date"] < starts[0] - span])
    tried, learnt = [], []
    for start in starts:
        recent = rows[(rows["date"] >= start - span) & (rows["date"] < start)]
        week = rows[(rows["date"] >= start) & (rows["date"] < start + pd.Timedelta(days=7))]
        if recent.empty or week.empty:
            continue
        learnt.append(learn(fit, recent, promise))
        tried.append(_add_naive(quote(learnt[-1], week), recent, promise))
    done = pd.concat(tried, ignore_index=True) if tried else _quote_none(rows)
    done["is_kept"] = done["wait"] <= done["quote"]
    done["is_inside"] = (done["wait"] >= done["quick"]) & (done["wait"] <= done["slow"])
    counts = {
        name: {
            level: min(each.counts[name].get(level, 0) for each in learnt) for level in learnt[0].counts[name]
        }
        for name in (_GROUPS if learnt else ())
    }
    return Tried(done, counts, learn(fit, rows[rows["date"] >= end - span], promise))


def _add_naive(quoted: pd.DataFrame, recent: pd.DataFrame, promise: float) -> pd.DataFrame:
    by_product, own = recent.groupby("product", observed=True)["wait"], quoted["product"].astype(object)
    for name, values, usual in (
        ("naive_mean", by_product.mean(), recent["wait"].mean()),
        ("naive", by_product.quantile(promise), recent["wait"].quantile(promise)),
    ):
        quoted[name] = own.map(values.to_dict()).astype(float).fillna(float(usual))
    return quoted


def _quote_none(rows: pd.DataFrame) -> pd.DataFrame:
    """No ticket, with the columns of those that were quoted."""
    return rows.head(0).assign(quick=0.0, slow=0.0, quote=0.0, naive_mean=0.0, naive=0.0)


def judge_quotes(tried: Tried, by: str) -> pd.DataFrame:
    """Quotes by product, hour or store on weeks that they were not learnt from, most tickets first.

    ``group``, ``n``, ``quote`` (median, minutes), ``share`` kept with ``kept_low`` and ``kept_high`` (95 %,
    tickets of a day hang together), ``inside`` the range with ``low``, ``high``, ``expected``, and
    ``is_off`` (``judge_groups``). Groups that were too small to learn from alone are left out.
    """
    counts = {level: n for level, n in tried.counts.get(by, {}).items() if n >= _FEWEST}
    rows = tried.rows[tried.rows[by].isin(list(counts))]
    judged = judge_groups(
        rows["is_inside"].to_numpy(bool), rows[by], counts, 2 * tried.promise - 1, rows["date"]
    )
    by_group = rows.groupby(by, observed=True)
    kept = by_group["is_kept"].agg(["size", "sum"])
    ends = {}
    for name, own in by_group:
        alone = count_alone(own["is_kept"].to_numpy(bool), own["date"])
        ends[name] = bound_share(round(own["is_kept"].mean() * alone), alone)
    judged["quote"] = judged["group"].map((by_group["quote"].median() / 60).to_dict())
    judged["share"] = judged["group"].map((kept["sum"] / kept["size"]).to_dict())
    for place, name in enumerate(("kept_low", "kept_high")):
        judged[name] = [ends[group][place] for group in judged["group"]]
    return judged.rename(columns={"kept": "inside"})


def share_kept(tried: Tried, column: str, level: float) -> Estimate:
    """The share of tickets done by the time in ``column``; days hang together."""
    rows = tried.rows
    days = rows.assign(is_done=(rows["wait"] <= rows[column]).astype(float), one=1.0)
    return _ratio(days, "is_done", "one", level)


def gain_over_naive(tried: Tried, level: float) -> Estimate:
    """How much less the quotes cost than the naive ones, as a share of what those cost: a minute too long
    costs 1 less the promised share, a minute too short that share (the loss of that quantile)."""
    days, promise = tried.rows.copy(), tried.promise
    for name, shown in (("own", "slow"), ("plain", "naive")):
        off = days["wait"] - days[shown]
        days[name] = np.maximum(promise * off, (promise - 1) * off)
    return _ratio(days, "own", "plain", level).times(-1).plus(1)


def list_parts(learnt: Learnt) -> pd.DataFrame:
    """What an app needs to quote: ``part``, ``level``, ``times`` (a factor), ``n`` tickets learnt from.

    Wait in seconds = the first row times the factor of each part of the ticket, ``REST`` for a level that is
    not listed, times (1 + open tickets) to the power of the last row.
    """
    fit, rows = learnt.fit, []
    n_all = sum(learnt.counts["hour"].values())
    slope = float(fit.of("log_load_opened")["effect"].sum())
    base = float(np.exp(fit.mean - slope * fit.centres.get("log_load_opened", 0.0)))
    rows.append(("seconds to begin with", "", base, n_all))
    for part in _GROUPS:
        own = fit.of(part)
        effects = dict(zip(own["level"], own["effect"], strict=True))
        levels = [*sorted({*effects, *learnt.high[part]} - {REST}, key=str), REST]
        offsets = add_offsets(pd.DataFrame({part: levels}), {part: learnt.high[part]})
        rows += [
            (
                _WORDS[part],
                str(level),
                float(np.exp(effects.get(level, 0.0) + offset)),
                learnt.counts[part].get(level, 0),
            )
            for level, offset in zip(levels, offsets, strict=True)
        ]
    rows.append(("power of (1 + open tickets)", "", slope, n_all))
    return pd.DataFrame(rows, columns=["part", "level", "times", "n"])


def _fit_wait(rows: pd.DataFrame) -> AdjustedEffects:
    kept = rows[~rows["is_over"] & (rows["wait"] > 0)]
    day = kept["date"].to_numpy("datetime64[D]").astype(np.int64)
    kept = kept.assign(week=(day - day.max(initial=0)) // 7, cluster=day)
    y: NDArray[np.float64] = np.log(kept["wait"].to_numpy(float))
    return fit_effects(kept, y, [*_FACTORS, "week"], ["log_load_opened"], "cluster")


def _predict(fit: AdjustedEffects, rows: pd.DataFrame) -> NDArray[np.float64]:
    """ln wait as of the mean week: the offsets bring the level of today."""
    return fit.predict(rows, skip=("week",))


def _ratio(days: pd.DataFrame, top: str, bottom: str, level: float) -> Estimate:
    if days.empty:
        return Estimate(None)
    sums = days.groupby("date")[[top, bottom]].sum().reset_index().assign(all=0)
    found = estimate_ratios(sums, ["all"], "date", top, bottom, level).iloc[0]
    return Estimate(found["value"], found["low"], found["high"], level=level, n=len(days))
