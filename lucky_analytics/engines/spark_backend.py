"""Ibis's Spark, with numbers and times as the other engine gives them. Imports pyspark."""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pandas as pd
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from pyspark.sql import DataFrame

__all__ = ["SparkBackend"]

_MICROSECONDS, _IN_PANDAS = 6, "datetime64[us]"  # what Spark holds; it gives nanoseconds to pandas


class SparkCompiler(PySparkCompiler):
    """Spark takes ``60.0`` in a query for a decimal of one place, and rounds what is divided by it."""

    __slots__ = ()

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802
        if dtype.is_floating():
            return self.cast(self.visit_DefaultLiteral(op, value=value, dtype=dtype), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)


class SparkBackend(Backend):
    compiler = SparkCompiler()

    def execute(self, expr: ir.Expr, /, **options: Any) -> Any:
        found = super().execute(expr, **options)
        if isinstance(found, pd.DataFrame):
            return found.astype(dict.fromkeys(found.select_dtypes("datetime64[ns]"), _IN_PANDAS))
        return found.astype(_IN_PANDAS) if getattr(found, "dtype", None) == "datetime64[ns]" else found

    def _create_cached_table(self, name: str, expr: ir.Table) -> ir.Table:
        """Its rows, without the plan behind them: one cache made of others would be planned anew for each."""
        return self.keep(name, self._session.sql(self.compile(expr)))

    def _drop_cached_table(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def keep(self, name: str, frame: DataFrame) -> ir.Table:
        """The rows of ``frame`` under a name, computed now; they lie with the executors."""
        frame.localCheckpoint(eager=True).createOrReplaceTempView(name)
        return self.table(name)

    def get_schema(self, table_name: str, **place: Any) -> sch.Schema:
        return _exact(super().get_schema(table_name, **place))

    def _get_schema_using_query(self, query: str) -> sch.Schema:
        return _exact(super()._get_schema_using_query(query))


def _exact(schema: sch.Schema) -> sch.Schema:
    return sch.Schema(
        {
            name: dt.Timestamp(kind.timezone, _MICROSECONDS, nullable=kind.nullable)
            if kind.is_timestamp()
            else kind
            for name, kind in schema.items()
        }
    )
