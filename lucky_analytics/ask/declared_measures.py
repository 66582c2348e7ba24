"""Numbers that are declared in words of the catalog alone: kinds of rows, other days, ratios, shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from lucky_analytics.ask.ask_request import Limit
from lucky_analytics.ask.asked_measure import Measure
from lucky_analytics.ask.limit_of import is_beyond
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES

__all__ = ["declared_measures"]


def declared_measures(known: Mapping[str, Measure]) -> Iterator[Measure]:
    """The entries under ``declared`` of the spoken words, each made from measures that are ``known``.

    An entry has ``of``: the measure that it is made of; ``label``; and as it needs ``date`` (the column of
    another day), ``only`` (column to values of its rows), ``over`` (the measure that it is divided by),
    ``share`` (column to values: the share of rows that have them), ``limits`` (column to a limit of its rows,
    as "more than 60"), ``among`` (a limit: the share of rows within it, of those that have the number),
    ``unit``, ``direction``, ``times``. An entry may be made from one before it.
    """
    all_known = dict(known)
    for name, entry in SPOKEN["declared"].items():
        all_known[f"told:{name}"] = _made(f"told:{name}", entry, all_known)
        yield all_known[f"told:{name}"]


def _made(name: str, entry: Mapping[str, Any], known: Mapping[str, Measure]) -> Measure:
    of = known[entry["of"]]
    only = {column: tuple(values) for column, values in entry.get("only", {}).items()}
    date = entry.get("date", of.date)
    limits = tuple(map(_limit, entry.get("limits", {}).items()))
    made = replace(
        of, name=name, limits=limits, label=entry["label"], unit=entry.get("unit", of.unit), date=date,
        only=only, direction=entry.get("direction", of.direction), is_additive=of.adds_up and bool(date),
    )  # fmt: skip
    rows = ", ".join(f"{column} {' or '.join(map(str, values))}" for column, values in only.items())
    rows = ", ".join(
        filter(None, [rows, *(f"{each.column} {each.above} {each.number:g}" for each in limits)])
    )
    about = f"{of.description} Only rows with {rows}." if rows else of.description
    if entry.get("date"):
        meaning = TABLES[of.table].columns[date].meaning
        about = f"{about} Days are those of {date.removesuffix('_date')}: {meaning}."
    if "over" in entry:
        over = known[entry["over"]]
        return replace(
            made, expression=_ratio(of.expression, over.expression), is_additive=False, adds_up=False,
            is_count=False, description=f"{of.label} divided by {over.label.lower()}.",
        )  # fmt: skip
    if "among" in entry:
        among = _limit(next(iter(entry["among"].items())))
        return replace(
            made, expression=_within(among), unit="rate", is_additive=False, adds_up=False, is_count=False,
            description=f"Share of rows with {among.column} {among.above} {among.number:g}. {about}",
        )  # fmt: skip
    if "share" in entry:
        values = {column: tuple(values) for column, values in entry["share"].items()}
        told = " and ".join(f"{column} is {' or '.join(map(str, each))}" for column, each in values.items())
        return replace(
            made, expression=_share(values), unit="rate", is_additive=False, adds_up=False, is_count=False,
            description=f"Share of rows of which {told}: {TABLES[of.table].grain}. {about}",
        )  # fmt: skip
    return replace(made, description=about, expression=_scaled(of.expression, entry.get("times", 1)))


def _ratio(
    of: Callable[[ir.Table], ir.Scalar], over: Callable[[ir.Table], ir.Scalar]
) -> Callable[[ir.Table], ir.Scalar]:
    return lambda table: of(table) / over(table).nullif(0)


def _share(values: Mapping[str, tuple[Any, ...]]) -> Callable[[ir.Table], ir.Scalar]:
    def share(table: ir.Table) -> ir.Scalar:
        held = [table[column].isin(each) for column, each in values.items()]
        both = held[0]
        for each in held[1:]:
            both &= each
        return both.fill_null(False).cast("int64").mean()

    return share


def _limit(said: tuple[str, str]) -> Limit:
    column, limit = said
    above, _, number = limit.rpartition(" ")
    return Limit(column, above, float(number))


def _within(limit: Limit) -> Callable[[ir.Table], ir.Scalar]:
    return lambda table: is_beyond(table[limit.column], limit.above, limit.number).cast("int64").mean()


def _scaled(of: Callable[[ir.Table], ir.Scalar], times: float) -> Callable[[ir.Table], ir.Scalar]:
    return of if times == 1 else lambda table: of(table) * times
