"""Kept tables: written once beside the snapshot, read by every later catalog, and never a stale one."""

from __future__ import annotations

import dataclasses
import gc
import multiprocessing
import shutil

import pytest

from lucky_analytics import report_record, snapshot
from lucky_analytics.catalog import TABLES, Suite
from lucky_analytics.engines import duckdb_engine
from tests import estate_rows

ORDER = {"shop_id": 1, "status": 90, "currency_code": "USD", "user_no": "U1", "pay_money": 4.71}
ROWS = {
    "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
    "luckyus_sales_order.t_order": [
        {**ORDER, "id": number, "create_time": f"2025-07-{1 + number:02}T16:00:00"} for number in range(20)
    ],
}


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    return estate_rows.take_snapshot(estate_rows.checkout(tmp_path_factory.mktemp("kept")), ROWS)


@pytest.fixture
def manifest(taken):
    """A snapshot of which nothing is kept yet."""
    shutil.rmtree(snapshot.kept_folder(taken), ignore_errors=True)
    return taken


def files(manifest) -> list[str]:
    return sorted(path.name for path in snapshot.kept_folder(manifest).glob("*.parquet"))


def test_a_second_catalog_reads_the_same_rows_in_the_same_order(manifest):
    first = Suite(manifest).orders.to_pyarrow()
    (file,) = files(manifest)
    path = snapshot.kept_folder(manifest) / file
    written = path.stat().st_mtime_ns
    report_record._tables_read.clear()
    report_record._definitions.clear()
    again = Suite(manifest)
    assert again.orders.to_pyarrow().equals(first) and first.num_rows == 20
    assert path.stat().st_mtime_ns == written and path.stat().st_mode & 0o777 == 0o600
    # what a run id is made of is the same, whether it was computed or read
    assert "luckyus_sales_payment.t_trade" in report_record._tables_read
    assert {"table orders", "table stores", "table refunds"} <= report_record._definitions.keys()


def test_it_is_read_and_not_computed_again(manifest):
    """Rows that no computation would give are given back, so that they came from the file."""
    suite = Suite(manifest)
    suite.orders.count().execute()
    (file,) = files(manifest)
    path = snapshot.kept_folder(manifest) / file
    suite.engine.connection.raw_sql(f"COPY (SELECT * FROM orders LIMIT 3) TO '{path}' (FORMAT parquet)")
    assert Suite(manifest).orders.count().execute() == 3


def test_a_large_one_is_read_where_it_lies_with_the_same_rows(manifest, monkeypatch):
    held = Suite(manifest).orders.to_pyarrow()
    shutil.rmtree(snapshot.kept_folder(manifest))
    monkeypatch.setattr(duckdb_engine, "LARGEST_HELD", 0)
    for _ in range(2):  # the one that writes it, and a later one
        suite = Suite(manifest)
        assert suite.orders.to_pyarrow().equals(held)
        found = suite.engine.connection.raw_sql(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'orders'"
        )
        assert found.fetchone() == (0,)
    assert len(files(manifest)) == 1


def test_another_day_another_definition_and_another_parent_are_other_files(manifest, monkeypatch):
    assert Suite(manifest).orders.count().execute() == 20
    assert Suite(manifest, as_of="2025-07-05").orders.count().execute() == 5
    assert len(files(manifest)) == 2
    orders, stores = TABLES["orders"], TABLES["stores"]
    fewer = dataclasses.replace(orders, build=lambda suite: orders.build(suite).filter(orders_before(suite)))
    with monkeypatch.context() as patch:
        patch.setitem(TABLES, "orders", fewer)
        assert Suite(manifest).orders.count().execute() == 3
    closed = dataclasses.replace(
        stores, build=lambda suite: stores.build(suite).mutate(is_trading_store=stores_closed())
    )
    monkeypatch.setitem(TABLES, "stores", closed)
    assert not Suite(manifest).orders.is_trading_store.any().execute()
    assert len(files(manifest)) == 4


def orders_before(suite):
    import ibis

    return ibis._.order_id.isin(["1", "2", "3"])


def stores_closed():
    import ibis

    return ibis.literal(False)


def test_of_one_table_the_newest_four_files_stay(manifest):
    for day in range(1, 6):
        Suite(manifest, as_of=f"2025-07-0{day}").orders.count().execute()
    assert len(files(manifest)) == 4


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing"])
def test_a_damaged_file_is_computed_again(manifest, content):
    expected = Suite(manifest).orders.to_pyarrow()
    path = snapshot.kept_folder(manifest) / files(manifest)[0]
    path.write_bytes(content)
    assert Suite(manifest).orders.to_pyarrow().equals(expected)
    assert path.stat().st_size > 1000 and Suite(manifest).orders.to_pyarrow().equals(expected)


def test_where_nothing_can_be_written_it_is_computed(manifest):
    folder = snapshot.kept_folder(manifest)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file in its place")
    try:
        assert Suite(manifest).orders.count().execute() == 20
    finally:
        folder.unlink()


def test_two_kernels_at_once_have_the_same_rows_and_one_file(manifest):
    """As runs do: kernels are forks of one process that has the libraries."""
    forks = multiprocessing.get_context("fork")
    start, rows = forks.Barrier(2), forks.SimpleQueue()

    def kernel():
        start.wait()
        rows.put(Suite(manifest).orders.to_pyarrow().to_pylist())

    both = [forks.Process(target=kernel) for _ in range(2)]
    for process in both:
        process.start()
    first, second = rows.get(), rows.get()
    for process in both:
        process.join()
    assert first == second and len(first) == 20
    assert len(files(manifest)) == 1
    assert [path.name for path in snapshot.kept_folder(manifest).iterdir() if ".parquet." in path.name] == []


def test_it_goes_with_its_snapshot_and_is_no_part_of_it(tmp_path):
    here = estate_rows.checkout(tmp_path)
    first = estate_rows.take_snapshot(here, ROWS)
    Suite(first).orders.count().execute()
    assert snapshot.verify(first) == []
    assert [found.id for found in snapshot.list_all(here)] == [first.id]
    second = estate_rows.take_snapshot(
        here, {**ROWS, "luckyus_sales_order.t_order": ROWS["luckyus_sales_order.t_order"][1:]}
    )
    assert Suite(second).orders.count().execute() == 19
    snapshot.prune(here, keep=1, dry_run=True)
    assert files(first)
    gc.collect()  # the catalogs above: nobody reads the first snapshot any more
    assert [gone.id for gone in snapshot.prune(here, keep=1)] == [first.id]
    assert not snapshot.kept_folder(first).exists() and files(second)
