"""Weeks told a fortnight ahead: what is repeated, what is not used, how wide, and what a plain loop finds."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models.order_demand import Demand, score_past
from lucky_analytics.models.order_demand_later import foretell_later
from tests.unit.models.test_order_demand import MADE, make_demand


def test_a_half_hour_is_what_a_plain_loop_makes_of_the_last_two_weeks():
    demand = make_demand(seed=3)
    told = foretell_later(demand, MADE)
    assert set(told["date"].dt.date) == {MADE + dt.timedelta(days=day) for day in range(15, 22)}
    orders = demand.orders[demand.orders["date"] <= pd.Timestamp(MADE)]
    orders = orders[orders["date"] > pd.Timestamp(MADE) - pd.Timedelta(days=14)]
    row = told[(told["store_id"] == "b") & (told["slot"] == 21)].iloc[3]
    is_late = row["date"].day_of_week >= 5
    day = slot = every = 0.0
    dates = set()
    for each in orders[orders["store_id"] == "b"].itertuples():
        if each.date.day_of_week == row["date"].day_of_week:
            day, dates = day + each.y, dates | {each.date}
        if (each.date.day_of_week >= 5) == is_late:
            every += each.y
            slot += each.y if each.slot == 21 else 0
    assert row["mean"] == pytest.approx(day / len(dates) * slot / every)


def test_nothing_after_the_day_of_telling_is_used():
    demand = make_demand()
    later = demand.orders["date"] > pd.Timestamp(MADE)
    other = Demand(demand.hours.head(0), demand.orders.assign(y=demand.orders["y"].where(~later, 999)))
    pd.testing.assert_frame_equal(foretell_later(demand, MADE), foretell_later(other, MADE))


def test_what_changes_from_week_to_week_makes_it_wide_and_is_covered():
    demand = make_demand(seed=1, n_weeks=12)
    rng = np.random.default_rng(0)
    week = (demand.orders["date"] - pd.Timestamp(MADE)).dt.days // 7
    jump = {w: float(np.exp(rng.normal(0, 0.3))) for w in week.unique()}
    rough = Demand(demand.hours, demand.orders.assign(y=(demand.orders["y"] * week.map(jump)).round()))
    steady, wide = (foretell_later(each, MADE)["spread"].iloc[0] for each in (demand, rough))
    assert wide > steady + 0.03 > 0.05
    origins = [MADE - dt.timedelta(weeks=ago) for ago in (2, 3, 4)]
    scores = score_past(demand, {made: foretell_later(demand, made) for made in origins}, 0.8)
    n = scores["n"].sum()
    assert scores["inside"].sum() / n == pytest.approx(scores["expected"].sum() / n, abs=0.05)


def test_a_store_that_is_shut_and_an_empty_past():
    demand = make_demand()
    shut = demand.orders["store_id"] != "a"
    assert set(foretell_later(Demand(demand.hours, demand.orders[shut]), MADE)["store_id"]) == {"b"}
    assert foretell_later(Demand(demand.hours, demand.orders.head(0)), MADE).empty
    first = foretell_later(demand, MADE - dt.timedelta(weeks=8))
    assert (first["spread"] == 0).all() and len(first)
