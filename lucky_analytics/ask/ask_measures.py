"""What can be asked for: every metric, and of every conformed table its rows and its numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES, whole
from lucky_analytics.catalog.conformed import Conformed
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.metrics import REGISTRY, Metric

__all__ = ["Measure", "date_of", "find_measure", "list_measures", "owner_of", "spoken_column"]

_UNITS = {"cents": "cents", "seconds": "seconds", "days": "days", "hours": "hours", "minutes": "minutes"}
_SUMMED = ("_cents", "_quantity", "_packs", "n_")  # other numbers are averaged
_OWNERS = {"sales": "finance", "customers": "marketing", "goods": "supply chain", "servers": "platform"}


@dataclass(frozen=True)
class Measure:
    """One number of one table. ``name`` is a metric's, or ``count:table``, ``sum:table.column``,
    ``mean:table.column``, ``distinct:table.column``.

    ``unit`` is that of the value, as of metrics. ``is_additive``: the values of days add up to that of the
    month. ``direction``: whether more of it is better (up, down, or none). ``is_guarded``: its definition
    does not say which market's rows it takes, so that others must.
    """

    name: str
    table: str
    label: str
    unit: str
    owner: str
    description: str
    date: str
    expression: Callable[[ir.Table], ir.Scalar]
    is_additive: bool
    direction: str = "none"
    is_guarded: bool = False
    fills_later: bool = False

    @property
    def is_ratio(self) -> bool:
        """Whether it is a share or a mean, so that it has no total."""
        return self.unit in ("share", "rate", "seconds") or self.unit.endswith((" on average", " an order"))

    @property
    def is_count(self) -> bool:
        """Whether it counts rows one by one, so that a share of them means something."""
        return self.name.startswith("count:") or self.name in ("orders", "units")


def owner_of(table: str) -> str:
    """Which department a conformed table belongs to: that of its metrics, else of its folder."""
    owners = [metric.owner for metric in REGISTRY.values() if metric.table == table]
    return owners[0] if owners else _OWNERS.get(TABLES[table].build.__module__.split(".")[2], "operations")


def date_of(table: str) -> str:
    """The column by which rows of a table belong to a period: its metrics' date, else its first one; empty
    for a table that holds a state.

    >>> date_of("stock"), date_of("complaints"), date_of("suppliers")
    ('stock_date', 'complaint_date', '')
    """
    said = [metric.date for metric in REGISTRY.values() if metric.table == table and metric.date]
    dates = [name for name, field in TABLES[table].columns.items() if field.type == "date"]
    dates.sort(key=lambda name: name.partition("_")[0] not in TABLES[table].grain)  # "that a store opened"
    return "" if table in SPOKEN["states"] else next(iter([*said, *dates]), "")


def spoken_column(column: str) -> str:
    """A column's name in words, without its unit.

    >>> spoken_column("wasted_quantity"), spoken_column("days_late"), spoken_column("amount_cents")
    ('wasted quantity', 'days late', 'amount')
    """
    words = column.removeprefix("is_").removeprefix("n_").split("_")
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in ("cents", "seconds", "date") else words)


@functools.cache
def list_measures() -> dict[str, Measure]:
    """Every measure by its name: a metric or a table that is added is among them at once."""
    found = [_of_metric(metric) for metric in REGISTRY.values()]
    for table in TABLES.values():
        if table.name not in SPOKEN["not_asked"]:
            found += _of_table(table)
    return {measure.name: measure for measure in found}


def find_measure(name: str) -> Measure:
    """One measure. Raises ``UnknownNameError``.

    >>> find_measure("sum:stock.wasted_quantity").unit, find_measure("revenue").unit
    ('base units', 'cents')
    """
    if name not in (known := list_measures()):
        raise UnknownNameError("measure", name, known)
    return known[name]


def _of_metric(metric: Metric) -> Measure:
    is_additive = metric.null_when == "never" and metric.unit != "customers" and bool(metric.date)
    return Measure(
        metric.name, metric.table, metric.label, metric.unit, metric.owner, metric.description, metric.date,
        metric.expression, is_additive, metric.direction, fills_later=metric.fills_later,
    )  # fmt: skip


def _of_table(table: Conformed) -> list[Measure]:
    noun = SPOKEN["nouns"].get(table.name, table.name.replace("_", " "))
    date, owner = date_of(table.name), owner_of(table.name)
    common: dict[str, Any] = {
        "table": table.name,
        "date": date,
        "owner": owner,
        "is_guarded": _is_of_all_markets(table),
    }
    found = [
        Measure(
            name=f"count:{table.name}", label=f"Number of {noun}", unit=noun, expression=lambda t: t.count(),
            description=f"Counted: {table.grain}.", is_additive=bool(date), direction=_direction(table.name),
            **common,
        )
    ]  # fmt: skip
    for name, field in table.columns.items():
        is_number = field.type in ("int64", "float64") and not name.endswith("_id")
        if is_number and name not in SPOKEN["not_measured"]:
            words = spoken_column(name)
            is_summed = name.endswith(_SUMMED[:-1]) or name.startswith(_SUMMED[-1])
            is_summed = is_summed and not name.startswith("mean_") and name not in SPOKEN["averaged"]
            unit = _unit(name, field.unit, is_summed)
            about = f"of {noun}: {field.meaning}."
            for kind in ("sum", "mean") if is_summed else ("mean",):
                found.append(
                    Measure(
                        name=f"{kind}:{table.name}.{name}",
                        label=f"{'Mean ' if kind == 'mean' else ''}{words} of {noun}".capitalize(),
                        unit=unit if kind == "sum" else f"{unit} on average",
                        expression=_total(name) if kind == "sum" else _mean(name),
                        description=f"{'Sum' if kind == 'sum' else 'Mean'} {about}",
                        is_additive=kind == "sum" and bool(date),
                        direction=_direction(f"{table.name}.{name}"),
                        **common,
                    )
                )
        if name in SPOKEN["distinct"].get(table.name, ()):
            found.append(
                Measure(
                    name=f"distinct:{table.name}.{name}", label=f"{name.capitalize()}s", unit=f"{name}s",
                    expression=_distinct(name), is_additive=False,
                    description=f"Different ones in: {table.grain}.", **common,
                )
            )  # fmt: skip
    return found


def _is_of_all_markets(table: Conformed) -> bool:
    """Whether rows of other markets stand in it, so that amounts of two currencies would be added up."""
    has_label = any(name in table.columns for name in ("currency", "tenant"))
    is_open = has_label and not table.home_by and table.name not in SPOKEN["every_market"]
    return is_open or table.name in SPOKEN["of_all_markets"]


def _direction(of: str) -> str:
    return "down" if of in SPOKEN["fewer_is_better"] else "up" if of in SPOKEN["more_is_better"] else "none"


def _unit(name: str, unit: str, is_summed: bool) -> str:
    if name.endswith("_quantity"):
        return "base units"
    if name.endswith("_cents") or unit == "cents":
        return "cents"
    if name.endswith(("_rate", "_share", "depth")):
        return "share"
    return _UNITS.get(unit, spoken_column(name) if is_summed else "")


def _total(name: str) -> Callable[[ir.Table], ir.Scalar]:
    def total(table: ir.Table) -> ir.Scalar:
        column = table[name]
        return (whole(column.sum()) if column.type().is_integer() else column.sum()).fill_null(0)

    return total


def _mean(name: str) -> Callable[[ir.Table], ir.Scalar]:
    return lambda table: table[name].mean()


def _distinct(name: str) -> Callable[[ir.Table], ir.Scalar]:
    return lambda table: table[name].nunique()
