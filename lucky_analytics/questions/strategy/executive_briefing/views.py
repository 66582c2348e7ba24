"""The frames that the page shows: things, what was quiet, stores, days."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_estimate, format_value
from lucky_analytics.questions.strategy.executive_briefing.day_numbers import ALL, WATCHED
from lucky_analytics.questions.strategy.executive_briefing.notable import Thing

__all__ = ["show_bars", "show_days", "show_flags", "show_quiet", "show_stores", "show_things"]

_DAYS_SHOWN = 56


def show_things(things: list[Thing]) -> pd.DataFrame:
    """One row a notable thing: ``what``, ``where``, ``value``, ``usual``, ``cause`` (words), ``size``
    (dollars off, null where none can be put on it), ``days`` in a row."""
    rows = [
        (
            thing.watched.label,
            thing.unit,
            format_value(thing.y, thing.watched.unit),
            format_estimate(thing.usual.value, thing.usual.low, thing.usual.high, thing.watched.unit),
            thing.size.value,
            thing.cause,
            thing.n_running,
        )
        for thing in things
    ]
    columns = ["what", "where", "value", "usual", "size", "cause", "days"]
    return pd.DataFrame(rows, columns=columns).astype({"size": float})


def show_quiet(quiet: pd.DataFrame) -> pd.DataFrame:
    """``what``, ``where``, ``value``, ``last_week``, ``usual`` as text, ``change`` (share), ``dashboard``."""
    units = [WATCHED[name].unit for name in quiet["metric"]]
    rows = quiet.assign(unit=units).to_dict("records")
    return pd.DataFrame(
        [
            (
                WATCHED[row["metric"]].label,
                row["unique_id"],
                format_value(row["y"], row["unit"]),
                format_value(row["last_week"], row["unit"]),
                row["change"],
                format_estimate(row["expected"], row["low"], row["high"], row["unit"]),
                "a dashboard would flag it" if row["is_naive"] else "looks like a fall",
            )
            for row in rows
        ],
        columns=["what", "where", "value", "last_week", "change", "usual", "why"],
    ).astype({"change": float})


def show_stores(judged: pd.DataFrame, by_store: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row a store that sold or was open, the largest revenue first: ``store``, ``revenue``, ``low``,
    ``high``, ``ratio``, ``ratio_low``, ``ratio_high`` (over expected; null where that is not known),
    ``is_alarm``, and its parts of ``why.sum_parts``."""
    own = judged[judged["ds"].eq(as_of) & judged["metric"].eq("revenue") & judged["unique_id"].ne(ALL)]
    own = own.rename(columns={"unique_id": "store", "y": "revenue"})
    for name, column in (("ratio", "revenue"), ("ratio_low", "low"), ("ratio_high", "high")):
        own[name] = own[column] / own["expected"]
    kept = ["store", "revenue", "expected", "low", "high", "ratio", "ratio_low", "ratio_high", "is_alarm"]
    table = own[kept].merge(by_store, on="store", how="left")
    return table.sort_values("revenue", ascending=False, ignore_index=True)


def show_days(judged: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Revenue of all stores in the last weeks: ``ds``, ``y``, ``expected``, ``low``, ``high``,
    ``is_alarm``."""
    own = judged[judged["metric"].eq("revenue") & judged["unique_id"].eq(ALL) & judged["ds"].le(as_of)]
    return own[["ds", "y", "expected", "low", "high", "is_alarm"]].tail(_DAYS_SHOWN).reset_index(drop=True)


def show_flags(flags: pd.DataFrame) -> pd.DataFrame:
    """``watch.count_false_alarms`` with its rules in words."""
    words = {"is_alarm": "this page", "is_naive": "two standard deviations of the same weekdays"}
    return flags.assign(rule=flags["rule"].map(words))


def show_bars(parts: pd.DataFrame, before: float, after: float, labels: tuple[str, str]) -> pd.DataFrame:
    """The steps from one day's revenue to the other's: ``label``, ``start``, ``end``, ``amount``, ``kind``.

    ``parts`` as ``sum_parts``; the first and the last bar are the two days, ``kind`` "day"; the others are
    "up" or "down", the largest first.
    """
    rows = [(labels[0], 0.0, before, before, "day")]
    at = before
    for row in parts.to_dict("records"):
        rows.append(
            (row["label"], at, at + row["dollars"], row["dollars"], "up" if row["dollars"] > 0 else "down")
        )
        at += row["dollars"]
    rows.append((labels[1], 0.0, after, after, "day"))
    return pd.DataFrame(rows, columns=["label", "start", "end", "amount", "kind"])
