"""What goes with leaving for good: a sister store near the home store, how the customer was acquired."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.departure import estimate_departure
from lucky_analytics.methods.customers.repeat_buying import RepeatFit
from lucky_analytics.models.customer_purchases import Purchases
from lucky_analytics.questions.marketing.churn_cohorts.hazards import load_openings

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["aggregate_departures", "estimate_departures"]

LABELS = {
    "is_coupon_acquired": "a new-customer coupon brought the customer",
    "near": "a sister store has opened nearby",
}


def aggregate_departures(suite: Suite, bought: Purchases, *, within_km: float = 1.5) -> pd.DataFrame:
    """Order histories of customers of trading stores, those alike counted once.

    ``frequency``, ``recency``, ``age`` (days), ``is_coupon_acquired``, ``near_before`` and ``near_last``
    (orders at which a store had opened within ``within_km`` of the home store after the home store itself:
    all but the last, and the last), ``n`` customers. The home store is that of the first order.
    """
    order = bought.order
    is_first = order["rank"] == 0
    home = order.filter(is_first).select("customer_id", home_store_id="store_id")
    trading = suite.stores.filter("is_trading_store")
    home = home.semi_join(trading.select(home_store_id="store_id"), "home_store_id")
    pairs = load_openings(suite, within_km)
    if pairs.empty:
        home = home.mutate(opening=ibis.null("date"))
    else:
        opened = ibis.memtable(pairs).mutate(opened_date=ibis._.opened_date.cast("date"))
        own = trading.select(home_store_id="store_id", own_date="opened_date")
        later = opened.join(own, "home_store_id").filter(ibis._.opened_date > ibis._.own_date)
        first = later.group_by("home_store_id").agg(opening=later.opened_date.min())
        home = home.left_join(first, "home_store_id").drop("home_store_id_right")
    dated = order.join(home, "customer_id")
    is_near = (dated.order_date >= dated.opening).fill_null(False)
    customer = (
        dated.mutate(is_near=is_near)
        .group_by("customer_id", "is_coupon_acquired")
        .agg(
            n_orders=ibis._.count(),
            first_date=ibis._.order_date.min(),
            last_date=ibis._.order_date.max(),
            n_near=ibis._.is_near.sum(),
            # Once it has opened it stays: the last order is near when any is.
            near_last=ibis._.is_near.any().cast("int64"),
        )
    )
    end = ibis.literal(bought.as_of)
    alike = customer.select(
        frequency=customer.n_orders - 1,
        recency=customer.last_date.delta(customer.first_date, unit="day"),
        age=end.delta(customer.first_date, unit="day") + 0.5,
        is_coupon_acquired=customer.is_coupon_acquired.cast("int64"),
        near_before=customer.n_near - customer.near_last,
        near_last=customer.near_last,
    )
    keys = list(alike.columns)
    return alike.group_by(keys).agg(n=alike.count()).order_by(keys).execute()


def estimate_departures(histories: pd.DataFrame, fit: RepeatFit, level: float = 0.9) -> pd.DataFrame:
    """Hazard ratios of leaving after an order, with ``label`` and ``n`` (customers with it ever).

    A covariate that does not vary is left out; without any the table is empty. One of which the histories say
    nothing beside the others is tried alone, and has a null ratio where that fails too.
    """
    fixed = ["is_coupon_acquired"] if histories["is_coupon_acquired"].nunique() > 1 else []
    near = (histories["near_before"] + histories["near_last"]).nunique() > 1
    if not fixed and not near:
        return pd.DataFrame(columns=["name", "log_ratio", "se", "ratio", "low", "high", "label", "n"])
    table = _estimate_each(histories, fixed, "near" if near else None, fit, level)
    has = {"is_coupon_acquired": histories["is_coupon_acquired"] > 0, "near": histories["near_last"] > 0}
    n = [int(histories.loc[has[name], "n"].sum()) for name in table["name"]]
    return table.assign(label=table["name"].map(LABELS), n=n)


def _estimate_each(
    histories: pd.DataFrame, fixed: list[str], switched: str | None, fit: RepeatFit, level: float
) -> pd.DataFrame:
    """``estimate_departure`` of all covariates together, else of each alone, else a row without a ratio."""
    try:
        return estimate_departure(histories, fixed, switched, fit, level)
    except LuckyError:
        names = [*fixed, *([switched] if switched else [])]
        parts = {name: pd.DataFrame({"name": [name]}) for name in names}
        for name in names:
            own, begins = ([], name) if name == switched else ([name], None)
            with contextlib.suppress(LuckyError):
                parts[name] = estimate_departure(histories, own, begins, fit, level)
        columns = ["name", "log_ratio", "se", "ratio", "low", "high"]
        return pd.concat([part.reindex(columns=columns) for part in parts.values()], ignore_index=True)
