"""What each customer is worth, where it can be told at all: the reasons for silence in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.customer_worth.customer_classes import SEGMENTS, Rule, name_segments
from lucky_analytics.models.customer_worth.customer_margins import find_model, value_customers
from lucky_analytics.models.customer_worth.held_out import TOP_SHARE, compare_naive, run_held_out
from lucky_analytics.models.customer_worth.paid_orders import (
    find_hindrance,
    know_customers,
    load_paid_orders,
    measure_level,
)

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Valued", "value_by_customer"]


@dataclass(frozen=True)
class Valued:
    """``rows``: one customer each, by ``customer_id``: ``value_customers`` and ``class`` (of ``SEGMENTS``);
    empty where customers cannot be valued, and then ``why`` says so in the words of the page on lifetime
    value (nobody, costs, quiet, losing, alike, young, wild), else null. ``sql``: the query behind them."""

    rows: pd.DataFrame
    why: str | None
    sql: str


def value_by_customer(suite: Suite, rule: Rule, level: float = 0.9) -> Valued:
    """Each customer's value as the page on lifetime value has it, and none where that page has none."""
    paid = load_paid_orders(suite)
    today = measure_level(paid.rows, suite.as_of)
    if why := find_hindrance(paid.rows, today):
        return Valued(_nobody(), why, paid.sql)
    known = know_customers(paid.rows, suite.as_of, today)
    model = find_model(known, today)
    held = None if model is None else run_held_out(paid.rows, suite.as_of, rule)
    if model is None or held is None:
        return Valued(_nobody(), "alike" if model is None else "young", paid.sql)
    if held.is_wild(known, model):
        return Valued(_nobody(), "wild", paid.sql)
    _, top, _ = compare_naive(held, level)
    if top.low is None or not top.low > TOP_SHARE:
        return Valued(_nobody(), "alike", paid.sql)
    valued = value_customers(known, model)
    named = valued.assign(**{"class": [SEGMENTS[place] for place in name_segments(valued, rule)]})
    return Valued(named.set_axis(paid.customer_id[named.index], axis=0), None, paid.sql)


def _nobody() -> pd.DataFrame:
    names = ["n_orders", "days_since_first", "days_since_last", "p_alive", "order_cents", "year_cents"]
    return pd.DataFrame(columns=[*names, "stay_cents", "back_cents", "class"])
