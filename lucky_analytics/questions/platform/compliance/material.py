"""What several controls are tested on: each made once for all of them, and only when one asks for it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.catalog.home_market import home_rows
from lucky_analytics.errors import MissingTableError
from lucky_analytics.models.matched_books.books import Books, load_books
from lucky_analytics.models.matched_books.exceptions import collect_exceptions
from lucky_analytics.models.matched_books.legs import Rules, match_books
from lucky_analytics.models.taxed_sales.booked import Booked, Remitted, load_booked, load_remitted
from lucky_analytics.models.taxed_sales.lines import load_lines
from lucky_analytics.models.taxed_sales.open_returns import OpenReturns, load_open_returns
from lucky_analytics.reference.sales_tax import load_tax_rules

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["COLUMNS", "Found", "Material", "count_by_date", "count_cases", "has_orders", "list_rows"]

COLUMNS = ["case", "date", "store_id", "detail", "cents", "currency"]


@dataclass(frozen=True)
class Found:
    """What a query found. ``cases``: ``date``, ``n``, what was tested by date. ``exceptions``: ``COLUMNS``,
    one row each: ``case`` (its id), ``date``, ``store_id`` and ``cents`` (at stake, of ``currency``), which
    may be null, ``detail`` (what is wrong, in words)."""

    cases: pd.DataFrame
    exceptions: pd.DataFrame


class Material:
    """The books, as the reconciliation page matches them, and the taxed lines, as the tax page has them."""

    def __init__(self, suite: Suite, tolerance_cents: int = 1, grace_days: int = 2) -> None:
        self.suite, self.tolerance_cents, self.grace_days = suite, tolerance_cents, grace_days

    @functools.cached_property
    def books(self) -> Books:
        return load_books(self.suite)

    @functools.cached_property
    def exceptions(self) -> pd.DataFrame:
        """Exceptions of all three books whose money is at risk: what was given back is settled."""
        rules = Rules(self.suite.as_of, self.tolerance_cents, self.grace_days)
        found = collect_exceptions(match_books(self.books, rules), self.books, self.suite.as_of)
        rows = found.filter(found.at_risk_cents > 0)
        order = self.books.placed.select(order_key="key", order_store="store_id")
        order = order.distinct(on="order_key", keep="first")
        return rows.left_join(order, rows.key == order.order_key).execute()

    @functools.cached_property
    def lines(self) -> ir.Table:
        return load_lines(self.suite, load_tax_rules(), self.tolerance_cents)

    @functools.cached_property
    def open_returns(self) -> OpenReturns | None:
        """Returns of sales tax that fell due without a payment on record; null where no line was sold, or a
        table that tells it is not in the snapshot."""
        try:
            if not self.lines.count().execute():
                return None
            return load_open_returns(self.suite, self.lines, self.booked, self.remitted, load_tax_rules())
        except MissingTableError:
            return None

    @functools.cached_property
    def task_forms(self) -> ir.Table | None:
        forms = self.at_home("task_forms")
        return None if forms is None else forms.drop("submitted_at").cache()

    def at_home(self, name: str) -> ir.Table | None:
        """The rows of a table that are of the home market, whose rules these are; null without the table."""
        table = self.suite.optional(name)
        return None if table is None else home_rows(self.suite, table)

    @functools.cached_property
    def booked(self) -> Booked | None:
        return load_booked(self.suite, tolerance_cents=self.tolerance_cents, grace_days=self.grace_days)

    @functools.cached_property
    def remitted(self) -> Remitted:
        return load_remitted(self.suite)


def has_orders(material: Material) -> bool:
    """Whether any order of any state was placed by ``as_of``."""
    return bool(material.books.placed.count().execute())


def count_by_date(rows: ir.Table, date: str = "date") -> pd.DataFrame:
    """``date`` and ``n``: how many rows each date has."""
    found = rows.group_by(date=rows[date]).agg(n=rows.count()).order_by("date").execute()
    return found.assign(date=pd.to_datetime(found["date"]))


def count_cases(rows: pd.DataFrame) -> pd.DataFrame:
    """``date`` and ``n``: how many rows each ``date`` has."""
    found = rows.groupby("date").size().rename("n").reset_index()
    return found.assign(date=pd.to_datetime(found["date"]))


def list_rows(rows: pd.DataFrame, *, currency: str | None = "USD") -> pd.DataFrame:
    """Exceptions in their ``COLUMNS``, in the order of ``case`` and ``detail``; what is not given is null.

    The order does not depend on how the rows were found, so that the same rows have the same hash.
    """
    made = rows.reindex(columns=COLUMNS)
    if currency is not None:
        made["currency"] = pd.Series(currency, index=made.index, dtype="object").where(made["cents"].notna())
    made["cents"] = made["cents"].astype("Int64")
    for name in ("case", "store_id", "detail", "currency"):
        made[name] = made[name].astype("string")
    made["date"] = pd.to_datetime(made["date"])
    return made.sort_values(["case", "detail", "date"], ignore_index=True)
