"""Which metrics move, and by how much: as published, with the home market alone, and without any gate."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics import metrics
from lucky_analytics.catalog import TABLES
from lucky_analytics.catalog.home_market import DOUBT, FOREIGN, HERE, mark_side
from lucky_analytics.catalog.sales.orders import placed_orders, shape_orders
from lucky_analytics.errors import MissingTableError, ParameterError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["KEPT_OUT", "NOT_COMPUTED", "compare_figures", "find_untold", "ungated_orders"]

KEPT_OUT = ("not in USD", "of another tenant")
# Rebuilt from whole purchase histories, which takes longer than all else on the page together.
NOT_COMPUTED = {"customer_features": "made of whole histories of orders: see orders and active customers"}
_COLUMNS = ["metric", "label", "unit", "table", "published", "gated", "home_only", "ungated"]


def ungated_orders(suite: Suite) -> ir.Table:
    """``orders`` as they would be if no currency and no tenant were left out, amounts at face value."""
    placed = placed_orders(suite)
    return suite.orders.union(shape_orders(suite, placed.filter(placed.reason.isin(KEPT_OUT))))


def compare_figures(suite: Suite, names: Sequence[str] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every metric (or those of ``names``), and the tables behind them.

    The first frame has ``metric``, ``label``, ``unit``, ``table``, and four values in the metric's unit:
    ``published``; ``gated``, without rows of other markets; ``home_only``, without those in doubt either;
    ``ungated``, of orders alone, where nothing had been left out (null elsewhere). The second, ``table``,
    ``promise`` (whether it holds the home market alone), ``n``, ``n_home``, ``n_doubt``, ``n_foreign``. What
    the snapshot lacks is in neither.
    """
    wanted = [metrics.REGISTRY[name] for name in names] or list(metrics.REGISTRY.values())
    watched = [name for name, declared in TABLES.items() if declared.home_by]
    figures, sides = [], []
    for name in dict.fromkeys([*(metric.table for metric in wanted), *watched]):
        if name in NOT_COMPUTED or (table := suite.optional(name)) is None:
            continue
        try:
            marked = mark_side(suite, table)
        except (ParameterError, MissingTableError):  # nothing in it says whose its rows are
            continue
        own = [metric for metric in wanted if metric.table == name]
        seen = marked.select(*_used(own, table), "market_side").cache()
        by_side = _by_side(own, seen)
        sides.append({"table": name, "promise": bool(TABLES[name].home_by), **_count(by_side)})
        if not own:
            continue
        by_name = by_side.T.to_dict()
        home = by_name.get(HERE, {})
        published = _values(own, seen) if len(by_name) != 1 else next(iter(by_name.values()))
        has_others = FOREIGN in by_name
        gated = _values(own, seen.filter(seen.market_side != FOREIGN)) if has_others else published
        ungated = _values(own, ungated_orders(suite)) if name == "orders" else {}
        for metric in own:
            values = (_number(found.get(metric.name)) for found in (published, gated, home, ungated))
            figures.append((metric.name, metric.label, metric.unit, name, *values))
    counted = ["table", "promise", "n", "n_home", "n_doubt", "n_foreign"]
    return pd.DataFrame(figures, columns=_COLUMNS), pd.DataFrame(sides, columns=counted)


def _used(declared: Sequence[metrics.Metric], table: ir.Table) -> list[str]:
    """The columns of ``table`` that the metrics ask for: the others are not made twice."""
    asked = {
        field.name
        for metric in declared
        for field in metric.expression(table).op().find(ops.Field)
        if field.rel == table.op()
    }
    return [name for name in table.columns if name in asked]


def _by_side(declared: Sequence[metrics.Metric], marked: ir.Table) -> pd.DataFrame:
    """One row a side: ``n`` and each metric of its rows alone."""
    values = {metric.name: metric.expression(marked) for metric in declared}
    grouped = marked.group_by("market_side").agg(n_rows=marked.count(), **values)
    return grouped.execute().set_index("market_side")


def _count(by_side: pd.DataFrame) -> dict[str, int]:
    n = {side: int(by_side["n_rows"].get(side, 0)) for side in (HERE, DOUBT, FOREIGN)}
    return {"n": sum(n.values()), "n_home": n[HERE], "n_doubt": n[DOUBT], "n_foreign": n[FOREIGN]}


def find_untold(figures: pd.DataFrame) -> list[str]:
    """The labels of the metrics that were not computed, in the order in which they are declared."""
    told = set(figures["metric"])
    return [metric.label for metric in metrics.REGISTRY.values() if metric.name not in told]


def _values(declared: Sequence[metrics.Metric], table: ir.Table) -> dict[Hashable, Any]:
    found = table.agg(**{metric.name: metric.expression(table) for metric in declared})
    return found.execute().iloc[0].to_dict()


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
