"""Which of yesterday's numbers were unusual, beyond the false alarms that so many numbers give."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.methods.baselines.day_baseline import expect_days
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.questions.strategy.executive_briefing.day_numbers import WATCHED

__all__ = ["LEVEL", "count_false_alarms", "judge_days", "list_quiet"]

LEVEL = 0.95
_NAIVE_DEVIATIONS = 2.0  # what a dashboard flags


def judge_days(days: pd.DataFrame, weeks_apart: float) -> pd.DataFrame:
    """Every watched number of every day beside what the days before led to expect.

    ``days`` as ``load_days``. One row a ``metric``, ``unique_id`` and ``ds``: ``y``, ``expected``, ``low``,
    ``high`` (at ``LEVEL``), ``p_value``, ``q_value``, ``is_alarm`` (one control over all numbers and stores
    of the day), ``is_naive`` (more than two standard deviations off the same weekdays before: what a
    dashboard would flag) and ``n_running`` (days in a row, this one among them, that are alarms on one side).
    """
    parts = [
        expect_days(days[days["metric"].eq(name)], watched.kind, level=LEVEL).assign(metric=name)
        for name, watched in WATCHED.items()
        if days["metric"].eq(name).any()
    ]
    judged = flag_alarms(pd.concat(parts, ignore_index=True), weeks_apart)
    off = judged["y"] - judged["expected"]
    side = (off.gt(0).astype(float) - off.lt(0)).where(judged["is_alarm"], 0.0)
    judged["n_running"] = side.groupby([judged["metric"], judged["unique_id"]]).transform(_count_running)
    judged["is_naive"] = _flag_naive(judged)
    return judged


def count_false_alarms(judged: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """How many of the days up to ``as_of`` had an alarm, by this control and by two standard deviations.

    ``rule`` ("is_alarm", "is_naive"), ``n_days``, ``n_with`` (days with at least one), ``n_flags``.
    """
    known = judged[judged["p_value"].notna() & judged["ds"].le(as_of)]
    by_day = known.groupby("ds")[["is_alarm", "is_naive"]].sum()
    rows = [(rule, len(by_day), int((by_day[rule] > 0).sum()), int(by_day[rule].sum())) for rule in by_day]
    return pd.DataFrame(rows, columns=["rule", "n_days", "n_with", "n_flags"])


def list_quiet(judged: pd.DataFrame, as_of: pd.Timestamp, most: int = 5) -> pd.DataFrame:
    """What is as usual where somebody would worry, the largest move against the same weekday last week first.

    Of ``as_of``'s numbers that are no alarm, those that two standard deviations would flag, or that moved the
    wrong way by a tenth or more against the same weekday last week. ``metric``, ``unique_id``, ``y``,
    ``last_week``, ``change`` (share), ``expected``, ``low``, ``high``, ``is_naive``. One row a store.
    """
    today = judged[judged["ds"].eq(as_of) & judged["expected"].notna() & judged["y"].notna()]
    before = judged[judged["ds"].eq(as_of - pd.Timedelta(days=7))]
    own = today.merge(
        before[["metric", "unique_id", "y"]].rename(columns={"y": "last_week"}), on=["metric", "unique_id"]
    )
    own["change"] = own["y"] / own["last_week"].where(own["last_week"] > 0) - 1
    good = own["metric"].map({name: watched.good for name, watched in WATCHED.items()}).astype(float)
    kind = own["metric"].map({name: watched.kind for name, watched in WATCHED.items()})
    is_large = kind.eq("amount") | own["expected"].ge(20)  # a rare count doubles by one
    is_worse = (own["y"] - own["expected"]) * good <= 0
    worries = (own["is_naive"] & is_worse) | ((own["change"] * good <= -0.1) & is_large)
    quiet = own[worries & ~own["is_alarm"]].copy()
    quiet["size"] = quiet["change"].abs().fillna(0.0)
    quiet = quiet.sort_values(["is_naive", "size"], ascending=False).drop_duplicates("unique_id")
    columns = ["metric", "unique_id", "y", "last_week", "change", "expected", "low", "high", "is_naive"]
    return quiet[columns].head(most).reset_index(drop=True)


def _count_running(side: pd.Series) -> pd.Series:
    """Days in a row on the same side; 0 where there is no alarm."""
    run = side.ne(side.shift()).cumsum()
    return side.groupby(run).cumcount().add(1).where(side.ne(0), 0)


def _flag_naive(judged: pd.DataFrame) -> pd.Series:
    """Beyond two standard deviations of the eight same weekdays before."""
    keys = [judged["metric"], judged["unique_id"], judged["ds"].dt.day_of_week]
    past = judged["y"].groupby(keys).shift()
    mean = past.groupby(keys).transform(lambda own: own.rolling(8, min_periods=4).mean())
    spread = past.groupby(keys).transform(lambda own: own.rolling(8, min_periods=4).std())
    return ((judged["y"] - mean).abs() > _NAIVE_DEVIATIONS * spread) & judged["expected"].notna()
