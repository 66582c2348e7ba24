"""A chain of many cities: the calibrated city again and again under other ids, written as a stream.

For size alone. Every city has the history of the first, to the cent and the second, so nothing may be learned
from it about spread between stores or customers; what a table costs to build, read and aggregate may.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lucky_analytics.demo.build.write import ROW_GROUP, Batches, Written, write_table

__all__ = ["MOST_CITIES", "repeat_city"]

MOST_CITIES = 100  # the last city's order ids still fit into a bigint
# Ids of orders and their items have 18 digits, those of all else at most 12: each city has its own range, so
# that a table sorted by key stays so when the cities come one after another.
_ORDER_STEP, _STEP = 80_000_000_000_000_000, 10_000_000_000_000
_DEGREES = 0.4  # each city lies so far west of the one before: none takes a customer from another
_ORDER_IDS = frozenset({"order_id", "order_item_id"})
_HOLD_ORDER_IDS = frozenset({"t_order", "t_order_item", "t_order_amount"})  # their ``id`` is one
_IDS = frozenset(
    {"id", "shop_id", "shop_dept_id", "preferred_shop_id", "device_id", "roster_id"}
    | {"production_id", "commodity_id"}
)
_TEXTS = frozenset(
    {"user_no", "inviter_user_no", "subject_token", "card_token", "third_customer_no", "employee_no"}
    | {"trade_no", "third_trade_no", "batch_no", "bill_no", "voucher_no", "coupon_no"}
    | {"shop_no", "shop_name", "device_no"}
)
# A table with none of these belongs to the whole chain (menu, goods, suppliers, campaigns, servers): once.
_OF_A_CITY = (_ORDER_IDS | _TEXTS | _IDS) - {"id"}


def repeat_city(folder: Path, n_cities: int, written: dict[str, Written]) -> dict[str, Written]:
    """Each table of ``folder`` that belongs to a city, ``n_cities`` times over (1: as it was).

    ``written``: ``database.table`` to what was written of one city; the answer is the same for the chain. No
    more than one row group is held at a time. Raises ``DemoError`` on a full disk.

    >>> repeat_city(Path("data/demo"), 1, {})
    {}
    """
    if n_cities == 1:
        return written
    chain = dict(written)
    for full_name in written:
        database, _, name = full_name.partition(".")
        path = folder / database / f"{name}.parquet"
        schema = pq.read_schema(path)
        if _is_of_a_city(name, schema):
            one = path.with_suffix(".city")
            path.rename(one)
            chain[full_name] = write_table(
                folder, database, name, Batches(schema, _cities(one, name, n_cities))
            )
            one.unlink()
    return chain


def _is_of_a_city(name: str, schema: pa.Schema) -> bool:
    return name in _HOLD_ORDER_IDS or name == "t_shop_info" or not _OF_A_CITY.isdisjoint(schema.names)


def _cities(one: Path, name: str, n_cities: int) -> Iterator[pa.Table]:
    for city in range(n_cities):
        with pq.ParquetFile(one) as file:
            for batch in file.iter_batches(batch_size=ROW_GROUP):
                yield _move(pa.Table.from_batches([batch]), name, city)


def _move(rows: pa.Table, name: str, city: int) -> pa.Table:
    """The rows as they are in city number ``city``; the first (0) is left as it is."""
    if not city:
        return rows
    for place, field in enumerate(rows.schema):
        column = rows.column(place)
        is_order = field.name in _ORDER_IDS or (field.name == "id" and name in _HOLD_ORDER_IDS)
        if is_order or field.name in _IDS:
            column = _add(column, city * (_ORDER_STEP if is_order else _STEP))
        elif field.name in _TEXTS:
            column = pc.binary_join_element_wise(
                column, str(city + 1), " " if field.name == "shop_name" else "-"
            )
        elif field.name == "location_longitude":
            column = pc.subtract(column, pa.scalar(city * _DEGREES)).cast(field.type)
        else:
            continue
        rows = rows.set_column(place, field, column.cast(field.type))
    return rows


def _add(column: pa.ChunkedArray, step: int) -> pa.ChunkedArray:
    """Numbers, or numbers in digits, that much larger; null stays null."""
    numbers = column if pa.types.is_integer(column.type) else column.cast(pa.int64())
    return pc.add(numbers, pa.scalar(step, pa.int64())).cast(column.type)
