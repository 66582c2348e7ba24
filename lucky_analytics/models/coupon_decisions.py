"""The coupon program as decisions: who was shown which depth of what, in which week, and what they bought."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.last_before import join_last_before

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "SEGMENTS",
    "Rules",
    "aggregate_cells",
    "aggregate_not_shown",
    "list_exposures",
    "load_bought",
    "load_shown",
]

SEGMENTS = ("new", "regular", "loyal", "lapsed")
N_FOLLOWING = 4  # weeks in which what was pulled forward is missing


@dataclass(frozen=True)
class Rules:
    """Who is what on the Monday of a week: lapsed, else loyal, else new, else regular."""

    lapsed_days: int = 30
    loyal_orders: int = 5
    new_days: int = 28


def load_bought(suite: Suite) -> ir.Table:
    """Units bought by customers of the program: ``customer_id``, ``category``, ``week_date`` (Monday), ``y``.

    Also ``paid_cents`` and ``list_cents`` of these units. Trading stores, USD; only weeks with a purchase.
    """
    member = suite.coupon_exposures.select("customer_id").distinct()
    order = suite.orders.filter("is_trading_store").semi_join(member, "customer_id")
    item = suite.order_items.select("order_id", "category", "paid_cents", "list_cents", "order_date")
    unit = item.join(order.select("order_id", "customer_id"), "order_id")
    unit = unit.mutate(week_date=unit.order_date.truncate("W"))
    return unit.group_by("customer_id", "category", "week_date").agg(
        y=unit.count(), paid_cents=unit.paid_cents.sum(), list_cents=unit.list_cents.sum()
    )


def list_exposures(suite: Suite) -> ir.Table:
    """Coupons shown in whole weeks by ``as_of``: ``customer_id``, ``assignment``, ``category``, ``depth``,
    ``week_date``."""
    shown = suite.coupon_exposures
    shown = shown.filter(shown.week_date + ibis.interval(days=7) <= suite.as_of + dt.timedelta(days=1))
    return shown.select("customer_id", "assignment", "category", "depth", "week_date")


def load_shown(
    suite: Suite, bought: ir.Table, rules: Rules | None = None, shown: ir.Table | None = None
) -> ir.Table:
    """One row per coupon shown in a whole week by ``as_of``, with what its customer bought.

    ``assignment``, ``category``, ``segment`` (on the Monday), ``week_date``, ``depth``; units of the category
    in that week ``y`` (with ``paid_cents``, ``list_cents``), in the four weeks after ``f``, in the week
    before ``before``; ``others``: units of categories without a coupon in that week. ``is_followed``: all
    four weeks after are over by ``as_of``. ``shown``: the coupons to look at, by default ``list_exposures``.
    """
    end = suite.as_of + dt.timedelta(days=1)
    shown = list_exposures(suite) if shown is None else shown
    key = ["customer_id", "category", "week_date"]
    others = bought.anti_join(shown, key).group_by("customer_id", "week_date").agg(others=ibis._.y.sum())
    known = shown.join(_segments(suite, shown, rules or Rules()), ["customer_id", "week_date"])
    joined = known.left_join(_around(bought), key).drop(
        "customer_id_right", "category_right", "week_date_right"
    )
    joined = joined.left_join(others, key[::2]).drop("customer_id_right", "week_date_right")
    sums = ("y", "f", "before", "paid_cents", "list_cents", "others")
    return joined.mutate(
        **{name: joined[name].fill_null(0) for name in sums},
        is_followed=joined.week_date + ibis.interval(days=7 * (N_FOLLOWING + 1)) <= end,
    )


def _around(bought: ir.Table) -> ir.Table:
    """Purchases by the week that they are seen from: ``y`` in it, ``f`` after it, ``before`` it."""
    none = ibis.literal(0, "int64")
    parts = []
    for lag in range(-1, N_FOLLOWING + 1):
        week = (bought.week_date - ibis.interval(days=7 * lag)).cast("date")
        parts.append(
            bought.select(
                "customer_id",
                "category",
                week_date=week,
                y=bought.y if lag == 0 else none,
                f=bought.y if lag > 0 else none,
                before=bought.y if lag < 0 else none,
                paid_cents=bought.paid_cents if lag == 0 else none,
                list_cents=bought.list_cents if lag == 0 else none,
            )
        )
    seen = ibis.union(*parts, distinct=False)
    sums = {name: seen[name].sum() for name in ("y", "f", "before", "paid_cents", "list_cents")}
    return seen.group_by("customer_id", "category", "week_date").agg(**sums)


def _segments(suite: Suite, shown: ir.Table, rules: Rules) -> ir.Table:
    """``customer_id``, ``week_date``, ``segment`` from the orders before each Monday."""
    order = suite.orders.semi_join(shown, "customer_id").select("customer_id", "order_date")
    by_date = ibis.window(group_by="customer_id", order_by="order_date")
    first = ibis.window(group_by="customer_id")
    order = order.mutate(
        n_orders=ibis.row_number().over(by_date) + 1, first_date=order.order_date.min().over(first)
    )
    last = order.group_by("customer_id", "order_date").agg(
        n_orders=order.n_orders.max(), first_date=order.first_date.min()
    )
    week = shown.select("customer_id", "week_date").distinct()
    known = join_last_before(week, last, by="customer_id", day="week_date", at="order_date")
    gap = known.week_date.delta(known.order_date, unit="day")
    age = known.week_date.delta(known.first_date, unit="day")
    return known.select(
        "customer_id",
        "week_date",
        segment=ibis.cases(
            (known.order_date.isnull(), "new"),
            (gap > rules.lapsed_days, "lapsed"),
            (known.n_orders >= rules.loyal_orders, "loyal"),
            (age <= rules.new_days, "new"),
            else_="regular",
        ),
    )


def aggregate_cells(shown: ir.Table) -> pd.DataFrame:
    """Sums over decisions: one row per ``assignment``, ``category``, ``segment``, ``week_date``, ``depth``,
    ``is_followed``.

    ``n``; ``y``, ``f``, ``before``, ``others`` with squares ``y2`` and so on; ``yf``; ``paid_cents``,
    ``list_cents``; ``log_price`` = ln(1 - depth). Raises ``LuckyError`` without a coupon.
    """
    names = ("y", "f", "before", "others")
    sums = {name: shown[name].sum() for name in (*names, "paid_cents", "list_cents")}
    squares = {f"{name}2": (shown[name] * shown[name]).sum() for name in names}
    keys = ["assignment", "category", "segment", "week_date", "depth", "is_followed"]
    cells = shown.group_by(keys).agg(n=shown.count(), **sums, **squares, yf=(shown.y * shown.f).sum())
    frame = cells.order_by(keys).execute()
    if frame.empty:
        raise LuckyError(
            "coupon program",
            expected="coupons shown in whole weeks by as_of",
            got="none",
            remedy="Choose a later as_of",
        )
    numbers = frame.columns.difference([*keys])
    frame = frame.astype(dict.fromkeys(numbers, float))
    return frame.assign(
        log_price=np.log1p(-frame["depth"].astype(float)), week_date=pd.to_datetime(frame["week_date"])
    )


def aggregate_not_shown(shown: ir.Table, bought: ir.Table) -> pd.DataFrame:
    """The same customers and weeks, in categories without a coupon.

    ``category``, ``segment``, ``n``, ``y``, ``y2``, and ``paid_cents``, ``list_cents`` of the units. Only
    customers whose coupons are drawn at random: which two categories are shown is drawn as well.
    """
    drawn = shown.filter(shown.assignment == "random")
    week = drawn.select("customer_id", "week_date", "segment").distinct()
    n_weeks = week.group_by("segment").agg(n_weeks=week.count()).execute()
    n_shown = drawn.group_by("category", "segment").agg(n_shown=drawn.count()).execute()
    unit = bought.join(week, ["customer_id", "week_date"])
    unit = unit.anti_join(drawn, ["customer_id", "category", "week_date"])
    sums = unit.group_by("category", "segment").agg(
        y=unit.y.sum(),
        y2=(unit.y * unit.y).sum(),
        paid_cents=unit.paid_cents.sum(),
        list_cents=unit.list_cents.sum(),
    )
    keys = ["category", "segment"]
    frame = n_shown.merge(n_weeks, on="segment").merge(sums.execute(), on=keys, how="left")
    frame = frame.fillna(dict.fromkeys(("y", "y2", "paid_cents", "list_cents"), 0))
    return frame.assign(n=frame["n_weeks"] - frame["n_shown"]).drop(columns=["n_weeks", "n_shown"])
