"""The notebook on recommendations on a small estate: complete, following the rows, honest at its edges."""

from __future__ import annotations

import functools
import json

import ibis
import pandas as pd
import pytest
from ibis import _

from lucky_analytics import report_data
from lucky_analytics.errors import ParameterError
from tests import demo_suite, null_world, planted_world
from tests.notebook_said import (
    assert_names_nobody,
    assert_sound,
    headlines,
    names,
    page_faults,
    rows,
    said_by,
)

NOTEBOOK = "product/recommendations"
GAINS = {"own", "recommender", "first", "store", "daypart", "season"}
COUNTED = {"trial", "pairs", "favourites"}  # no interval: a plan, and counts
HEADLINES = GAINS | COUNTED | {"repeats", "carry_over", "neighbourhood"}
TABLES = {"claims", "pairs", "stores", "gains", "rules", "dates", "customers", "tastes", "favourites"}


def run(parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


def test_the_page_is_complete_keeps_the_rules_and_names_no_customer():
    said = usual()
    found = assert_sound(said, HEADLINES)
    for name in HEADLINES - COUNTED:
        record = found[name]
        assert record["low"] < record["value"] < record["high"] and record["n"] > 0, name
    assert "no interval" in found["trial"]["note"]
    assert {"gains", "rules"} <= names(said, "figure") and names(said, "table") == TABLES
    assert_names_nobody(said, demo_suite.suite())


def test_gains_of_the_page_are_those_of_its_table():
    listed = {row["name"]: row for row in rows(usual(), "gains")}
    found = headlines(usual())
    for name in GAINS:
        assert found[name]["value"] == pytest.approx(100 * listed[name]["gain"])
    worth = [row for row in listed.values() if row["family"] == "rules" and row["is_worth"]]
    (decision,) = usual()["decision"]
    assert (decision["strength"] == "lean") == bool(worth) and decision["worth"] is None


@pytest.mark.full
def test_pairs_are_those_of_the_page_on_the_menu():
    menu = said_by("product/menu_engineering", demo_suite.suite())
    shared = {"what", "entity", "window", "value", "unit"}
    (ours,) = ({key: record[key] for key in shared} for record in usual()["published"])
    assert ours in [{key: record[key] for key in shared} for record in menu["published"]]
    together = {row["pair"] for row in rows(menu, "pairs") if row["verdict"] == "together"}
    assert {row["pair"] for row in rows(usual(), "pairs")} == together


@functools.cache
def mixed():
    """Many units are of another product, by the hash of the unit, and most of one store's; pairs of products
    are put into orders; some prices double."""
    products = demo_suite.suite().order_items.product_id.topk(12).execute()["product_id"].tolist()

    def swap(item):
        lot = item.item_id.hash() % 6
        chosen = ibis.ifelse(
            (lot < 1) | ((item.store_id == "100001") & (lot < 5)), products[0], item.product_id
        )
        dearer = ibis.ifelse(item.order_id.hash() % 5 == 0, 2, 1)
        swapped = item.mutate(product_id=chosen, paid_cents=item.paid_cents * dearer)
        added = [
            swapped.filter(swapped.product_id == one).mutate(
                product_id=ibis.literal(other), item_id=_.item_id + "x"
            )
            for one, other in ((products[1], products[9]), (products[2], products[10]))
        ]
        return swapped.union(*added)

    return run(order_items=swap)


@pytest.mark.parametrize("name", sorted(HEADLINES))
def test_a_headline_follows_the_rows(name):
    before, after = headlines(usual())[name]["value"], headlines(mixed())[name]["value"]
    assert before != pytest.approx(after, rel=1e-3)


@pytest.mark.full
def test_without_taste_no_recommender_is_advised():
    planted = json.loads(null_world.TRUTH.read_text())
    planted["customers"] = planted.get("customers", {}) | {"favourite_share": 0.0}
    said = said_by(NOTEBOOK, planted_world.suite(planted, null_world.SMALL, 7))
    assert page_faults(said) == []
    assert said["decision"][0]["on"] == {"recommender in the app": "do not show"}
    assert headlines(said)["pairs"]["value"] == 0


NOTHING = ibis.literal(False)
UNKNOWN = {
    "nobody has ordered": ({"orders": lambda t: t.filter(NOTHING)}, "Nobody has ordered yet"),
    "only delivery accounts": (
        {"customers": lambda t: t.filter(t.is_delivery_account)}, "What to show to whom cannot be tested yet",
    ),
    "eight weeks": (
        {"orders": lambda t: t.filter(t.order_date > "2025-12-19")},
        "What to show to whom cannot be tested yet",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_cannot_be_tested_ends_the_page_with_what_is(case):
    edits, finding = UNKNOWN[case]
    said = run(**edits)
    assert said["title"][0]["text"] == finding and "headline" not in said and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_one_store_four_dead_weeks_and_names_like_markup():
    one = run(orders=lambda t: t.filter(t.store_id == "100001"))
    assert page_faults(one) == [] and headlines(one)["neighbourhood"]["value"] is None
    dead = run(orders=lambda t: t.filter((t.order_date < "2025-12-01") | (t.order_date > "2025-12-28")))
    assert page_faults(dead) == []
    marked = run(products=lambda t: t.mutate(product_name=ibis.literal("<b>") + t.product_name))
    assert page_faults(marked) == []
    assert "<td><b>" not in json.dumps([part["data"].get("text/html", "") for part in marked["outputs"]])
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert early["title"][0]["text"] == "Nobody has ordered yet"


@pytest.mark.full
@pytest.mark.parametrize(("parameter", "value"), [
    ("horizon", 21), ("n_dates", 4), ("n_places", 3), ("least_gain", 0.15), ("level", 0.8), ("n_weeks", 8),
])  # fmt: skip
def test_a_parameter_changes_the_page(parameter, value):
    said = run({parameter: value})
    assert page_faults(said) == [] and said["outputs"] != usual()["outputs"]
    if parameter == "least_gain":
        assert said["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_the_list_is_written_only_with_an_owner(tmp_path, monkeypatch):
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path))
    with pytest.raises(ParameterError, match="an owner"):
        run({"export_lists": True})
    run({"export_lists": True, "list_owner": "product", "active_days": 30})
    path = tmp_path / "lists/recommendations-2026-02-13.csv"
    listed = pd.read_csv(path, dtype={"customer_id": str})
    assert listed["customer_id"].is_unique and listed["product_1"].notna().all()
    facts = json.loads(path.with_suffix(".json").read_text())
    assert (facts["owner"], facts["expires"], facts["rows"]) == ("product", "2026-02-27", len(listed))


def test_a_customer_on_a_page_is_found_in_a_table_and_in_a_chart():
    some = demo_suite.suite().customers.customer_id.execute().head(3)
    table = {"name": "who", "data": report_data.encode(some.to_frame(), "who")}
    with pytest.raises(AssertionError, match="3 customers"):
        assert_names_nobody({"outputs": [], "table": [table]}, demo_suite.suite())
    chart = {"data": {"vega": {"datasets": {"a": [{"x": some[0]}]}}}}
    with pytest.raises(AssertionError, match="1 customers"):
        assert_names_nobody({"outputs": [chart], "table": []}, demo_suite.suite())
