"""How do cohorts retain? Who came when, who came back, and what goes with coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.models.customer_purchases import Purchases

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "PERIOD_DAYS",
    "aggregate_recency",
    "aggregate_second_orders",
    "aggregate_triangle",
]

PERIOD_DAYS = 30
# The published table of days since the last order: its classes start here.
RECENCY = {0: "0-7 days", 8: "8-30 days", 31: "31-60 days", 61: "61-90 days", 91: "91 days and more"}


def aggregate_triangle(bought: Purchases) -> pd.DataFrame:
    """Share of each cohort that orders in each 30 days after the first order.

    ``cohort``, ``period`` (1 is days 30 to 59), ``n_customers``, ``n_complete`` (whose 30 days have passed),
    ``n_active`` (of those), ``retained``, ``is_immature`` (some have not had their 30 days yet: the share is
    of those who have). Cells that nobody has completed are left out.
    """
    order = bought.order
    first = order.group_by("customer_id").agg(first_date=order.order_date.min())
    first = first.mutate(
        cohort=bought.cohort,
        n_complete=((ibis.literal(bought.as_of).delta(first.first_date, unit="day") + 1) // PERIOD_DAYS),
    )
    dated = order.join(first, "customer_id")
    period = dated.order_date.delta(dated.first_date, unit="day") // PERIOD_DAYS
    active = (
        dated.mutate(period=period)
        .filter(ibis._.period >= 1, ibis._.period < ibis._.n_complete)
        .group_by("cohort", "period")
        .agg(n_active=ibis._.customer_id.nunique())
        .execute()
    )
    sizes = first.group_by("cohort", "n_complete").agg(n=first.count()).execute()
    rows = []
    for cohort, own in sizes.groupby("cohort"):
        for period_number in range(1, int(own["n_complete"].max())):
            complete = int(own.loc[own["n_complete"] > period_number, "n"].sum())
            rows.append((cohort, period_number, int(own["n"].sum()), complete))
    cells = pd.DataFrame(rows, columns=["cohort", "period", "n_customers", "n_complete"])
    # Without any row both sides would have no type to join by.
    types = {"cohort": "datetime64[s]", "period": "int64"}
    cells = cells.astype(types).merge(active.astype(types), on=["cohort", "period"], how="left")
    cells["n_active"] = cells["n_active"].fillna(0).astype(int)
    cells["retained"] = cells["n_active"] / cells["n_complete"]
    cells["is_immature"] = cells["n_complete"] < cells["n_customers"]
    return cells.sort_values(["cohort", "period"], ignore_index=True)


def aggregate_recency(suite: Suite, bought: Purchases) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ordering customers by days since the last order, as published, and what each class is made of.

    First: ``days``, ``n_customers`` (delivery accounts included, as published), ``share``, ``n_once`` (with
    exactly one order). Second: ``cohort``, ``days``, ``n_customers`` (delivery accounts left out).
    """
    order = suite.orders
    last = order.group_by("customer_id").agg(
        last_date=order.order_date.max(), first_date=order.order_date.min(), n_orders=order.count()
    )
    last = last.mutate(
        days_since=ibis.literal(bought.as_of).delta(last.last_date, unit="day"),
        cohort=bought.cohort,
        is_person=last.customer_id.isin(bought.order.customer_id),
    )
    counts = (
        last.group_by("cohort", "days_since", "is_person")
        .agg(n_customers=last.count(), n_once=(last.n_orders == 1).sum())
        .execute()
    )
    starts = np.array(list(RECENCY))
    labels = list(RECENCY.values())
    position = np.searchsorted(starts, counts["days_since"], side="right") - 1
    counts["days"] = pd.Categorical([labels[i] for i in position], categories=labels, ordered=True)
    table = counts.groupby("days", observed=False)[["n_customers", "n_once"]].sum().reset_index()
    table.insert(2, "share", table["n_customers"] / max(table["n_customers"].sum(), 1))
    people = counts[counts["is_person"]]
    parts = people.groupby(["cohort", "days"], observed=True)["n_customers"].sum().reset_index()
    return table.astype({"days": str}), parts.astype({"days": str})


def aggregate_second_orders(bought: Purchases) -> pd.DataFrame:
    """Days from the first to the second order: counts for ``estimate_second_order``, by cohort and store.

    ``cohort``, ``home_store_id``, ``duration`` (days), ``n_event`` (ordered again), ``n_censored``.
    """
    order = bought.order
    pair = order.filter(order["rank"] <= 1).group_by("customer_id")
    customer = pair.agg(
        first_date=order.order_date.min(where=order["rank"] == 0),
        second_date=order.order_date.min(where=order["rank"] == 1),
        home_store_id=order.store_id.min(where=order["rank"] == 0),
    )
    until = ibis.coalesce(customer.second_date, ibis.literal(bought.as_of))
    dated = customer.mutate(cohort=bought.cohort, duration=until.delta(customer.first_date, unit="day"))
    return (
        dated.group_by("cohort", "home_store_id", "duration")
        .agg(n_event=dated.second_date.notnull().sum(), n_censored=dated.second_date.isnull().sum())
        .order_by("cohort", "home_store_id", "duration")
        .execute()
    )
