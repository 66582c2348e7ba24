"""The page on suppliers: its numbers follow orders and shipments; where nobody became worse it is quiet."""

from __future__ import annotations

import datetime as dt
import functools

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, supplier_world
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "supply_chain/suppliers"
TILES = {"whole", "worse", "overpaid", "overdue", "lateness_cost", "top_share"}
HEADLINES = TILES | {"extra_out", "filled", "refused", "slow", "paid", "bills_overdue", "equal", "alone"}
NOTHING = ibis.literal(False)


@functools.cache
def planted():
    return supplier_world.edits(supplier_world.draw(2, n_suppliers=12))


def run(parameters=None, as_of=None, world=None, **edits):
    tables = planted() if world is None else world
    return said_by(NOTEBOOK, demo_suite.suite(as_of, **(tables | edits)), **(parameters or {}))


@functools.cache
def usual():
    return run()


def test_the_page_is_whole_and_its_parts_add_up():
    said = usual()
    found = assert_sound(said, HEADLINES)
    ranking, waiting = rows(said, "ranking"), rows(said, "open")
    assert len(ranking) == found["worse"]["n"] == 12 and ranking[0]["name"] == "Supplier S01"
    assert sum(row["n"] for row in ranking) == found["whole"]["n"]
    alerts = rows(said, "alerts")
    assert sum(row["kind"] == "Delivery overdue" for row in alerts) == found["overdue"]["value"]
    assert len(waiting) >= found["overdue"]["value"] == len(found["overdue"]["counted"])
    assert sum(row["share"] for row in rows(said, "spend")) == pytest.approx(1.0)
    assert found["worse"]["value"] == 1 and "Supplier S01" in said["title"][0]["text"]
    assert found["overpaid"]["low"] > 0 and found["lateness_cost"]["low"] <= 0
    assert {"scores", "late", "prices", "spend", "history"} <= names(said, "figure")
    tables = {"dashboard", "shared", "changes", "goods", "spend", "open", "bills", "score", "alternatives"}
    assert tables <= names(said, "table")
    assert "hold Supplier S01" in said["decision"][0]["action"] and said["decision"][0]["worth"]["value"] > 0


@pytest.mark.full
def test_where_nobody_became_worse_nothing_is_advised():
    said = run(world=supplier_world.edits(supplier_world.draw(2, n_suppliers=12, worse=None)))
    found = headlines(said)
    assert page_faults(said) == [] and found["worse"]["value"] == 0 and found["overpaid"]["value"] == 0
    assert said["decision"][0]["is_idle"] and said["decision"][0]["strength"] == WAIT
    assert said["title"][0]["text"] == "No supplier is known to deliver worse than before"
    assert rows(said, "alternatives") == []


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())
    late = headlines(run(shipments=_put("shipments", _delay)))
    for name in ("whole", "slow"):
        assert late[name]["value"] != before[name]["value"], name
    refused = headlines(run(shipments=_put("shipments", _refuse)))
    for name in ("filled", "refused", "whole"):
        assert refused[name]["value"] != before[name]["value"], name
    gone = headlines(run(shipments=_put("shipments", _lose)))
    assert gone["overdue"]["value"] > before["overdue"]["value"]
    assert gone["extra_out"]["value"] != before["extra_out"]["value"]
    bills = headlines(run(settlements=_put("settlements", _unpaid)))
    assert bills["paid"]["value"] < before["paid"]["value"]
    assert bills["bills_overdue"]["value"] > before["bills_overdue"]["value"]
    flat = headlines(run(world=supplier_world.edits(supplier_world.draw(2, n_suppliers=12, rise=0.0))))
    assert flat["overpaid"]["value"] == 0
    shared = headlines(run(world=supplier_world.edits(supplier_world.draw(2, n_suppliers=12, shared=True))))
    assert shared["alone"]["value"] == 0 < before["alone"]["value"]
    few = headlines(run(world=supplier_world.edits(supplier_world.draw(2, n_suppliers=3))))
    assert few["top_share"]["value"] > before["top_share"]["value"]
    assert few["equal"]["value"] < before["equal"]["value"]


def _put(name, change):
    """The planted world's table after ``change`` of its frame."""
    frame = change(supplier_world.draw(2, n_suppliers=12)[name].copy())
    return supplier_world.edits({name: frame})[name]


def _not_due(frame):
    return frame.assign(expected_date=dt.date(2026, 3, 1)).iloc[:2]


def _delay(frame):
    later = frame["arrived_date"].map(lambda day: None if day is None else day + dt.timedelta(days=9))
    return frame.assign(arrived_date=later)


def _refuse(frame):
    return frame.assign(rejected_packs=(frame["shipped_packs"] * 0.3).astype(int))


def _lose(frame):
    is_lost = frame.index % 9 == 0
    return frame.assign(arrived_date=frame["arrived_date"].where(~is_lost, None))


def _unpaid(frame):
    is_open = frame.index % 3 == 0
    return frame.assign(paid_date=frame["paid_date"].where(~is_open, None))


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0].split(".")[0] for rule in alerts.rules if rule.notebook == "suppliers"}
    assert own == {"worse", "overdue", "bills_overdue", "extra_out"} and alerts.faults == ()
    assert own <= HEADLINES


ENDS = {
    "before the first order": ({}, "2025-06-01", "Nothing was ordered"),
    "no order": ({"purchase_orders": lambda t: t.filter(NOTHING)}, None, "Nothing was ordered"),
}


@pytest.mark.parametrize("case", ["no order", pytest.param("before the first order", marks=pytest.mark.full)])
def test_without_an_order_the_page_says_so(case):
    edits, as_of, title = ENDS[case]
    said = said_by(NOTEBOOK, demo_suite.suite(as_of, **edits))
    assert said["title"][0]["text"].startswith(title) and "headline" not in said
    assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


def _lacking(*tables):
    suite = demo_suite.suite(**planted())
    optional = suite.optional
    suite.optional = lambda name: None if name in tables else optional(name)
    return suite


@pytest.mark.full
@pytest.mark.parametrize(
    "table", ["purchase_orders", "shipments", "settlements", "suppliers", "goods", "stock"]
)
def test_a_missing_table_costs_what_needs_it(table):
    said = said_by(NOTEBOOK, _lacking(table))
    assert page_faults(said) == []
    if table in ("purchase_orders", "shipments"):
        assert "not in the snapshot" in said["title"][0]["text"]
        return
    found = headlines(said)
    assert set(found) == HEADLINES
    if table == "goods":
        bare = said_by(NOTEBOOK, demo_suite.suite(**planted()), without={"what late deliveries lose"})
        assert page_faults(bare) == [] and set(headlines(bare)) == HEADLINES - {"lateness_cost"}
    if table == "stock":
        assert found["lateness_cost"]["value"] is None and "missing" in said
    if table == "settlements":
        assert found["paid"]["value"] is None and "bills" not in names(said, "table")
    if table == "suppliers":
        assert "S01" in said["title"][0]["text"]


@pytest.mark.full
def test_edges_one_supplier_one_order_hostile_names_and_other_parameters():
    one = run(world=supplier_world.edits(supplier_world.draw(2, n_suppliers=1, worse=None)))
    assert page_faults(one) == [] and headlines(one)["worse"]["n"] == 1
    single = run(purchase_orders=_put("purchase_orders", lambda frame: frame.iloc[:1]))
    assert page_faults(single) == [] and headlines(single)["worse"]["value"] == 0
    early = run(purchase_orders=_put("purchase_orders", _not_due), shipments=lambda t: t.filter(NOTHING))
    assert page_faults(early) == [] and "No order has fallen due" in early["title"][0]["text"]
    nothing_sent = run(shipments=lambda t: t.filter(NOTHING))
    assert page_faults(nothing_sent) == [] and headlines(nothing_sent)["top_share"]["value"] is None
    unpriced = run(purchase_lines=lambda t: t.mutate(amount_cents=ibis.literal(0, "int64")))
    assert page_faults(unpriced) == [] and headlines(unpriced)["overpaid"]["value"] == 0
    bad = "<script>alert(1)</script> & =1+1"
    named = run(
        suppliers=lambda t: planted()["suppliers"](t).mutate(
            supplier_name=ibis.literal(bad), goods_class=ibis.literal(bad)
        )
    )
    html = "".join(str(out["data"].get("text/html", "")) for out in named["outputs"])
    assert page_faults(named) == [] and "<script>alert" not in html
    far = run(
        {"n_days": 730, "in_full": 1.0, "fewest": 50, "fewest_side": 3, "false_alarm": 0.5, "level": 0.99}
    )
    low = {"n_days": 28, "in_full": 0.5, "fewest": 3, "fewest_side": 50, "false_alarm": 0.01, "level": 0.5}
    near = run(low | {"supplier": "S03", "weights": [0.0, 0.0, 0.0, 1.0]})
    assert page_faults(far) == page_faults(near) == []
    assert headlines(far)["whole"]["n"] > headlines(near)["whole"]["n"]
    assert headlines(far)["whole"]["value"] < headlines(near)["whole"]["value"]
    assert headlines(near)["worse"]["value"] == 0  # no supplier has fifty orders on either side
    assert any(f["name"] == "history" and "Supplier S03" in f["finding"] for f in near["figure"])
