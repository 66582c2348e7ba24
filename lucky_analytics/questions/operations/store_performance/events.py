"""What was off, one row for each store and day, with its money and what other tables show of the cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.formats import format_value, join_names
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.questions.operations.store_performance.kpis import KPIS, VOLUMES, find_kpi

__all__ = ["NO_CAUSE", "Beside", "list_events", "list_silent_hours"]

NO_CAUSE = "no table shows one"
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


@dataclass(frozen=True)
class Beside:
    """What an event is held against: ``stores``; ``special`` days with their names; ``silent`` of
    ``list_silent_hours``; ``goods``: the names of what was sold out, by store and day."""

    stores: pd.DataFrame
    special: Mapping[pd.Timestamp, str]
    silent: pd.DataFrame
    goods: Mapping[tuple[str, pd.Timestamp], list[str]]


def list_events(judged: pd.DataFrame, days: pd.DataFrame, beside: Beside, n_days: int) -> pd.DataFrame:
    """Stores and days with an alarm among the last ``n_days``, the newest first, the dearest of a day first.

    ``ds``, ``store_id``, ``store_name``, ``is_worse`` (an alarm on the bad side), ``what`` (each number with
    what was usual), ``off``, ``off_low``, ``off_high`` (dollars of the day over what was usual; null where
    neither orders nor revenue are alarms), ``cause`` (what other tables show, or ``NO_CAUSE``).
    """
    recent = judged[judged["ds"] > days["ds"].max() - pd.Timedelta(days=n_days)]
    names = beside.stores.set_index("store_id")["store_name"]
    rows = []
    for (store, day), alarms in recent[recent["is_alarm"]].groupby(["store_id", "ds"]):
        of_day = recent[recent["ds"] == day]
        own = of_day[of_day["store_id"] == store].set_index("kpi")
        money = _money(own, alarms, days[(days["store_id"] == store) & (days["ds"] == day)].iloc[0])
        rows.append(
            {
                "ds": day,
                "store_id": store,
                "store_name": names[store],
                "is_worse": bool((alarms["side"] == "worse").any()),
                "what": "; ".join(_say(row) for row in alarms.to_dict("records")),
                **dict(zip(("off", "off_low", "off_high"), money, strict=True)),
                "cause": "; ".join(_causes(store, day, alarms, own, of_day, beside)) or NO_CAUSE,
            }
        )
    columns = ["ds", "store_id", "store_name", "is_worse", "what", "off", "off_low", "off_high", "cause"]
    found = pd.DataFrame(rows, columns=columns)
    size = found["off"].astype(float).abs().fillna(0.0)
    return (
        found.assign(size=size)
        .sort_values(["ds", "size"], ascending=False, ignore_index=True)
        .drop(columns="size")
    )


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


def _money(own: pd.DataFrame, alarms: pd.DataFrame, day: pd.Series) -> tuple[float, float, float]:
    """Dollars of the day over what its planned hours usually bring."""
    if "revenue_hour" not in own.index or not set(alarms["kpi"]) & {*VOLUMES, "hours_kept"}:
        return np.nan, np.nan, np.nan
    usual = own.loc[["revenue_hour"], ["expected", "high", "low"]].to_numpy(float)[0]
    value, low, high = float(day["dollars"]) - float(day["planned_minutes"]) / 60 * usual
    return value, low, high


def _say(row: Mapping[Any, Any]) -> str:
    kpi = find_kpi(row["kpi"])
    value, low, high = (format_value(row[name], kpi.unit) for name in ("value", "low", "high"))
    return f"{kpi.label} {value} (usually {low} to {high})"


def _causes(
    store: str,
    day: pd.Timestamp,
    alarms: pd.DataFrame,
    own: pd.DataFrame,
    of_day: pd.DataFrame,
    beside: Beside,
) -> list[str]:
    kinds = list(alarms["kpi"])
    asked = dict.fromkeys(name for kind in kinds for name in _MAY_EXPLAIN[kind])
    said = [text for name in asked if (text := _own_cause(name, own))]
    goods = beside.goods.get((store, day), [])
    if goods and ("sold_out" in kinds or any("sold out" in text for text in said)):
        said.append(f"sold out: {join_names(goods[:4])}{' and others' if len(goods) > 4 else ''}")
    if set(kinds) & set(VOLUMES):
        quiet = beside.silent[(beside.silent["store_id"] == store) & (beside.silent["ds"] == day)]
        said += [f"no order from {row.start}:00 to {row.end}:00" for row in quiet.itertuples()]
        if (alarms["side"] == "worse").any():
            said += _new_sisters(store, day, beside.stores)
    if day in beside.special:
        said.append(f"the day: {beside.special[day]}")
    return said + _shared(store, alarms, of_day)


def _own_cause(name: str, own: pd.DataFrame) -> str:
    """What the store's own number ``name`` says, where it is as rare as ``_RARE`` on its bad side."""
    busy = name == "busy"
    key = "orders_hour" if busy else name
    if key not in own.index:
        return ""
    row = own.loc[key]
    if not row["p_value"] <= _RARE or row["side"] != ("better" if busy else "worse"):
        return ""
    if name == "hours_kept":
        return f"closed for {30 * row['y']:.0f} of {30 * row['per']:.0f} planned minutes"
    if name == "uptime":
        return f"{row['y']:.0f} of {row['per']:.0f} machines down"
    if name == "sold_out":
        return f"{row['y']:.0f} goods sold out"
    return "more orders than usual" if busy else _say({**row.to_dict(), "kpi": key})


def _new_sisters(store: str, day: pd.Timestamp, stores: pd.DataFrame) -> list[str]:
    here = stores[stores["store_id"] == store].iloc[0]
    others = stores[(stores["store_id"] != store) & (stores["opened"] > here["opened"])]
    age = (day - others["opened"]).dt.days
    others = others[age.between(0, _NEW_DAYS)]
    km = great_circle_km(here["latitude"], here["longitude"], others["latitude"], others["longitude"])[0]
    return [
        f"{other.store_name} opened {far:.1f} km away on {other.opened:%-d %b}"
        for other, far in zip(others.itertuples(), km, strict=True)
        if far <= _NEAR_KM
    ]


def _shared(store: str, alarms: pd.DataFrame, of_day: pd.DataFrame) -> list[str]:
    """Whether at least half of the other stores were off alike: then it is not this store's doing."""
    for kpi in KPIS:
        mine = alarms[alarms["kpi"] == kpi.name]
        others = of_day[
            (of_day["kpi"] == kpi.name) & (of_day["store_id"] != store) & of_day["p_value"].notna()
        ]
        if len(mine) and len(others) > 1:
            alike = int(((others["side"] == mine["side"].iloc[0]) & (others["p_value"] <= 0.05)).sum())
            if 2 * alike >= len(others):
                return [f"so were {alike} of {len(others)} other stores: look at what all share"]
    return []
