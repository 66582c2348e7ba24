"""Forecast errors by group: from the rows of ``Scored``, or from cells that the rows were added up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.forecasts.forecast_error import NOTHING, SUMS, measure_errors
from lucky_analytics.questions.supply_chain.forecast_accuracy.steps import PREDICTIONS

__all__ = ["Rows", "aggregate_cells", "aggregate_errors", "measure", "with_groups"]

Rows: TypeAlias = ir.Table | pd.DataFrame


def aggregate_errors(
    rows: Rows, by: Sequence[str], prediction: str = "predicted", *, within: float = 0.2
) -> pd.DataFrame:
    """The sums of ``methods.forecast_error`` by group, sorted, over rows where every prediction is known.

    Sums of ``actual``, ``abs_error``, ``squared_error`` and ``error`` are weighted by ``weight`` (dollars);
    rows without a weight count in the shares and means only. ``rows``: a table of ``Scored``, or the frame
    that ``aggregate_cells`` made of it, which knows how near a hit is (``within`` is then not used).
    """
    if isinstance(rows, pd.DataFrame):
        own = rows[rows["prediction"] == prediction]
        return own.groupby(list(by), as_index=False)[list(SUMS)].sum()
    known = rows.filter(*(rows[name].notnull() for name in PREDICTIONS))
    y, p, weight = known.y, known[prediction], known.weight.fill_null(0)
    error, positive = p - y, known.y > 0
    hit = ibis.ifelse(positive, error.abs() <= within * y, p <= NOTHING)
    usable = (known.scale > 0) & (known.square_scale > 0)
    # Rounded: in which order an engine adds floats up must not show in a page.
    sums = known.group_by(list(by)).agg(
        n=known.count(),
        n_positive=positive.sum(),
        actual=(y * weight).sum().round(6),
        abs_error=(error.abs() * weight).sum().round(6),
        squared_error=((error * weight) ** 2).sum().round(6),
        error=(error * weight).sum().round(6),
        percentage_error=ibis.ifelse(positive, error.abs() / y.nullif(0), 0).sum().round(6),
        n_hit=hit.sum(),
        scaled=ibis.ifelse(usable, error.abs() / known.scale.nullif(0), 0).sum().round(6),
        scaled_squared=ibis.ifelse(usable, error * error / known.square_scale.nullif(0), 0).sum().round(6),
    )
    return sums.order_by(list(by)).execute()


def aggregate_cells(rows: ir.Table, *, within: float = 0.2) -> pd.DataFrame:
    """``aggregate_errors`` of each ``prediction`` by store, category and day: what every table, chart and
    interval of one lead is added up from. Adds ``week`` (Monday) and ``weekday`` of the day.
    """
    by = ["store_id", "category", "demand_date", "week", "weekday"]
    parts = [aggregate_errors(rows, by, name, within=within).assign(prediction=name) for name in PREDICTIONS]
    cells = pd.concat(parts, ignore_index=True)
    return cells.assign(**{name: pd.to_datetime(cells[name]) for name in ("demand_date", "week")})


def measure(
    rows: Rows, by: Sequence[str], prediction: str = "predicted", *, within: float = 0.2
) -> pd.DataFrame:
    """Measures by group (``measure_errors``), sorted by ``by``; without groups one row."""
    return measure_errors(aggregate_errors(*with_groups(rows, by), prediction, within=within))


def with_groups(rows: Rows, by: Sequence[str]) -> tuple[Rows, list[str]]:
    """``rows`` and groups to aggregate by: without any, everything is one group named "all"."""
    if by:
        return rows, list(by)
    if isinstance(rows, pd.DataFrame):
        return rows.assign(everything="all"), ["everything"]
    return rows.mutate(everything=ibis.literal("all")), ["everything"]
