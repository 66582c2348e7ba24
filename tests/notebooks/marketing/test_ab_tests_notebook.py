"""The page on experiments on the demo estate: whole, by hand, changed rows, null world, edges."""

from __future__ import annotations

import functools

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models import experiment_outcomes as outcomes
from lucky_analytics.models.order_margins import load_order_margins
from lucky_analytics.questions.marketing.ab_tests import splits
from lucky_analytics.questions.marketing.customer_360.known_systems import count_known, tabulate_coverage
from tests import demo_suite, null_world
from tests.notebook_said import (
    assert_names_nobody,
    headlines,
    names,
    page_faults,
    rows,
    said_by,
)

NOTEBOOK = "marketing/ab_tests"
NAMES = {"won", "best", "worth", "unsure", "broken", "early", "even", "people", "running", "undecided"}
TABLES = {"experiments", "money", "times", "readings", "ratios", "traffic", "pairs"}


def run(as_of=None, parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(as_of=as_of, **edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


@functools.cache
def each():
    return outcomes.follow_customers(demo_suite.suite()).execute()


def test_the_page_is_complete_keeps_the_rules_and_names_no_customer():
    said = usual()
    found = assert_sound_but_for_plants(said)
    assert names(said, "figure") == {"gaps", "looks", "ratios"} and names(said, "table") == TABLES
    assert all(record["n"] > 0 and "SELECT" in record["sql"] for record in found.values())
    assert found["best"]["low"] < found["best"]["value"] < found["best"]["high"]
    for name in NAMES - {"best", "worth", "unsure"}:
        assert found[name]["low"] is None and "ount" in found[name]["note"]
    assert_names_nobody(said, demo_suite.suite())
    assert len(rows(said, "experiments")) == 7 == len(rows(said, "traffic"))
    assert {row["shift"] for row in rows(said, "traffic")} <= {
        "none: it has ended",
        "none: who is in which branch is no chance",
    }


def assert_sound_but_for_plants(said):
    """A small estate's broken ratio may show: all other checks hold."""
    assert page_faults(said) == [] and set(headlines(said)) == NAMES
    failed = [check["name"] for check in said["check"] if not check["passed"]]
    assert set(failed) <= {"branches have their planned ratio"}
    return headlines(said)


@pytest.mark.parametrize("has_margin", [False, pytest.param(True, marks=pytest.mark.full)])
def test_customers_are_followed_as_a_plain_loop_over_orders_follows_them(has_margin):
    suite = demo_suite.suite()
    hits = suite.experiments.execute().sample(120, random_state=3)
    order = load_order_margins(suite) if has_margin else suite.orders.mutate(margin_cents=ibis.literal(0.0))
    order = order.filter(order.customer_id.isin(hits["customer_id"].unique().tolist()))
    order = order.select("customer_id", "ordered_at", "order_date", "margin_cents").execute()
    by = {name: own.to_dict("records") for name, own in order.groupby("customer_id")}
    got = each().set_index(["experiment_id", "customer_id"])
    for hit in hits.to_dict("records"):
        again, margin, past = 0, 0.0, 0.0
        for one in by.get(hit["customer_id"], []):
            gone = (one["order_date"] - hit["assigned_date"]).days
            if one["ordered_at"] > hit["assigned_at"]:
                again |= gone <= 30
                margin += one["margin_cents"] / 100 * (gone < 35)
            else:
                past += one["margin_cents"] / 100 * (gone > -35)
        row = got.loc[(hit["experiment_id"], hit["customer_id"])]
        assert (row["again"], row["is_over"]) == (again, 1.0)
        if has_margin:
            assert row["margin"] == pytest.approx(margin) and row["past"] == pytest.approx(past)


@pytest.mark.full
def test_sums_of_days_are_those_of_their_customers_and_young_ones_count_for_nothing():
    suite = demo_suite.suite(as_of="2025-11-15")
    own = outcomes.follow_customers(suite)
    days, frame = outcomes.sum_days(own), own.execute()
    old = frame[pd.to_datetime(frame["date"]) <= pd.Timestamp("2025-10-12")]
    assert days["n"].sum() == len(frame) and days["n_over"].sum() == len(old) > 0
    young = frame.drop(old.index)
    assert not young[["again", "margin", "past", "is_over"]].any(axis=None)
    for name, values in {
        "again": old["again"], "margin": old["margin"], "margin_square": old["margin"] ** 2,
        "past_square": old["past"] ** 2, "margin_past": old["margin"] * old["past"],
        "again_past": old["again"] * old["past"],
    }.items():  # fmt: skip
        assert days[name].sum() == pytest.approx(values.sum())


@pytest.mark.full
def test_what_treatments_add_is_what_the_page_on_the_next_action_says():
    line = "{title: Voucher, contact: app, drawn: experiment, experiment: Second cup voucher}"
    neighbour = said_by("marketing/next_best_action", demo_suite.suite(), actions=f"second_cup: {line}")
    entered = [
        {
            (record["what"], record["entity"], record["window"]): record["value"]
            for record in said["published"]
            if record["what"] == outcomes.ADDED
        }
        for said in (usual(), neighbour)
    ]
    ((key, value),) = entered[1].items()
    assert key[:2] == (outcomes.ADDED, "Second cup voucher") and entered[0][key] == value


@pytest.mark.full
def test_people_are_those_of_the_page_on_customers():
    suite = demo_suite.suite()
    listed = tabulate_coverage(count_known(suite)).set_index("system")
    assert headlines(usual())["people"]["value"] == listed.loc["Experiments", "n"]


def changed_experiments(hit):
    """In the first experiment mostly those who came again were treated; the second lost half of its treated;
    the last still takes customers; the others are gone."""
    came = each().query("experiment_id == 'E1001' and again == 1")["customer_id"].tolist()
    kept = hit.filter(hit.experiment_id.isin(["E1001", "E1002", "E1007"]))
    coin = kept.customer_id.hash().abs() % 10
    drawn = ibis.ifelse(coin < ibis.ifelse(kept.customer_id.isin(came), 7, 4), "treatment", "control")
    lost = (kept.experiment_id == "E1002") & (kept.branch == "treatment") & (coin < 5)
    kept = kept.filter(~lost)
    return kept.mutate(
        branch=ibis.ifelse(kept.experiment_id == "E1001", drawn, kept.branch),
        end_date=ibis.ifelse(kept.experiment_id == "E1007", ibis.date(2026, 3, 1), kept.end_date),
    )


@pytest.fixture(scope="module")
def changed():
    return run(experiments=changed_experiments)


@pytest.mark.parametrize("name", sorted(NAMES - {"even", "early", "worth"}))
def test_a_headline_follows_the_rows(name, changed):
    before, after = (headlines(said)[name]["value"] for said in (usual(), changed))
    assert before != after


@pytest.mark.full
@pytest.mark.parametrize("name", ["even", "early"])
def test_counts_of_no_gain_and_of_early_calls_follow_what_counts_as_such(name):
    other = {"even": {"loss_points": 5.0}, "early": {"level": 0.5}}[name]
    assert headlines(run(parameters=other))[name]["value"] > headlines(usual())[name]["value"]


def test_a_winner_that_may_not_pay_is_given_to_nobody_and_has_no_worth(changed):
    found = headlines(changed)
    assert page_faults(changed) == [] and found["won"]["value"] == found["broken"]["value"] == 1
    (decision,) = changed["decision"]
    assert 'give "Welcome coupon booklet" to nobody until it is known to pay' in decision["action"]
    assert "Home screen order again" in decision["action"] and decision["worth"] is None
    assert found["worth"]["value"] is None and found["unsure"]["low"] < 0 < found["unsure"]["high"]
    assert changed["answer"][0]["text"].startswith('"Welcome coupon booklet" won, but may bring nothing')


def test_where_nothing_was_planted_the_page_claims_and_advises_nothing():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    found = headlines(said)
    assert page_faults(said) == [] and found["won"]["value"] == found["broken"]["value"] == 0
    assert said["title"][0]["text"].startswith("None of") and said["decision"][0]["is_idle"]
    assert found["worth"]["value"] is None


NOTHING = ibis.literal(False)


@pytest.mark.full
@pytest.mark.parametrize(
    ("edits", "as_of", "title"),
    [
        ({"experiments": lambda t: t.filter(NOTHING)}, None, "No experiment has been run"),
        ({}, "2025-06-01", "No experiment has been run"),
        ({"orders": lambda t: t.filter(NOTHING)}, None, "None of 7 experiments has a winner"),
        ({"costs": lambda t: t.filter(NOTHING)}, None, None),
        ({}, "2025-09-20", None),
        ({}, "2025-11-20", None),
        ({"orders": lambda t: t.filter(t.store_id == "100001")}, None, None),
        ({"experiments": lambda t: t.filter(t.experiment_id == "E1003")}, None,
         "The one experiment has no winner"),
        ({"experiments": lambda t: t.mutate(experiment_name=ibis.literal("<b>Test</b> & co"))}, None, None),
        ({"experiments": lambda t: t.mutate(
            experiment_name=ibis.null("string"), planned_share=ibis.null("float64"),
            start_date=ibis.null("date"), end_date=ibis.null("date"))}, None, None),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_said(edits, as_of, title):
    said = run(as_of=as_of, **edits)
    assert page_faults(said) == [] and len(said["answer"]) == 1
    assert title is None or said["title"][0]["text"] == title
    assert "nan" not in said["answer"][0]["text"] + said["decision"][0]["text"]
    for record in said.get("headline", []):
        assert record["value"] is None or np.isfinite(record["value"])


@pytest.mark.full
@pytest.mark.parametrize(
    "parameters",
    [{"level": 0.8}, {"least_points": 5.0}, {"loss_points": 5.0}, {"test_gain": 2.0}],
)
def test_each_parameter_is_one(parameters):
    said, before = run(parameters=parameters), usual()
    assert page_faults(said) == []
    assert [rows(said, name) for name in sorted(TABLES)] != [rows(before, name) for name in sorted(TABLES)]


def test_the_split_before_the_assignments_tells_where_a_broken_ratio_came_from():
    said = usual()
    ratios = pd.DataFrame(rows(said, "ratios"))
    assert (ratios["split_p"] > 0.001).all() and (ratios["split_0"] > ratios["n_0"]).all()
    logged = ratios["fault"].str.startswith("after")
    assert (logged == (ratios["ratio_label"] == "broken")).all()
    text = " ".join(record["text"] for record in said["caveat"])
    assert "every split was as planned" in text and ("came after the split" in text) == logged.any()


def test_an_uneven_split_is_told_as_one_and_without_the_table_nobody_knows():
    suite = demo_suite.suite()
    table = pd.DataFrame({"experiment_id": ["E1001", "E1002", "E9"], "experiment": ["a", "b", "c"],
                          "planned": [0.5, 0.5, 0.5], "verdict": ["even", "broken", "even"]})  # fmt: skip
    uneven = ibis.memtable({
        "experiment_id": ["E1001", "E1001", "E1002", "E1002", None],
        "branch": ["control", "treatment", "control", "treatment", "none"],
        "n_customers": [5_000, 5_600, 5_000, 5_010, 9],
    })  # fmt: skip
    suite.optional = lambda name: uneven
    found = splits.judge_splits(suite, table)
    assert found["fault"].tolist() == ["in the split", "after the split, in what was logged", "not known"]
    assert found["split_p"].iloc[0] < 1e-6 < found["split_p"].iloc[1]
    assert "1 not as planned" in splits.say_splits(found) and "'b'" in splits.say_splits(found)
    suite.optional = lambda name: None
    assert splits.judge_splits(suite, table)["fault"].tolist() == ["not known"] * 3
    assert "is not known" in splits.say_splits(splits.judge_splits(suite, table))
