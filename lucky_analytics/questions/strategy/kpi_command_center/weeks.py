"""Every metric in windows of seven days, and by store, channel and category."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import LuckyError
from lucky_analytics.metrics import REGISTRY, Metric, aggregate

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "DAYS",
    "DIMENSIONS",
    "count_elsewhere",
    "list_states",
    "measure_days",
    "measure_members",
    "measure_months",
    "measure_weeks",
    "scale_of",
]

DAYS = 7
# What a metric is drilled into: a column of its table, and what a reader calls it.
DIMENSIONS = {"store_id": "store", "channel": "channel", "category": "category"}
_SHARES = ("share", "rate")
_COLUMNS = ["unique_id", "ds", "y", "scale"]


def scale_of(metric: Metric) -> str:
    """``"difference"`` for shares and rates, ``"ratio"`` for all else.

    >>> scale_of(REGISTRY["revenue"]), scale_of(REGISTRY["refund_rate"])
    ('ratio', 'difference')
    """
    return "difference" if metric.unit in _SHARES else "ratio"


def measure_weeks(suite: Suite, n_weeks: int) -> tuple[pd.DataFrame, dict[str, str]]:
    """``unique_id`` (metric), ``ds`` (last day of a window of seven), ``y`` (its own unit, null where there
    was nothing), ``scale``; the windows end with ``as_of``, a metric's first is that of its first row.

    And what could not be measured: why, by metric, because the snapshot lacks its table.
    """
    return _measure(suite, n_weeks, DAYS)


def measure_days(suite: Suite, n_days: int) -> pd.DataFrame:
    """The same frame of single days, the last of them ``as_of``; without what could not be measured."""
    return _measure(suite, n_days, 1)[0]


def measure_months(suite: Suite, n_months: int) -> pd.DataFrame:
    """The same frame of calendar months, ``ds`` their first days, the last up to ``as_of``; a month without
    a row of its table is left out."""
    starts = pd.date_range(end=pd.Timestamp(suite.as_of), periods=n_months, freq="MS")
    start, end = starts[0].date(), suite.as_of + dt.timedelta(days=1)
    parts = []
    for names in _by_table().values():
        try:
            found = aggregate(suite, names, start=start, end=end, every="month").execute()
        except LuckyError:
            continue  # measure_weeks says what is lacking
        months = pd.to_datetime(found["until"]).dt.to_period("M").dt.start_time
        for month, values in found.set_index(months).sort_index().iterrows():
            parts += [(name, month, values[name], scale_of(REGISTRY[name])) for name in names]
    made = pd.DataFrame(parts, columns=_COLUMNS).astype({"y": float})
    return made[made["y"].notna() & ~((made["y"] == 0) & (made["scale"] == "ratio"))].reset_index(drop=True)


def _measure(suite: Suite, n: int, every: int) -> tuple[pd.DataFrame, dict[str, str]]:
    start, end = _period(suite, n * every)
    windows = pd.date_range(end=pd.Timestamp(suite.as_of), periods=n, freq=f"{every}D")
    parts: list[pd.DataFrame] = []
    lacking: dict[str, str] = {}
    for names in _by_table().values():
        try:
            found = aggregate(suite, names, start=start, end=end, every=every).execute()
        except LuckyError as error:
            lacking |= dict.fromkeys(names, error.what)
            continue
        found = found.assign(until=pd.to_datetime(found["until"])).set_index("until")
        own = windows[windows >= found.index.min()] if len(found) else windows[:0]
        for name in names:
            y = found[name].astype(float).reindex(own)
            if REGISTRY[name].null_when == "never":
                y = y.fillna(0.0)  # a count of nothing
            part = {"unique_id": name, "ds": own, "y": y.to_numpy(), "scale": scale_of(REGISTRY[name])}
            parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS), lacking


def count_elsewhere(suite: Suite) -> int:
    """Orders of the last seven days in shops that are no store open to the public, and count all the same."""
    start, end = _period(suite, DAYS)
    own = suite.orders.filter((_.order_date >= start) & (_.order_date < end) & ~_.is_trading_store)
    return int(own.count().execute())


def measure_members(suite: Suite, n_before: int) -> pd.DataFrame:
    """Every metric in its last seven days by store, channel and category, where its table has them.

    ``metric``, ``dimension``, ``member`` (a store's name), ``value``, ``before`` (mean of the ``n_before``
    windows before; null where one of them is null), ``change`` (of the value, its own unit), ``is_new``: one
    of the windows before had nothing, so that a percentage of them says little.
    """
    start, end = _period(suite, (n_before + 1) * DAYS)
    parts = []
    for table, names in _by_table().items():
        for column, dimension in DIMENSIONS.items():
            if column not in TABLES[table].columns:
                continue
            try:
                found = aggregate(suite, names, by=[column], start=start, end=end, every=DAYS).execute()
            except LuckyError:
                continue  # measure_weeks says what is lacking
            found = found.assign(until=pd.to_datetime(found["until"]), member=found[column].astype(str))
            for name in names:
                wide = found.pivot(index="member", columns="until", values=name).astype(float)
                parts.append(_compare(wide, suite.as_of, name, dimension, n_before))
    columns = ["metric", "dimension", "member", "value", "before", "change", "is_new"]
    made = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    stores = suite.optional("stores")
    if stores is None:
        return made
    named = stores.select("store_id", "store_name").execute().set_index("store_id")["store_name"]
    is_store = made["dimension"] == "store"
    return made.assign(
        member=made["member"].where(~is_store, made["member"].map(named).fillna(made["member"]))
    )


def list_states(suite: Suite) -> pd.DataFrame:
    """Metrics that hold a state and no period: ``unique_id``, ``value``, as the snapshot has them."""
    rows = []
    for metric in REGISTRY.values():
        if metric.date:
            continue
        try:
            value = aggregate(suite, [metric.name]).execute().iloc[0, 0]
        except LuckyError:
            continue
        rows.append((metric.name, None if pd.isna(value) else float(value)))
    return pd.DataFrame(rows, columns=["unique_id", "value"])


def _compare(wide: pd.DataFrame, as_of: dt.date, name: str, dimension: str, n_before: int) -> pd.DataFrame:
    last = pd.Timestamp(as_of)
    earlier = pd.date_range(end=last - pd.Timedelta(days=DAYS), periods=n_before, freq=f"{DAYS}D")
    wide = wide.reindex(columns=[*earlier, last])
    if REGISTRY[name].null_when == "never":
        wide = wide.fillna(0.0)
    before = wide[earlier].mean(axis=1, skipna=False)
    found = pd.DataFrame({"member": wide.index, "value": wide[last].to_numpy(), "before": before.to_numpy()})
    is_new = (wide[earlier] == 0).any(axis=1).to_numpy()
    change = found["value"] - found["before"]
    return found.assign(metric=name, dimension=dimension, change=change, is_new=is_new)


def _by_table() -> dict[str, list[str]]:
    by_table: dict[str, list[str]] = {}
    for metric in REGISTRY.values():
        if metric.date:
            by_table.setdefault(metric.table, []).append(metric.name)
    return by_table


def _period(suite: Suite, n_days: int) -> tuple[dt.date, dt.date]:
    end = suite.as_of + dt.timedelta(days=1)
    return end - dt.timedelta(days=n_days), end
