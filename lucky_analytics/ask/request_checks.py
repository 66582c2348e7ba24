"""What a request must be before it is executed, whoever made it: a reader of words, a model, or a link."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import Measure, find_measure
from lucky_analytics.ask.ask_request import Condition, Request
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.formats import join_names

__all__ = ["OPEN", "RefusedError", "Scope", "check_request", "may_ask"]


class RefusedError(LuckyError):
    """A question that is not answered. ``why``: not understood, no data, personal, future, not yours."""

    def __init__(self, why: str, text: str, report: str = ""):
        self.why, self.text, self.report = why, text, report
        super().__init__(f"{why}: {text}")

    def __reduce__(self):
        return RefusedError, (self.why, self.text, self.report)


@dataclass(frozen=True)
class Scope:
    """Which rows a reader may ask: of which owners' numbers, and of which stores. Null is all of them.

    ``name`` is the audience's, ``store_names`` those of ``store_ids``. Rows of other stores are left out
    before anything is computed, and a question that names one is refused: nothing is not what it sold.
    """

    name: str = ""
    owners: frozenset[str] | None = None
    store_ids: frozenset[str] | None = None
    store_names: frozenset[str] = frozenset()

    @property
    def stores(self) -> str:
        return join_names(sorted(self.store_names)) or "its own stores"


OPEN = Scope()


def may_ask(measure: Measure, scope: Scope) -> str:
    """Why a reader may not have a number; empty when they may."""
    if scope.owners is not None and measure.owner not in scope.owners:
        return f"{measure.label} belongs to {measure.owner}, which {scope.name} does not see"
    if scope.store_ids is not None and "store_id" not in TABLES[measure.table].columns:
        return f"{measure.label} is not known by store, and {scope.name} sees its own stores only"
    return ""


def check_request(request: Request, scope: Scope, as_of: dt.date) -> None:
    """Raises ``RefusedError`` or ``LuckyError`` for a request that names what is not there, adds up
    what cannot be added, asks for single people, or for days that are not over."""
    if not 1 <= len(request.measures) <= 3:
        raise ParameterError("measures", expected="one to three", got=str(len(request.measures)))
    measures = [find_measure(name) for name in request.measures]
    if request.having:
        measures.append(find_measure(request.having.measure))
    table = measures[0].table
    if len({measure.table for measure in measures}) > 1:
        names = " and ".join(measure.label for measure in measures)
        raise RefusedError("not understood", f"{names} come from different tables: ask one at a time")
    for measure in measures:
        if why := may_ask(measure, scope):
            raise RefusedError("not yours", why)
    known = dimensions_of(table)
    for each in (*request.where, *request.share):
        _check_condition(each, table)
        is_own = not each.is_not and set(each.values) <= scope.store_names
        if scope.store_ids is not None and each.key == "stores.store_name" and not is_own:
            raise RefusedError("not yours", f"{scope.name} sees rows of {scope.stores} only")
    for key in (*request.by, *(request.rank.within if request.rank else ())):
        if key not in known and key not in TIMES and key != CUSTOMER:
            raise RefusedError("no data", f"{measures[0].label} is not known by {_plain(key)}")
    _check_people(request, table)
    _check_days(request, measures, as_of)
    _check_sense(request, measures)


def _check_condition(of: Condition, table: str) -> None:
    known = dimensions_of(table)
    is_time = of.key in ("weekday", "part of week")
    if of.key not in known and not is_time:
        raise RefusedError("no data", f"{table.replace('_', ' ')} has no {_plain(of.key)}")
    kind = "string" if is_time else known[of.key].type
    fitting = {"string": str, "boolean": bool, "int64": int}[kind]
    if not all(type(value) is fitting for value in of.values):
        raise ParameterError(f"values of {of.key}", expected=kind, got=f"{of.values!r:.60}")


def _plain(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ")


def _check_people(request: Request, table: str) -> None:
    if CUSTOMER not in request.by:
        return
    if "customer_id" not in TABLES[table].columns:
        raise RefusedError("no data", f"{table.replace('_', ' ')} does not say which customer")
    if request.by != (CUSTOMER,) or not (request.having or request.rank or request.how_many):
        raise RefusedError("personal", "single customers are not listed here", "marketing/customer_360")


def _check_days(request: Request, measures: list[Measure], as_of: dt.date) -> None:
    spans = [(request.start, request.end)] + ([request.against] if request.against else [])
    has_days = any(day is not None for span in spans for day in span) or bool(request.against or request.per)
    has_days = has_days or any(key in TIMES for key in (*request.by, *(each.key for each in request.where)))
    if has_days and (state := next((measure for measure in measures if not measure.date), None)):
        raise RefusedError("no data", f"{state.label} is known as it stands now, not for a period")
    today, ahead = as_of + dt.timedelta(days=1), SPOKEN["reports"]["ahead"]
    for start, end in spans:
        if start is not None and start >= today:
            why = "no data" if start == today and end == today + dt.timedelta(days=1) else "future"
            raise RefusedError(why, f"the newest day with data is {as_of}", ahead)
        if start is not None and end is not None and start >= end:
            raise ParameterError("period", expected="a start before its end", got=f"{start} to {end}")


def _check_sense(request: Request, measures: list[Measure]) -> None:
    if request.per and not all(measure.is_additive for measure in measures):
        raise RefusedError(
            "not understood", f"{measures[0].label} of days does not add up to that of a period"
        )
    if request.per and (request.having or request.share or request.of_total):
        raise RefusedError("not understood", "a limit or a share of a mean of days is not offered")
    is_counted = request.how_many and not request.having
    if is_counted and not (measures[0].adds_up or measures[0].unit == "customers"):
        raise RefusedError(
            "not understood", f"{measures[0].label} counts nothing of which groups could have some"
        )
    if request.how_many and len(request.by) != 1:
        raise RefusedError("not understood", "groups are counted by one of their names only")
    if request.of_total and not (len(measures) == 1 and measures[0].adds_up and len(request.by) == 1):
        raise RefusedError("not understood", f"a share of all {measures[0].label.lower()} is not defined")
    can_share = measures[0].adds_up or (measures[0].unit == "customers" and not request.by)
    if request.share and not (len(measures) == 1 and can_share):
        raise RefusedError("not understood", f"a share of {measures[0].label} is not defined")
    if request.rank and not request.by:
        raise RefusedError("not understood", "the most or least of what? Name stores, products, days")
    for measure in measures:
        if measure.unit.startswith("base units") and measure.name.startswith(("sum:", "mean:")):
            if request.rank and request.rank.within == () and request.by == ("goods.goods_name",):
                raise RefusedError(
                    "no data", "grams, millilitres and pieces of different goods do not compare"
                )
            is_one = "goods.goods_name" in request.by or any(
                each.key == "goods.goods_name" and not each.is_not for each in request.where
            )
            if not is_one:
                raise RefusedError(
                    "no data", "grams, millilitres and pieces of different goods do not add up: name a good"
                )
