"""What does a coupon change among lapsed customers? The weekly program, where depth is drawn by chance."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.methods.prices.dose_response import estimate_dose_response
from lucky_analytics.models.customer_histories import SILENCE, name_silence

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["aggregate_trial", "estimate_uplifts"]


def aggregate_trial(suite: Suite, starts: tuple[int, ...] = SILENCE) -> pd.DataFrame:
    """Lapsed customers who were shown coupons of random depth, by class of silence, week and depth.

    ``silence``, ``stratum`` (Monday), ``dose`` (mean depth of the coupons of that week, 0 is a notice without
    a discount), ``n`` customer-weeks, ``n_event`` with an order in the week, ``covered_cents`` (list price of
    what was bought in the coupons' categories). Only whole weeks by ``as_of``; silence is counted on the
    Monday. Empty without such coupons.
    """
    end = suite.as_of + dt.timedelta(days=1)
    shown = suite.coupon_exposures
    shown = shown.filter(shown.assignment == "random", shown.week_date + ibis.interval(days=7) <= end)
    # Thousandths: a mean of two depths must group alike whichever comes first.
    week = shown.group_by("customer_id", "week_date").agg(dose=shown.depth.mean().round(3))
    order = suite.orders.semi_join(shown, "customer_id").select("customer_id", "order_date", "order_id")
    day = order.select("customer_id", "order_date").distinct()
    known = week.asof_join(day, on=week.week_date > day.order_date, predicates="customer_id")
    silent = known.week_date.delta(known.order_date, unit="day")
    lapsed = known.filter(silent >= starts[0]).select("customer_id", "week_date", "dose", silent=silent)
    placed = order.mutate(week_date=order.order_date.truncate("W").cast("date"))
    came = placed.group_by("customer_id", "week_date").agg(n_orders=placed.count())
    unit = suite.order_items.select("order_id", "category", "list_cents").join(placed, "order_id")
    unit = unit.semi_join(shown, ["customer_id", "category", "week_date"])
    covered = unit.group_by("customer_id", "week_date").agg(covered=unit.list_cents.sum())
    keys = ["customer_id", "week_date"]
    joined = lapsed.left_join(came, keys).drop("customer_id_right", "week_date_right")
    joined = joined.left_join(covered, keys).drop("customer_id_right", "week_date_right")
    cells = joined.group_by("silent", stratum="week_date", dose="dose").agg(
        n=joined.count(),
        n_event=joined.n_orders.notnull().sum(),
        covered_cents=joined.covered.sum().fill_null(0),
    )
    frame = cells.execute()
    frame["silence"] = name_silence(frame["silent"], starts)
    by = ["silence", "stratum", "dose"]
    return frame.groupby(by, as_index=False)[["n", "n_event", "covered_cents"]].sum()


def estimate_uplifts(
    cells: pd.DataFrame, depth: float, uplift: float | None = None, level: float = 0.9
) -> pd.DataFrame:
    """What coupons of ``depth`` in the week add, by class of silence, against a notice without a discount.

    Indexed by ``silence``: ``value`` (share of the contacted who order and would not have), ``low``,
    ``high``, ``se``, ``base`` (share who order without the discount), ``n`` customer-weeks, ``coupon_cents``
    (what the discount takes off an order of those who come). With ``uplift`` that value stands in every
    class, without an interval: a what-if. Without coupons of random depth (``cells`` empty, or no class in
    which two depths met) every class is there and what is not known of it is null.
    """
    rows = {}
    for silence, own in cells.groupby("silence"):
        if own.groupby("stratum")["dose"].nunique().max() < 2:
            continue  # too few to compare with one another
        found = estimate_dose_response(own, depth, level=level)
        if uplift is not None:
            found |= {"value": uplift, "low": uplift, "high": uplift, "se": 0.0}
        cents = depth * own["covered_cents"].sum() / max(own["n_event"].sum(), 1)
        rows[silence] = found | {"coupon_cents": float(cents)}
    if not rows:
        unknown = dict.fromkeys(("value", "low", "high", "se", "base", "coupon_cents"), np.nan) | {"n": 0.0}
        rows = dict.fromkeys(name_silence(pd.Series(SILENCE)), unknown)
    return (
        pd.DataFrame(rows)
        .T.rename_axis("silence")
        .reindex(sorted(rows, key=lambda name: int(name.partition("-")[0].rstrip("+ days"))))
    )
