"""The page on stock: its numbers follow stock, orders and sales, and where nothing is wrong it says so."""

from __future__ import annotations

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import assert_sound, headlines, names, on_demo, page_faults, rows, said_by

NOTEBOOK = "supply_chain/inventory"
TILES = {"outs", "packs", "stake", "unforeseen", "gone"}
HEADLINES = TILES | {"at_risk", "beyond", "order_dollars", "ran_out", "late", "days", "after", "dead",
                     "expiring", "long", "unbooked", "leaks", "simple", "ours"}  # fmt: skip
NOTHING = ibis.literal(False)


run, usual = on_demo(NOTEBOOK)


def test_the_page_is_whole_and_its_parts_add_up():
    said = usual()
    found = assert_sound(said, HEADLINES)
    orders, risks, stores, cells = (rows(said, name) for name in ("proposals", "risks", "stores", "cells"))
    assert sum(row["packs"] for row in orders) == found["packs"]["value"] == sum(r["packs"] for r in stores)
    assert found["order_dollars"]["value"] == pytest.approx(sum(row["dollars"] or 0 for row in orders))
    assert sum(row["state"] == "may run out" for row in risks) == found["at_risk"]["value"]
    assert sum(row["state"] == "ran out" for row in risks) == found["ran_out"]["value"]
    soon = [row for row in risks if row["state"] == "may run out"]
    assert found["stake"]["value"] == pytest.approx(sum(row["lost"] or 0 for row in soon))
    assert not any(
        row["lost"] for row in risks if row["what"].startswith(("Sanitiser", "Receipt Paper", "Napkin"))
    )
    assert len(cells) == found["at_risk"]["n"] and len({row["goods_name"] for row in cells}) == 122
    assert found["outs"]["low"] <= found["outs"]["value"] <= found["outs"]["high"]
    assert found["ours"]["value"] > found["simple"]["value"]
    assert {"grid", "tried", "beyond", "grid_all"} <= names(said, "figure")
    assert ("paths" in names(said, "figure")) == (len(soon) > 0)
    published = {row["entity"]: row["value"] for row in said["published"]}
    assert published == {row["store_name"]: row["packs"] for row in stores}
    assert found["unbooked"]["n"] > 100 * len(stores)  # of shops that do not trade


@pytest.mark.full
def test_where_nothing_was_planted_nobody_takes_anything():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    found = headlines(said)
    assert page_faults(said) == [] and found["leaks"]["value"] == 0
    assert found["beyond"]["low"] < 0 < found["beyond"]["high"] or abs(found["beyond"]["value"]) < 1
    assert found["beyond"]["value"] is not None


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())

    def moves(names, **edits):
        after = headlines(run(**edits))
        for name in names:
            assert after[name]["value"] != before[name]["value"], name
        return after

    def less(t):
        part = (t.stock_date == ibis.date(2026, 2, 13)).ifelse(0.1, 1.0)
        return t.mutate(closing_quantity=t.closing_quantity * part)

    moves(("outs", "packs", "stake", "at_risk", "days", "order_dollars"), stock=less)
    none = moves(
        ("late", "packs"), stock_positions=lambda t: t.mutate(on_order_quantity=t.on_order_quantity * 0)
    )
    assert none["late"]["value"] == 0
    moves(
        ("order_dollars", "stake", "beyond", "gone"),
        costs=lambda t: t.mutate(unit_cost_cents=t.unit_cost_cents * 2),
    )
    calm = moves(("ran_out", "gone", "unforeseen", "outs"), stock=lambda t: t.mutate(
        is_stock_out=NOTHING, stock_out_at=ibis.null("timestamp")))  # fmt: skip
    assert calm["ran_out"]["value"] == 0
    moves(("beyond",), recipes=lambda t: t.mutate(quantity=t.quantity * 0.5))
    moves(("unbooked",), stock_positions=lambda t: t.mutate(stock_quantity=t.stock_quantity * 2))
    moves(("expiring",), goods=lambda t: t.mutate(shelf_life_days=ibis.literal(1)))
    moves(
        ("after",), stock=lambda t: t.mutate(received_quantity=t.received_quantity * (t.stock_date.day() % 2))
    )
    with pytest.raises(UnknownNameError, match=r"unknown good 'Whole Milc': expected one of .*Whole Milk"):
        run({"good_shown": "Whole Milc"})
    assert headlines(run({"good_shown": "whole milk"}))["packs"]["value"] == before["packs"]["value"]


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0].split(".")[0] for rule in alerts.rules if rule.notebook == "inventory"}
    assert own == {"at_risk", "leaks"} and alerts.faults == () and own <= HEADLINES


@pytest.mark.parametrize(
    ("as_of", "edits"),
    [
        ("2025-06-01", {}),
        pytest.param(None, {"stock": lambda t: t.filter(NOTHING)}, marks=pytest.mark.full),
        pytest.param(
            None, {"stock": lambda t: t.filter(t.stock_date < ibis.date(2026, 2, 13))}, marks=pytest.mark.full
        ),
    ],
)
def test_without_stock_of_the_day_the_page_says_so(as_of, edits):
    said = run(as_of=as_of, **edits)
    assert said["title"][0]["text"].startswith("What stores have is not known") and "headline" not in said
    assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


@pytest.mark.full
def test_edges_one_store_young_days_hostile_names_and_other_parameters():
    one = run(stock=lambda t: t.filter(t.store_id == "100008"))
    assert page_faults(one) == [] and len(rows(one, "stores")) == 1
    young = run(as_of="2025-07-03")
    assert page_faults(young) == [] and "cannot be said yet" in young["title"][0]["text"]
    second = run(as_of="2025-07-20")
    assert page_faults(second) == [] and headlines(second)["late"]["value"] == 0
    single = run(stock=lambda t: t.filter((t.store_id == "100008") & (t.goods_id == "G20001")))
    assert page_faults(single) == []
    blind = run(forecasts=lambda t: t.filter(NOTHING))
    assert page_faults(blind) == [] and headlines(blind)["outs"]["value"] is not None
    bare = run(costs=lambda t: t.filter(NOTHING))
    assert page_faults(bare) == [] and headlines(bare)["stake"]["value"] in (0.0, None)
    idle = run(stock=lambda t: t.mutate(consumed_quantity=t.consumed_quantity * 0))
    assert page_faults(idle) == []
    bad = "<script>alert(1)</script> & =1+1"
    named = run(
        goods=lambda g: g.mutate(goods_name=ibis.literal(bad) + g.goods_id),
        stores=lambda s: s.mutate(store_name=ibis.literal(bad) + s.store_id),
    )
    html = "".join(str(out["data"].get("text/html", "")) for out in named["outputs"])
    assert page_faults(named) == [] and "<script>alert" not in html
    ends = {"lead_days": 7, "switch_share": 0.99, "salvage_share": 0.99, "holding_rate": 2.0, "level": 0.99}
    far = run(ends | {"long_days": 180, "dead_days": 120, "n_weeks": 4, "least_leak": 1.0})
    near = run(
        {
            "lead_days": 0,
            "switch_share": 0.0,
            "holding_rate": 0.0,
            "long_days": 7,
            "dead_days": 14,
            "level": 0.5,
        }
    )
    assert page_faults(far) == page_faults(near) == []
    assert headlines(far)["outs"]["value"] > headlines(near)["outs"]["value"]
    assert headlines(far)["at_risk"]["value"] >= headlines(near)["at_risk"]["value"]


@pytest.mark.full
@pytest.mark.parametrize("table", ["forecasts", "fees", "expiry_logs"])
def test_a_missing_table_costs_what_needs_it(table):
    suite = demo_suite.suite()
    optional = suite.optional
    suite.optional = lambda name: None if name == table else optional(name)
    said = said_by(NOTEBOOK, suite)
    assert page_faults(said) == [] and set(headlines(said)) == HEADLINES


@pytest.mark.full
@pytest.mark.parametrize("lead_days", [0, 1])
def test_where_nothing_was_planted_nothing_is_unusual(lead_days):
    said = said_by(NOTEBOOK, null_world.suite(), lead_days=lead_days)
    assert page_faults(said) == [] and not said["title"][0]["text"].startswith("More")
    assert said["decision"][0]["is_idle"] and said["decision"][0]["worth"] is None
