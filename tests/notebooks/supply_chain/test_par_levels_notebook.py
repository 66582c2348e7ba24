"""The page on levels: its numbers follow stock, costs and shelf lives, and it says where it cannot know."""

from __future__ import annotations

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import null_world
from tests.notebook_said import assert_sound, headlines, names, on_demo, page_faults, rows, said_by

NOTEBOOK = "supply_chain/par_levels"
TILES = {"net", "expired", "expired_by", "lost_by", "saves", "over"}
HEADLINES = TILES | {"lost", "short", "over_dollars", "levels", "held", "below"}
NOTHING = ibis.literal(False)


run, usual = on_demo(NOTEBOOK)


@pytest.mark.parametrize("n_weeks", [3, pytest.param(8, marks=pytest.mark.full)])
def test_the_page_is_whole_and_its_parts_add_up(n_weeks):
    said = run({"n_weeks": n_weeks})
    found = assert_sound(said, HEADLINES)
    plan, stores = rows(said, "plan"), rows(said, "by_store")
    assert len(plan) == found["levels"]["value"] == found["held"]["n"]
    assert sum(row["is_held"] for row in plan) == found["held"]["value"]
    for name in ("net", "expired", "expired_by", "lost", "lost_by"):
        assert sum(row[name] for row in stores) == pytest.approx(found[name]["value"], abs=0.01)
    assert sum(row["saves"] for row in stores) == found["saves"]["value"]
    off = rows(said, "off")
    assert sum(row["state"] == "more than the most" for row in off) == found["over"]["value"]
    assert len(off) == found["over"]["value"] + found["short"]["value"]
    assert {"stores", "frontier", "levels", "weeks"} <= names(said, "figure")
    checks = {row["name"]: row["passed"] for row in said["check"]}
    assert all(checks.values()) and len(checks) == 2


@pytest.mark.full
def test_where_nothing_was_planted_no_store_is_told_to_order_less():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    assert page_faults(said) == [] and headlines(said)["saves"]["value"] == 0
    assert said["decision"][0]["on"] == {}


def fuller(stock):
    part = (stock.stock_date == ibis.date(2026, 2, 13)).ifelse(9.0, 1.0)
    return stock.mutate(closing_quantity=stock.closing_quantity * part)


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())

    def moves(names, parameters=None, **edits):
        after = headlines(run(parameters, **edits))
        for name in names:
            assert after[name]["value"] != before[name]["value"], name

    moves(
        ("net", "expired", "expired_by", "over_dollars"),
        costs=lambda t: t.mutate(unit_cost_cents=t.unit_cost_cents * 3),
    )
    moves(("expired_by", "lost_by", "held"), {"switch_share": 0.95})
    moves(("lost", "lost_by"), {"switch_share": 0.0})
    moves(("held", "expired_by"), {"salvage_share": 0.9})
    moves(("over", "short"), stock=fuller)
    moves(("below",), stock_positions=lambda t: t.mutate(safety_quantity=t.safety_quantity * 9))
    moves(("levels",), stock=lambda t: t.filter(t.store_id != "100008"))


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0].split(".")[0] for rule in alerts.rules if rule.notebook == "par_levels"}
    assert own == {"over", "saves"} and alerts.faults == () and own <= HEADLINES


@pytest.mark.parametrize(
    ("as_of", "edits"),
    [
        ("2025-06-01", {}),
        pytest.param(None, {"stock": lambda t: t.filter(NOTHING)}, marks=pytest.mark.full),
    ],
)
def test_without_enough_stock_on_record_the_page_says_so(as_of, edits):
    said = run(as_of=as_of, **edits)
    assert said["title"][0]["text"].startswith("Levels cannot be set") and "headline" not in said
    assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


@pytest.mark.full
def test_edges_one_store_young_days_hostile_names_and_other_parameters():
    young = run(as_of="2025-08-10")
    assert page_faults(young) == [] and set(headlines(young)) == HEADLINES
    one = run(stock=lambda t: t.filter(t.store_id == "100008"))
    assert page_faults(one) == [] and len(rows(one, "by_store")) == 1
    dry = run(goods=lambda t: t.mutate(shelf_life_days=ibis.null("int64")))
    assert page_faults(dry) == [] and headlines(dry)["net"]["value"] is None
    bare = run(costs=lambda t: t.filter(NOTHING))
    assert page_faults(bare) == []
    blind = run(forecasts=lambda t: t.filter(NOTHING))
    assert page_faults(blind) == [] and headlines(blind)["levels"]["value"] > 0
    bad = "<script>alert(1)</script> & =1+1"
    named = run(
        goods=lambda g: g.mutate(goods_name=ibis.literal(bad) + g.goods_id),
        stores=lambda s: s.mutate(store_name=ibis.literal(bad) + s.store_id),
    )
    html = "".join(str(out["data"].get("text/html", "")) for out in named["outputs"])
    assert page_faults(named) == [] and "<script>alert" not in html
    ends = {"switch_share": 0.99, "salvage_share": 0.99, "holding_rate": 2.0, "level": 0.99}
    far = run(ends | {"lead_days": 7, "n_weeks": 2, "store": "nowhere"})
    near = run({"lead_days": 0, "switch_share": 0.0, "holding_rate": 0.0, "level": 0.5, "store": "221 grand"})
    assert page_faults(far) == page_faults(near) == []
    assert headlines(far)["net"]["n"] == 2 and headlines(near)["net"]["n"] == 8
