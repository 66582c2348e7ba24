"""The frames that the page shows: things, what was quiet, stores, days."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_estimate, format_value
from lucky_analytics.models.watched_days.judged_days import WatchedDays
from lucky_analytics.models.watched_days.kpis import ALL, OF_SALES, find_kpi
from lucky_analytics.models.watched_days.store_events import expect_dollars
from lucky_analytics.questions.strategy.executive_briefing.notable import Thing

__all__ = ["show_bars", "show_days", "show_flags", "show_quiet", "show_stores", "show_things"]

_DAYS_SHOWN = 56


def show_things(things: list[Thing]) -> pd.DataFrame:
    """Every alarm of the notable things, one row each: ``what``, ``where``, ``value``, ``usual``, ``size``
    (dollars that the thing is off, in the row that it is told by; else, and where no money can be put on it,
    null), ``cause`` (words), ``days`` in a row."""
    rows = []
    for thing in things:
        for place, row in enumerate(thing.alarms):
            kpi = find_kpi(row["kpi"])
            usual = format_estimate(row["expected"], row["low"], row["high"], kpi.unit)
            size = thing.size.value if place == 0 else None
            value = format_value(row["value"], kpi.unit)
            rows.append((kpi.label, thing.where, value, usual, size, thing.cause, int(row["n_running"])))
    columns = ["what", "where", "value", "usual", "size", "cause", "days"]
    return pd.DataFrame(rows, columns=columns).astype({"size": float})


def show_quiet(quiet: pd.DataFrame) -> pd.DataFrame:
    """``what``, ``where``, ``value``, ``last_week``, ``usual`` as text, ``change`` (share), ``dashboard``."""
    units = [find_kpi(name).unit for name in quiet["kpi"]]
    rows = quiet.assign(unit=units).to_dict("records")
    return pd.DataFrame(
        [
            (
                find_kpi(row["kpi"]).label,
                row["where"],
                format_value(row["value"], row["unit"]),
                format_value(row["last_week"], row["unit"]),
                row["change"],
                format_estimate(row["expected"], row["low"], row["high"], row["unit"]),
                "a dashboard would flag it" if row["is_naive"] else "looks like a fall",
            )
            for row in rows
        ],
        columns=["what", "where", "value", "last_week", "change", "usual", "why"],
    ).astype({"change": float})


def show_stores(
    judged: pd.DataFrame, watched: WatchedDays, by_store: pd.DataFrame, as_of: pd.Timestamp
) -> pd.DataFrame:
    """One row a store that sold or meant to, the largest revenue first: ``store``, ``revenue``, ``expected``
    of its planned hours, ``low``, ``high``, ``ratio``, ``ratio_low``, ``ratio_high`` (over expected; null
    where that is not known), ``is_alarm`` (in what it sold an hour, or in its hours), ``is_known`` (judged),
    and its parts of ``why.sum_parts``."""
    today, days = judged[judged["ds"].eq(as_of)], watched.days
    sold = days[days["ds"].eq(as_of)][["store_id", "dollars"]]
    usual = expect_dollars(today, days).drop(columns=["ds", "dollars"])
    own = sold.merge(usual, on="store_id", how="left").rename(columns={"dollars": "revenue"})
    alarms = today[today["is_alarm"] & today["kpi"].isin(OF_SALES)]
    own["is_alarm"] = own["store_id"].isin(alarms["store_id"])
    own["store"] = own["store_id"].map(watched.stores.set_index("store_id")["store_name"])
    for name, column in (("ratio", "revenue"), ("ratio_low", "low"), ("ratio_high", "high")):
        own[name] = own[column] / own["expected"]
    own["is_known"] = own["ratio"].notna() | own["is_alarm"]
    table = own.drop(columns="store_id").merge(by_store, on="store", how="left")
    return table.sort_values("revenue", ascending=False, ignore_index=True)


def show_days(judged: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Revenue of all stores in the last weeks: ``ds``, ``y``, ``expected``, ``low``, ``high``,
    ``is_alarm``."""
    own = judged[judged["kpi"].eq("revenue") & judged["store_id"].eq(ALL) & judged["ds"].le(as_of)]
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
