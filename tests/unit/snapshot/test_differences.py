"""A later snapshot beside an earlier one: late rows of closed days are found, new days are not restated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.estate.markets import Market
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest, differences
from lucky_analytics.sources.files import FilesSource
from tests import tiny_estate

ORDERS = "luckyus_sales_order.t_order"
CUT = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)  # 07:00 in New York, 02:00 in Rarotonga


@pytest.fixture
def orders(tmp_path: Path) -> Callable[[pa.Table], Manifest]:
    """Takes a snapshot of exactly these orders."""
    where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")

    def take(table: pa.Table) -> Manifest:
        folder = tmp_path / f"files{len(list(tmp_path.glob('files*')))}"
        path = folder / "luckyus_sales_order" / "t_order.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table, path)
        return snapshot.take(FilesSource(folder, cut=CUT), settings=where)

    return take


def put(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    index = table.column_names.index(column)
    return table.set_column(index, table.schema.field(index), values)


def base() -> pa.Table:
    """Ten orders, all on 13 February in UTC."""
    rows = tiny_estate.rows(estate.load().database("salesorder").table("t_order"), 10)
    return put(rows, "create_time", pa.array([dt.datetime(2026, 2, 13, 15)] * 10, pa.timestamp("us")))


def moved(table: pa.Table, at: list[dt.datetime]) -> pa.Table:
    """The same rows under new keys, at these times."""
    extra = put(table.slice(0, len(at)), "id", pc.add(table.column("id").slice(0, len(at)), 100))
    return put(extra, "create_time", pa.array(at, pa.timestamp("us")))


def test_added_changed_and_removed_rows_are_counted_by_key(orders: Callable[..., Manifest]):
    table = base()
    later = put(table, "status", pa.array([99] + table.column("status").to_pylist()[1:], pa.int32())).slice(
        0, 9
    )
    later = pa.concat_tables([later, moved(table, [dt.datetime(2026, 2, 14, 16)])])
    (change,) = snapshot.compare(orders(table), orders(later))
    assert (change.table, change.n_added, change.n_changed, change.n_removed) == (ORDERS, 1, 1, 1)
    assert change.n_restated == 2
    assert change.days == {"2026-02-13": 2}


@pytest.mark.parametrize(
    ("zones", "n_restated"),
    [(["America/New_York"], 2), (["America/New_York", "Asia/Tokyo"], 1), (["Pacific/Rarotonga"], 3)],
)
def test_a_day_is_closed_when_it_is_closed_in_every_market(
    zones: list[str],
    n_restated: int,
    orders: Callable[..., Manifest],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(differences, "MARKETS", [Market("", zone, "") for zone in zones])
    # At the cut it is 14 February everywhere; the day began at 15:00Z in Tokyo (on the 13th), 05:00Z in
    # New York, 10:00Z in Rarotonga.
    late = [dt.datetime(2026, 2, 13, 14), dt.datetime(2026, 2, 14, 4), dt.datetime(2026, 2, 14, 9)]
    table = base()
    later = pa.concat_tables([table, moved(table, late)])
    (change,) = snapshot.compare(orders(table), orders(later))
    assert change.n_added == 3
    assert change.n_restated == n_restated


def test_equal_snapshots_have_no_changes(orders: Callable[..., Manifest]):
    taken = orders(base())
    assert snapshot.compare(taken, taken) == []
