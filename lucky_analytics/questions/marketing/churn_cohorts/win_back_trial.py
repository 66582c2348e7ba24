"""What does a coupon change among lapsed customers? The weekly program, where depth is drawn by chance."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.methods.prices.dose_response import estimate_dose_response
from lucky_analytics.models.coupon_decisions import N_FOLLOWING
from lucky_analytics.models.customer_histories import SILENCE, name_silence
from lucky_analytics.models.last_before import join_last_before
from lucky_analytics.models.order_margins import load_order_margins

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["DAYS", "aggregate_trial", "estimate_uplifts", "load_followed"]

DAYS = 7 * (N_FOLLOWING + 1)  # in which a coupon is judged: its week and the four in which it may be missing


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
    known = join_last_before(week, day, by="customer_id", day="week_date", at="order_date")
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


def load_followed(suite: Suite, margins: ir.Table | None = None) -> pd.DataFrame:
    """What lapsed customers left after coupons of random depth; one row a customer and week.

    ``margins``: of orders, those of ``load_order_margins`` where none are given. Only weeks whose ``DAYS``
    are over by ``as_of``: ``customer`` (code), ``silent`` (days on the Monday), ``n_orders`` (before it),
    ``week`` (Monday),
    ``dose`` (as in ``aggregate_trial``), ``dollars`` (contribution margin of all orders in these days, null
    where no cost is known), ``n_in`` and ``n_later`` (orders in the coupon's week, and in the four after).
    Empty without such coupons.
    """
    end = suite.as_of + dt.timedelta(days=1)
    shown = suite.coupon_exposures
    shown = shown.filter(shown.assignment == "random", shown.week_date + ibis.interval(days=DAYS) <= end)
    week = shown.group_by("customer_id", "week_date").agg(dose=shown.depth.mean().round(3))
    order = load_order_margins(suite) if margins is None else margins
    order = order.semi_join(week, "customer_id")
    day = order.group_by("customer_id", "order_date").agg(n=order.count(), cents=order.margin_cents.sum())
    before = day.select(
        *("customer_id", "order_date"),
        n_orders=day.n.sum().over(ibis.cumulative_window(group_by="customer_id", order_by="order_date")),
    )
    known = join_last_before(week, before, by="customer_id", day="week_date", at="order_date")
    silent = known.week_date.delta(known.order_date, unit="day")
    lapsed = known.filter(silent >= SILENCE[0])
    lapsed = lapsed.select("customer_id", "week_date", "dose", "n_orders", silent=silent)
    bought = lapsed.select("customer_id", "week_date").join(day, "customer_id")
    gone = bought.order_date.delta(bought.week_date, unit="day")
    bought = bought.filter(gone >= 0, gone < DAYS).mutate(is_in=gone < 7)
    keys = ["customer_id", "week_date"]
    sums = bought.group_by(keys).agg(
        dollars=bought.cents.sum() / 100,
        n_in=bought.n.sum(where=bought.is_in),
        n_later=bought.n.sum(where=~bought.is_in),
    )
    rows = lapsed.left_join(sums.mutate(came=True), keys).drop("customer_id_right", "week_date_right")
    rows = rows.mutate(
        dollars=ibis.ifelse(rows.came.isnull(), 0.0, rows.dollars),
        n_in=rows.n_in.fill_null(0),
        n_later=rows.n_later.fill_null(0),
        week=rows.week_date.cast("timestamp"),
    )
    frame = rows.order_by(keys).drop("week_date", "came").execute()
    return frame.assign(customer=pd.factorize(frame.pop("customer_id"))[0])


def estimate_uplifts(cells: pd.DataFrame, depth: float, level: float = 0.9) -> pd.DataFrame:
    """What coupons of ``depth`` in the week add, by class of silence, against a notice without a discount.

    Indexed by ``silence``: ``value`` (share of the contacted who order and would not have), ``low``,
    ``high``, ``se``, ``base`` (share who order without the discount), ``n`` customer-weeks, ``coupon_cents``
    (what the discount takes off an order of those who come). Without coupons of random depth (``cells``
    empty, or no class in which two depths met) every class is there and what is not known of it is null.
    """
    rows = {}
    for silence, own in cells.groupby("silence"):
        if own.groupby("stratum")["dose"].nunique().max() < 2:
            continue  # too few to compare with one another
        found = estimate_dose_response(own, depth, level=level)
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
