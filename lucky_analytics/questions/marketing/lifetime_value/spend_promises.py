"""What the page on lifetime value is held to when its days have come: what today's customers have paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.models.customer_worth.customer_margins import YEAR, Model, expect_margins
from lucky_analytics.models.customer_worth.held_out import HeldOut
from lucky_analytics.models.measure import Measure, Promise

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["list_promises", "sum_paid"]

PERIODS = (90, int(YEAR))


def sum_paid(suite: Suite) -> float:
    """What people have paid for items so far, before tax, as the metric ``customer_spend``: dollars."""
    person = suite.customers.filter(~suite.customers.is_delivery_account).select("customer_id")
    cents = suite.orders.semi_join(person, "customer_id").items_cents.sum().fill_null(0)
    return float(cents.execute()) / 100


def list_promises(
    known: pd.DataFrame, model: Model, held: HeldOut, paid: float, as_of: dt.date, level: float
) -> Iterator[Promise]:
    """What customers who came first by ``as_of`` will have paid for items by each of ``PERIODS`` days later.

    ``paid``: so far, dollars. A margin says what is paid by the share of it that orders leave today; it is
    as far off as the forecasts of ``held`` were.
    """
    measure = Measure("customer_spend", until=as_of)
    for days in PERIODS:
        more = float(expect_margins(known, model, days).sum()) / 100 / model.level.margin_share
        wide = float(np.exp(held.miss_of(days, known, model).half(level)))
        due = as_of + dt.timedelta(days=days)
        label = f"All that today's customers paid for items since the start, {days} days on"
        yield Promise(
            f"spend_{days}", paid + more, paid + more / wide, paid + more * wide, level, due, measure, label
        )
