"""The price notebook on simulated customers: it runs from top to bottom; its headlines follow the rows."""

from __future__ import annotations

import functools
import json

import numpy as np
import pytest

from lucky_analytics.apps.price_what_if.price_page import list_categories, make_actions
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.questions.product.price_elasticity.price_prepared import prepare_prices
from tests import price_world
from tests.notebook_said import page_faults, rows, said_by
from tests.price_suite import SimulatedSuite

HEADLINES = {"price_step", "discounted", "programme", "tenth_off", "pulled", "salience"}


@functools.cache
def world(scale=1.0):
    return price_world.simulate(11, n_customers=2_500, n_weeks=20, scale=scale)


def run(suite=None, **parameters):
    return said_by("product/price_elasticity", suite or SimulatedSuite(world()), **parameters)


@functools.cache
def usual():
    return run()


def values(said):
    return {record["name"]: record["value"] for record in said["headline"]}


def test_every_headline_has_an_interval_its_level_and_a_count():
    found = {record["name"]: record for record in usual()["headline"]}
    assert set(found) == HEADLINES
    for record in found.values():
        assert record["n"] > 0 and "SELECT" in record["sql"]
        if record["name"] != "discounted" and record["value"] is not None:
            assert record["low"] < record["value"] < record["high"], record["name"]
            assert record["level"] == 0.9
    assert 0 < found["discounted"]["value"] <= 1


def test_the_page_is_complete():
    said = usual()
    assert len(said["answer"]) == 1 and len(said["decision"]) == 1
    assert [check["passed"] for check in said["check"]] == [True] * 6
    assert {record["name"] for record in said["figure"]} == {
        "charges", "elasticities", "responses", "segments", "margins", "withdrawals",
    }  # fmt: skip
    assert {record["name"] for record in said["table"]} == {
        "best_prices", "withdrawals", "methods", "segments", "first_stage", "placebos",
    }  # fmt: skip
    assert any("no price experiment" in record["text"] for record in said["caveat"])


def test_the_planted_response_is_found_and_a_stronger_one_moves_the_headlines():
    before, after = values(usual()), values(run(SimulatedSuite(world(1.4))))
    # the mean over units of all categories and segments
    assert before["tenth_off"] == pytest.approx(0.9**-1.7 - 1, abs=0.03)
    assert after["tenth_off"] > before["tenth_off"] + 0.03
    assert after["programme"] > before["programme"]


def without_half_of_the_rest():
    """Half of what is bought without a coupon of the category, once the program runs, is not bought."""
    original = world()
    key = ["customer", "week", "category"]
    shown = original.bought[key].merge(original.shown[key].assign(is_shown=True), on=key, how="left")[
        "is_shown"
    ]
    late = original.bought["week"] >= price_world.N_EARLY
    spared = np.random.default_rng(1).random(len(late)) < 0.5
    kept = shown.notna().to_numpy() | ~late.to_numpy() | spared
    return price_world.PriceWorld(
        original.bought[kept].reset_index(drop=True), original.shown, original.n_weeks
    )


def dear_goods(tables):
    return tables | {
        "costs": tables["costs"].assign(unit_cost_cents=tables["costs"]["unit_cost_cents"] * 1.5)
    }


@pytest.mark.full
def test_sales_outside_of_the_program_move_salience_and_what_is_pulled_forward():
    after = values(run(SimulatedSuite(without_half_of_the_rest())))
    assert after["salience"] > values(usual())["salience"] + 0.05
    assert after["pulled"] != pytest.approx(values(usual())["pulled"], rel=0.05)


@pytest.mark.full
def test_costs_move_the_value_of_a_withdrawal_and_no_elasticity():
    before, after = values(usual()), values(run(SimulatedSuite(world(), edit=dear_goods)))
    assert after["programme"] < before["programme"] - 1
    assert after["tenth_off"] == before["tenth_off"] and after["price_step"] != before["price_step"]


@pytest.mark.full
@pytest.mark.parametrize(
    ("parameter", "value", "name"),
    [
        ("lapsed_days", 14, "tenth_off"),
        ("loyal_orders", 3, "tenth_off"),
        ("new_days", 10, "tenth_off"),
        ("recent_weeks", 3, "programme"),
    ],
)
def test_a_parameter_changes_its_headline(parameter, value, name):
    assert values(run(**{parameter: value}))[name] != pytest.approx(values(usual())[name], rel=1e-4)


@pytest.mark.full
def test_the_level_widens_intervals():
    wide = {record["name"]: record for record in run(level=0.99)["headline"]}
    for record in usual()["headline"]:
        if record.get("low") is None:
            continue
        assert wide[record["name"]]["low"] < record["low"] and wide[record["name"]]["high"] > record["high"]


@pytest.mark.parametrize("seed", [11, *(pytest.param(seed, marks=pytest.mark.full) for seed in (12, 13))])
def test_where_nothing_answers_to_price_the_page_claims_and_recommends_nothing(seed):
    still = price_world.simulate(seed, n_customers=2_500, n_weeks=20, elasticity=np.zeros(4), salience=0.0)
    said = run(SimulatedSuite(still))
    found = {record["name"]: record for record in said["headline"]}
    assert abs(found["tenth_off"]["value"]) < 0.05
    assert found["pulled"]["value"] is None and "Cannot be said" in found["pulled"]["note"]
    assert "Nothing shows that a lower price sells more" in said["answer"][0]["text"]
    (decision,) = said["decision"]
    assert "not known yet" in decision["because"] and decision["strength"] == "do not decide on this yet"
    assert not any(verb in decision["action"] for verb in ("withdraw", "keep", "discount", "sell"))
    assert not any("responds most" in figure["finding"] for figure in said["figure"])
    # No money beside "cannot be said": not in a headline, not in a table, not in a chart.
    assert found["price_step"]["value"] is None
    assert found["programme"]["value"] is None and "Cannot be said" in found["programme"]["note"]
    money = ("best", "best_low", "step_gain", "next_price", "gain", "gain_low", "p_gain", "kept_share")
    for row in [*rows(said, "best_prices"), *rows(said, "withdrawals")]:
        assert all(row.get(name) is None for name in money)
    charts = {figure["name"]: figure for figure in said["figure"]}
    for name in ("margins", "withdrawals"):
        assert "cannot be said" in charts[name]["finding"] and "no rows" in charts[name]["left_out"]
    # Nor in the app, whose decision is the page's.
    ready = prepare_prices(SimulatedSuite(still))
    assert ready.decision.action == decision["action"]
    assert make_actions(ready)["evaluate"]({})["best"] is None


@pytest.mark.full
def test_a_category_that_does_not_respond_keeps_its_own_level_among_others_that_do():
    planted = np.array([-2.0, 0.0, -2.0, 0.0])
    half = price_world.simulate(14, n_customers=4_000, n_weeks=22, elasticity=planted)
    said = run(SimulatedSuite(half))
    cells = rows(said, "segments")
    mean = {
        name: np.mean([row["estimate"] for row in cells if row["category"] == name])
        for name in price_world.CATEGORIES
    }
    assert mean["Coffee"] < -1.3 and mean["Food"] < -1.3
    assert abs(mean["Cold Brew"]) < 0.5 and abs(mean["Tea"]) < 0.6
    best = rows(said, "best_prices")
    assert {row["category"] for row in best if row["responds"]} == {"Coffee", "Food"}
    assert {row["category"] for row in best if row["gain"] is not None} == {"Coffee", "Food"}
    assert "Tea" not in said["decision"][0]["text"] and "Cold Brew" not in said["decision"][0]["text"]


def test_the_answer_is_short():
    assert page_faults(usual()) == []
    text = usual()["answer"][0]["text"]
    assert len(text.split()) <= 40


def test_a_program_that_targets_everybody_ends_the_page_and_says_what_to_do():
    def ruled(tables):
        return tables | {"coupon_exposures": tables["coupon_exposures"].assign(assignment="rule")}

    said = run(SimulatedSuite(world(), edit=ruled))
    assert "cannot be said" in said["answer"][0]["text"] and "headline" not in said
    assert "draw the depth of some coupons at random" in said["decision"][0]["text"]


@pytest.mark.full
def test_a_category_that_nobody_buys_is_not_estimated():
    def unsold(tables):
        items = tables["order_items"]
        return tables | {
            "order_items": items[(items["category"] != "Tea") | (items["order_date"] < "2025-09-29")]
        }

    said = run(SimulatedSuite(world(), edit=unsold))
    cells = rows(said, "segments")
    assert "Tea" not in {row["category"] for row in cells}
    assert "Tea" not in said["decision"][0]["text"]


@functools.cache
def prepared():
    return prepare_prices(SimulatedSuite(world()))


def test_the_app_decides_as_the_page_does():
    """By the same functions on the same weeks, at the notebook's own defaults."""
    said = usual()["decision"][0]
    decided = prepared().decision.record
    shown = [{**each, "worth": each["worth"]["shown"]} for each in (said, decided)]
    assert {name: shown[0][name] for name in decided} == shown[1]
    verdicts = {row["category"]: row["verdict"] for row in list_categories(prepared())}
    words = {"raise": "try less discount", "cut": "try more discount", "wait": "not known yet"}
    prices = {of: stance for of, stance in said["on"].items() if of.startswith("price of ")}
    assert verdicts == {of.removeprefix("price of "): words[stance] for of, stance in prices.items()}


@pytest.mark.parametrize("segment", [pytest.param("all", marks=pytest.mark.full), "loyal"])
def test_a_saved_scenario_says_what_the_app_says(segment):
    asked = {"category": "Coffee", "segment": segment, "levers": {"depth": 0.1}}
    shown = make_actions(prepared())["evaluate"]({"scenario": asked})
    saved = run(scenario=json.dumps(shown["scenario"]))
    found = {record["name"]: record for record in saved["headline"]}
    for kind in ("margin", "revenue", "volume"):
        ends = {"value": "change", "low": "change_low", "high": "change_high"}
        own = {end: found[f"scenario_{kind}"][end] for end in ends}
        # Sums of fractions of cents depend on the order of rows in their last digits.
        assert own == pytest.approx({end: shown[kind][name] for end, name in ends.items()}, rel=1e-9), kind
    assert page_faults(saved) == [] and saved["figure"][0]["name"] == "scenario"
    assert ("for loyal customers" in saved["title"][0]["text"]) == (segment == "loyal")
    # The decision about prices is that of the report, whatever is asked about.
    assert saved["decision"][0]["action"] == usual()["decision"][0]["action"]
    assert not any(name.startswith("scenario") for name in values(usual()))


def test_a_scenario_that_cannot_be_is_one_clear_line():
    evaluate = make_actions(prepared())["evaluate"]  # by the same reader as the notebook's
    with pytest.raises(ParameterError, match="the deepest tried"):
        evaluate({"scenario": {"levers": {"depth": 0.99}}})
    with pytest.raises(UnknownNameError, match="category"):
        evaluate({"scenario": {"category": "<script>"}})


@pytest.mark.full
def test_a_scenario_that_cannot_be_stops_the_run():
    with pytest.raises(ParameterError, match="the deepest tried"):
        run(scenario=json.dumps({"levers": {"depth": 0.99}}))
    with pytest.raises(ParameterError, match="the what-if's document as JSON"):
        run(scenario="{category: Coffee}")
