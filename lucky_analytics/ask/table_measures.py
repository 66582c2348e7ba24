"""The numbers of a conformed table: its rows, and of each number in them the sum, mean and extremes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.types as ir

from lucky_analytics.ask.asked_measure import Measure
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES, whole
from lucky_analytics.catalog.conformed import Conformed, Field
from lucky_analytics.metrics import REGISTRY

__all__ = ["date_of", "measures_of", "owner_of", "spoken_column"]

_UNITS = {"cents": "cents", "seconds": "seconds", "days": "days", "hours": "hours", "minutes": "minutes"}
_SUMMED = ("_cents", "_quantity", "_packs", "n_")  # other numbers are averaged
_OWNERS = {"sales": "finance", "customers": "marketing", "goods": "supply chain", "servers": "platform"}
_SIZES = {"mean": "Mean", "max": "Largest", "min": "Smallest", "sum": ""}


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


def measures_of(table: Conformed) -> list[Measure]:
    """Every number of a table: a table or a column that is added is among them at once.

    >>> from lucky_analytics.catalog import TABLES
    >>> [measure.name for measure in measures_of(TABLES["refunds"])][:3]
    ['count:refunds', 'sum:refunds.refund_cents', 'mean:refunds.refund_cents']
    """
    noun = SPOKEN["nouns"].get(table.name, table.name.replace("_", " "))
    date = date_of(table.name)
    common: dict[str, Any] = {
        "table": table.name, "date": date, "owner": owner_of(table.name),
        "is_guarded": _is_of_all_markets(table),
    }  # fmt: skip
    found = [
        Measure(
            name=f"count:{table.name}", label=f"Number of {noun}", unit=noun, expression=lambda t: t.count(),
            description=f"Counted: {table.grain}.", is_additive=bool(date), direction=_direction(table.name),
            adds_up=True, is_count=True, **common,
        )
    ]  # fmt: skip
    for name, field in table.columns.items():
        is_number = field.type in ("int64", "float64") and not name.endswith("_id")
        if is_number and name not in SPOKEN["not_measured"]:
            found += _of_column(table.name, name, field, noun, common)
        if name in SPOKEN["distinct"].get(table.name, ()):
            thing = spoken_column(name.removesuffix("_id")).removesuffix(" name")
            found.append(
                Measure(
                    name=f"distinct:{table.name}.{name}", label=f"{thing.capitalize()}s", unit=f"{thing}s",
                    expression=_distinct(name), is_additive=False,
                    description=f"Different ones in: {table.grain}.", **common,
                )
            )  # fmt: skip
    return found


def _of_column(table: str, name: str, field: Field, noun: str, common: dict[str, Any]) -> list[Measure]:
    words = spoken_column(name)
    is_summed = name.endswith(_SUMMED[:-1]) or name.startswith(_SUMMED[-1])
    is_summed = (is_summed or name in SPOKEN["summed"]) and not name.startswith("mean_")
    is_summed = is_summed and name not in SPOKEN["averaged"]
    unit = _unit(name, field.unit, is_summed)
    made = {"sum": _total, "mean": _mean, "max": _largest, "min": _smallest}
    return [
        Measure(
            name=f"{kind}:{table}.{name}", label=f"{_SIZES[kind]} {words} of {noun}".strip().capitalize(),
            unit=f"{unit} on average" if kind == "mean" else unit, expression=made[kind](name),
            description=f"{_SIZES[kind] or 'Sum'} of {noun}: {field.meaning}.",
            is_additive=kind == "sum" and bool(common["date"]), adds_up=kind == "sum",
            direction=_direction(f"{table}.{name}"), **common,
        )
        for kind in (("sum",) if is_summed else ()) + ("mean", "max", "min")
    ]  # fmt: skip


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


def _largest(name: str) -> Callable[[ir.Table], ir.Scalar]:
    return lambda table: table[name].max()


def _smallest(name: str) -> Callable[[ir.Table], ir.Scalar]:
    return lambda table: table[name].min()


def _distinct(name: str) -> Callable[[ir.Table], ir.Scalar]:
    return lambda table: table[name].nunique()
