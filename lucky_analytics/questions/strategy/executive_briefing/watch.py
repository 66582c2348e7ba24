"""Which of yesterday's numbers were unusual, beyond the false alarms that so many numbers give."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.models.watched_days import judged_days
from lucky_analytics.models.watched_days.judged_days import LEVEL, WatchedDays
from lucky_analytics.models.watched_days.kpis import ALL, CHAIN, KPIS

__all__ = ["count_false_alarms", "judge_days", "list_quiet"]

_NAIVE_DEVIATIONS = 2.0  # what a dashboard flags


def judge_days(watched: WatchedDays, weeks_apart: float) -> pd.DataFrame:
    """``judged_days.judge_days`` with ``where`` (the store in words, or ``ALL``), ``is_naive`` (more than two
    standard deviations off the same weekdays before: what a dashboard would flag) and ``n_running`` (days in
    a row, this one among them, that are alarms on one side)."""
    judged = judged_days.judge_days(watched, weeks_apart)
    names = watched.stores.set_index("store_id")["store_name"]
    judged["where"] = judged["store_id"].map(names).fillna(ALL)
    off = judged["value"] - judged["expected"]
    side = (off.gt(0).astype(float) - off.lt(0)).where(judged["is_alarm"], 0.0)
    judged["n_running"] = side.groupby([judged["kpi"], judged["store_id"]]).transform(_count_running)
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

    Of ``as_of``'s numbers inside their range, of stores without any alarm, those that two standard deviations
    would flag, or that moved the wrong way by a tenth or more against the same weekday last week. ``kpi``,
    ``where``, ``value``, ``last_week``, ``change`` (share), ``expected``, ``low``, ``high``, ``is_naive``.
    One row a store.
    """
    today = judged[judged["ds"].eq(as_of) & judged["expected"].notna() & judged["y"].notna()]
    before = judged[judged["ds"].eq(as_of - pd.Timedelta(days=7))]
    keys = ["kpi", "store_id"]
    own = today.merge(before[[*keys, "value"]].rename(columns={"value": "last_week"}), on=keys)
    own["change"] = own["value"] / own["last_week"].where(own["last_week"] > 0) - 1
    good = own["kpi"].map({kpi.name: kpi.better for kpi in (*KPIS, *CHAIN)}).astype(float)
    kind = own["kpi"].map({kpi.name: kpi.kind for kpi in (*KPIS, *CHAIN)})
    is_large = kind.eq("amount") | own["usual_y"].ge(20)  # a rare count doubles by one
    is_worse = (own["value"] - own["expected"]) * good <= 0
    worries = (own["is_naive"] & is_worse) | ((own["change"] * good <= -0.1) & is_large)
    off = set(today.loc[today["is_alarm"], "store_id"]) - {ALL}
    is_usual = own["p_value"].gt(1 - LEVEL) & ~own["is_alarm"] & ~own["store_id"].isin(off)
    quiet = own[worries & is_usual].copy()
    quiet["size"] = quiet["change"].abs().fillna(0.0)
    quiet = quiet.sort_values(["is_naive", "size"], ascending=False).drop_duplicates("store_id")
    columns = ["kpi", "where", "value", "last_week", "change", "expected", "low", "high", "is_naive"]
    return quiet[columns].head(most).reset_index(drop=True)


def _count_running(side: pd.Series) -> pd.Series:
    """Days in a row on the same side; 0 where there is no alarm."""
    run = side.ne(side.shift()).cumsum()
    return side.groupby(run).cumcount().add(1).where(side.ne(0), 0)


def _flag_naive(judged: pd.DataFrame) -> pd.Series:
    """Beyond two standard deviations of the eight same weekdays before."""
    keys = [judged["kpi"], judged["store_id"], judged["ds"].dt.day_of_week]
    past = judged["value"].groupby(keys).shift()
    mean = past.groupby(keys).transform(lambda own: own.rolling(8, min_periods=4).mean())
    spread = past.groupby(keys).transform(lambda own: own.rolling(8, min_periods=4).std())
    # A share that is always 1 is off by what rounding leaves.
    away = (judged["value"] - mean).abs() - 1e-9
    return (away > _NAIVE_DEVIATIONS * spread) & judged["expected"].notna()
