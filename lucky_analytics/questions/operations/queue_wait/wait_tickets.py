"""Every ticket with its half-hour, its customer, what was open when it came, and who was on shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.methods.queues.open_work import count_open
from lucky_analytics.models.kitchen_tickets import count_loads, select_whole

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["KINDS", "SLOT_SECONDS", "keep_trading", "load_tickets", "name_slot"]

KINDS = ("weekday", "weekend")
SLOT_SECONDS = 1800
OTHER_SHOPS = "other shops"
_WORKING_DAYS = 5


def load_tickets(suite: Suite, over_seconds: float) -> pd.DataFrame:
    """Tickets with a time from accepted to done, in the order in which they were opened.

    ``store_id``, ``store`` (trading stores by name, all others as one), ``is_trading``, ``date``,
    ``weekday`` (0 is Monday), ``kind`` (weekday or weekend), ``slot`` (half-hour of the store's day, 0 to 47,
    in which it was opened), ``units``, ``customer`` (a code; -1 of delivery platforms' accounts and of orders
    not counted), ``opened``, ``accepted``, ``done`` (UTC seconds), ``queue``, ``seconds``, ``wait``;
    ``is_over``, ``load``, ``load_opened`` (``count_loads``); ``people`` on shift when it was accepted, null
    where the snapshot has no rosters or its store nobody rostered that day.
    """
    ticket = select_whole(suite)
    person = suite.customers.filter(~suite.customers.is_delivery_account).select("customer_id")
    order = suite.orders.semi_join(person, "customer_id").select("order_id", "customer_id")
    store = suite.stores.select("store_id", "store_name", "is_trading_store")
    rows = ticket.left_join(order, "order_id").left_join(store, "store_id")
    # Half-hours of the hour agree in all zones whose offset is whole hours, as the home market's is.
    half = ibis.ifelse(rows.opened_at.minute() >= 30, 1, 0)
    trading = rows.is_trading_store.fill_null(False)
    shown = rows.select(
        "store_id", "customer_id", date=rows.production_date, units=rows.n_units, is_trading=trading,
        store=ibis.ifelse(trading, rows.store_name, OTHER_SHOPS), slot=2 * rows.local_hour + half,
        opened=rows.opened_at.epoch_seconds(), accepted=rows.accepted_at.epoch_seconds(),
        done=rows.done_at.epoch_seconds(), seconds=rows.production_seconds.cast("float64"),
        lot=rows.production_id.cast("int64"),
    )  # fmt: skip
    # In an order that no run changes; names and ids as categories, in the order of names.
    table = shown.order_by("opened", "store_id", "lot").to_pyarrow()
    for name in ("store_id", "store", "customer_id"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].dictionary_encode())
    frame = table.to_pandas().drop(columns="lot")
    for name in ("store_id", "store"):
        frame[name] = frame[name].cat.reorder_categories(sorted(frame[name].cat.categories))
    frame["customer"] = frame.pop("customer_id").cat.codes.astype("int64")
    frame["date"] = pd.to_datetime(frame["date"])
    frame["weekday"] = frame["date"].dt.day_of_week
    frame["kind"] = np.where(frame["weekday"] < _WORKING_DAYS, *KINDS)
    for name in ("slot", "units", "opened", "accepted", "done"):
        frame[name] = frame[name].astype("int64")
    frame["queue"] = frame["accepted"] - frame["opened"]
    frame["wait"] = frame["done"] - frame["opened"]
    return _add_people(count_loads(frame, over_seconds), suite)


def keep_trading(rows: pd.DataFrame) -> pd.DataFrame:
    """Tickets of trading stores that were closed in time: what models of waiting are read off."""
    return rows[rows["is_trading"] & ~rows["is_over"] & (rows["seconds"] > 0)]


def name_slot(slot: int) -> str:
    """The begin of a half-hour as a clock shows it.

    >>> name_slot(19)
    '9:30'
    """
    return f"{slot // 2}:{'30' if slot % 2 else '00'}"


def _add_people(rows: pd.DataFrame, suite: Suite) -> pd.DataFrame:
    roster = suite.optional("rosters")
    if roster is None:
        return rows.assign(people=np.nan)
    shift = roster.filter(roster.is_worked).select(
        "store_id", "shift_date", start=roster.start_at.epoch_seconds(), end=roster.end_at.epoch_seconds()
    )
    shifts = shift.execute()
    shifts = shifts[shifts["end"] >= shifts["start"]]
    ids = rows["store_id"].cat.categories
    own = ids.get_indexer(pd.Index(shifts["store_id"])).astype(np.int64)  # -1: none of its orders is here
    start, end = (shifts[name].to_numpy(np.int64) for name in ("start", "end"))
    at, store = rows["accepted"].to_numpy(np.int64), rows["store_id"].cat.codes.to_numpy(np.int64)
    people = count_open(start, end, at, own, store).astype(float)
    # A day without any shift is a day without a roster, not a store that ran by itself.
    day = rows["date"].to_numpy("datetime64[D]").astype(np.int64)
    known = pd.to_datetime(shifts["shift_date"]).to_numpy("datetime64[D]").astype(np.int64)
    has_roster = np.isin(day * len(ids) + store, known * len(ids) + own)
    return rows.assign(people=np.where(has_roster, people, np.nan))
