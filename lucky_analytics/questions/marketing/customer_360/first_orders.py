"""From registration to the first order, by month of registration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from lucky_analytics.methods.customers.survival import estimate_share

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["DAYS", "aggregate_waits", "estimate_first_orders", "find_recent"]

DAYS = (7, 30, 90)


def aggregate_waits(suite: Suite) -> pd.DataFrame:
    """Days from registration to the first order, people alike counted once: ``month`` (of registration),
    ``duration`` (days, never below 0), ``n_event`` (ordered), ``n_censored`` (not yet). Delivery platforms'
    accounts are left out."""
    person = suite.customers.filter(~suite.customers.is_delivery_account)
    order = suite.orders
    first = order.group_by("customer_id").agg(first_date=order.order_date.min())
    dated = person.select("customer_id", "registered_date").left_join(first, "customer_id")
    until = ibis.coalesce(dated.first_date, ibis.literal(suite.as_of))
    waited = ibis.greatest(until.delta(dated.registered_date, unit="day"), 0)
    dated = dated.mutate(month=dated.registered_date.truncate("M"), duration=waited)
    counts = dated.group_by("month", "duration").agg(
        n_event=dated.first_date.notnull().sum(), n_censored=dated.first_date.isnull().sum()
    )
    frame = counts.order_by("month", "duration").execute()
    return frame.assign(month=pd.to_datetime(frame["month"]))


def estimate_first_orders(waits: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Share that ordered within 7, 30 and 90 days (``DAYS``) of registering: ``month`` (null for all, last),
    ``n``, and for each of them ``within_<days>`` with ``_low`` and ``_high``; null where nobody of the month
    has been registered that long, ends null where all or nobody did."""
    rows = []
    months = list(waits.groupby("month")) if len(waits) else []
    for month, own in [*months, (pd.NaT, waits)]:
        row: dict[str, object] = {"month": month, "n": int(own[["n_event", "n_censored"]].sum().sum())}
        for days in DAYS:
            found = estimate_share(own, days, level)
            names = {"share": "", "low": "_low", "high": "_high"}
            row |= {f"within_{days}{end}": found[name] for name, end in names.items()}
        rows.append(row)
    return pd.DataFrame(rows)


def find_recent(by_month: pd.DataFrame) -> dict[str, Any] | None:
    """Of ``estimate_first_orders``, the newest month of which some have been here for 30 days; else None."""
    known = by_month[by_month["month"].notna() & by_month["within_30"].notna()]
    return None if known.empty else {str(name): value for name, value in known.iloc[-1].items()}
