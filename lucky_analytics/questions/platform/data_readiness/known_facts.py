"""The documents' known faults, existing systems and prerequisites, each with what is so in the snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics import estate
from lucky_analytics.declarations import Block, read
from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.platform.data_readiness.join_rates import HOLDS
from lucky_analytics.questions.platform.data_readiness.table_states import read_raw

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["GONE", "OPEN", "UNKNOWN", "Fact", "list_facts", "list_systems", "load_facts", "name_tables"]

OPEN, GONE, UNKNOWN = "open", "settled", "cannot be measured"
_FILE = Path(__file__).with_name("facts.yml")
_SLOW_SECONDS = 30 * 60


class Fact(NamedTuple):
    """What is so today: ``n`` of ``of`` (null where a share says nothing), whether it is open, in words."""

    n: int
    of: int | None
    is_open: bool
    today: str


def load_facts(file: Path = _FILE) -> Block:
    """``faults``, ``systems``, ``prerequisites``, ``stated`` as they are declared."""
    return read(file)


def list_facts(suite: Suite, declared: Mapping[str, Any], joins: pd.DataFrame) -> pd.DataFrame:
    """One row for each fault or prerequisite: its declaration, ``n``, ``of``, ``state``, ``today``.

    ``state``: *open*, *settled*, or *cannot be measured*, with the reason as ``today``: where the
    declaration says so, or where a table is lacking.
    """
    rows = []
    for name, own in declared.items():
        row = {"fact": name, **{key: own.get(key, "") for key in ("title", "severity", "where", "for")}}
        try:
            found = _MEASURES[own["measure"]](suite, joins) if "measure" in own else None
        except LuckyError as error:
            found, reason = None, error.what
        else:
            reason = own.get("unknown", "")
        if found is None:
            row |= {"n": None, "of": None, "state": UNKNOWN, "today": reason}
        else:
            row |= {
                "n": found.n,
                "of": found.of,
                "state": OPEN if found.is_open else GONE,
                "today": found.today,
            }
        rows.append(row)
    return pd.DataFrame(rows).astype({"n": "Int64", "of": "Int64"})


def name_tables(declared: Mapping[str, Any]) -> list[str]:
    """The tables by which the existing systems are known, in order, each once; a use case may need none.

    >>> name_tables({"a": {"table": "x.t_b"}, "b": {"unknown": "no table"}, "c": {"table": "x.t_a"}})
    ['x.t_a', 'x.t_b']
    """
    return sorted({str(own["table"]) for own in declared.values() if "table" in own})


def list_systems(declared: Mapping[str, Any], tables: pd.DataFrame) -> pd.DataFrame:
    """One row for each existing system: its declaration, ``n_rows``, ``newest``, ``state`` (of its table, or
    *cannot be measured*), ``reason``."""
    by_name = tables.set_index("table")
    rows = []
    for name, own in declared.items():
        row = {"fact": name, **{key: own[key] for key in ("title", "where", "gap")}}
        if "table" in own:
            found = by_name.loc[own["table"]]
            row |= {key: found[key] for key in ("n_rows", "newest", "state", "reason")}
        else:
            row |= {"n_rows": None, "newest": None, "state": UNKNOWN, "reason": own["unknown"]}
        rows.append(row)
    return pd.DataFrame(rows).astype({"n_rows": "Int64", "newest": "datetime64[ns]"})


def _tax_rows(suite: Suite, joins: pd.DataFrame) -> Fact:
    n = _count_all(suite, "fitax")
    return Fact(n, None, n == 0, f"{n:,} rows in all its tables")


def _loyalty_rows(suite: Suite, joins: pd.DataFrame) -> Fact:
    n = _count_all(suite, "isalesmembermarketing")
    return Fact(n, None, n == 0, f"{n:,} rows in all its tables")


def _place_names(suite: Suite, joins: pd.DataFrame) -> Fact:
    shops = read_raw(suite, "opshop.t_shop_info")
    lacking = (
        shops.country_name.isnull() | shops.administrative_area_name.isnull() | shops.locality_name.isnull()
    )
    n, n_all = _share(shops, lacking)
    return Fact(n, n_all, n > 0, f"{n:,} of {n_all:,} shops lack country, state or town")


def _foreign_orders(suite: Suite, joins: pd.DataFrame) -> Fact:
    orders = _orders(suite)
    n, n_all = _share(orders, orders.currency_code.fill_null("") != "USD")
    return Fact(n, n_all, n > 0, f"{n:,} of {n_all:,} orders of every status are not in US dollars")


def _told_apart(suite: Suite, joins: pd.DataFrame) -> Fact:
    orders = _orders(suite)
    n, n_all = _share(orders, orders.currency_code.fill_null("") == "")
    return Fact(n, n_all, n > 0, f"{n:,} of {n_all:,} orders name no currency; this suite counts by it")


def _delivered_orders(suite: Suite, joins: pd.DataFrame) -> Fact:
    orders = _orders(suite)
    n, n_all = _share(orders, orders.order_type == 2)
    tables = estate.load().database("salesorder").tables.values()
    has_address = any(column.personal == "address" for table in tables for column in table.columns.values())
    return Fact(
        n,
        n_all,
        n > 0 and not has_address,
        f"{n:,} of {n_all:,} orders were delivered; no table has an address",
    )


def _slow_orders(suite: Suite, joins: pd.DataFrame) -> Fact:
    made = read_raw(suite, "opproduction.t_production")
    made = made.filter(made.create_time < _end(suite), made.done_time.notnull(), made.accept_time.notnull())
    seconds = made.done_time.epoch_seconds() - made.accept_time.epoch_seconds()
    n, n_all = _share(made, seconds > _SLOW_SECONDS)
    longest = seconds.max().execute()
    return Fact(n, n_all, n > 0, f"{n:,} of {n_all:,} orders, the longest {int(longest or 0):,} seconds")


def _double_products(suite: Suite, joins: pd.DataFrame) -> Fact:
    products = read_raw(suite, "scmcommodity.t_commodity_base_info")
    by_code = products.group_by("spu_code").agg(n=products.count())
    n, n_all = _share(by_code, by_code.n > 1)
    return Fact(n, n_all, n > 0, f"{n:,} of {n_all:,} product codes have more than one row")


def _id_types(suite: Suite, joins: pd.DataFrame) -> Fact:
    other = joins[joins["key_types"].str.contains(" to ")]
    n_held = int((other["state"] == HOLDS).sum())
    today = f"{len(other)} joins need a cast; {n_held} of them hold with it"
    return Fact(len(other), len(joins), n_held < len(other), today)


def _one_place(suite: Suite, joins: pd.DataFrame) -> Fact:
    declared = [f"{base.name}.{name}" for base in estate.load().databases.values() for name in base.tables]
    n = sum(name in suite.snapshot.tables for name in declared)
    today = f"{n} of {len(declared)} declared tables lie in one snapshot; there is no warehouse"
    return Fact(n, len(declared), n < len(declared), today)


def _customer_features(suite: Suite, joins: pd.DataFrame) -> Fact:
    n = int(suite.customer_features.count().execute())
    return Fact(n, None, n == 0, f"{n:,} customers with features, made from the snapshot")


def _watched_servers(suite: Suite, joins: pd.DataFrame) -> Fact:
    seen = read_raw(suite, "telemetry.instances")
    last = seen.filter(seen.is_reached == 1).select("instance", "kind").distinct()
    n, n_all = _share(last, last.kind != "redis")
    return Fact(n, n_all, n == 0, f"{n:,} of {n_all:,} servers that answer are no Redis")


def _machines_online(suite: Suite, joins: pd.DataFrame) -> Fact:
    machines = suite.machines
    n_ever = int(machines.count().execute())
    standing = machines.filter(_.status != "decommissioned")
    n_off, n_all = _share(standing, ~standing.is_online)
    today = f"{n_off:,} of {n_all:,} machines that stand are offline; {n_ever - n_all:,} more were taken out"
    return Fact(n_off, n_all, n_off > 0, today)


def _count_all(suite: Suite, source: str) -> int:
    raw = suite.source(source)
    return sum(int(getattr(raw, name).count().execute()) for name in dir(raw))


def _share(rows: ir.Table, is_so: ir.BooleanValue) -> tuple[int, int]:
    found = rows.agg(n=is_so.sum().fill_null(0), n_all=rows.count()).execute().iloc[0]
    return int(found["n"]), int(found["n_all"])


def _orders(suite: Suite) -> ir.Table:
    orders = read_raw(suite, "salesorder.t_order")
    return orders.filter(orders.create_time < _end(suite))


def _end(suite: Suite) -> ir.TimestampScalar:
    """The end of ``as_of`` in UTC, to a few hours: counts are of whole days."""
    return ibis.timestamp((pd.Timestamp(suite.as_of) + pd.Timedelta(days=1)).isoformat())


_MEASURES: dict[str, Callable[[Suite, pd.DataFrame], Fact]] = {
    "tax_rows": _tax_rows,
    "loyalty_rows": _loyalty_rows,
    "place_names": _place_names,
    "foreign_orders": _foreign_orders,
    "told_apart": _told_apart,
    "delivered_orders": _delivered_orders,
    "slow_orders": _slow_orders,
    "double_products": _double_products,
    "id_types": _id_types,
    "one_place": _one_place,
    "customer_features": _customer_features,
    "watched_servers": _watched_servers,
    "machines_online": _machines_online,
}
