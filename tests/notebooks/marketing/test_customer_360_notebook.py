"""The notebook on customers on a small estate: complete, following the rows, quiet where systems agree."""

from __future__ import annotations

import functools
import json

import ibis
import pandas as pd
import pytest
from ibis import _

from lucky_analytics.errors import ParameterError
from tests import demo_suite, null_world
from tests.notebook_said import (
    assert_names_nobody,
    assert_sound,
    headlines,
    names,
    page_faults,
    rows,
    said_by,
)

NOTEBOOK = "marketing/customer_360"
HEADLINES = {"recent", "people", "never", "first_order", "registrations", "band", "contradicted"}


def run(parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


def test_the_page_is_complete_keeps_the_rules_and_names_no_customer():
    said = usual()
    found = assert_sound(said, HEADLINES)
    for name in ("first_order", "band"):
        assert found[name]["low"] < found[name]["value"] < found[name]["high"], name
    assert names(said, "figure") - {"bands"} == {"overlap", "registrations", "first_orders"}
    assert names(said, "table") == {
        "groups", "statements", "registrations", "bands", "habits", "first_orders", "systems", "overlap",
        "state_overlap",
    }  # fmt: skip
    assert_names_nobody(said, demo_suite.suite())


def test_groups_are_all_customers_and_cover_their_overlap():
    groups = rows(usual(), "groups")
    assert [row["group"] for row in groups] == ["VIP", "Growth", "Maintain", "Let go", "all"]
    for table in ("overlap", "state_overlap"):
        cells = pd.DataFrame(rows(usual(), table)).groupby("down")["n"].sum()
        assert {row["group"]: row["n"] for row in groups[:-1]} == cells.to_dict()
    published = {(each["what"], each["entity"]): each["value"] for each in usual()["published"]}
    assert published["customers of the class VIP", "all stores"] == groups[0]["n"]


def half(table):
    return table.filter(table.customer_id.hash() % 2 == 0)


@functools.cache
def changed():
    """Half of those who registered late are gone, half of all orders, and bands follow what was paid."""
    order = demo_suite.suite().orders
    much = order.group_by("customer_id").agg(cents=order.items_cents.mean()).execute()
    high = set(much.loc[much["cents"] > much["cents"].median(), "customer_id"])
    named = lambda t: ibis.ifelse(t.customer_id.isin(list(high)), "high", "low")  # noqa: E731
    return run(
        customers=lambda t: t.filter((t.registered_date < "2026-01-15") | (t.customer_id.hash() % 2 == 0)),
        orders=half,
        all_orders=half,
        customer_states=lambda t: t.mutate(value=ibis.ifelse(t.kind == "price_band", named(t), t.value)),
    )


@pytest.mark.parametrize("name", sorted(HEADLINES))
def test_a_headline_follows_the_rows(name):
    before, after = headlines(usual())[name]["value"], headlines(changed())[name]["value"]
    assert abs(after - before) > 0.01 * abs(before)


def test_states_that_orders_contradict_are_no_ground_for_an_audience():
    (decision,) = changed()["decision"]
    assert decision["strength"] == "lean" and "not by the platform's" in decision["action"]
    assert "price band" not in decision["action"] and page_faults(changed()) == []


def test_where_platform_and_orders_agree_nothing_is_claimed_or_advised():
    suite = null_world.suite(null_world.SMALL)
    order = suite.orders
    spent = order.group_by("customer_id").agg(cents=order.items_cents.mean())
    third = spent.mutate(place=ibis.ntile(3).over(ibis.window(order_by=[spent.cents, spent.customer_id])))
    band = third.select("customer_id", band=third.place.cases((0, "low"), (1, "middle"), else_="high"))
    told = suite.customer_states.left_join(band, "customer_id").drop("customer_id_right")
    is_band = (told.kind == "price_band") & told.band.notnull()
    suite._built["customer_states"] = (
        told.mutate(value=ibis.ifelse(is_band, told.band, told.value)).drop("band").cache()
    )
    said = said_by(NOTEBOOK, suite)
    (decision,) = said["decision"]
    assert decision["strength"] == "do not decide on this yet" and "contact" not in decision["action"]
    assert "contradict" not in said["title"][0]["text"]
    assert page_faults(said) == [] and headlines(said)["contradicted"]["value"] < 0.01


@pytest.mark.parametrize(
    "edits",
    [
        {"orders": lambda t: t.filter(ibis.literal(False))},
        {"customers": lambda t: t.filter(t.is_delivery_account)},
    ],
)
def test_where_nobody_has_ordered_the_page_says_so(edits):
    said = run(**edits)
    assert said["title"][0]["text"] == "No customer has ordered yet" and "headline" not in said
    assert said["decision"][0]["strength"] == "do not decide on this yet" and page_faults(said) == []


@pytest.mark.full
def test_in_the_first_months_and_with_one_store_the_page_comes_without_what_is_not_known():
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-09-15"))
    assert page_faults(early) == [] and [row["group"] for row in rows(early, "groups")][-1] == "all"
    assert "is not shown" in json.dumps(early["caveat"]) and "newest day" in early["decision"][0]["action"]
    one = run(orders=lambda t: t.filter(t.store_id == "100001"))
    assert page_faults(one) == [] and rows(one, "groups")[-1]["n"] < rows(usual(), "groups")[-1]["n"]
    before = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert before["title"][0]["text"] == "No customer has ordered yet"


@pytest.mark.full
def test_the_page_comes_without_the_platform_and_with_names_that_look_like_markup():
    bare = demo_suite.suite()
    optional = bare.optional
    bare.optional = lambda name: (
        None if name in ("customer_states", "customer_labels", "customer_profiles") else optional(name)
    )
    said = said_by(NOTEBOOK, bare)
    assert page_faults(said) == [] and headlines(said)["contradicted"]["value"] is None
    assert (
        "bands" not in names(said, "figure")
        and said["decision"][0]["strength"] == "do not decide on this yet"
    )
    marked = run(
        customer_states=lambda t: t.mutate(value=ibis.ifelse(_.kind == "life_cycle", "<b>x</b>", _.value))
    )
    assert page_faults(marked) == [] and "<b>x" not in marked["title"][0]["text"]


@pytest.mark.full
def test_the_list_is_written_only_with_an_owner(tmp_path, monkeypatch):
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path))
    with pytest.raises(ParameterError, match="an owner"):
        run({"export_lists": True})
    run({"export_lists": True, "list_owner": "marketing"})
    listed = pd.read_csv(tmp_path / "lists/customer_groups-2026-02-13.csv", dtype={"customer_id": str})
    groups = {row["group"]: row["n"] for row in rows(usual(), "groups")[:-1]}
    assert listed["class"].value_counts().to_dict() == groups and listed["customer_id"].is_unique
