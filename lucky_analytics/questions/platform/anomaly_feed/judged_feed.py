"""All watched days under one control, and what people's answers take from the budget of single numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from lucky_analytics.methods.baselines.day_drift import find_drifts
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.methods.inference.learnt_weights import flag_weighted, learn_weight
from lucky_analytics.models.calendar import find_special_days
from lucky_analytics.models.watched_days.judged_days import WatchedDays, judge_days, judge_kpi
from lucky_analytics.models.watched_days.kpis import ALL
from lucky_analytics.questions.platform.anomaly_feed.feed_series import (
    FEED,
    MATTERS,
    find_watched,
    measure_alike,
)
from lucky_analytics.questions.platform.anomaly_feed.grouped_alarms import FEWEST_ALIKE
from lucky_analytics.questions.platform.anomaly_feed.systems import find_system

__all__ = ["DRIFTING", "Rates", "learn_weights", "list_drifts", "name_series", "watch_days"]

# Rates and times, which have no reason to move; how much stores sell has its own page. Machines that are
# down stay so for days, which would look like a drift.
DRIFTING = ("making", "fulfilled", "refunds", "complaints", "sold_out", "making_time", "stock_outs",
            "refunded", "failed_payments", "fee_rate", "discounts")  # fmt: skip


class Rates(NamedTuple):
    """Weeks between days with a false alarm where nothing is wrong: of the numbers that the store page and
    the briefing watch too, of those that only this page watches, and of drifts."""

    shared: float
    own: float
    drift: float


class Taught(Protocol):
    """What is needed of an answer (``runs.answered.Answer``)."""

    @property
    def series(self) -> tuple[str, ...]: ...
    @property
    def last_day(self) -> dt.date: ...
    @property
    def act(self) -> str: ...
    @property
    def teaches(self) -> bool: ...


def name_series(judged: pd.DataFrame) -> pd.Series:
    """Store and number in one text, as answers name them: ``"100057|making"``."""
    return judged["store_id"] + "|" + judged["kpi"]


def watch_days(
    watched: WatchedDays, feed: pd.DataFrame, rates: Rates, answers: Iterable[Taught] = ()
) -> pd.DataFrame:
    """Every number and day: the rows of ``judged_days.judge_days`` and those of ``FEED``.

    ``is_alarm`` is this page's; ``is_shared`` whether other pages judge the number, too, and ``is_told``
    their verdict (of ``FEED``, that without any answer). ``weight``: share of its budget that a series keeps
    (``learn_weights``). An alarm here is always one there; one there that people dismissed alike may not be
    one here.
    """
    judged = judge_days(watched, rates.shared).assign(is_shared=True)
    special = pd.to_datetime(list(find_special_days(judged["ds"].min().date(), judged["ds"].max().date())))
    feed = feed.assign(alike=feed["ds"].map(measure_alike(judged)))
    parts = [_judge_own(part) for kpi in FEED if (part := judge_kpi(feed, kpi, special)) is not None]
    every = [judged]
    if parts:
        own = pd.concat(parts, ignore_index=True)
        every.append(flag_alarms(own, rates.own).assign(is_shared=False))
    whole = pd.concat(every, ignore_index=True)
    whole = whole.assign(is_told=whole["is_alarm"], weight=learn_weights(whole, answers))
    for is_shared, weeks in ((True, rates.shared), (False, rates.own)):
        of_control = whole["is_shared"] == is_shared
        if (whole.loc[of_control, "weight"] < 1).any():
            tests = whole.loc[of_control]
            whole.loc[of_control, "is_alarm"] = flag_weighted(tests, tests["weight"], weeks)["is_alarm"]
    return whole


def _judge_own(days: pd.DataFrame) -> pd.DataFrame:
    """A change of less than ``MATTERS`` is no alarm, however sure; a mean of deviations has no share."""
    is_small = (days["value"] / days["expected"] - 1).abs() < MATTERS
    is_small &= days["p_value"].notna() & days["kpi"].ne("alike")
    return days.assign(p_value=days["p_value"].mask(is_small, 1.0))


def learn_weights(judged: pd.DataFrame, answers: Iterable[Taught]) -> pd.Series:
    """``learn_weight`` of each row's series, from answers to cards that were over before its day: a past day
    keeps its verdict."""
    names, weights = name_series(judged), pd.Series(1.0, index=judged.index)
    cards: dict[str, list[tuple[pd.Timestamp, bool]]] = {}
    for answer in answers:
        for series in answer.series if answer.teaches else ():
            cards.setdefault(series, []).append((pd.Timestamp(answer.last_day), answer.act == "dismissed"))
    for series, given in cards.items():
        days = judged.loc[names == series, "ds"]
        counts = {is_dismissed: np.zeros(len(days), int) for is_dismissed in (False, True)}
        for last, is_dismissed in given:
            counts[is_dismissed] += (days > last).to_numpy(int)
        kept = [learn_weight(int(n), int(m)) for n, m in zip(counts[False], counts[True], strict=True)]
        weights.update(pd.Series(kept, index=days.index, dtype=float))  # none where it is watched no longer
    return weights


def list_drifts(judged: pd.DataFrame, weeks_apart: float) -> pd.DataFrame:
    """Numbers of ``DRIFTING`` that crept to the worse: ``store_id``, ``kpi``, ``since``, ``found``.

    False ones are ``weeks_apart`` weeks apart over all series together; a series whose alarms were dismissed
    keeps its ``weight`` of that. What an alarm of a day explains (one of the series between ``since`` and
    ``found``) is left out, and what shows in stores and in their sum is told once.
    """
    own = judged[judged["kpi"].isin(DRIFTING) & judged["p_value"].notna()]
    if own.empty:
        return pd.DataFrame(columns=["store_id", "kpi", "since", "found"])
    names = name_series(own)
    weight = own["weight"].groupby(names).last()
    worse_is_up = own["kpi"].map(
        {name: -1.0 if find_watched(name).good == "up" else 1.0 for name in DRIFTING}
    )
    days = own.assign(unique_id=names, z=own["z"] * worse_is_up)
    found = find_drifts(days, 7 * weeks_apart * len(weight) / weight)
    found[["store_id", "kpi"]] = found["unique_id"].str.split("|", expand=True).reindex(columns=[0, 1])
    alarms = own[own["is_alarm"]].assign(unique_id=names)
    listed: list[dict[Any, Any]] = found.to_dict("records")
    is_explained = []
    for row in listed:
        own_days = alarms.loc[alarms["unique_id"] == row["unique_id"], "ds"]
        is_explained.append(bool(own_days.between(row["since"], row["found"]).any()))
    kept = found[~pd.Series(is_explained, index=found.index, dtype=bool)]
    kept = kept[["store_id", "kpi", "since", "found"]].reset_index(drop=True)
    return _tell_once(kept)


def _tell_once(found: pd.DataFrame) -> pd.DataFrame:
    """One drift of one system shows in its stores and in their sum: it is told of the stores, or from
    ``FEWEST_ALIKE`` of them on of all together."""
    system = found["kpi"].map(lambda kpi: find_system(kpi).name)
    is_all = found["store_id"].eq(ALL)
    keep: list[bool] = []
    listed: list[dict[Any, Any]] = found.to_dict("records")
    for place, row in enumerate(listed):
        near = (system == system[place]) & (found["since"] <= row["found"]) & (found["found"] >= row["since"])
        n_stores = found.loc[near & ~is_all, "store_id"].nunique()
        is_of_all = n_stores == 0 or n_stores >= FEWEST_ALIKE
        has_sum = bool((near & is_all).any())
        keep.append(is_of_all if row["store_id"] == ALL else not (is_of_all and has_sum))
    return found[pd.Series(keep, index=found.index, dtype=bool)].reset_index(drop=True)
