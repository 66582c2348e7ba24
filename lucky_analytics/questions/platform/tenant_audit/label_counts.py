"""Every table's rows counted by what their labels say, and each rule held against all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.catalog.market_labels import (
    LABELS,
    TESTED,
    Labelled,
    count_labels,
    label_orders,
    label_rows,
    list_labelled,
    list_shops,
)
from lucky_analytics.questions.platform.tenant_audit.market_rules import RULES, applies, judge

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["ROW_COLUMNS", "Audit", "audit_tables", "list_failing"]

ROW_COLUMNS = ["database", "table", "broken", "row", "tenant", "currency", "zone", "shop", "shop_tenant",
               "shop_currency", "order", "order_tenant", "order_currency"]  # fmt: skip


@dataclass(frozen=True)
class Audit:
    """What was found, nothing sampled.

    ``tables``: every declared table. ``results``: one row for each table and rule: ``database``, ``table``,
    ``rule``, ``applies``, ``state`` of the table, ``n`` rows tested, ``n_failed``. ``rows``: one for each
    table with rows: ``n``, ``n_failed`` (any rule), ``n_red``. ``combinations``: by table, its labels with
    ``n`` and one boolean a rule. ``shops``: the registry; ``orders``: of
    ``label_orders``.
    """

    tables: tuple[Labelled, ...]
    results: pd.DataFrame
    rows: pd.DataFrame
    combinations: Mapping[str, pd.DataFrame]
    shops: pd.DataFrame
    orders: ir.Table | None


def audit_tables(suite: Suite) -> Audit:
    """Hold every rule against every row of every declared table that the snapshot has.

    Raises ``MissingTableError`` without the registry of shops, against which all else is held.
    """
    shops, tables, orders = list_shops(suite), list_labelled(suite), label_orders(suite)
    combinations = {
        t.name: _count(count_labels(suite, t, orders), t, shops) for t in tables if t.state == TESTED
    }
    red = [rule.name for rule in RULES if rule.is_red]
    results, rows = [], []
    for table in tables:
        counted = combinations.get(table.name)
        for rule in RULES:
            does = applies(rule, table)
            n_failed = int(counted.loc[counted[rule.name], "n"].sum()) if counted is not None and does else 0
            results.append((table.database, table.table, rule.name, does, table.state,
                            table.n_rows if counted is not None and does else 0, n_failed))  # fmt: skip
        if counted is not None:
            broken = counted[[rule.name for rule in RULES]]
            sums = (int(counted.loc[each.any(axis=1), "n"].sum()) for each in (broken, broken[red]))
            rows.append((table.database, table.table, int(counted["n"].sum()), *sums))
    names = ["database", "table", "rule", "applies", "state", "n", "n_failed"]
    totals = pd.DataFrame(rows, columns=["database", "table", "n", "n_failed", "n_red"])
    return Audit(tables, pd.DataFrame(results, columns=names), totals, combinations, shops, orders)


def _count(counted: pd.DataFrame, table: Labelled, shops: pd.DataFrame) -> pd.DataFrame:
    """``count_labels`` with the labels of its shops, and which rule each combination breaks."""
    joined = counted.merge(shops, on="shop", how="left")
    joined["is_registered"] = joined["shop_tenant"].notna()
    for name in ("shop_name", "shop_tenant", "shop_currency", "shop_zone"):
        joined[name] = joined[name].fillna("")
    return pd.concat([joined, judge(joined, table)], axis=1)


def list_failing(suite: Suite, audit: Audit, most: int) -> pd.DataFrame:
    """Failing rows one by one, in ``ROW_COLUMNS``, red rules first: at most ``most`` of each table and kind.

    A kind is a set of rules that a row breaks (``broken``, in words). ``row`` is the key in the source.
    """
    found = [
        _rows_of(suite, audit.orders, table, audit.combinations[table.name], most)
        for table in audit.tables
        if table.name in audit.combinations
    ]
    found = [frame for frame in found if len(frame)]
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=str) for name in ROW_COLUMNS})
    listed = pd.concat(found, ignore_index=True)
    listed = listed.sort_values(
        ["is_red", "database", "table", "broken", "row"], ascending=[False] + [True] * 4
    )
    return listed[ROW_COLUMNS].reset_index(drop=True)


def _rows_of(
    suite: Suite, orders: ir.Table | None, table: Labelled, counted: pd.DataFrame, most: int
) -> pd.DataFrame:
    rules = [rule.name for rule in RULES]
    broken = counted[counted[rules].any(axis=1)]
    if broken.empty:
        return broken
    kinds = ["; ".join(rule.label for rule in RULES if row[rule.name]) for row in broken.to_dict("records")]
    red = broken[[rule.name for rule in RULES if rule.is_red]].any(axis=1)
    keys = broken[list(LABELS)].assign(broken=kinds, is_red=red)
    rows = label_rows(suite, table, orders, keys)
    failing = rows.view().inner_join(ibis.memtable(keys), list(LABELS))
    number = ibis.row_number().over(ibis.window(group_by="broken", order_by="row"))
    few = failing.mutate(number=number).filter(lambda each: each.number < most).drop("number").execute()
    few = few.merge(broken[["shop", "shop_tenant", "shop_currency"]].drop_duplicates(), on="shop", how="left")
    return few.assign(database=table.database, table=table.table)
