"""What other tables show of the cause of a store's alarm: as rare as the alarm itself, or dated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lucky_analytics.formats import format_value, join_names
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.models.watched_days.kpis import KPIS, VOLUMES, find_kpi

__all__ = ["SHARED", "Beside", "Cause", "find_causes", "list_silent_hours", "name_hint", "say_number"]

SHARED = "several stores at once, so not a matter of one: weather, the app, an event"
_RARE = 0.01  # of days beside a flag that look like a cause by chance, for each table that is asked
_NEAR_KM, _NEW_DAYS = 1.0, 28  # a sister store that may take orders: how near, how new
_SILENT_HOURS, _BUSY = 2, 3.0  # hours in a row without an order, where as many are usual an hour
# Which numbers of the same store and day may explain another, worse unless said.
_MAY_EXPLAIN = {
    "orders_hour": ("hours_kept", "uptime", "sold_out", "making"),
    "revenue_hour": ("hours_kept", "uptime", "sold_out", "making"),
    "aov": ("sold_out",),
    "making": ("uptime", "busy"),
    "fulfilled": ("sold_out", "uptime", "making"),
    "sold_out": ("busy",),
    "refunds": ("making", "sold_out", "fulfilled"),
    "complaints": ("making", "sold_out", "fulfilled"),
    "uptime": (),
    "hours_kept": (),
}
_HINTS = {
    "hours_kept": "closed in planned hours", "uptime": "machines down", "sold_out": "goods sold out",
    "busy": "more orders than usual",
}  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """What an event is held against: ``stores``; ``special`` days with their names; ``silent`` of
    ``list_silent_hours``; ``goods``: the names of what was sold out, by store and day."""

    stores: pd.DataFrame
    special: Mapping[pd.Timestamp, str]
    silent: pd.DataFrame
    goods: Mapping[tuple[str, pd.Timestamp], list[str]]


class Cause(NamedTuple):
    """``hint``: what it is, in words without a number (empty where it only adds to another); ``said``: the
    same with its numbers."""

    hint: str
    said: str


def list_silent_hours(hours: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Stretches of ``_SILENT_HOURS`` hours or more without an order, inside the planned hours, at a time of
    day that usually has ``_BUSY`` orders an hour (median of the 28 days before).

    ``hours``: ``store_id``, ``ds``, ``local_hour``, ``orders``. Returned: ``store_id``, ``ds``, ``start``,
    ``end`` (hours of the store's clock). A day without any order has none: it was no trading day.
    """
    rows = []
    for store, own in hours.groupby("store_id"):
        wide = own.pivot(index="ds", columns="local_hour", values="orders")
        every = pd.date_range(wide.index.min(), wide.index.max())
        wide = wide.reindex(index=every, columns=range(24)).fillna(0.0)
        usual = wide.shift(1).rolling(28, min_periods=7).median()
        silent = (wide == 0) & (usual >= _BUSY)
        for day in set(wide.index[silent.any(axis=1)]) & set(days.loc[days["store_id"] == store, "ds"]):
            if wide.loc[day].sum() == 0:
                continue
            marks = np.flatnonzero(np.diff(np.r_[0, silent.loc[day].to_numpy(int), 0]))
            rows += [
                (store, day, int(start), int(end))
                for start, end in zip(marks[::2], marks[1::2], strict=True)
                if end - start >= _SILENT_HOURS
            ]
    return pd.DataFrame(rows, columns=["store_id", "ds", "start", "end"])


def say_number(row: Mapping[Any, Any]) -> str:
    """A number of ``judge_days`` with what was usual."""
    kpi = find_kpi(row["kpi"])
    value, low, high = (format_value(row[name], kpi.unit) for name in ("value", "low", "high"))
    return f"{kpi.label} {value} (usually {low} to {high})"


def name_hint(kpi: str) -> str:
    """The hint of a store's own number, where it may explain another.

    >>> name_hint("uptime"), name_hint("making")
    ('machines down', 'production time unusual')
    """
    return _HINTS.get(kpi) or f"{find_kpi(kpi).label.lower()} unusual"


def find_causes(
    store: str, day: pd.Timestamp, alarms: pd.DataFrame, own: pd.DataFrame, of_day: pd.DataFrame,
    beside: Beside,
) -> list[Cause]:  # fmt: skip
    """What may explain the ``alarms`` of one store and day; empty where no table shows a cause.

    ``of_day``: the day's numbers of all stores (``judge_days``); ``own``: those of the store, by ``kpi``.
    """
    kinds = list(alarms["kpi"])
    asked = dict.fromkeys(name for kind in kinds for name in _MAY_EXPLAIN[kind])
    found = [cause for name in asked if (cause := _own_cause(name, own))]
    goods = beside.goods.get((store, day), [])
    if goods and ("sold_out" in kinds or any("sold out" in cause.said for cause in found)):
        found.append(Cause("", f"sold out: {join_names(goods[:4])}{' and others' if len(goods) > 4 else ''}"))
    if set(kinds) & set(VOLUMES):
        quiet = beside.silent[(beside.silent["store_id"] == store) & (beside.silent["ds"] == day)]
        found += [
            Cause("hours without an order", f"no order from {row.start}:00 to {row.end}:00")
            for row in quiet.itertuples()
        ]
        if (alarms["side"] == "worse").any():
            found += _new_sisters(store, day, beside.stores)
    if day in beside.special:
        found.append(Cause(f"the day is special: {beside.special[day]}", f"the day: {beside.special[day]}"))
    return found + _shared(store, alarms, of_day)


def _own_cause(name: str, own: pd.DataFrame) -> Cause | None:
    """What the store's own number ``name`` says, where it is as rare as ``_RARE`` on its bad side."""
    busy = name == "busy"
    key = "orders_hour" if busy else name
    if key not in own.index:
        return None
    row = own.loc[key]
    if not row["p_value"] <= _RARE or row["side"] != ("better" if busy else "worse"):
        return None
    hint = name_hint(name)
    if name == "hours_kept":
        return Cause(hint, f"closed for {30 * row['y']:.0f} of {30 * row['per']:.0f} planned minutes")
    if name == "uptime":
        return Cause(hint, f"{row['y']:.0f} of {row['per']:.0f} machines down")
    if name == "sold_out":
        return Cause(hint, f"{row['y']:.0f} goods sold out")
    return Cause(hint, hint if busy else say_number({**row.to_dict(), "kpi": key}))


def _new_sisters(store: str, day: pd.Timestamp, stores: pd.DataFrame) -> list[Cause]:
    here = stores[stores["store_id"] == store].iloc[0]
    others = stores[(stores["store_id"] != store) & (stores["opened"] > here["opened"])]
    age = (day - others["opened"]).dt.days
    others = others[age.between(0, _NEW_DAYS)]
    km = great_circle_km(here["latitude"], here["longitude"], others["latitude"], others["longitude"])[0]
    return [
        Cause(
            "a sister store opened near",
            f"{other.store_name} opened {far:.1f} km away on {other.opened:%-d %b}",
        )
        for other, far in zip(others.itertuples(), km, strict=True)
        if far <= _NEAR_KM
    ]


def _shared(store: str, alarms: pd.DataFrame, of_day: pd.DataFrame) -> list[Cause]:
    """Whether at least half of the other stores were off alike: then it is not this store's doing."""
    for kpi in KPIS:
        mine = alarms[alarms["kpi"] == kpi.name]
        others = of_day[
            (of_day["kpi"] == kpi.name) & (of_day["store_id"] != store) & of_day["p_value"].notna()
        ]
        if len(mine) and len(others) > 1:
            alike = int(((others["side"] == mine["side"].iloc[0]) & (others["p_value"] <= 0.05)).sum())
            if 2 * alike >= len(others):
                said = f"so were {alike} of {len(others)} other stores: look at what all share"
                return [Cause(SHARED, said)]
    return []
