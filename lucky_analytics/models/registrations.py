"""Who registers, and who of them ever orders: what comes before the first order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["aggregate_registrations"]


def aggregate_registrations(suite: Suite, within_days: int = 30) -> pd.DataFrame:
    """Registered people by month, delivery platforms' accounts left out, oldest first.

    ``month``, ``n_registered``, ``a_day`` (days of the month by ``as_of``, from the first registration on),
    ``n_never`` (no completed order by ``as_of``), ``never_share``, ``n_seen`` (registered ``within_days`` or
    more ago) and ``started_share`` (of those, who ordered within that many days; null without any).
    """
    end = ibis.literal(suite.as_of)
    person = suite.customers.filter(~suite.customers.is_delivery_account)
    person = person.filter(person.registered_date <= suite.as_of)
    order = suite.orders
    first = order.group_by("customer_id").agg(first_date=order.order_date.min())
    dated = person.select("customer_id", "registered_date").left_join(first, "customer_id")
    waited = dated.first_date.delta(dated.registered_date, unit="day")
    is_seen = end.delta(dated.registered_date, unit="day") >= within_days
    table = (
        dated.group_by(month=dated.registered_date.truncate("M"))
        .agg(
            start=dated.registered_date.min(),
            n_registered=dated.count(),
            n_never=dated.first_date.isnull().sum(),
            n_seen=is_seen.sum(),
            n_started=(is_seen & (waited <= within_days)).fill_null(False).sum(),
        )
        .order_by("month")
        .execute()
    )
    table = table.assign(month=pd.to_datetime(table["month"]), start=pd.to_datetime(table["start"]))
    month_end = (table["month"] + pd.offsets.MonthEnd(0)).clip(upper=pd.Timestamp(suite.as_of))
    # The first month begins with the first registration, not with its first day.
    begin = table["month"].where(table.index > 0, table["start"])
    days = (month_end - begin).dt.days + 1
    return table.assign(
        a_day=table["n_registered"] / days,
        never_share=table["n_never"] / table["n_registered"],
        started_share=table["n_started"] / table["n_seen"].where(table["n_seen"] > 0, np.nan),
    )[["month", "n_registered", "a_day", "n_never", "never_share", "n_seen", "started_share"]]
