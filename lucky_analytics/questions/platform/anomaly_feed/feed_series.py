"""What this page watches beside the store page and the briefing: rows of tables by day, fees, discounts, and
whether all stores are off alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import norm

from lucky_analytics.catalog.home_market import home_rows
from lucky_analytics.models.watched_days.judged_days import WatchedDays
from lucky_analytics.models.watched_days.kpis import ALL, CHAIN, KPIS, Kpi

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "FEED",
    "MATTERS",
    "NO_ROW",
    "SOURCES",
    "find_watched",
    "load_feed",
    "measure_alike",
    "name_missing_feed",
    "query_orders",
]

_FEWEST_STORES = 3
_MOST = 3.0  # deviations that one store counts for at most
MATTERS = 0.2  # share of what is usual from which rows, fees and discounts matter: less is no alarm
NO_ROW = 0.5  # stands for a day without any row where there should be some: what is expected has a logarithm


def _rows(name: str, label: str, per: str) -> Kpi:
    # Rows follow what they belong to far closer than chance makes counts differ, so they are no count here.
    return Kpi(f"rows_{name}", label, "", f"rows_{name}", per, "amount", "", "rows", is_total=True)


# Rows are counted of what they follow, so that a quiet day is no missing one.
FEED = (
    _rows("payments", "Payment rows", "orders"),
    _rows("fees", "Payment fee rows", "rows_payments"),
    _rows("tickets", "Production ticket rows", "orders"),
    _rows("items", "Order line rows", "orders"),
    _rows("stock", "Daily stock rows", "stores"),
    _rows("forms", "Task form rows", "stores"),
    _rows("clock", "Clock-in rows", "shifts"),
    _rows("pushes", "Notification rows", ""),
    Kpi("fee_rate", "Fees of payments", "", "fees", "paid", "amount", "down", "share", worth="dollar"),
    Kpi("alike", "Orders of the stores, taken together", "", "alike", "", "plain", "up", "usual deviations"),
    Kpi("discounts", "Coupon discounts an order", "", "discounts", "orders", "amount", "down", "USD an order",
        worth="dollar"),
)  # fmt: skip


# Where the rows are: the source and its table.
SOURCES = {
    "rows_payments": "salespayment, t_trade",
    "rows_fees": "salespayment, t_channel_fee",
    "rows_tickets": "opproduction, t_production",
    "rows_items": "salesorder, t_order_item",
    "rows_stock": "scm-shopstock, t_shop_goods_stock_daily",
    "rows_forms": "opqualitycontrol, task forms",
    "rows_clock": "opempefficiency, clock-ins",
    "rows_pushes": "upush, t_push_record",
}


def find_watched(name: str) -> Kpi:
    """A number by name, of the shared ones or of ``FEED``."""
    return next(kpi for kpi in (*KPIS, *CHAIN, *FEED) if kpi.name == name)


def query_orders(suite: Suite) -> ir.Table:
    """Orders of each trading store and day, which most numbers are held against."""
    return (
        suite.orders.filter(_.is_trading_store).group_by("store_id", "order_date").aggregate(orders=_.count())
    )


def name_missing_feed(feed: pd.DataFrame) -> list[str]:
    """The labels of ``FEED`` that no table of the snapshot counts."""
    return [kpi.label for kpi in FEED if kpi.y in feed and feed[kpi.y].isna().all()]


def load_feed(suite: Suite, watched: WatchedDays) -> pd.DataFrame:
    """The columns of ``FEED`` for each day of ``watched.chain``: ``store_id`` (``ALL``), ``ds``, ``orders``,
    ``stores`` (that meant to open), ``shifts`` (rostered), ``paid`` and ``fees`` (dollars), ``discounts``
    (dollars of used coupons), ``rows_...``.

    Counted in the home market. A column whose table the snapshot lacks is null, and so are days before its
    first row; a day without a row after that is ``NO_ROW``.
    """
    chain = watched.chain.set_index("ds")
    days = watched.days
    feed = pd.DataFrame({"store_id": ALL, "orders": chain["orders"], "stores": days.groupby("ds").size()})
    feed["rows_payments"] = _since_first(chain["payments"])
    made = days.groupby("ds")[["tickets", "goods"]].sum(min_count=1)
    feed["rows_tickets"], feed["rows_stock"] = (_since_first(made[name]) for name in ("tickets", "goods"))
    forms = suite.optional("task_forms")
    found = {
        "items": _count(suite.optional("order_items"), "order_date"),
        "forms": _count(None if forms is None else home_rows(suite, forms), "task_date"),
        "clock": _count(suite.optional("clock_ins"), "clock_date"),
        "pushes": _count(suite.optional("pushes"), "sent_date"),
    }
    shifts = _count(suite.optional("rosters"), "shift_date")
    feed["shifts"] = np.nan if shifts is None else shifts.reindex(feed.index)
    for name, counted in found.items():
        feed[f"rows_{name}"] = np.nan if counted is None else _since_first(counted.reindex(feed.index))
    feed = _add_money(suite, feed)
    rows = feed.columns[feed.columns.str.startswith("rows_")]
    feed[rows] = feed[rows].clip(lower=NO_ROW)
    return feed.rename_axis("ds").reset_index()


def measure_alike(judged: pd.DataFrame) -> pd.Series:
    """By how many usual deviations the stores' orders an hour were off on a day, on average over the stores
    that can be judged: each by its p-value on a normal scale, below 0 too few. What hits all stores alike
    shows here before it shows in any of them. By ``ds``; days with fewer than ``_FEWEST_STORES`` are left
    out. ``judged`` of ``judged_days.judge_days``.
    """
    own = judged[(judged["kpi"] == "orders_hour") & judged["p_value"].notna()]
    score = np.sign(own["z"].astype(float)) * norm.isf(own["p_value"].astype(float).clip(1e-12, 1) / 2)
    by_day = score.clip(-_MOST, _MOST).groupby(own["ds"])
    return by_day.mean()[by_day.size() >= _FEWEST_STORES]


def _add_money(suite: Suite, feed: pd.DataFrame) -> pd.DataFrame:
    feed = feed.assign(**dict.fromkeys(("rows_fees", "fees", "paid", "discounts"), np.nan))
    fees = suite.optional("fees")
    if fees is not None:
        sums = fees.filter(_.currency == "USD").group_by(ds="payment_date")
        own = sums.aggregate(
            rows_fees=_.count(), fees=_.fee_cents.sum() / 100, paid=_.amount_cents.sum() / 100
        )
        for name, counted in _by_day(own.execute()).items():
            feed[name] = _since_first(counted.reindex(feed.index))
    coupons = suite.optional("coupons")
    if coupons is not None:
        used = coupons.filter(_.status == "used").inner_join(
            suite.orders.select("order_id", "order_date"), "order_id"
        )
        own = used.group_by(ds="order_date").aggregate(n=_.discount_cents.sum() / 100)
        feed["discounts"] = _since_first(_by_day(own.execute())["n"].reindex(feed.index))
    return feed


def _count(rows: ir.Table | None, date: str) -> pd.Series | None:
    if rows is None:
        return None
    return _by_day(rows.group_by(ds=date).aggregate(n=_.count()).execute())["n"]


def _by_day(found: pd.DataFrame) -> pd.DataFrame:
    found["ds"] = pd.to_datetime(found["ds"])
    return found.dropna(subset="ds").set_index("ds").astype(float)


def _since_first(counted: pd.Series) -> pd.Series:
    """0 for days without a row, but for those before the first: it may not have been kept then."""
    own = counted.astype(float)
    first = own[own > 0].index.min()
    return own.fillna(0.0).where(own.index >= first) if pd.notna(first) else own * np.nan
