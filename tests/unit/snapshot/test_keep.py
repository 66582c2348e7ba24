"""Reading some databases again: the others stay as they were, and the whole is the newest snapshot."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.errors import SnapshotError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot.keep import keep
from lucky_analytics.snapshot.manifest import Server
from lucky_analytics.sources import demo
from tests import tiny_estate

ORDERS = ("luckyus_sales_order", "t_order")
SHOPS = "luckyus_opshop.t_shop_info"


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    settings = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    databases = [estate.load().database(name) for name in ("salesorder", "opshop")]
    tiny_estate.write(settings.demo_dir, databases, n_rows=40)
    return settings


def take(where: Settings, *names: str, keep_others: bool = False) -> snapshot.Manifest:
    databases = [estate.load().database(name).name for name in names] or None
    source = demo.connect(where.demo_dir, databases)
    return snapshot.take(source, settings=where, names=names or None, keep_others=keep_others)


def rewrite_orders(where: Settings) -> None:
    path = where.demo_dir / ORDERS[0] / f"{ORDERS[1]}.parquet"
    path.unlink()
    pq.write_table(tiny_estate.rows(estate.load().database(ORDERS[0]).table(ORDERS[1]), 40, seed=2), path)


def test_the_others_stay_and_the_whole_is_the_newest(where: Settings):
    first = take(where)
    rewrite_orders(where)
    second = take(where, "salesorder", keep_others=True)
    assert snapshot.find("newest", where).id == second.id != first.id
    assert second.tables.keys() == first.tables.keys()
    assert second.tables[SHOPS].content_hash == first.tables[SHOPS].content_hash
    changed = [name for name in first.tables if first.tables[name] != second.tables[name]]
    assert changed == [".".join(ORDERS)]
    assert snapshot.verify(second) == []
    # the next whole one finds the same content and makes no further snapshot
    assert take(where).id == second.id


def test_nothing_new_is_the_snapshot_that_was(where: Settings):
    first = take(where)
    again = take(where, "salesorder", keep_others=True)
    assert again.unchanged
    assert again.id == first.id
    assert take(where).unchanged


def test_without_a_whole_snapshot_there_is_nothing_to_keep(where: Settings):
    with pytest.raises(SnapshotError, match="snapshot"):
        take(where, "salesorder", keep_others=True)


def test_a_server_read_for_some_of_its_databases_has_the_earlier_cut(where: Settings, tmp_path: Path):
    first = take(where)
    later = first.cut + dt.timedelta(minutes=15)
    read = {"demo": (Server("parquet demo", later), {".".join(ORDERS): first.tables[".".join(ORDERS)]})}
    kept = keep(read, first, tmp_path / "work")
    assert kept["demo"][0] == replace(first.servers["demo"], cut=first.cut)
    other = {"orders:3306": (Server("MariaDB", later), read["demo"][1])}
    cuts = {name: facts.cut for name, (facts, _) in keep(other, first, tmp_path / "work2").items()}
    assert cuts == {"orders:3306": later, "demo": first.cut}
