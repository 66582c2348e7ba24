"""What a card is worth in dollars: its sales against what was usual, or what its numbers are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from lucky_analytics.decisions import add_up
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.watched_days.judged_days import LEVEL, WatchedDays
from lucky_analytics.models.watched_days.kpis import ALL, OF_SALES
from lucky_analytics.models.watched_days.store_events import expect_dollars
from lucky_analytics.questions.platform.anomaly_feed.feed_series import find_watched
from lucky_analytics.questions.platform.anomaly_feed.systems import RECORDS, SALES

__all__ = ["Worth"]


class Worth:
    """Dollars of cards: of ``judged`` (``judged_feed.watch_days``) and the ``watched`` days."""

    def __init__(self, judged: pd.DataFrame, watched: WatchedDays):
        dollars = expect_dollars(judged, watched.days)
        self._stores = dollars.set_index(["store_id", "ds"])[["dollars", "expected", "low", "high"]]
        of_chain = judged[judged["store_id"] == ALL].set_index(["kpi", "ds"])
        revenue = of_chain.loc["revenue"] if "revenue" in of_chain.index.get_level_values(0) else None
        self._chain = None if revenue is None else revenue[["value", "expected", "low", "high"]]
        value = (
            of_chain.loc["order_value"]["value"]
            if "order_value" in of_chain.index.get_level_values(0)
            else None
        )
        self._order = {} if value is None else value.dropna().to_dict()

    def estimate(self, alarms: pd.DataFrame) -> Estimate:
        """Dollars off what was usual over the days of one card, below 0 a loss; ends add up day by day, which
        is never too narrow. Null where no money can be put on it.

        Sales are told once, by revenue: of the store, or of all stores together. Where sales are not off, the
        numbers that have a worth: an order each, or dollars. Null, too, where rows are missing or double:
        what was sold is not known then.
        """
        if (alarms["system"] == RECORDS).any():
            return Estimate(None)
        return add_up([part for _, day in alarms.groupby("ds") if (part := self._day(day)).value is not None])

    def _day(self, alarms: pd.DataFrame) -> Estimate:
        place, ds = alarms["place"].iloc[0], alarms["ds"].iloc[0]
        if place != ALL:
            is_known = (
                set(alarms["kpi"]) & {*OF_SALES, "revenue", "orders"} and (place, ds) in self._stores.index
            )
            return _against(self._usual(place, ds), "dollars") if is_known else Estimate(None)
        if (alarms["system"] == SALES).any() and self._chain is not None and ds in self._chain.index:
            return _against(self._chain.loc[ds], "value")
        return self._by_worth(alarms[alarms["store_id"] == ALL], ds)

    def _usual(self, store: str, ds: pd.Timestamp) -> pd.Series:
        """The store's day with what was usual. A day on which it never opened has no hours to judge an hour's
        revenue by: what was usual on the same weekday of the four weeks before stands for it."""
        key: Any = (store, ds)
        day: pd.Series = self._stores.loc[key].copy()
        if day["expected"] != day["expected"]:
            before = [(store, ds - pd.Timedelta(days=7 * n)) for n in range(1, 5)]
            same = self._stores.loc[[key for key in before if key in self._stores.index]]
            day[["expected", "low", "high"]] = same[["expected", "low", "high"]].mean()
            day["dollars"] = 0.0 if pd.isna(day["dollars"]) else day["dollars"]
        return day

    def _by_worth(self, alarms: pd.DataFrame, ds: pd.Timestamp) -> Estimate:
        parts: list[Estimate] = []
        for row in alarms.to_dict("records"):
            kpi = find_watched(row["kpi"])
            each = {"dollar": 1.0, "order": self._order.get(ds)}.get(kpi.worth)
            if each is None or pd.isna(row["expected"]):
                continue
            units = 1.0 if kpi.is_total else row["per"]
            gain = -1.0 if kpi.good == "down" else 1.0
            off = _against(pd.Series(row), "value").times(units * each)
            parts.append(off if gain > 0 else off.times(-1))
        return _largest(parts)


def _against(row: pd.Series, name: str) -> Estimate:
    if row[[name, "expected", "low", "high"]].isna().any():
        return Estimate(None)
    value, low, high = (float(row[name] - row[end]) for end in ("expected", "high", "low"))
    return Estimate(value, low, high, level=LEVEL)


def _largest(parts: Sequence[Estimate]) -> Estimate:
    """The same dollars may show in two numbers: they count once."""
    return max(parts, key=lambda part: abs(part.value or 0.0), default=Estimate(None))
