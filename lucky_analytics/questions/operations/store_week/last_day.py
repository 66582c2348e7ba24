"""The last day of one store from inside: its hours, open orders, machines, and what was sold out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.models.store_day import (
    compare_hours,
    list_machines,
    list_sold_out,
    load_hours,
    measure_queue,
)

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LastDay", "load_last_day", "name_hours"]


@dataclass(frozen=True)
class LastDay:
    """``hours``: as ``compare_hours``, with ``open_orders`` and ``most_open`` (null without their table).
    ``machines`` and ``sold_out``: as ``models.store_day`` lists them, empty without their tables, which
    ``missing`` names."""

    date: pd.Timestamp
    hours: pd.DataFrame
    machines: pd.DataFrame
    sold_out: pd.DataFrame
    missing: tuple[str, ...]


def load_last_day(suite: Suite, store: str, n_before: int) -> LastDay:
    """The day ``suite.as_of`` of the store of that name, beside its weekday in ``n_before`` weeks before."""
    last = pd.Timestamp(suite.as_of)
    own = suite.stores.filter((ibis._.store_name == store) & ibis._.is_trading_store)
    store_id = own.select("store_id").execute()["store_id"].iloc[0]
    hours = load_hours(suite, 7 * n_before + 1)
    day = compare_hours(hours[hours["store_id"] == store_id], last)
    queue, machines = measure_queue(suite, store_id), list_machines(suite, store_id)
    sold_out = list_sold_out(suite, 28)
    missing = [
        name
        for name, part in (("open orders", queue), ("machines", machines), ("what was sold out", sold_out))
        if part is None
    ]
    if queue is None:
        queue = pd.DataFrame({"hour": pd.Series(dtype=float), "open_orders": np.nan, "most_open": np.nan})
    if machines is None:
        machines = pd.DataFrame(columns=["machine_type", "serial", "state", "last_online_at", "cups"])
    if sold_out is None:
        sold_out = pd.DataFrame(columns=["store_id", "store_name", "goods_name", "ran_out_at", "days_out"])
    return LastDay(
        last,
        day.merge(queue, on="hour", how="left"),
        machines,
        sold_out[sold_out["store_id"] == store_id].reset_index(drop=True),
        tuple(missing),
    )


def name_hours(day: LastDay) -> str:
    """The title of the chart of hours."""
    hours, date = day.hours, f"{day.date:%a %-d %b}"
    total = hours["orders"].sum()
    if not total:
        return f"{date}: no order"
    busiest = hours["hour"].iloc[int(hours["orders"].to_numpy().argmax())]
    text = f"{date}: {total:,.0f} orders, most at {busiest:.0f}:00"
    if not hours["n_before"].max():
        return text
    n = int((hours["orders"] < hours["low"]).sum())
    below = f"{n or 'no'} {'hours' if n > 1 else 'hour'} below all"
    return f"{text}; {below} {hours['n_before'].max():.0f} same weekdays before"
