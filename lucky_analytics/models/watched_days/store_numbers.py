"""Every store's days: what it sold, made, refunded and ran out of, and how long it was open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics import metrics
from lucky_analytics.metrics.kitchen import OUTLIER_SECONDS

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["COUNTED", "load_days", "load_stores", "query_sales"]

_KEYS = ["store_id", "ds"]
_HALF_HOUR = 30  # minutes
# What is counted, and is 0 where a table that is there has no row for a day.
COUNTED = {
    "orders": ("orders", "dollars"),
    "production": ("tickets", "not_made", "timed"),
    "stock": ("goods", "sold_out"),
    "refunds": ("refunded",),
    "complaints": ("complaints",),
}


def load_stores(suite: Suite) -> pd.DataFrame:
    """Trading stores, the oldest first: ``store_id``, ``store_name``, ``opened`` (datetime), ``time_zone``,
    ``latitude``, ``longitude``."""
    names = ["store_id", "store_name", "opened_date", "time_zone", "latitude", "longitude"]
    found = suite.stores.filter("is_trading_store").select(*names).execute()
    found["opened"] = pd.to_datetime(found.pop("opened_date"))
    return found.sort_values(["opened", "store_id"], ignore_index=True)


def query_sales(suite: Suite) -> ir.Table:
    """``orders`` and ``revenue`` (cents) of each trading store and business date."""
    where = ibis._.is_trading_store
    return metrics.aggregate(suite, ["orders", "revenue"], by=["store_id", "order_date"], where=where)


def load_days(suite: Suite, stores: pd.DataFrame, *, is_all: bool = True) -> pd.DataFrame:
    """One row for each store and day on which it meant to open or sold something, up to ``suite.as_of``.

    ``store_id``, ``ds``, ``open_hours`` (switched on, inside the planned hours), ``planned_minutes``,
    ``missed_minutes`` (of them switched off), ``planned_halves``, ``missed_halves`` (the same in half hours,
    the missed ones whole), ``opens_at``, ``closes_at`` (UTC, as it was, else as planned); ``orders``,
    ``dollars``, ``aov``; ``tickets``, ``not_made``, ``making_seconds`` (mean without outliers, of the
    ``timed`` tickets); ``goods``, ``sold_out``; ``refunded`` (orders, on the day of the refund);
    ``complaints``. A column whose table the snapshot lacks is null throughout; without the planned hours
    every day from a store's first has a row. With ``is_all`` false only sales and hours are read.
    """
    ids = stores["store_id"].tolist()
    hours = _open_hours(suite, stores)
    found = hours.merge(_dated(query_sales(suite), "order_date"), on=_KEYS, how="outer")
    found["dollars"] = found.pop("revenue").astype(float) / 100
    parts = (
        (_making(suite, ids), _stock(suite, ids), _refunded(suite), _complained(suite, ids)) if is_all else ()
    )
    for part in parts:
        if part is not None:
            found = found.merge(part, on=_KEYS, how="left")
    for table, names in COUNTED.items():
        known = table == "orders" or (is_all and suite.optional(table) is not None)
        for name in names:
            found[name] = found[name].fillna(0.0).astype(float) if known else np.nan
    found["aov"] = found["dollars"] / found["orders"].replace(0, np.nan)
    if "making_seconds" not in found:
        found["making_seconds"] = np.nan
    return found.sort_values(_KEYS, ignore_index=True)


def _open_hours(suite: Suite, stores: pd.DataFrame) -> pd.DataFrame:
    every = suite.optional("store_hours")
    if every is None:
        return _every_day(stores, pd.Timestamp(suite.as_of))
    day = every.filter(
        ibis._.is_planned_open
        & ibis._.store_id.isin(stores["store_id"].tolist())
        & (ibis._.business_date <= suite.as_of)
    ).execute()
    day = day.merge(stores[["store_id", "opened", "time_zone"]], on="store_id")
    day["ds"] = pd.to_datetime(day["business_date"]).astype("datetime64[us]")  # as the others join
    day = day[day["ds"] >= day["opened"]]
    planned = [_to_utc(day, name) for name in ("planned_open_time", "planned_close_time")]
    opened, closed = (
        pd.to_datetime(day[name]).astype("datetime64[us]").dt.tz_localize(None)
        for name in ("opened_at", "closed_at")
    )
    was_on = opened.notna()
    # Switched on and never off: it stayed open, as far as this tells.
    start = opened.where(was_on, planned[1]).clip(lower=planned[0], upper=planned[1])
    end = closed.fillna(planned[1]).clip(upper=planned[1])
    minutes = ((end - start).dt.total_seconds() / 60).clip(lower=0).where(was_on, 0.0)
    whole = day["planned_minutes"].astype(float)
    missed = (whole - minutes).clip(lower=0)
    return pd.DataFrame(
        {
            "store_id": day["store_id"],
            "ds": day["ds"],
            "open_hours": minutes / 60,
            "planned_minutes": whole,
            "missed_minutes": missed.round(),
            "missed_halves": missed // _HALF_HOUR,
            "planned_halves": whole / _HALF_HOUR,
            "opens_at": start.where(was_on, planned[0]),
            "closes_at": end.where(was_on, planned[1]),
        }
    )


def _every_day(stores: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """The days since each store opened, of whose hours nothing is known."""
    rows = [
        (store, day)
        for store, opened in zip(stores["store_id"], stores["opened"], strict=True)
        for day in pd.date_range(opened, last)
    ]
    hours = ("open_hours", "planned_minutes", "missed_minutes", "missed_halves", "planned_halves")
    found = pd.DataFrame(rows, columns=_KEYS).assign(**dict.fromkeys(hours, np.nan))
    never = pd.Series(pd.NaT, index=found.index, dtype="datetime64[us]")
    return found.assign(opens_at=never, closes_at=never)


def _to_utc(day: pd.DataFrame, name: str) -> pd.Series:
    """A store-local clock of each row's day, as UTC without a zone."""
    local = day["ds"] + pd.to_timedelta(day[name].astype(str) + ":00", errors="coerce")
    parts = [
        own.dt.tz_localize(zone, ambiguous=False, nonexistent="shift_forward").dt.tz_convert("UTC")
        for zone, own in local.groupby(day["time_zone"])
    ]
    if not parts:
        return pd.Series(index=day.index, dtype="datetime64[us]")
    return pd.concat(parts).dt.tz_localize(None).reindex(day.index).astype("datetime64[us]")


def _dated(table: ir.Table, date: str) -> pd.DataFrame:
    found = table.execute()
    found["ds"] = pd.to_datetime(found.pop(date)).astype("datetime64[us]")
    return found


def _making(suite: Suite, ids: list[str]) -> pd.DataFrame | None:
    every = suite.optional("production")
    if every is None:
        return None
    ticket = every.filter(ibis._.store_id.isin(ids))
    usual = ticket.production_seconds <= OUTLIER_SECONDS
    by_day = ticket.group_by("store_id", "production_date").aggregate(
        tickets=ticket.count(),
        not_made=(ticket.status != "done").cast("int64").sum(),
        timed=usual.cast("int64").sum(),
        making_seconds=ticket.production_seconds.mean(where=usual),
    )
    return _dated(by_day, "production_date")


def _stock(suite: Suite, ids: list[str]) -> pd.DataFrame | None:
    every = suite.optional("stock")
    if every is None:
        return None
    good = every.filter(ibis._.store_id.isin(ids))
    by_day = good.group_by("store_id", "stock_date").aggregate(
        goods=good.count(), sold_out=good.is_stock_out.cast("int64").sum()
    )
    return _dated(by_day, "stock_date")


def _refunded(suite: Suite) -> pd.DataFrame | None:
    refund = suite.optional("refunds")
    if refund is None:
        return None
    order = suite.orders.filter("is_trading_store").select("order_id", "store_id")
    given = refund.select("order_id", "refund_date").inner_join(order, "order_id")
    by_day = given.group_by("store_id", "refund_date").aggregate(refunded=given.order_id.nunique())
    return _dated(by_day, "refund_date")


def _complained(suite: Suite, ids: list[str]) -> pd.DataFrame | None:
    every = suite.optional("complaints")
    if every is None:
        return None
    said = every.filter(ibis._.store_id.isin(ids))
    return _dated(
        said.group_by("store_id", "complaint_date").aggregate(complaints=said.count()), "complaint_date"
    )
