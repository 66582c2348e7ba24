"""How many customers a month what an experiment tried would reach if it were given to all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.models.calendar import WEEKS_A_MONTH

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["count_first_orders", "expect_reach", "spread_worth"]

_OF_NEW = 0.9  # of those assigned, from which an experiment is one of newcomers
_RECENT, _RANGE = 4, 8  # weeks of newcomers that give the value; those that give the range


def count_first_orders(suite: Suite, each: ir.Table) -> pd.DataFrame:
    """First orders by date: ``date``, ``n`` (customers), and ``<experiment_id>``: those of them assigned on
    that day. ``each`` as from ``experiment_outcomes.follow_customers``."""
    order = suite.orders.filter(suite.orders.customer_id.notnull())
    first = order.group_by("customer_id").agg(date=order.order_date.min())
    every = first.group_by("date").agg(n=first.count()).order_by("date").execute()
    own = each.select("experiment_id", "customer_id", "date").inner_join(first, ["customer_id", "date"])
    own = own.group_by("experiment_id", "date").agg(n=own.count()).execute()
    wide = own.pivot(index="date", columns="experiment_id", values="n")
    made = every.set_index("date").join(wide).fillna(0.0).reset_index()
    return made.assign(date=pd.to_datetime(made["date"])).rename_axis(columns=None)


def expect_reach(table: pd.DataFrame, firsts: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """``table`` of ``judge_experiments`` with ``a_month`` (customers a month), its ends and ``is_of_new``.

    Who is assigned at a first order is a newcomer: then what counts is how many newcomers come now, not how
    many came while the experiment ran. ``a_month`` is the share of newcomers that it took while it ran, times
    the newcomers of the last four weeks; the ends are those of the slowest and the busiest of the last eight.
    Experiments of other customers keep the pace at which they took them, without ends around it.
    ``firsts`` as from ``count_first_orders``.
    """
    gone = (pd.Timestamp(as_of) - firsts["date"]).dt.days // 7
    weekly = firsts["n"].groupby(gone).sum().reindex(range(_RANGE), fill_value=0.0)
    pace = np.array([weekly[:_RECENT].mean(), weekly.min(), weekly.max()]) * WEEKS_A_MONTH
    rows = []
    for row in table.to_dict("records"):
        taken = firsts[row["experiment_id"]] if row["experiment_id"] in firsts else firsts["n"] * 0.0
        days = firsts.loc[taken > 0, "date"]
        came = firsts.loc[firsts["date"].between(days.min(), days.max()), "n"].sum()
        is_of_new = bool(taken.sum() >= _OF_NEW * (row["n_0"] + row["n_1"]) > 0)
        found = pace * taken.sum() / came if is_of_new else np.repeat(float(row["a_month"]), 3)
        rows.append((*found, is_of_new))
    names = ["a_month", "a_month_low", "a_month_high", "is_of_new"]
    return table.assign(**pd.DataFrame(rows, columns=names, index=table.index))


def spread_worth(row: dict[Any, Any]) -> tuple[float, float, float]:
    """Margin a month (dollars) with its ends: margin a customer times customers a month, each at its ends.

    >>> row = {"margin": 1.0, "margin_low": -1.0, "margin_high": 3.0, "a_month": 10.0}
    >>> spread_worth(row | {"a_month_low": 8.0, "a_month_high": 12.0})
    (10.0, -12.0, 36.0)
    """
    around = [row.get(f"a_month_{end}", row["a_month"]) for end in ("low", "high")]
    ends = [row[f"margin_{end}"] * reach for end in ("low", "high") for reach in around]
    return row["margin"] * row["a_month"], min(ends), max(ends)
