"""The page on waste: its numbers follow stock and logs, and where nobody orders too much it is quiet."""

from __future__ import annotations

import functools
import json

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "supply_chain/waste"
TILES = {"wasted", "past", "avoidable", "over_ordering", "year", "bills"}
HEADLINES = TILES | {"trend", "excess", "of_used", "untold"}
NOTHING = ibis.literal(False)


def run(parameters=None, as_of=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(as_of, **edits), **(parameters or {}))


@functools.cache
def usual():
    return run({"weeks": 33})


def test_the_page_is_whole_and_its_parts_add_up():
    said = usual()
    found = assert_sound(said, HEADLINES)
    assert {"reasons", "orders", "careful", "trend", "frontier"} == names(said, "figure")
    total = found["wasted"]["value"]
    assert sum(row["value"] for row in rows(said, "by_reason")) == pytest.approx(total, rel=0.03)
    assert sum(row["dollars"] for row in rows(said, "pairs")) == pytest.approx(total, rel=0.03)
    assert found["year"]["value"] == pytest.approx(total * 365.25 / 7)
    assert sum(row["dollars"] for row in rows(said, "stores")) == pytest.approx(total, rel=0.03)
    parts = ("past", "unwanted", "spilled", "untold")
    for row in rows(said, "stores"):
        assert row["open"] >= row["dollars"] == pytest.approx(sum(row.get(p) or 0 for p in parts), abs=0.5)


def test_the_planted_stores_are_named_and_what_they_cost_is_within_its_interval():
    said = usual()
    truth = json.loads((demo_suite.estate() / "truth.json").read_text())["waste"]
    stores = demo_suite.suite().stores.filter("is_trading_store").order_by("store_id").execute()
    planted = truth["over_ordering_stores"]["planted"]
    expected = {stores["store_name"].iloc[place] for place in planted}
    table = {row["store_name"]: row for row in rows(said, "orders") if row["acts"]}
    assert set(table) == expected and headlines(said)["over_ordering"]["value"] == len(planted)
    dollars = truth["dollars_over_ordered"]["realised"]
    for place in planted:
        row = table[stores["store_name"].iloc[place]]
        # The truth counts goods at their mean cost, the page at the newest: a few percent apart.
        assert row["excess_low"] / 1.05 <= dollars[str(place)] <= row["excess_high"] * 1.05
        assert row["low"] < 1 + truth["over_order"]["planted"] < row["high"]
    assert all(name in said["title"][0]["text"] for name in expected)
    assert said["decision"][0]["strength"] == "lean"


@pytest.mark.full
def test_where_nothing_was_planted_nothing_is_claimed():
    said = said_by(NOTEBOOK, null_world.suite())
    found = headlines(said)
    assert page_faults(said) == [] and found["over_ordering"]["value"] == 0
    assert found["avoidable"]["value"] == 0 < found["avoidable"]["high"] and found["excess"]["value"] == 0
    assert said["decision"][0]["is_idle"] and "no store surely" in said["title"][0]["text"]


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(run())
    more = headlines(
        run(
            stock=lambda s: s.mutate(
                wasted_quantity=s.wasted_quantity * 2, closing_quantity=s.closing_quantity
            )
        )
    )
    for name in ("wasted", "year", "of_used", "untold"):
        assert more[name]["value"] > before[name]["value"], name
    calm = headlines(
        run(expiry_logs=lambda log: log.mutate(reason=log.reason.cases(("past use-by", "spilled or damaged"),
                                                                       else_=log.reason)))
    )  # fmt: skip
    assert calm["past"]["value"] < before["past"]["value"]
    dear = headlines(run(costs=lambda c: c.mutate(unit_cost_cents=c.unit_cost_cents * 2)))
    for name in ("avoidable", "excess"):
        assert dear[name]["value"] > before[name]["value"], name
    late = ibis.date(2025, 12, 20)
    rising = headlines(
        run(
            stock=lambda s: s.mutate(
                wasted_quantity=ibis.ifelse(s.stock_date > late, 3.0, 1.0) * s.wasted_quantity
            )
        )
    )
    assert rising["trend"]["value"] > before["trend"]["value"]
    halved = headlines(run(stock=lambda s: s.filter(~s.store_id.isin(["100022", "100043"]))))
    assert halved["over_ordering"]["value"] == 0


def test_rules_of_alerts_name_what_the_page_has():
    rules = load_rules(settings.load())
    own = {rule.when.split()[0].split(".")[0] for rule in rules.rules if rule.notebook == "waste"}
    assert own == {"over_ordering", "trend"} and own <= HEADLINES


ENDS = {
    "before the first row": ({}, "2025-06-01"),
    "no stock": ({"stock": lambda s: s.filter(NOTHING)}, None),
    "nothing perishable": ({"goods": lambda g: g.filter(g.shelf_life_days > 90)}, None),
    "three weeks": ({}, "2025-07-20"),
    "no cost": ({"costs": lambda c: c.filter(NOTHING)}, None),
}


@pytest.mark.parametrize(
    "case", ["no stock", *(pytest.param(c, marks=pytest.mark.full) for c in ENDS if c != "no stock")]
)
def test_where_too_little_is_known_the_page_says_so(case):
    edits, as_of = ENDS[case]
    said = run(as_of=as_of, **edits)
    assert "Too little" in said["title"][0]["text"] and "headline" not in said and page_faults(said) == []


@pytest.mark.full
def test_edges_one_store_no_waste_hostile_names_and_other_parameters():
    one = run(stock=lambda s: s.filter(s.store_id == "100008"))
    assert page_faults(one) == [] and headlines(one)["over_ordering"]["value"] == 0
    single = run(stock=lambda s: s.filter((s.store_id == "100008") & (s.goods_id == "G20080")))
    assert page_faults(single) == []
    clean = run(
        stock=lambda s: s.mutate(wasted_quantity=0.0 * s.wasted_quantity),
        expiry_logs=lambda log: log.mutate(discarded_quantity=0.0 * log.discarded_quantity,
                                           reason=ibis.null("string")),
    )  # fmt: skip
    assert page_faults(clean) == [] and headlines(clean)["wasted"]["value"] == 0
    unlogged = run(expiry_logs=lambda log: log.filter(NOTHING))
    assert page_faults(unlogged) == [] and headlines(unlogged)["untold"]["value"] > 0
    young = run(as_of="2025-08-01")
    assert page_faults(young) == []
    empty_week = run(stock=lambda s: s.filter(~s.stock_date.between("2026-01-05", "2026-01-11")))
    assert page_faults(empty_week) == []
    bad = "<script>alert(1)</script> & =1+1"
    named = run(
        goods=lambda g: g.mutate(goods_name=ibis.literal(bad)),
        stores=lambda s: s.mutate(store_name=ibis.literal(bad) + s.store_id),
    )
    assert page_faults(named) == []
    html = "".join(str(out["data"].get("text/html", "")) for out in named["outputs"])
    assert "<script>alert" not in html
    low = {"weeks": 4, "weeks_before": 1, "smallest": 0.0, "level": 0.5, "rows_shown": 5}
    high = {"weeks": 52, "weeks_before": 12, "smallest": 1.0, "level": 0.99, "rows_shown": 500}
    assert page_faults(run(low)) == page_faults(run(high)) == []
    assert headlines(run({"smallest": 1.0}))["over_ordering"]["value"] == 0
    lacking = demo_suite.suite()
    optional = lacking.optional
    lacking.optional = lambda name: None if name == "accounting_costs" else optional(name)
    assert len(rows(said_by(NOTEBOOK, lacking), "claim")) == 5
