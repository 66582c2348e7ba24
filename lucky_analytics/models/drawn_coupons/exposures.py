"""What customers who were shown weekly coupons left: margin in the week, and in the four weeks after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.coupon_decisions import N_FOLLOWING, SEGMENTS
from lucky_analytics.models.product_costs import load_items

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "WEEKS_BEFORE",
    "Exposures",
    "count_weekly",
    "has_nothing_off",
    "is_enough",
    "list_groups",
    "load_exposures",
    "sum_weeks",
]

Array = NDArray[Any]
FEWEST = 50  # customers whose coupons were drawn and followed
WEEKS_BEFORE = 8  # of purchases before the Monday, which predict what comes after it


@dataclass(frozen=True)
class Exposures:
    """Coupons shown whose four weeks after are over. ``drawn``: those of random depth, one row a coupon:
    ``customer`` (code), ``unit`` (code of the customer's week), ``category``, ``segment``, ``depth``; dollars
    of contribution margin: ``margin`` of the coupon's category in its week and the four after, ``week`` of
    the category in its week alone, ``basket`` of all categories in all five weeks; ``before``,
    ``category_before``: of all and of the category in the eight weeks before. Orders with a unit of the
    coupon's category: ``orders`` in the five weeks, ``orders_week`` in its week; ``all_orders``: of any
    category in the five weeks. ``ruled``: the same for coupons that the targeting rule gave. ``customer_id``:
    by code; ``depths``: ascending, 0 first.
    """

    drawn: pd.DataFrame
    ruled: pd.DataFrame
    customer_id: Array
    depths: Array

    @property
    def per_unit(self) -> float:
        """Coupons of random depth that a customer has in a week, on average; of no coupon NaN."""
        n_units = self.drawn["unit"].nunique()
        return len(self.drawn) / n_units if n_units else float("nan")


def load_exposures(suite: Suite, shown: ir.Table) -> Exposures:
    """``shown``: ``coupon_decisions.load_shown``. Empty frames where nothing was followed for four weeks.

    Raises ``LuckyError`` where no unit has a known cost.

    Costs of units as ``product_costs.load_items`` has them; a unit without a known cost is taken to cost as
    much of its list price as the others.
    """
    names = ["customer_id", "assignment", "category", "segment"]
    followed = shown.filter("is_followed")
    # Dates as timestamps and words as codes: objects of each row would cost more than all that follows.
    followed = followed.select(
        *names, week=followed.week_date.cast("timestamp"), depth=followed.depth.round(4)
    )
    table = followed.order_by("customer_id", "week", "category").to_pyarrow()
    for name in names:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table.column(name).dictionary_encode())
    rows = table.to_pandas()
    if rows.empty:
        return Exposures(rows, rows, np.array([]), np.array([]))
    ids = rows["customer_id"].cat.categories
    rows["customer"] = rows.pop("customer_id").cat.codes.to_numpy(np.int64)
    start = rows["week"].min() - pd.Timedelta(weeks=WEEKS_BEFORE)
    units = _load_margins(suite, shown, start.date())
    units["customer"] = ids.get_indexer(units.pop("customer_id"))
    units = units[units["customer"] >= 0]
    week = ((rows["week"] - start).dt.days // 7).to_numpy()
    bought = ((units["week"] - start).dt.days // 7).to_numpy()
    codes = {name: place for place, name in enumerate(sorted(set(rows["category"]) | set(units["category"])))}
    who, whose = rows["customer"].to_numpy(), units["customer"].to_numpy()
    of = who * len(codes) + rows["category"].map(codes).to_numpy(np.int64)
    owned = whose * len(codes) + units["category"].map(codes).to_numpy(np.int64)
    margin, orders, first = (units[name].to_numpy(float) for name in ("margin", "orders", "first"))
    after, past = (week, week + N_FOLLOWING + 1), (week - WEEKS_BEFORE, week)
    rows = rows.assign(
        margin=sum_weeks(owned, bought, margin, of, *after),
        week=sum_weeks(owned, bought, margin, of, week, week + 1),
        basket=sum_weeks(whose, bought, margin, who, *after),
        before=sum_weeks(whose, bought, margin, who, *past),
        category_before=sum_weeks(owned, bought, margin, of, *past),
        orders=sum_weeks(owned, bought, orders, of, *after),
        orders_week=sum_weeks(owned, bought, orders, of, week, week + 1),
        all_orders=sum_weeks(whose, bought, first, who, *after),
        unit=pd.factorize(who * (int(week.max()) + 1) + week)[0],
    )
    kinds = [rows[rows["assignment"] == kind].drop(columns="assignment") for kind in ("random", "rule")]
    depths = np.unique(np.r_[0.0, kinds[0]["depth"].to_numpy()])
    drawn, ruled = (own.reset_index(drop=True) for own in kinds)
    return Exposures(drawn, ruled, np.asarray(ids), depths)


def _load_margins(suite: Suite, shown: ir.Table, start: dt.date) -> pd.DataFrame:
    """What program customers bought: ``customer_id``, ``category``, ``week`` (Monday), ``margin`` (USD),
    ``orders`` with a unit of the category, ``first``: those of them that count for it alone, so that an order
    of two categories is one."""
    member = shown.select("customer_id").distinct()
    order = suite.orders.semi_join(member, "customer_id").select("order_id", "customer_id")
    item = load_items(suite, start, suite.as_of + dt.timedelta(days=1)).join(order, "order_id")
    item = item.select(
        *("customer_id", "order_id", "category", "list_cents", "paid_cents", "fee_cents"),
        week=item.week.cast("timestamp"),
        own=item.ingredient_cents + item.packaging_cents,
    ).cache()
    rate = item.agg(rate=item.own.sum() / item.list_cents.sum(where=item.own.notnull()).nullif(0))
    item = item.cross_join(rate)
    spent = item.own.coalesce(item.list_cents * item.rate)
    item = item.mutate(left=item.paid_cents - spent - item.fee_cents)
    # A row an order and category, its units together; an order of two categories counts at the first of them.
    each = item.group_by("customer_id", "order_id", "category", "week").agg(left=item.left.sum())
    place = ibis.row_number().over(group_by="order_id", order_by="category")
    each = each.mutate(is_first=place == 0)
    sums = each.group_by("customer_id", "category", week=each.week.cast("timestamp")).agg(
        margin=each.left.sum() / 100, orders=each.count(), first=each.is_first.cast("int64").sum()
    )
    sums = sums.order_by("customer_id", "category", "week").execute()
    if sums["margin"].isna().any():
        raise LuckyError(
            "margin of a unit", expected=f"recipes with a known cost from {start} on", got="none",
            remedy="Take a snapshot with recipes, goods and their costs",
        )  # fmt: skip
    return sums


def sum_weeks(whose: Array, weeks: Array, values: Array, who: Array, start: Array, stop: Array) -> Array:
    """Sum of the ``values`` of each ``who`` in weeks [start, stop): of rows ``whose`` and when they are.

    Codes and weeks are whole numbers from 0; a start below 0 is 0.

    >>> sum_weeks(np.array([0, 0, 1]), np.array([1, 3, 1]), np.array([2.0, 5.0, 9.0]), np.array([0, 1]),
    ...     np.array([0, 2]), np.array([4, 9])).tolist()
    [7.0, 0.0]
    """
    span = int(max(weeks.max(initial=0), stop.max(initial=0))) + 2
    key = whose * span + weeks
    order = np.argsort(key, kind="stable")
    running = np.r_[0.0, np.cumsum(values[order])]
    key = key[order]
    first = np.searchsorted(key, who * span + np.maximum(start, 0))
    last = np.searchsorted(key, who * span + np.maximum(stop, 0))
    sums: Array = running[last] - running[first]
    return np.where(first == last, 0.0, sums)


def has_nothing_off(shown: ir.Table) -> bool:
    """Whether some coupons drawn at random took nothing off: what every depth is held against."""
    bare = shown.filter(shown.assignment == "random", shown.depth == 0)
    return bool(bare.count().execute() > 0)


def count_weekly(suite: Suite, shown: ir.Table, n_weeks: int = 4) -> dict[str, float]:
    """How large the program is now: customers a week with ``drawn`` coupons and with ``all``, mean of the
    last whole weeks; ``a_month``: customer-weeks a month; ``ordered``: customers who ever ordered."""
    end = suite.as_of + dt.timedelta(days=1)
    end -= dt.timedelta(days=end.weekday())
    recent = shown.filter(shown.week_date >= end - dt.timedelta(weeks=n_weeks))
    week = recent.select("customer_id", "week_date", "assignment").distinct()
    counts = week.group_by("assignment").agg(n=week.count()).execute().set_index("assignment")["n"]
    ordered = suite.orders.agg(n=suite.orders.customer_id.nunique()).execute()["n"].iloc[0]
    total = float(counts.sum()) / n_weeks
    return {
        "drawn": float(counts.get("random", 0)) / n_weeks,
        "all": total,
        "a_month": total * WEEKS_A_MONTH,
        "ordered": float(ordered),
    }


def list_groups(rows: pd.DataFrame) -> list[str]:
    """Groups of customers that occur, in the order in which pages name them."""
    return [name for name in SEGMENTS if (rows["segment"] == name).any()]


def is_enough(exposed: Exposures) -> bool:
    """Whether coupons of random depth, nothing off and others, were followed for four weeks, by enough
    customers, some of whom bought."""
    rows = exposed.drawn
    if rows.empty or not rows["margin"].any():
        return False
    has_both = (rows["depth"] == 0).any() and (rows["depth"] > 0).any()
    return bool(has_both and rows["customer"].nunique() >= FEWEST)
