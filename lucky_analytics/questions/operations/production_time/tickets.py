"""Every ticket that was made: its wait in two parts, what it held, and what else was open when it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from lucky_analytics.methods.queues.open_work import count_open
from lucky_analytics.models.kitchen_tickets import count_loads, select_whole

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "LOADS",
    "MIXED",
    "OTHER_SHOPS",
    "WRAPPED",
    "add_load",
    "count_stamps",
    "load_tickets",
]

MIXED, WRAPPED, OTHER_SHOPS, NO_CUP = "several products", "wrapped goods only", "other shops", "no cup poured"
LOADS = ("0", "1", "2", "3 to 4", "5 or more")
_MOST_UNITS = 4


def load_tickets(suite: Suite) -> pd.DataFrame:
    """Tickets with a time from accepted to done, in the order in which they were accepted.

    ``store_id``, ``store`` (trading stores by name, all others as one), ``date``, ``hour``, ``weekday`` (0 is
    Monday), ``is_delivery``, ``is_void``, ``units`` ("1" to "4 or more"; "0": wrapped goods only),
    ``product`` (of a ticket with one product, else ``MIXED`` or ``WRAPPED``), ``machine_type`` (of one of its
    cups, or ``NO_CUP``, as all are without the machines' tables), ``opened``, ``accepted``, ``done`` (UTC
    seconds since 1970), ``queue``, ``seconds`` (accepted to done), ``wait`` (opened to done). Names are
    categories: half a million texts take longer to fetch than to use.
    """
    ticket = select_whole(suite)
    unit = suite.production_units
    # Ids as numbers: half a million texts are grouped five times as slowly.
    unit = unit.filter(unit.product_id.notnull()).mutate(ticket=unit.production_id.cast("int64"))
    held = unit.group_by("ticket").agg(
        is_one=unit.product_id.min() == unit.product_id.max(), product_id=unit.product_id.min()
    )
    named = suite.products.select("product_id", "product_name")
    held = held.join(named, "product_id", how="left")
    store = suite.stores.select("store_id", "store_name", "is_trading_store")
    rows = ticket.mutate(ticket=ticket.production_id.cast("int64")).join(held, "ticket", how="left")
    rows = rows.join(store, "store_id", how="left")
    machine = _find_machines(suite)
    if machine is not None:
        rows = rows.join(machine, "order_id", how="left")
    else:
        rows = rows.mutate(machine_type=ibis.null("string"))
    shown = rows.select(
        "store_id", "is_delivery", "n_units",
        is_void=rows.status == "void", date=rows.production_date, hour=rows.local_hour,
        machine_type=rows.machine_type.fill_null(NO_CUP),
        store=ibis.ifelse(rows.is_trading_store.fill_null(False), rows.store_name, OTHER_SHOPS),
        product=ibis.cases(
            (rows.is_one.isnull(), WRAPPED), (~rows.is_one, MIXED),
            else_=rows.product_name.fill_null(rows.product_id),
        ),
        opened=rows.opened_at.epoch_seconds(), accepted=rows.accepted_at.epoch_seconds(),
        done=rows.done_at.epoch_seconds(), seconds=rows.production_seconds.cast("float64"),
    )  # fmt: skip
    table = shown.order_by("accepted", "store_id", "done").to_pyarrow()
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            table = table.set_column(place, field.name, table[field.name].dictionary_encode())
    frame = table.to_pandas()
    for name in (
        "store_id",
        "store",
        "product",
        "machine_type",
    ):  # in the order of names, whatever came first
        frame[name] = frame[name].cat.reorder_categories(sorted(frame[name].cat.categories))
    frame["date"] = pd.to_datetime(frame["date"])
    frame["weekday"] = frame["date"].dt.day_of_week
    units = frame["n_units"].astype("int64").clip(0, _MOST_UNITS)
    labels = [*map(str, range(_MOST_UNITS)), f"{_MOST_UNITS} or more"]
    frame["units"] = pd.Categorical.from_codes(units.to_numpy(np.int64), pd.Index(labels))
    for name in ("hour", "opened", "accepted", "done"):
        frame[name] = frame[name].astype("int64")
    frame["queue"] = frame["accepted"] - frame["opened"]
    frame["wait"] = frame["done"] - frame["opened"]
    return frame.drop(columns="n_units")


def add_load(tickets: pd.DataFrame, over_seconds: float) -> pd.DataFrame:
    """``tickets`` with what was open at their store: ``load`` when each was accepted, ``load_opened`` when it
    was opened, ``same`` (of one and the same product, when it was accepted), ``is_over``.

    A ticket that took longer than ``over_seconds`` counts as no load: when its work ended is not known. Adds
    ``log_load``, ``log_load_opened`` and ``log_same``: ln(1 + each), and ``load_class`` (of ``load_opened``).
    """
    rows = count_loads(tickets, over_seconds)
    known = ~rows["is_over"].to_numpy()
    accepted, done = (rows[name].to_numpy(np.int64) for name in ("accepted", "done"))
    store = rows["store_id"].cat.codes.to_numpy(np.int64)
    product = rows["product"].cat.codes.to_numpy(np.int64)
    pair = store * (product.max(initial=0) + 1) + product
    is_one = known & ~rows["product"].isin([MIXED, WRAPPED]).to_numpy()
    rows["same"] = np.where(
        is_one | ~known, count_open(accepted[is_one], done[is_one], accepted, pair[is_one], pair), 0
    )
    for name in ("load", "load_opened", "same"):
        rows[f"log_{name}"] = np.log1p(rows[name].to_numpy(float))
    ends = np.searchsorted([1, 2, 3, 5], rows["load_opened"], side="right")
    rows["load_class"] = pd.Categorical.from_codes(ends, pd.Index(LOADS))
    return rows


def count_stamps(suite: Suite) -> dict[str, int]:
    """Tickets by their stamps: ``all``, ``done`` (have an end), ``whole`` (opened, accepted and done in this
    order), ``late_unit`` (a unit was done after its ticket)."""
    ticket = suite.production
    is_whole = ticket.production_seconds.notnull() & (ticket.accepted_at >= ticket.opened_at)
    counts = ticket.agg(
        all=ticket.count(), done=ticket.done_at.notnull().sum(), whole=is_whole.sum()
    ).execute()
    unit = suite.production_units.select("production_id", unit_done="done_at")
    late = unit.join(ticket.select("production_id", ticket_done="done_at"), "production_id")
    n_late = late.filter(late.unit_done > late.ticket_done).count().execute()
    first = counts.fillna(0).astype(int).iloc[0].to_dict()
    return {str(name): int(n) for name, n in first.items()} | {"late_unit": int(n_late)}


def _find_machines(suite: Suite) -> ir.Table | None:
    cup, machine = suite.optional("cups"), suite.optional("machines")
    if cup is None or machine is None:
        return None
    own = cup.filter((cup.poured_for == "order") & cup.order_id.notnull())
    typed = own.join(machine.select("machine_id", "machine_type"), "machine_id")
    return typed.group_by("order_id").agg(machine_type=typed.machine_type.min())
