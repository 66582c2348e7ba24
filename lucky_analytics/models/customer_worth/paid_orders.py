"""What is known of each customer on a day: orders and their timing, what an order is worth, today's level."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.models.order_margins import load_order_margins

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "LEVEL_DAYS",
    "Level",
    "PaidOrders",
    "count_history",
    "find_hindrance",
    "know_customers",
    "load_paid_orders",
    "measure_level",
    "measure_pace",
]

# What an order is worth today: those of the last four weeks.
LEVEL_DAYS = 28


@dataclass(frozen=True)
class PaidOrders:
    """``rows``: orders of people, by customer and time: ``customer`` (a place in ``customer_id``),
    ``order_date``, ``is_first`` (of the customer), ``value_cents``, ``margin_cents``, ``has_cost``,
    ``has_fee``, ``has_refund``; ``sql``: the query behind them."""

    rows: pd.DataFrame
    customer_id: pd.Index
    as_of: dt.date
    sql: str


@dataclass(frozen=True)
class Level:
    """An order of today, in cents: ``value`` (paid for items, before tax) and ``margin`` of a later order,
    ``first_value`` and ``first_margin`` of a customer's first; ``n`` later orders, ``n_first`` first ones."""

    value: float
    margin: float
    first_value: float
    first_margin: float
    n: int
    n_first: int

    @property
    def margin_share(self) -> float:
        """Margin of a dollar paid on later orders."""
        return self.margin / self.value


def load_paid_orders(suite: Suite) -> PaidOrders:
    """Orders of people up to ``as_of`` with their margins (``load_order_margins``); may be empty."""
    order = load_order_margins(suite)
    rows = order.order_by("customer_id", "ordered_at", "order_id").execute()
    code, customer_id = pd.factorize(rows["customer_id"])
    kept = pd.DataFrame(
        {
            "customer": code,
            "order_date": pd.to_datetime(rows["order_date"]),
            "is_first": np.diff(code, prepend=-1) != 0,
            **{name: rows[name].astype(float) for name in ("value_cents", "margin_cents")},
            **{name: rows[name].astype(bool) for name in ("has_cost", "has_fee", "has_refund")},
        }
    )
    return PaidOrders(kept, pd.Index(customer_id), suite.as_of, suite.sql(order))


def measure_level(rows: pd.DataFrame, cut: dt.date) -> Level:
    """What an order brings around ``cut``: the ``LEVEL_DAYS`` days up to it, of ``PaidOrders.rows``.

    Null where there was none; a customer's first orders where nobody came first are worth as much as later
    ones.
    """
    day = pd.Timestamp(cut)
    recent = rows[(rows["order_date"] > day - pd.Timedelta(days=LEVEL_DAYS)) & (rows["order_date"] <= day)]
    first, later = recent[recent["is_first"]], recent[~recent["is_first"]]
    means = [part[name].mean() for part in (later, first) for name in ("value_cents", "margin_cents")]
    value, margin, first_value, first_margin = means
    if first.empty:
        first_value, first_margin = value, margin
    return Level(value, margin, first_value, first_margin, len(later), len(first))


def find_hindrance(rows: pd.DataFrame, today: Level) -> str | None:
    """Why no customer can be valued, whatever the model, or None: ``nobody`` has ordered, ``costs`` are not
    known, it is ``quiet`` (no customer came back in the last weeks), or such orders are ``losing`` money."""
    if rows["margin_cents"].isna().all():
        return "nobody" if rows.empty else "costs"
    if not today.n:
        return "quiet"
    return None if today.margin > 0 else "losing"


def count_history(known: pd.DataFrame, cut: dt.date) -> int:
    """Days from that of the first order to ``cut``, both included."""
    return 0 if known.empty else (pd.Timestamp(cut) - known["order_date"].min()).days + 1


def know_customers(rows: pd.DataFrame, cut: dt.date, level: Level) -> pd.DataFrame:
    """Each customer with an order by ``cut``, as known on it: one row, indexed by ``customer``.

    ``n_orders``, ``days_since_first``, ``days_since_last``; of the orders, each brought to today's ``level``
    so that who came when prices were low does not look poor: ``margin_cents``, their mean (today's margin
    plus how far each was from the mean of its week), ``margin_square``, the sum of squares about it, and
    ``value_cents``, what was paid (today's value times each over the mean of its week). First orders, which
    coupons make cheaper, are held against first orders.
    """
    day = pd.Timestamp(cut)
    known = rows[rows["order_date"] <= day]
    week = (known["order_date"] - known["order_date"].min()).dt.days // 7
    usual = known.groupby([week, known["is_first"]])[["margin_cents", "value_cents"]].transform("mean")
    margin = level.margin + known["margin_cents"] - usual["margin_cents"]
    value = level.value * known["value_cents"] / usual["value_cents"].where(usual["value_cents"] > 0)
    by = known.assign(margin=margin, square=margin**2, value=value.fillna(level.value)).groupby("customer")
    found = by.agg(
        n_orders=("margin", "size"),
        first=("order_date", "min"),
        last=("order_date", "max"),
        margin_cents=("margin", "mean"),
        square=("square", "sum"),
        value_cents=("value", "mean"),
    )
    since = {f"days_since_{name}": (day - found[name]).dt.days.astype(float) for name in ("first", "last")}
    about = (found["square"] - found["n_orders"] * found["margin_cents"] ** 2).clip(lower=0.0)
    return found.assign(**since, margin_square=about).drop(columns=["first", "last", "square"])


def measure_pace(known: pd.DataFrame) -> pd.Series:
    """Orders a day so far of each customer: somebody of one day has not shown a pace, so at least a week
    counts, as in ``customer_features``."""
    return known["n_orders"] / (known["days_since_first"] + 1).clip(lower=7.0)
