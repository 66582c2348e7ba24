"""What was off, one row for each store and day, with its money and what other tables show of the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.models.calendar import find_special_days
from lucky_analytics.models.store_day import load_hours
from lucky_analytics.models.watched_days.event_causes import (
    Beside,
    find_causes,
    list_silent_hours,
    say_number,
)
from lucky_analytics.models.watched_days.judged_days import WatchedDays
from lucky_analytics.models.watched_days.kpis import ALL, OF_SALES

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["NO_CAUSE", "expect_dollars", "find_events", "list_events"]

NO_CAUSE = "no table shows one"


def find_events(
    suite: Suite, judged: pd.DataFrame, watched: WatchedDays, sold_out: pd.DataFrame | None, n_days: int
) -> pd.DataFrame:
    """``list_events`` of the last ``n_days``. ``sold_out`` of ``store_day.list_sold_out``."""
    days, last = watched.days, watched.days["ds"].max()
    silent = list_silent_hours(load_hours(suite, n_days + 28), days)
    special = find_special_days(days["ds"].min().date(), last.date())
    named = {pd.Timestamp(day): name for day, name in special.items()}
    today = pd.Timestamp(suite.as_of)
    out = {}
    if sold_out is not None:
        by_store = sold_out.groupby("store_id")["goods_name"]
        out = {(str(store), today): list(names) for store, names in by_store}
    return list_events(judged, days, Beside(watched.stores, named, silent, out), n_days)


def list_events(judged: pd.DataFrame, days: pd.DataFrame, beside: Beside, n_days: int) -> pd.DataFrame:
    """Stores and days with an alarm among the last ``n_days``, the newest first, the dearest of a day first.

    ``judged`` of ``judge_days``, of which the chain's own numbers are no store's. ``ds``, ``store_id``,
    ``store_name``, ``is_worse`` (an alarm on the bad side), ``what`` (each number with what was usual),
    ``off``, ``off_low``, ``off_high`` (dollars of the day over what was usual; null where none of
    ``OF_SALES`` is an alarm), ``cause`` (what other tables show, or ``NO_CAUSE``), ``hints`` (the same
    without numbers, empty for none).
    """
    last = days["ds"].max()
    recent = judged[(judged["store_id"] != ALL) & (judged["ds"] > last - pd.Timedelta(days=n_days))]
    names = beside.stores.set_index("store_id")["store_name"]
    dollars = expect_dollars(recent, days).set_index(["store_id", "ds"])
    rows = []
    for (store, day), alarms in recent[recent["is_alarm"]].groupby(["store_id", "ds"]):
        of_day = recent[recent["ds"] == day]
        own = of_day[of_day["store_id"] == store].set_index("kpi")
        money = (np.nan, np.nan, np.nan)
        if (store, day) in dollars.index and set(alarms["kpi"]) & set(OF_SALES):
            usual = dollars.loc[(store, day)]
            money = tuple(usual["dollars"] - usual[name] for name in ("expected", "high", "low"))
        causes = find_causes(store, day, alarms, own, of_day, beside)
        rows.append(
            {
                "ds": day,
                "store_id": store,
                "store_name": names[store],
                "is_worse": bool((alarms["side"] == "worse").any()),
                "what": "; ".join(say_number(row) for row in alarms.to_dict("records")),
                **dict(zip(("off", "off_low", "off_high"), money, strict=True)),
                "cause": "; ".join(cause.said for cause in causes) or NO_CAUSE,
                "hints": "; ".join(dict.fromkeys(cause.hint for cause in causes if cause.hint)),
            }
        )
    columns = [
        "ds",
        "store_id",
        "store_name",
        "is_worse",
        "what",
        "off",
        "off_low",
        "off_high",
        "cause",
        "hints",
    ]
    found = pd.DataFrame(rows, columns=columns)
    size = found["off"].astype(float).abs().fillna(0.0)
    return (
        found.assign(size=size)
        .sort_values(["ds", "size"], ascending=False, ignore_index=True)
        .drop(columns="size")
    )


def expect_dollars(judged: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """What each store and day sold, and what its planned hours usually bring: ``store_id``, ``ds``,
    ``dollars``, ``expected``, ``low``, ``high``; null where revenue an hour is not judged or the hours are
    not known. ``judged`` of ``judge_days``, ``days`` of ``load_days``."""
    rate = judged[judged["kpi"] == "revenue_hour"][["store_id", "ds", "expected", "low", "high"]]
    found = rate.merge(days[["store_id", "ds", "dollars", "planned_minutes"]], on=["store_id", "ds"])
    hours = found.pop("planned_minutes") / 60
    return found.assign(**{name: found[name] * hours for name in ("expected", "low", "high")})
