"""The notebook on lifetime value on a small estate: complete, following the rows, honest at its edges."""

from __future__ import annotations

import functools
import json

import ibis
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.models.measure import Measure
from lucky_analytics.questions.marketing.lifetime_value import concentrated, spend_promises
from tests import demo_suite, null_world
from tests.notebook_said import assert_names_nobody, headlines, names, page_faults, rows, said_by

NOTEBOOK = "marketing/lifetime_value"
TILES = {"year", "new_customer", "cap", "vip", "lapsed_back", "marketing_cost"}
OTHERS = {"room", "top_tenth"}
COUNTED = {"cap", "marketing_cost"}  # without an interval: an end of one, a sum of bills


def run(parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


def test_who_has_not_left_is_published_for_the_page_on_churn_to_agree():
    figure = next(each for each in usual()["published"] if each["what"] == "customers who have not left")
    alive = sum(row["n"] * row["p_alive"] for row in rows(usual(), "own_intervals")[:-1])
    assert figure["value"] == pytest.approx(alive)


def test_the_page_is_complete_keeps_the_rules_and_names_no_customer():
    said, found = usual(), headlines(usual())
    assert page_faults(said) == [] and set(found) == TILES | OTHERS
    for name in (TILES | OTHERS) - COUNTED - {"room"}:
        record = found[name]
        assert record["low"] < record["value"] < record["high"] and record["n"] > 0, name
        assert "SELECT" in record["sql"]
    assert found["cap"]["value"] <= found["new_customer"]["low"] < found["cap"]["value"] + 0.1
    within = found["marketing_cost"]["value"] <= found["cap"]["value"]
    shown = found["new_customer" if within else "cap"]["value"]
    assert f"${shown:.2f}" in said["title"][0]["text"]
    assert found["marketing_cost"]["low"] is None and "without an interval" in found["marketing_cost"]["note"]
    assert names(said, "figure") == {"classes", "new_customers", "tests", "tenths"}
    assert names(said, "table") == {
        "classes", "new_customers", "worth", "own_intervals", "largest", "few", "answers", "tests", "growth",
        "rules", "parameters",
    }  # fmt: skip
    assert all(check["passed"] for check in said["check"])
    assert_names_nobody(said, demo_suite.suite())


def test_what_is_promised_is_what_the_metric_counts():
    suite = demo_suite.suite()
    first, _ = usual()["prediction"]
    so_far = spend_promises.sum_paid(suite)
    measure = Measure("customer_spend", until=suite.as_of)
    assert measure.read(suite, suite.as_of) == pytest.approx(so_far)
    assert first["metric"] == "customer_spend" and first["until"] == str(suite.as_of)
    assert so_far < first["low"] < first["value"] < first["high"] and first["due"] == "2026-05-14"


def test_orders_of_nobody_are_no_account():
    named = concentrated.list_largest(demo_suite.suite())
    lost = demo_suite.suite(orders=lambda t: t.union(t.mutate(customer_id=ibis.null("string"))))
    pd.testing.assert_frame_equal(concentrated.list_largest(lost), named)


def half_are_gone(order):
    """Half of the customers, by the hash of their number, order no more from December on."""
    return order.filter((order.customer_id.hash() % 2 == 0) | (order.order_date < "2025-12-01"))


@functools.cache
def fewer():
    dearer = {"accounting_costs": lambda t: t.mutate(cost_cents=t.cost_cents * 20)}
    return run(orders=half_are_gone, **dearer)


@pytest.mark.parametrize("name", sorted(TILES | OTHERS))
def test_a_headline_follows_the_rows(name):
    before, after = headlines(usual())[name]["value"], headlines(fewer())[name]["value"]
    assert abs(after - before) > 0.001 * abs(before)


def test_who_pays_more_than_a_new_customer_brings_is_told_to_pay_less():
    (decision,) = fewer()["decision"]
    assert decision["action"].startswith("bring down") and headlines(fewer())["room"]["value"] < 0


def test_where_nothing_was_planted_the_page_claims_no_more_than_its_intervals():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    (decision,) = said["decision"]
    assert decision["strength"] != "do" and page_faults(said) == []
    new = headlines(said)["new_customer"]
    assert decision["worth"]["value"] < new["value"] and decision["worth"]["low"] < new["low"]
    (vip,) = (row for row in rows(said, "classes") if row["segment"] == "VIP")
    assert vip["share_high"] - vip["share_low"] > 0.05
    scored = rows(said, "tests")
    assert sum(row["held"] != "no" for row in scored) >= len(scored) - 1


NOTHING = ibis.literal(False)
FIRST = ibis.window(group_by="customer_id")
UNKNOWN = {
    "nobody has ordered": ({"orders": lambda t: t.filter(NOTHING)}, "No customer has ordered yet"),
    "only delivery accounts": (
        {"customers": lambda t: t.filter(t.is_delivery_account)}, "No customer has ordered yet",
    ),
    "nobody came back in four weeks": (
        {"orders": lambda t: t.filter(t.order_date < "2026-01-10")},
        "No customer came back in the last four weeks",
    ),
    "every order loses money": (
        {"orders": lambda t: t.mutate(items_cents=ibis.literal(0))},
        "Customers' orders cost more than they bring",
    ),
    "three months without orders": (
        {"orders": lambda t: t.filter((t.order_date < "2025-09-10") | (t.order_date > "2025-12-10"))},
        "Forecasts of earlier dates were too far off to value customers",
    ),
    "no cost is known": (
        {"costs": lambda t: t.filter(NOTHING)}, "What an order brings is not known",
    ),
    "all came once": (
        {"orders": lambda t: t.filter(t.order_id == t.order_id.min().over(FIRST))},
        "No customer came back in the last four weeks",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_cannot_be_known_ends_the_page_with_what_is(case):
    edits, finding = UNKNOWN[case]
    said = run(**edits)
    assert said["title"][0]["text"] == finding and "headline" not in said and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet"


def test_in_the_first_months_the_page_says_that_nothing_could_be_tested():
    said = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-09-15"))
    assert said["title"][0]["text"] == "What customers are worth cannot be tested yet"
    assert page_faults(said) == [] and "people have ordered so far" in said["answer"][0]["text"]


@pytest.mark.full
def test_before_the_first_row_and_with_one_store():
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert early["title"][0]["text"] == "No customer has ordered yet"
    one = run(orders=lambda t: t.filter(t.store_id == "100001"))
    assert page_faults(one) == [] and headlines(one)["year"]["n"] < headlines(usual())["year"]["n"]


@pytest.mark.full
def test_without_the_ledger_the_page_comes_without_what_a_new_customer_costs():
    said = run(accounting_costs=lambda t: t.filter(ibis.literal(False)))
    assert headlines(said)["marketing_cost"]["value"] is None and "What one costs now is not known" in str(
        said["decision"]
    )
    assert page_faults(said) == []


@pytest.mark.full
def test_thresholds_move_the_classes_and_not_the_margin():
    said = run({"vip_dollars": 1e4, "let_go_dollars": 0.0})
    assert headlines(said)["vip"]["value"] is None and "None of them stands out" in said["answer"][0]["text"]
    assert headlines(said)["year"]["value"] == pytest.approx(headlines(usual())["year"]["value"])
    assert page_faults(said) == []


@pytest.mark.full
def test_the_list_is_written_only_with_an_owner(tmp_path, monkeypatch):
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path))
    with pytest.raises(ParameterError, match="an owner"):
        run({"export_lists": True})
    run({"export_lists": True, "list_owner": "marketing"})
    listed = pd.read_csv(tmp_path / "lists/customer_value-2026-02-13.csv", dtype={"customer_id": str})
    assert len(listed) == rows(usual(), "classes")[-1]["n"] and listed["customer_id"].is_unique
    sizes = {row["segment"]: row["n"] for row in rows(usual(), "classes")[:-1]}
    assert listed["segment"].value_counts().to_dict() == sizes
    facts = json.loads((tmp_path / "lists/customer_value-2026-02-13.json").read_text())
    assert (facts["owner"], facts["expires"]) == ("marketing", "2026-02-27")
