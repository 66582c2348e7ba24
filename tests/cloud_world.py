"""What the cloud's tools exported of one made world, as conformed tables, without building an estate."""

from __future__ import annotations

import copy
import datetime as dt
import functools
from types import SimpleNamespace
from typing import Any

import ibis
import pandas as pd

from lucky_analytics.catalog import TABLES
from lucky_analytics.demo.tables import cloud_exports
from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.demo.truth.single import only_plants
from tests.server_world import Suite, make_orders

AS_OF = dt.date(2026, 2, 13)
CONFORMED = ("cloud_machines", "cloud_machine_days", "cloud_costs", "alert_rules")


@functools.lru_cache(maxsize=4)
def raw(kind: str = "planted", seed: int = 7) -> dict[str, pd.DataFrame]:
    """The tables of ``cloud``, of the planted or of the null world."""
    planted = plants() if kind == "planted" else only_plants(copy.deepcopy(plants()), "ramp")
    book = SimpleNamespace(created=make_orders())
    world: Any = SimpleNamespace(planted=planted, seed=seed, book=book)
    return {name: rows.to_pandas() for _, name, rows in cloud_exports.tables(world)}


def conform(frames: dict[str, pd.DataFrame], as_of: dt.date = AS_OF) -> dict[str, ibis.Table]:
    """The conformed tables of raw rows, as the catalog builds them."""
    given: Any = Suite(raw_tables={name: ibis.memtable(rows) for name, rows in frames.items()}, as_of=as_of)
    return {name: TABLES[name].build(given).cache() for name in CONFORMED}


def suite(frames: dict[str, pd.DataFrame], as_of: dt.date = AS_OF) -> Any:
    """A catalog of these exports alone."""
    return Suite(as_of=as_of, snapshot=SimpleNamespace(last_closed_day=AS_OF), **conform(frames, as_of))
