"""The forecast notebook on a small demo estate: it runs from top to bottom; its headlines follow the rows."""

from __future__ import annotations

import functools

import pytest

from lucky_analytics import settings
from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.supply_chain.forecast_accuracy import steps as forecast
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import assert_whole, headlines, names, page_faults, rows, said_by

NOTEBOOK = "supply_chain/forecast_accuracy"
HEADLINES = {"wape", "skill", "bias", "drift", "mape", "orders_wape", "wasted", "over_limit"}
COUNTS = {"over_limit"}  # what was counted has no interval


def run(parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


def test_every_headline_has_an_interval_its_level_and_a_count():
    said = usual()
    estimates = [record for record in said["headline"] if record["name"] not in COUNTS]
    assert_whole({**said, "headline": estimates}, HEADLINES - COUNTS)
    assert set(headlines(said)) >= COUNTS and all(headlines(said)[name]["note"] for name in COUNTS)


def test_the_page_is_complete():
    said = usual()
    assert names(said, "figure") == {
        "stores", "error_map", "bias_map", "drift", "leads", "weeks", "panels",
    }  # fmt: skip
    assert names(said, "table") == {
        "measures", "tests", "retraining", "worst", "stock_outs", "store_table", "category", "weekday",
        "classes", "costs", "corrections", "goods", "over_limit",
    }  # fmt: skip
    measures = rows(said, "measures")
    assert len({row["grain"] for row in measures}) == 2 and len(measures) == 8  # never mixed


def inflated(forecast):
    return forecast.mutate(predicted_quantity=forecast.predicted_quantity * 1.2)


def inflated_late(forecast):
    late = forecast.demand_date >= "2026-01-26"
    return forecast.mutate(predicted_quantity=forecast.predicted_quantity * late.ifelse(1.3, 1.0))


def inflated_orders(forecast):
    return forecast.mutate(predicted_orders=forecast.predicted_orders * 1.5)


@pytest.mark.full
@pytest.mark.parametrize(
    ("moved", "edits"),
    [
        ({"wape", "mape", "bias", "skill"}, {"forecasts": inflated}),
        ({"drift"}, {"forecasts": inflated_late}),
        ({"orders_wape"}, {"order_forecasts": inflated_orders}),
    ],
)
def test_a_headline_follows_all_rows(moved, edits):
    before, after = headlines(usual()), headlines(run(**edits))
    for name in moved:
        assert abs(after[name]["value"] - before[name]["value"]) > 0.02, name
    if "bias" in moved:
        expected = 1.2 * (1 + before["bias"]["value"]) - 1
        assert after["bias"]["value"] == pytest.approx(expected, abs=1e-6)
        assert after["orders_wape"]["value"] == pytest.approx(before["orders_wape"]["value"], rel=1e-9)


@pytest.mark.full
def test_versions_that_came_after_the_order_do_not_count():
    def only_early(forecast):
        wrong_late = (forecast.available_hour > 12).ifelse(100.0, 1.0)
        return forecast.mutate(predicted_quantity=forecast.predicted_quantity * wrong_late)

    before, after = headlines(usual()), headlines(run(forecasts=only_early))
    assert after["wape"]["value"] == pytest.approx(before["wape"]["value"], rel=1e-9)
    late_too = headlines(run({"order_hour": 24.0}, forecasts=only_early))
    assert late_too["wape"]["value"] > 5 * before["wape"]["value"]


@pytest.mark.full
def test_a_stock_out_counts_in_no_measure():
    def none_used(stock):
        used = stock.is_stock_out.ifelse(0.0, stock.consumed_quantity)
        return stock.mutate(consumed_quantity=used)

    said = run(stock=none_used)
    assert headlines(said)["mape"]["n"] == headlines(usual())["mape"]["n"]


@pytest.mark.full
def test_one_store_is_enough_and_none_is_one_clear_error():
    one = headlines(run(stock=lambda t: t.filter(t.store_id == "100001")))
    assert 0 < one["wape"]["value"] < 1
    with pytest.raises(
        LuckyError, match="forecast accuracy: expected forecasts in time for days that are over"
    ):
        run(stock=lambda t: t.filter(t.store_id == "nowhere"))


def test_nothing_used_anywhere_has_no_share_and_the_page_says_so():
    said = run(stock=lambda t: t.mutate(consumed_quantity=t.consumed_quantity * 0))
    assert said["title"][0]["text"] == "Too little was used to judge forecasts by"
    assert "headline" not in said and page_faults(said) == []


@pytest.mark.full
@pytest.mark.parametrize(("parameter", "value"), [("lead_days", 5), ("weeks", 12), ("order_hour", 20.0)])
def test_a_parameter_changes_its_headline(parameter, value):
    assert headlines(run({parameter: value}))["wape"]["value"] != headlines(usual())["wape"]["value"]


SMALL_AND_LARGE = [null_world.SMALL, pytest.param(0.2, marks=pytest.mark.full)]


@pytest.mark.parametrize("scale", SMALL_AND_LARGE)
def test_where_nothing_was_planted_the_page_claims_and_recommends_nothing(scale):
    said = said_by(NOTEBOOK, null_world.suite(scale))
    assert said["decision"][0]["action"] == "keep ordering by the forecasts"
    assert "No drift is found." in said["answer"][0]["text"]
    assert headlines(said)["over_limit"]["value"] == 0
    assert not rows(said, "retraining") and not rows(said, "over_limit")
    findings = {record["name"]: record["finding"] for record in said["figure"]}
    assert findings["drift"] == "The forecasts have not drifted"
    assert findings["bias_map"] == "No store and category is clearly over- or under-predicted"


def test_skill_is_against_the_best_simple_forecast():
    said = usual()
    goods = [row for row in rows(said, "tests") if row["grain"].startswith("goods")]
    saved = [row["skill"] for row in goods]
    assert len(goods) == 3 and saved[0] == min(saved)
    assert headlines(said)["skill"]["value"] == pytest.approx(saved[0])
    assert goods[0]["other"] in headlines(said)["skill"]["label"]


def test_the_mean_of_four_same_weekdays_is_that():
    scored = forecast.load_goods(demo_suite.suite())
    row = scored.at(2).filter(lambda t: t.demand_date == "2026-02-10").limit(1).execute().iloc[0]
    used = demo_suite.suite().stock.execute()
    own = used[(used["store_id"] == row["store_id"]) & (used["goods_id"] == row["unit_id"])]
    days = [f"2026-{day}" for day in ("02-03", "01-27", "01-20", "01-13")]
    own = own[own["stock_date"].astype(str).isin(days)]
    assert len(own) == 4 and not own["is_stock_out"].any()
    assert row["weekdays"] == pytest.approx(own["consumed_quantity"].astype(float).mean())
    assert row["naive"] == pytest.approx(float(own.sort_values("stock_date")["consumed_quantity"].iloc[-1]))


def worse_in_one_pair(forecast):
    is_pair = (forecast.store_id == "100001") & (forecast.demand_date.day_of_year() % 2 == 0)
    return forecast.mutate(predicted_quantity=forecast.predicted_quantity * is_pair.ifelse(2.5, 1.0))


@functools.cache
def erring():
    return run(forecasts=worse_in_one_pair)


def test_a_store_that_errs_raises_the_alert():
    said = erring()
    assert headlines(said)["over_limit"]["value"] >= 2  # the store, and its categories
    listed = rows(said, "over_limit")
    assert {row["store_id"] for row in listed} == {"100001"} and listed[0]["low"] > 0.3
    alert = next(record for record in said["check"] if "MAPE" in record["name"])
    assert not alert["passed"] and listed[0]["category"] in alert["detail"]
    reasons = [row["reasons"] for row in rows(said, "retraining") if row["store_id"] == "100001"]
    assert reasons and all("MAPE over 30 %" in why for why in reasons)


def test_headlines_follow_the_rows_of_one_store():
    before, after = headlines(usual()), headlines(erring())
    for name in ("wape", "mape", "bias", "skill"):
        assert abs(after[name]["value"] - before[name]["value"]) > 0.02, name
    assert after["orders_wape"]["value"] == pytest.approx(before["orders_wape"]["value"], rel=1e-9)


def test_the_rule_on_stores_fires_on_its_headline():
    rule = next(one for one in load_rules(settings.load()).rules if one.name == "forecast_error_by_store")
    (condition,) = rule.conditions
    assert condition.holds(headlines(erring())["over_limit"])
    assert not condition.holds(headlines(usual())["over_limit"])


@pytest.mark.full
def test_what_errors_cost_follows_waste_and_empty_shelves():
    cost = {row["what"]: row["value"] for row in rows(usual(), "costs")}

    def twice(stock):
        return stock.mutate(wasted_quantity=2 * stock.wasted_quantity)

    double = {row["what"]: row["value"] for row in rows(run(stock=twice), "costs")}
    assert double["thrown away"] == pytest.approx(2 * cost["thrown away"])
    assert double["margin lost on those days"] == pytest.approx(cost["margin lost on those days"])
    saved = cost["thrown away"] + cost["margin lost on those days"]
    assert cost["saved by a tenth less error"] == pytest.approx(0.1 * saved)


@pytest.mark.full
def test_without_payments_the_page_comes_and_lacks_only_what_errors_cost():
    said = said_by(NOTEBOOK, demo_suite.suite(), without=["what errors cost"])
    assert headlines(said) == headlines(usual())
    assert names(usual(), "table") - names(said, "table") == {"costs"}
    assert page_faults(said) == []
    assert not any("errors cost" in caveat["text"] for caveat in said["caveat"])
    of_table = rows(usual(), "costs")[0]["value"]
    assert headlines(said)["wasted"]["value"] == pytest.approx(of_table)


def test_the_answer_is_short():
    assert page_faults(usual()) == []
    assert len(usual()["answer"][0]["text"].split()) <= 40


def test_before_stores_have_been_open_for_long_the_page_says_so():
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-09-15"))
    assert (
        early["title"][0]["text"] == "Too little was used to judge forecasts by" and page_faults(early) == []
    )
    assert "headline" not in early and early["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_in_the_first_autumn_forecasts_are_judged_from_when_stores_had_been_open_for_long():
    autumn = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-11-15"))
    assert page_faults(autumn) == [] and "headline" in autumn
