"""DuckDB whose answers do not depend on how many threads found them, or in which order.

A sum of floats depends on the order of its terms, and threads end in any. Here each term is split into two
whole numbers, of units of 2 ** 20 and of 2 ** -60, whose sums are exact in 128 bits; only their own sum is
rounded. That is nearer to the true sum than adding floats is, and dearer: 0.3 s of a processor for 5
million terms instead of 0.03 s. What is rarely asked (deviations, correlations) sees its terms in the order
of their values. Where several rows are equally first, the least of their values is taken, and rows come in
the order of their columns unless they are asked for in another; of rows that this order leaves equal, all
columns decide.

What a reader is shown is the query as it was written (``TableEngine.to_sql``); this is how it is computed.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.base import AggGen
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.common.patterns import replace
from ibis.expr.rewrites import p

__all__ = ["ARITHMETIC", "ExactBackend"]

ARITHMETIC = "exact sums 1"  # part of what decides the rows of a kept table

_COARSE, _FINE = 2.0**20, 2.0**60
_KEEPS_ORDER = (ops.Project, ops.Filter, ops.Limit, ops.DropColumns, ops.FillNull, ops.DropNull)
_ADD_INSIDE = {
    *("var_samp", "var_pop", "stddev_samp", "stddev_pop", "covar_samp", "covar_pop", "corr"),
    *("skewness", "kurtosis", "kurtosis_pop", "any_value"),
}
_LARGEST = 1e44  # in 128 bits: beyond it, and for infinity, a plain sum


@replace(p.Sort)
def _settle_ties(_: ops.Sort, **context: Any) -> ops.Sort:
    """Where what is asked for leaves rows equal, all their columns decide."""
    asked = [key.arg for key in _.keys]
    columns = [ops.Field(_.parent, name) for name in _sortable(_.parent)]
    return _.copy(keys=(*_.keys, *(ops.SortKey(column) for column in columns if column not in asked)))


class _Ordering(AggGen):
    """Aggregates whose floats are added up inside them see their terms in the order of their values."""

    __slots__ = ()

    def aggregate(self, compiler: Any, name: str, *args: Any, where: Any = None, order_by: Any = ()) -> Any:
        if name in _ADD_INSIDE:
            order_by = tuple(sge.Ordered(this=term.copy()) for term in args)
        return super().aggregate(compiler, name, *args, where=where, order_by=order_by)


class ExactCompiler(DuckDBCompiler):
    """The SQL of DuckDB in which aggregates of floats do not depend on the order of rows."""

    __slots__ = ()
    agg = _Ordering(supports_filter=True, supports_order_by=True)
    rewrites = (_settle_ties, *DuckDBCompiler.rewrites)

    def visit_Sum(self, op: ops.Sum, *, arg: Any, where: Any) -> Any:  # noqa: N802
        plain = super().visit_Sum(op, arg=arg, where=where)
        return self._exact_sum(arg, where) if op.arg.dtype.is_floating() else plain

    def visit_Mean(self, op: ops.Mean, *, arg: Any, where: Any) -> Any:  # noqa: N802
        if not op.arg.dtype.is_floating():
            return super().visit_Mean(op, arg=arg, where=where)
        return sge.Paren(this=self._exact_sum(arg, where) / self.agg.count(arg, where=where))

    def _exact_sum(self, arg: Any, where: Any) -> Any:
        arg = sge.Paren(this=arg)
        is_beyond = self.f.abs(arg) >= sge.convert(_LARGEST)
        term = self.if_(is_beyond, sge.convert(0.0), arg)
        coarse = self.f.trunc(term / _number(_COARSE))
        fine = (term - coarse * _number(_COARSE)) * _number(_FINE)
        sums = [self.agg.sum(sge.cast(part, "HUGEINT"), where=where) for part in (coarse, fine)]
        high, low = (sge.cast(one, "DOUBLE") for one in sums)
        beyond = self.agg.sum(self.if_(is_beyond, arg, sge.null()), where=where)
        exact = high * _number(_COARSE) + low / _number(_FINE)
        return sge.Paren(this=exact + self.f.coalesce(beyond, sge.convert(0.0)))

    def visit_First(self, op: ops.First, *, arg: Any, order_by: Any, **kw: Any) -> Any:  # noqa: N802
        return super().visit_First(
            op, arg=arg, order_by=(*(order_by or ()), sge.Ordered(this=arg.copy())), **kw
        )

    def visit_Last(self, op: ops.Last, *, arg: Any, order_by: Any, **kw: Any) -> Any:  # noqa: N802
        return super().visit_Last(
            op, arg=arg, order_by=(*(order_by or ()), sge.Ordered(this=arg.copy())), **kw
        )

    def visit_ArgMin(self, op: ops.ArgMin, *, arg: Any, key: Any, where: Any) -> Any:  # noqa: N802
        order = [sge.Ordered(this=key), sge.Ordered(this=arg)]
        return self.agg.first(arg, where=where, order_by=order)

    def visit_ArgMax(self, op: ops.ArgMax, *, arg: Any, key: Any, where: Any) -> Any:  # noqa: N802
        order = [sge.Ordered(this=key, desc=True), sge.Ordered(this=arg)]
        return self.agg.first(arg, where=where, order_by=order)

    def visit_WindowFunction(self, op: ops.WindowFunction, *, func: Any, **kw: Any) -> Any:  # noqa: N802
        """A sum of two sums over a window is two sums over that window."""
        if not isinstance(op.func, ops.Sum | ops.Mean) or not op.func.arg.dtype.is_floating():
            return super().visit_WindowFunction(op, func=func, **kw)
        window = super().visit_WindowFunction

        def over(node: Any) -> Any:
            return window(op, func=node.copy(), **kw) if isinstance(node, sge.Filter | sge.AggFunc) else node

        return func.transform(over)


class ExactBackend(Backend):
    """ibis's DuckDB with that SQL, whose results have one order of rows."""

    compiler = ExactCompiler()

    def _to_duckdb_relation(self, expr: ir.Expr, **kw: Any) -> Any:
        return super()._to_duckdb_relation(_ordered(expr), **kw)

    def to_pyarrow_batches(self, expr: ir.Expr, /, **kw: Any) -> Any:
        return super().to_pyarrow_batches(_ordered(expr), **kw)


def _ordered(expr: ir.Expr) -> ir.Expr:
    """The expression with its rows in the order that it asks for, else in that of its columns."""
    if not isinstance(expr, ir.Table | ir.Column):
        return expr
    table = expr.as_table()
    node = table.op()
    while isinstance(node, _KEEPS_ORDER):
        node = node.parent
    if isinstance(node, ops.Sort):
        return table
    return table.order_by([table[name] for name in _sortable(table.op())])


def _sortable(node: ops.Relation) -> list[str]:
    return [name for name, kind in node.schema.items() if not kind.is_nested()]


def _number(value: float) -> Any:
    return sge.cast(sge.convert(value), "DOUBLE")
