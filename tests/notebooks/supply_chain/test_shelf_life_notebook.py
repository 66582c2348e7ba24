"""The page on shelf lives: its numbers follow stock, demand and logs; where all is in order it says so."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.schedule.rules import load_rules
from tests import null_world
from tests.notebook_said import assert_sound, headlines, names, on_demo, page_faults, rows, said_by

NOTEBOOK = "supply_chain/shelf_life"
TILES = {"at_risk", "likely", "labels", "breaches", "late", "came"}
HEADLINES = TILES | {"long_open"}
NOTHING = ibis.literal(False)


run, usual = on_demo(NOTEBOOK)


def test_the_page_is_whole_and_its_parts_add_up():
    said = usual()
    found = assert_sound(said, HEADLINES)
    assert names(said, "figure") == {"stores", "evenings", "calibration", "hours"}
    due, labels = rows(said, "due"), rows(said, "labels")
    soon = [row for row in due if row["ahead"] <= 3]
    assert found["at_risk"]["value"] == pytest.approx(sum(row["dollars"] for row in soon))
    assert found["at_risk"]["low"] <= found["at_risk"]["value"] <= found["at_risk"]["high"]
    assert found["likely"]["value"] == sum(row["chance"] >= 0.5 for row in soon)
    assert found["labels"]["value"] == len(labels) == sum(row["ahead"] == 1 for row in due)
    assert found["breaches"]["value"] == 0 == found["late"]["value"] and found["breaches"]["high"] < 0.01
    assert "no older batch was passed over" in said["answer"][0]["text"]
    assert 0.7 < found["came"]["value"] < 1.3  # of the dollars foretold on evenings gone by
    assert "breaches" not in names(said, "table") and said["decision"][0]["strength"] == "lean"


@pytest.mark.full
def test_where_nothing_was_planted_no_breach_is_claimed_and_the_forecast_holds():
    said = said_by(NOTEBOOK, null_world.suite())
    found = headlines(said)
    assert page_faults(said) == [] and found["breaches"]["value"] == 0 == found["late"]["value"]
    assert 0.7 < found["came"]["value"] < 1.3


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())
    calm = headlines(run(stock=lambda s: s.mutate(closing_quantity=0.0 * s.closing_quantity)))
    assert calm["at_risk"]["value"] != before["at_risk"]["value"]
    fresh = headlines(run(goods=lambda g: g.mutate(shelf_life_days=g.shelf_life_days + 1)))
    for name in ("labels", "likely", "came"):
        assert fresh[name]["value"] != before[name]["value"], name
    log = {"expiry_logs": lambda t: t.mutate(received_date=t.opened_date - ibis.interval(days=1) * (
        t.log_id.hash().abs() % 3).cast("int64"))}  # fmt: skip
    shuffled = run(**log)
    assert headlines(shuffled)["breaches"]["low"] > 0 and "before an older" in shuffled["answer"][0]["text"]
    assert page_faults(shuffled) == [] and len(rows(shuffled, "breaches")) > 0
    late = run(expiry_logs=lambda t: t.mutate(use_by_at=t.opened_at - ibis.interval(hours=1)))
    assert headlines(late)["late"]["value"] == 1
    long = run({"label_hours": 3.0})
    assert headlines(long)["long_open"]["value"] > before["long_open"]["value"]


def test_rules_of_alerts_name_what_the_page_has():
    rules = load_rules(settings.load())
    own = {rule.when.split()[0].split(".")[0] for rule in rules.rules if rule.notebook == "shelf_life"}
    assert own == {"breaches", "late", "at_risk"} and own <= HEADLINES


ENDS = {
    "before the first row": ({}, "2025-06-01"),
    "no stock": ({"stock": lambda s: s.filter(NOTHING)}, None),
    "nothing perishable": ({"goods": lambda g: g.filter(g.shelf_life_days > 90)}, None),
}


@pytest.mark.parametrize(
    "case", ["no stock", *(pytest.param(c, marks=pytest.mark.full) for c in ENDS if c != "no stock")]
)
def test_where_too_little_is_known_the_page_says_so(case):
    edits, as_of = ENDS[case]
    said = run(as_of=as_of, **edits)
    assert "Too little" in said["title"][0]["text"] and "headline" not in said and page_faults(said) == []


@pytest.mark.full
def test_edges_one_store_no_logs_hostile_names_and_other_parameters():
    one = run(stock=lambda s: s.filter((s.store_id == "100008") & (s.goods_id == "G20080")))
    assert page_faults(one) == []
    unlogged = run(expiry_logs=lambda t: t.filter(NOTHING))
    assert page_faults(unlogged) == [] and headlines(unlogged)["breaches"]["value"] is None
    young = run(as_of="2025-07-20")
    assert page_faults(young) == []
    empty = run(stock=lambda s: s.mutate(closing_quantity=0 * s.closing_quantity,
                                         received_quantity=0 * s.received_quantity,
                                         opening_quantity=0 * s.opening_quantity))  # fmt: skip
    assert page_faults(empty) == [] and headlines(empty)["labels"]["value"] == 0
    gap = run(stock=lambda s: s.filter(~s.stock_date.between(dt.date(2026, 1, 5), dt.date(2026, 1, 11))))
    assert page_faults(gap) == []
    bad = "<script>alert(1)</script> & =1+1"
    named = run(
        goods=lambda g: g.mutate(goods_name=ibis.literal(bad)),
        stores=lambda s: s.mutate(store_name=ibis.literal(bad) + s.store_id),
    )
    html = "".join(str(out["data"].get("text/html", "")) for out in named["outputs"])
    assert page_faults(named) == [] and "<script>alert" not in html
    low = {"ahead_days": 1, "likely": 0.05, "weeks": 1, "label_hours": 1.0, "level": 0.5, "rows_shown": 5}
    high = {"ahead_days": 7, "likely": 0.95, "weeks": 52, "label_hours": 168.0, "level": 0.99}
    first, last = run(low), run(high)
    assert page_faults(first) == page_faults(last) == []
    assert headlines(first)["at_risk"]["value"] < headlines(last)["at_risk"]["value"]
