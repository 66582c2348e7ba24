"""What each store sold and was billed by week of the ledger, in whole cents: its profit inside four walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import t as student

from lucky_analytics.catalog.conformed import whole
from lucky_analytics.models.sites.site_costs import FOLLOWS_ORDERS, SETTLED_WEEKS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from lucky_analytics.catalog import Suite

__all__ = ["COSTS", "N_PACE", "OPENING", "PAYS", "SHORT", "UNSURE", "add_up_weeks", "combine_weeks",
           "judge_pace", "load_weeks", "query_sales"]  # fmt: skip

COSTS = ("goods_cents", "wages_cents", "rent_cents", "other_cents", "fee_cents")
_SOLD = ("revenue_cents", "tax_cents", "refund_cents", "orders")
_GROUP_OF = dict.fromkeys(FOLLOWS_ORDERS, "goods_cents") | {"labour": "wages_cents", "rent": "rent_cents"}
N_PACE = 4  # weeks of the ledger that say what a store earns at present
PAYS, SHORT, UNSURE, OPENING = "pays its bills", "does not pay its bills", "about even", "still opening"


def query_sales(suite: Suite) -> ir.Table:
    """Completed USD orders of every shop by day: ``store_id``, ``order_date``, ``orders``, ``revenue_cents``
    (tax included), ``tax_cents``, ``refund_cents`` (given back of these orders, null where unknown),
    ``fee_cents`` (what their payments cost, fractions kept; null where unknown)."""
    order = suite.orders.filter(_.order_date <= suite.as_of)
    fee = suite.optional("fees")
    if fee is not None:
        own = fee.filter(fee.order_id.notnull() & (fee.currency == "USD"))
        own = own.group_by(fee_order="order_id").agg(fee_cents=own.fee_cents.sum())
        order = order.left_join(own, order.order_id == own.fee_order)
    else:
        order = order.mutate(fee_cents=ibis.null("float64"))
    sums = order.group_by("store_id", "order_date").agg(
        orders=order.count(),
        revenue_cents=whole(order.revenue_cents.sum()),
        tax_cents=whole(order.tax_cents.sum()),
        refund_cents=whole(order.refund_cents.sum()),
        fee_cents=order.fee_cents.sum(),
    )
    return sums.order_by("store_id", "order_date")


def load_weeks(suite: Suite) -> pd.DataFrame:
    """``combine_weeks`` of a suite, with ``store_name``, ``opened`` and ``is_trading_store`` of each shop;
    empty where its snapshot has no bills."""
    bill = suite.optional("accounting_costs")
    names = ["store_id", "week_end_date", "kind", "cost_cents"]
    bills = pd.DataFrame(columns=names) if bill is None else bill.select(*names).execute()
    weeks = combine_weeks(bills, query_sales(suite).execute())
    shop = suite.stores.select("store_id", "store_name", "is_trading_store", opened="opened_date").execute()
    weeks = weeks.merge(shop.assign(opened=pd.to_datetime(shop["opened"])), on="store_id", how="left")
    return weeks.assign(is_trading_store=weeks["is_trading_store"].fillna(False).astype(bool))


def combine_weeks(bills: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """One row per shop and week of the ledger (Monday to Sunday) with a bill or a sale, up to the last billed
    week: ``store_id``, ``week_end``, ``month`` (first day of the month that holds most of the week),
    ``orders``, and in whole cents ``revenue_cents``, ``tax_cents``, ``refund_cents``, ``net_cents`` (revenue
    less those two), ``COSTS`` (positive) and ``profit_cents``, net less costs.

    ``bills``: ``store_id``, ``week_end_date``, ``kind``, ``cost_cents``; ``sales``: of ``query_sales``. Goods
    are all that follows the orders: packaging, freight and waste, too. A fee or refund that is not known
    counts as none. Payment fees are rounded to a cent once per shop and week.

    >>> bills = pd.DataFrame([("a", "2026-02-01", "rent", 700)],
    ...                      columns=["store_id", "week_end_date", "kind", "cost_cents"])
    >>> names = ["store_id", "order_date", "orders"]
    >>> names += ["revenue_cents", "tax_cents", "refund_cents", "fee_cents"]
    >>> week = combine_weeks(bills, pd.DataFrame([("a", "2026-01-31", 2, 1100, 90, 10, 5.4)], columns=names))
    >>> week[["net_cents", "fee_cents", "profit_cents"]].iloc[0].tolist(), str(week["month"].iloc[0].date())
    ([1000, 5, 295], '2026-01-01')
    """
    own = bills.assign(
        week_end=_end_week(bills["week_end_date"]),
        group=bills["kind"].map(_GROUP_OF).fillna("other_cents"),
    )
    billed = own.pivot_table(
        index=["store_id", "week_end"], columns="group", values="cost_cents", aggfunc="sum"
    ).reindex(columns=list(COSTS[:-1]))
    sold = sales.assign(week_end=_end_week(sales["order_date"]))
    names = [*_SOLD, "fee_cents"]
    # Nulls of a whole column are of type object, which no sum takes.
    sold[names] = sold[names].apply(pd.to_numeric)
    sums = sold.groupby(["store_id", "week_end"])[names].sum()
    weeks = billed.join(sums, how="outer").fillna(0.0).round().astype("int64").reset_index()
    weeks = weeks[weeks["week_end"] <= own["week_end"].max()].reset_index(drop=True)
    middle = weeks["week_end"] - pd.Timedelta(days=3)
    weeks["month"] = middle.dt.to_period("M").dt.to_timestamp()
    weeks["net_cents"] = weeks["revenue_cents"] - weeks["tax_cents"] - weeks["refund_cents"]
    weeks["profit_cents"] = weeks["net_cents"] - weeks[list(COSTS)].sum(axis=1)
    return weeks


def _end_week(dates: pd.Series) -> pd.Series:
    """The Sunday on or after each date."""
    day = pd.to_datetime(dates)
    return day + pd.to_timedelta(6 - day.dt.day_of_week, unit="D")


def _summed() -> tuple[str, ...]:
    """The columns that add up over shops and weeks."""
    return (*_SOLD, "net_cents", *COSTS, "profit_cents")


def add_up_weeks(weeks: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Sums of ``combine_weeks`` by the columns ``by``, with ``n_weeks`` and ``margin``: profit over net
    sales, null without a sale."""
    sums = weeks.groupby(by, as_index=False).agg(
        **{name: (name, "sum") for name in _summed()}, n_weeks=("week_end", "nunique")
    )
    return sums.assign(margin=sums["profit_cents"] / sums["net_cents"].where(sums["net_cents"] > 0))


def judge_pace(weeks: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Whether each trading store pays its bills at the pace of the last ``N_PACE`` weeks of the ledger.

    ``weeks``: of ``load_weeks``. One row a store with a bill in them: ``store_id``, ``store_name``,
    ``opened``, ``a_week`` (cents of profit), ``margin`` (of net sales; null without a sale) with ``low`` and
    ``high``, and ``verdict``. A store is still opening until all of these weeks are eight weeks after its
    opening: bills of the opening are in them, and it has no range. Of the others the scatter of weekly
    margins around each store's own is taken to be alike; ranges are Student's, for all stores together, so
    that of chains whose stores are all just even at most 1 - ``level`` are said to have one that pays or does
    not.
    """
    own = weeks[weeks["is_trading_store"]]
    last = sorted(own["week_end"].unique())[-N_PACE:]
    own = own[own["week_end"].isin(last)]
    table = add_up_weeks(own, ["store_id", "store_name", "opened"])
    table["a_week"] = table["profit_cents"] / table["n_weeks"]
    first = pd.Timestamp(last[0] if last else pd.Timestamp.max) - pd.Timedelta(days=6)
    is_grown = (
        (table["opened"] + pd.Timedelta(weeks=SETTLED_WEEKS) <= first)
        & (table["n_weeks"] == N_PACE)
        & table["margin"].notna()
    )
    weekly = own[own["store_id"].isin(table.loc[is_grown, "store_id"]) & (own["net_cents"] > 0)]
    margin = weekly["profit_cents"] / weekly["net_cents"]
    spread = margin.groupby(weekly["store_id"]).var()
    n, degrees = int(is_grown.sum()), (N_PACE - 1) * len(spread)
    half = np.nan
    if degrees:
        at = 1 - (1 - level) / (2 * n)
        half = float(student.ppf(at, degrees) * np.sqrt(spread.mean() / N_PACE))
    table["low"], table["high"] = (table["margin"].where(is_grown) + off for off in (-half, half))
    known = [table["low"] > 0, table["high"] < 0, is_grown]
    table["verdict"] = np.select(known, [PAYS, SHORT, UNSURE], OPENING)
    columns = ["store_id", "store_name", "opened", "a_week", "margin", "low", "high", "verdict"]
    return table[columns]
