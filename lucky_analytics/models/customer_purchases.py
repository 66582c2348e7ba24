"""Orders of people as every question on customers reads them, and the months that cohorts begin in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.catalog.customers.customer_features import purchases
from lucky_analytics.errors import LuckyError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Purchases", "load_purchases"]

# A first month with fewer trading days than this is shown with the next one.
MIN_DAYS = 7


@dataclass(frozen=True)
class Purchases:
    """Orders of people, kept in the engine; ``first_cohort`` is the first month shown."""

    order: ir.Table
    as_of: dt.date
    first_cohort: dt.date
    sql: str

    @property
    def cohort(self) -> ir.DateValue:
        """The month of a customer's first order, over a table with ``first_date``."""
        floor = ibis.literal(self.first_cohort)
        return ibis.greatest(ibis._.first_date.truncate("M").cast("date"), floor)


def load_purchases(suite: Suite) -> Purchases:
    """Orders of people up to ``as_of``: delivery platforms' accounts are left out.

    Raises ``LuckyError`` when nobody has ordered.
    """
    expression = purchases(suite)
    order = expression.cache()
    first = order.order_date.min().execute()
    if pd.isna(first):
        raise LuckyError("churn", expected="orders of customers by as_of", got=f"none by {suite.as_of}")
    month = pd.Timestamp(first).to_period("M")
    days_left = month.days_in_month - pd.Timestamp(first).day + 1
    start = (month + (1 if days_left < MIN_DAYS else 0)).start_time.date()
    return Purchases(order, suite.as_of, start, suite.sql(expression))
