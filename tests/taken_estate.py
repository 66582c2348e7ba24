"""A tiny estate on disk and snapshots of it, for the tests of taking them."""

from __future__ import annotations

import pyarrow.parquet as pq

from lucky_analytics import estate, snapshot
from lucky_analytics.settings import Settings
from lucky_analytics.sources import demo
from tests import tiny_estate

ORDERS = "luckyus_sales_order.t_order"
USERS = "luckyus_sales_crm.t_user"


def take(where: Settings) -> snapshot.Manifest:
    return snapshot.take(demo.connect(where.demo_dir), settings=where)


def rewrite(where: Settings, table: str, seed: int) -> None:
    database, name = table.split(".")
    path = where.demo_dir / database / f"{name}.parquet"
    path.unlink()  # as a build does: a new file, never the old one changed in place
    pq.write_table(tiny_estate.rows(estate.load().database(database).table(name), 40, seed), path)
