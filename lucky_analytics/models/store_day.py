"""One day of a store from inside: orders by the hour, open orders, what was sold out, its machines."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["compare_hours", "list_machines", "list_sold_out", "load_hours", "measure_queue"]


def load_hours(suite: Suite, n_days: int) -> pd.DataFrame:
    """Orders by trading store, day and hour of its clock in the last ``n_days``: ``store_id``,
    ``store_name``, ``ds``, ``local_hour``, ``orders``; an hour without an order has no row."""
    start = suite.as_of - dt.timedelta(days=n_days - 1)
    names = suite.stores.filter("is_trading_store").select("store_id", "store_name")
    order = suite.orders.filter(ibis._.order_date >= start).inner_join(names, "store_id")
    found = order.group_by("store_id", "store_name", "local_hour", ds="order_date").aggregate(
        orders=order.count()
    )
    hours = found.order_by("store_id", "ds", "local_hour").execute()
    hours["ds"] = pd.to_datetime(hours["ds"])
    return hours


def compare_hours(hours: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """The hours of the day ``last`` beside those of the same weekday in the weeks before, of one store.

    ``hours`` of ``load_hours``. Returned: ``hour`` (0 to 23, those in which there ever was an order),
    ``orders``, ``usual`` (median), ``low``, ``high`` (the least and the most), ``n_before`` (weeks; those
    three are null without one).

    >>> hours = pd.DataFrame({"ds": pd.to_datetime(["2026-02-06", "2026-02-13"]), "local_hour": 9,
    ...                       "orders": [4, 7]})
    >>> compare_hours(hours, pd.Timestamp("2026-02-13")).iloc[0].to_list()
    [9.0, 7.0, 4.0, 4.0, 4.0, 1.0]
    """
    alike = hours[hours["ds"].dt.day_of_week == last.day_of_week]
    wide = alike.pivot(index="ds", columns="local_hour", values="orders").fillna(0.0)
    wide = wide.reindex(columns=sorted(hours["local_hour"].unique()), fill_value=0.0)
    before = wide[wide.index < last]
    today = wide.loc[last] if last in wide.index else pd.Series(0.0, wide.columns)
    return pd.DataFrame(
        {
            "hour": wide.columns.astype(float),
            "orders": today.to_numpy(float),
            "usual": before.median().to_numpy(float),
            "low": before.min().to_numpy(float),
            "high": before.max().to_numpy(float),
            "n_before": float(len(before)),
        }
    )


def measure_queue(suite: Suite, store_id: str) -> pd.DataFrame | None:
    """Open orders of one store on the last day by hour: ``hour``, ``open_orders`` (on average over it),
    ``most_open``. Null without the table; a ticket that was never done counts until it was accepted."""
    every = suite.optional("production")
    if every is None:
        return None
    own = every.filter((ibis._.store_id == store_id) & (ibis._.production_date == suite.as_of))
    ticket = own.select("local_hour", "opened_at", "accepted_at", "done_at").execute()
    start, end = (
        pd.to_datetime(times).astype("datetime64[s]").dt.tz_localize(None)
        for times in (ticket["opened_at"], ticket["done_at"].fillna(ticket["accepted_at"]))
    )
    known = end >= start
    start, end, at = start[known], end[known], ticket["local_hour"][known]
    rows = []
    for hour in range(int(at.min()), int(at.max()) + 1) if len(at) else []:
        first = start[at == hour].min() if (at == hour).any() else pd.NaT
        if pd.isna(first):
            rows.append((hour, 0.0, 0))
            continue
        begin = first.floor("h")
        shared = np.minimum(end, begin + pd.Timedelta(hours=1)) - np.maximum(start, begin)
        inside = start[at == hour].to_numpy()
        most = max(int(((start <= moment) & (end > moment)).sum()) for moment in inside)
        rows.append((hour, float(shared.dt.total_seconds().clip(lower=0).sum() / 3600), most))
    return pd.DataFrame(rows, columns=["hour", "open_orders", "most_open"])


def list_sold_out(suite: Suite, n_days: int) -> pd.DataFrame | None:
    """What trading stores were out of on the last day: ``store_id``, ``store_name``, ``goods_name``,
    ``ran_out_at`` (HH:MM of the store's clock), ``days_out`` of the last ``n_days``. By store, the earliest
    first. Null without the table."""
    stock = suite.optional("stock")
    if stock is None:
        return None
    start = suite.as_of - dt.timedelta(days=n_days - 1)
    out = stock.filter(ibis._.is_stock_out & (ibis._.stock_date >= start))
    shops = suite.stores.filter("is_trading_store").select("store_id", "store_name", "time_zone")
    found = (
        out.select("store_id", "goods_id", "stock_date", "stock_out_at")
        .inner_join(shops, "store_id")
        .execute()
    )
    found["days_out"] = found.groupby(["store_id", "goods_id"])["stock_date"].transform("nunique")
    last = found[pd.to_datetime(found["stock_date"]) == pd.Timestamp(suite.as_of)].copy()
    goods = suite.optional("goods")
    named = (
        goods.select("goods_id", "goods_name").execute().set_index("goods_id")["goods_name"]
        if goods is not None
        else {}
    )
    last["goods_name"] = last["goods_id"].map(named).fillna(last["goods_id"])
    at = pd.to_datetime(last["stock_out_at"]).dt.tz_localize(None)
    last["ran_out_at"] = [
        moment.tz_localize("UTC").tz_convert(zone).strftime("%H:%M")
        for moment, zone in zip(at, last["time_zone"], strict=True)
    ]
    columns = ["store_id", "store_name", "goods_name", "ran_out_at", "days_out"]
    return last[columns].sort_values(["store_name", "ran_out_at", "goods_name"], ignore_index=True)


def list_machines(suite: Suite, store_id: str) -> pd.DataFrame | None:
    """The machines that stand in one store at the cut, those to look at first: ``machine_type``, ``serial``,
    ``state`` ("waiting for repair", "offline", "online"), ``last_online_at``, ``cups`` poured on the last day
    (null without that table). Null without the machines."""
    every = suite.optional("machines")
    if every is None:
        return None
    own = every.filter((ibis._.store_id == store_id) & (ibis._.status != "decommissioned")).execute()
    state = np.where(own["is_online"], "online", "offline")
    own["state"] = np.where(own["status"] == "waiting for repair", own["status"], state)
    own["cups"] = np.nan
    cups = suite.optional("cups")
    if cups is not None:
        poured = cups.filter((ibis._.store_id == store_id) & (ibis._.cup_date == suite.as_of))
        by_machine = poured.group_by("machine_id").aggregate(cups=poured.count()).execute()
        counted = own["machine_id"].map(by_machine.set_index("machine_id")["cups"])
        own["cups"] = counted.fillna(0.0).astype(float)
    order = {"waiting for repair": 0, "offline": 1, "online": 2}
    own["last_online_at"] = pd.to_datetime(own["last_online_at"]).dt.tz_localize(None)
    columns = ["machine_type", "serial", "state", "last_online_at", "cups"]
    return own.sort_values(
        ["state", "machine_type", "serial"], key=lambda own: own.map(order) if own.name == "state" else own
    )[columns].reset_index(drop=True)
