"""The day beside earlier ones: the same weekday, the days before, thirty days, the same day last month."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_interval, format_value
from lucky_analytics.questions.strategy.executive_briefing.day_numbers import ALL, WATCHED

__all__ = ["REFERENCES", "compare_parts", "hold_against"]

# Days before the day itself that each reference is the mean of.
REFERENCES = {
    "last_week": ("the same weekday last week", [7]),
    "seven": ("the seven days before", list(range(1, 8))),
    "thirty": ("the same weekdays of the last thirty days", [7, 14, 21, 28]),
    "all_thirty": ("all thirty days before, weekends among them", list(range(1, 31))),
    "month": ("the same weekday four weeks ago, last month's", [28]),
}


def hold_against(days: pd.DataFrame, metric: str, as_of: pd.Timestamp, unit: str = ALL) -> pd.DataFrame:
    """One number of the day against each of ``REFERENCES``: ``name``, ``against``, ``then`` (the mean of the
    days that were measured; null where none was), ``n_days``, ``change`` (share), ``difference``."""
    own = days[days["metric"].eq(metric) & days["unique_id"].eq(unit)].set_index("ds")["y"]
    now = float(own.get(as_of, float("nan")))
    rows = []
    for name, (label, ago) in REFERENCES.items():
        then = own.reindex([as_of - pd.Timedelta(days=number) for number in ago]).dropna()
        mean = float(then.mean()) if len(then) else float("nan")
        rows.append((name, label, mean, len(then), now / mean - 1 if mean else float("nan"), now - mean))
    columns = ["name", "against", "then", "n_days", "change", "difference"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("then", "change", "difference"), float))


def compare_parts(judged: pd.DataFrame, days: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The numbers of all stores together by part of the briefing, in words and numbers.

    ``part``, ``label``, ``value``, ``usual`` (with its interval) and ``verdict`` as text; ``last_week``,
    ``thirty``, ``month`` (changes against these references, shares); ``y``, ``expected``, ``low``, ``high``.
    """
    today = judged[judged["ds"].eq(as_of) & judged["unique_id"].eq(ALL)].set_index("metric")
    rows = []
    for name, watched in WATCHED.items():
        if name not in today.index:
            continue
        row = today.loc[[name]].iloc[0]
        against = hold_against(days, name, as_of).set_index("name")["change"]
        rows.append(
            {
                "part": watched.part,
                "label": watched.label,
                "value": format_value(float(row["y"]), watched.unit),
                "usual": _say_usual(row, watched.unit),
                "verdict": _judge(row, watched.good),
                **{key: against[key] for key in ("last_week", "thirty", "month")},
                **{key: row[key] for key in ("y", "expected", "low", "high")},
            }
        )
    return pd.DataFrame(rows)


def _say_usual(row: pd.Series, unit: str) -> str:
    if pd.isna(row["expected"]):
        return "not known yet"
    interval = format_interval(row["low"], row["high"], unit)
    return f"{format_value(row['expected'], unit, like=row['high'])} {interval}"


def _judge(row: pd.Series, good: int) -> str:
    if pd.isna(row["expected"]):
        return "too early to say"
    if pd.isna(row["y"]):
        return "nothing to measure"
    if not row["is_alarm"]:
        return "as usual"
    side = 1 if row["y"] > row["expected"] else -1
    word = "high" if side > 0 else "low"
    return f"unusually {word}" + (", which is good" if side == good else "")
