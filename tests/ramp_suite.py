"""A stand-in for the catalog: the simulated stores as conformed tables, one row per order."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from tests.ramp_world import AS_OF, World

# Of twenty orders, four fall into the hour from 9.
HOURS = [9, 10, 8, 13, 14, 9, 10, 11, 12, 15, 9, 10, 8, 13, 14, 9, 16, 17, 18, 19]
SECONDS, MACHINES = 180, ["in service"] * 4 + ["decommissioned"]


class SimulatedSuite:
    """What the store questions ask of a suite: four tables and the last business date that counts."""

    def __init__(self, world: World, as_of: dt.date = AS_OF):
        self.as_of = as_of
        days = world.days[world.days["ds"] <= pd.Timestamp(as_of)]
        row = np.repeat(np.arange(len(days)), days["y"])
        cents = (days["value"] / days["y"].clip(lower=1)).to_numpy()[row].astype(int)
        orders = pd.DataFrame(
            {
                "store_id": days["unique_id"].to_numpy()[row],
                "order_date": days["ds"].dt.date.to_numpy()[row],
                "revenue_cents": cents,
                "tax_cents": 0,
                "is_trading_store": True,
                "is_delivery": False,
                "customer_id": (np.arange(len(row)) % 20_000).astype(str),
                "local_hour": np.resize(HOURS, len(row)),
            }
        )
        stores = world.stores.rename(columns={"unique_id": "store_id"})
        stores = stores.assign(opened_date=stores["opened"].dt.date, is_trading_store=True).drop(
            columns="opened"
        )
        closed = pd.DataFrame([{"store_id": "x", "store_name": "Internal", "is_trading_store": False}])
        schema = {
            "store_id": "string",
            "order_date": "date",
            "revenue_cents": "int64",
            "tax_cents": "int64",
            "is_trading_store": "boolean",
        }
        schema |= {"is_delivery": "boolean", "customer_id": "string", "local_hour": "int64"}
        self.orders = ibis.memtable(orders, schema=schema)
        self.stores = ibis.memtable(pd.concat([stores, closed], ignore_index=True)).cast(
            {"opened_date": "date"}
        )

        made = {"store_id": "string", "production_date": "date", "production_seconds": "int64"}
        tickets = orders.rename(columns={"order_date": "production_date"}).assign(production_seconds=SECONDS)
        self.production = ibis.memtable(tickets[list(made)], schema=made)
        owned = [(store, status) for store in stores["store_id"] for status in MACHINES]
        self.machines = ibis.memtable(pd.DataFrame(owned, columns=["store_id", "status"]))

        if world.bills is not None:
            self.accounting_costs = ibis.memtable(world.bills)

    def table(self, name: str):
        try:
            return getattr(self, name)
        except AttributeError:
            raise UnknownNameError("table", name, sorted(vars(self))) from None
