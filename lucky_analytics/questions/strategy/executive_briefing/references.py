"""The day beside earlier ones: the same weekday, the days before, thirty days, the same day last month."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_interval, format_value
from lucky_analytics.models.watched_days.kpis import ALL, CHAIN

__all__ = ["REFERENCES", "compare_parts", "hold_against"]

# Days before the day itself that each reference is the mean of.
REFERENCES = {
    "last_week": ("the same weekday last week", [7]),
    "seven": ("the seven days before", list(range(1, 8))),
    "thirty": ("the same weekdays of the last thirty days", [7, 14, 21, 28]),
    "all_thirty": ("all thirty days before, weekends among them", list(range(1, 31))),
    "month": ("the same weekday four weeks ago, last month's", [28]),
}


def hold_against(judged: pd.DataFrame, kpi: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """One number of all stores together on the day against each of ``REFERENCES``: ``name``, ``against``,
    ``then`` (the mean of the days that were measured; null where none was), ``n_days``, ``change`` (share),
    ``difference``. ``judged`` as ``watch.judge_days``."""
    own = judged[judged["kpi"].eq(kpi) & judged["store_id"].eq(ALL)].set_index("ds")["value"]
    now = float(own.get(as_of, float("nan")))
    rows = []
    for name, (label, ago) in REFERENCES.items():
        then = own.reindex([as_of - pd.Timedelta(days=number) for number in ago]).dropna()
        mean = float(then.mean()) if len(then) else float("nan")
        rows.append((name, label, mean, len(then), now / mean - 1 if mean else float("nan"), now - mean))
    columns = ["name", "against", "then", "n_days", "change", "difference"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("then", "change", "difference"), float))


def compare_parts(judged: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The numbers of all stores together by part of the briefing, in words and numbers.

    ``part``, ``label``, ``value``, ``usual`` (with its interval) and ``verdict`` as text; ``last_week``,
    ``thirty``, ``month`` (changes against these references, shares); ``y``, ``expected``, ``low``, ``high``
    (as readers see them).
    """
    today = judged[judged["ds"].eq(as_of) & judged["store_id"].eq(ALL)].set_index("kpi")
    rows = []
    for kpi in CHAIN:
        if kpi.name not in today.index:
            continue
        row = today.loc[[kpi.name]].iloc[0]
        against = hold_against(judged, kpi.name, as_of).set_index("name")["change"]
        rows.append(
            {
                "part": kpi.part,
                "label": kpi.label,
                "value": format_value(float(row["value"]), kpi.unit),
                "usual": _say_usual(row, kpi.unit),
                "verdict": _judge(row),
                **{key: against[key] for key in ("last_week", "thirty", "month")},
                "y": row["value"],
                **{key: row[key] for key in ("expected", "low", "high")},
            }
        )
    return pd.DataFrame(rows)


def _say_usual(row: pd.Series, unit: str) -> str:
    if pd.isna(row["expected"]):
        return "not known yet"
    interval = format_interval(row["low"], row["high"], unit)
    return f"{format_value(row['expected'], unit, like=row['high'])} {interval}"


def _judge(row: pd.Series) -> str:
    if pd.isna(row["expected"]):
        return "too early to say"
    if pd.isna(row["value"]):
        return "nothing to measure"
    if not row["is_alarm"]:
        return "as usual"
    word = "high" if row["value"] > row["expected"] else "low"
    return f"unusually {word}" + (", which is good" if row["side"] == "better" else "")
