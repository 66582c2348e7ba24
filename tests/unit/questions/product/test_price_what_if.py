"""The price what-if agrees with the steps of price_elasticity and refuses what was never tried."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.models import coupon_decisions as decisions
from lucky_analytics.models import elasticities
from lucky_analytics.questions.product.price_elasticity import choices, price_prepared
from lucky_analytics.questions.product.price_elasticity import price_what_if as what_if
from tests.price_suite import SimulatedSuite
from tests.price_world import simulate


@functools.cache
def suite():
    return SimulatedSuite(simulate(11, n_customers=2_500, n_weeks=20))


@functools.cache
def prepared():
    return price_prepared.prepare_prices(suite())


def answer(category="Coffee", segment="all", depth=0.2):
    asked = {"category": category, "segment": segment, "levers": {"depth": depth}}
    return what_if.answer_price(prepared(), what_if.read_price_question(asked, prepared()))


def test_at_todays_price_nothing_changes():
    row = prepared().prices.set_index("category").loc["Coffee"]
    found = answer(depth=1 - row["paid_price"] / row["list_price"])
    assert found["volume"]["value"] == pytest.approx(row["units_a_month"])
    for name in ("volume", "revenue", "margin"):
        assert found[name]["change"] == pytest.approx(0, abs=1e-6)
    assert found["revenue"]["value"] == pytest.approx(row["units_a_month"] * row["paid_price"])


def test_it_starts_at_todays_price_where_nothing_changes():
    start = what_if.start_price_question(prepared())
    revenue = prepared().prices.eval("units_a_month * paid_price")
    assert start.category == prepared().prices.loc[revenue.idxmax(), "category"]
    found = what_if.answer_price(prepared(), start)
    for name in ("volume", "revenue", "margin"):
        assert abs(found[name]["change"]) < 0.001 * found[name]["value"]
    assert what_if.parse_price_query("", prepared()) == start
    assert what_if.read_price_question({"category": "Food"}, prepared()).depth == prepared().todays_depth(
        "Food"
    )


def test_the_best_price_is_that_of_the_report_and_the_curve_is_highest_there():
    for row in prepared().best.to_dict("records"):
        found = answer(row["category"])
        assert found["best"]["value"] == pytest.approx(row["best"], rel=0.02)
        curve = found["curves"]
        at_best = np.interp(found["best"]["discount"], curve["depth"], curve["margin"])
        assert at_best > max(curve["margin"]) - 0.01 * found["margin"]["value"]
        assert found["beyond_share"] == row["beyond_share"]


def test_the_best_price_gains_what_price_elasticity_says():
    ready, days = prepared(), decisions.load_bought(suite())
    cells = decisions.aggregate_cells(decisions.load_shown(suite(), days, decisions.Rules(30, 5, 28)))
    drawn = elasticities.drawn_cells(cells)
    pooled = elasticities.pool_elasticities(drawn, 0.9)
    best = choices.estimate_best_prices(pooled, ready.prices, ready.pulled, ready.deepest, 0.9)
    for row in best.to_dict("records"):
        found = answer(row["category"], depth=min(max(row["best_discount"], 0), ready.deepest))["margin"]
        ends = (found["change"], found["change_low"], found["change_high"])
        assert ends == pytest.approx((row["gain"], row["gain_low"], row["gain_high"]), rel=0.02, abs=1.0)


def test_deeper_sells_more_and_every_interval_holds_its_value():
    shallow, deep = answer(depth=0.1), answer(depth=0.4)
    assert deep["volume"]["value"] > shallow["volume"]["value"]
    for name in ("volume", "revenue", "margin"):
        assert deep[name]["low"] < deep[name]["value"] < deep[name]["high"]
    curve = deep["curves"]
    on_curve = np.interp(0.4, curve["depth"], curve["margin"])
    assert on_curve == pytest.approx(deep["margin"]["change"], rel=1e-3, abs=1)


def test_segments_share_the_units_of_their_category():
    names = [name for name in prepared().segments if name != price_prepared.EVERYBODY]
    parts = [answer(segment=name) for name in names]
    assert sum(part["share"] for part in parts) == pytest.approx(1)
    assert sum(part["units_now"] for part in parts) == pytest.approx(answer()["units_now"])
    assert len({part["elasticity"]["estimate"] for part in parts}) == len(parts)


def test_a_permalink_comes_back_and_what_was_never_tried_is_refused():
    asked = what_if.PriceQuestion("Coffee", price_prepared.EVERYBODY, 0.25)
    assert what_if.parse_price_query("?" + what_if.format_price_query(asked), prepared()) == asked
    for query in ("category=Soup", "category=Coffee&segment=x'--", "depth=0.9", "depth=nan", "depth=a"):
        with pytest.raises(LuckyError):
            what_if.parse_price_query(query, prepared())
