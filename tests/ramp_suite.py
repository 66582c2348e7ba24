"""A stand-in for the catalog: the simulated stores as ``orders`` and ``stores`` tables, one row per order."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd

from tests.ramp_world import AS_OF, World


class SimulatedSuite:
    """What the store ramp question asks of a suite: two tables and the last business date that counts."""

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
                "is_trading_store": True,
                "is_delivery": False,
                "customer_id": (np.arange(len(row)) % 20_000).astype(str),
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
            "is_trading_store": "boolean",
        }
        schema |= {"is_delivery": "boolean", "customer_id": "string"}
        self.orders = ibis.memtable(orders, schema=schema)
        self.stores = ibis.memtable(pd.concat([stores, closed], ignore_index=True)).cast(
            {"opened_date": "date"}
        )

    def table(self, name: str):
        return getattr(self, name)
