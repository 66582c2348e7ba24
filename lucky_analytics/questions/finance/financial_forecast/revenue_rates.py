"""What goes off every dollar taken before any bill: sales tax, what is given back, fees of payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.models import payment_fees
from lucky_analytics.models.sites.site_costs import WINDOW_WEEKS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from lucky_analytics.catalog import Suite

__all__ = ["Rates", "estimate_rates", "load_takings"]


@dataclass(frozen=True)
class Rates:
    """Shares of revenue, tax included. ``fees``: of what was collected, all payments so far, as the pages on
    payments say it; ``has_fees``: whether they are known, else counted as nothing; ``months``: one row per
    whole month, ``tax`` and ``fees`` (null where not known), to say how far they moved; ``n_fees``
    payments."""

    tax: float
    refunds: float
    fees: float
    has_fees: bool
    n_fees: int
    months: pd.DataFrame


def load_takings(suite: Suite) -> ir.Table:
    """Revenue, sales tax and what was given back of every shop of ours by day: ``store_id``, ``order_date``,
    ``revenue_cents``, ``tax_cents``, ``refund_cents``, ``n``."""
    order = suite.table("orders").filter(ibis._.order_date <= suite.as_of)
    sums = order.group_by("store_id", "order_date").agg(
        revenue_cents=order.revenue_cents.sum(),
        tax_cents=order.tax_cents.sum(),
        refund_cents=order.refund_cents.sum().fill_null(0),
        n=order.count(),
    )
    return sums.order_by("store_id", "order_date")


def estimate_rates(takings: pd.DataFrame, fees: pd.DataFrame) -> Rates:
    """Rates of the last ``WINDOW_WEEKS`` weeks of ``takings``; ``fees``: of ``payment_fees.aggregate_fees``
    by month."""
    day = pd.to_datetime(takings["order_date"])
    recent = takings[day > day.max() - pd.Timedelta(weeks=WINDOW_WEEKS)]
    revenue = float(recent["revenue_cents"].sum())
    tax, refunds = (
        float(recent[name].sum()) / revenue if revenue else 0.0 for name in ("tax_cents", "refund_cents")
    )
    rate, n = payment_fees.overall_rate(fees, "USD")
    sums = takings.assign(month=day.dt.to_period("M")).groupby("month")[["revenue_cents", "tax_cents"]].sum()
    sums = sums[sums["revenue_cents"] > 0]
    own = fees[fees["currency"] == "USD"]
    by_month = own.assign(month=pd.to_datetime(own["period"]).dt.to_period("M")).groupby("month")
    of_fees = by_month["fees"].sum() / by_month["amount"].sum()
    months = pd.DataFrame({"tax": sums["tax_cents"] / sums["revenue_cents"], "fees": of_fees})
    whole = months.index >= day.min().to_period("M") + int(day.min().day > 1)
    rates = months[whole].astype(float).replace(np.inf, np.nan)
    return Rates(tax, refunds, rate or 0.0, rate is not None, n, rates)
