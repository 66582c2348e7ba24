"""The page on recipes: its numbers follow recipes, costs and stock, and it claims no more than they hold."""

from __future__ import annotations

import functools

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "product/recipe_cost"
TILES = {"cup", "change", "saving", "shock", "share", "beyond"}
HEADLINES = TILES | {"cogs", "part", "unknown"}
NOTHING = ibis.literal(False)


def run(parameters=None, as_of=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(as_of, **edits), **(parameters or {}))


@functools.cache
def usual():
    return run({"least": 1.0})  # the small estate sells a fiftieth


def test_the_page_is_whole_and_its_parts_add_up():
    said = usual()
    found = assert_sound(said, HEADLINES)
    assert found["cup"]["low"] < found["cup"]["value"] < found["cup"]["high"]
    table = [row for row in rows(said, "cups") if row["cost"] is not None]
    mean = sum(r["cost"] * r["units"] for r in table) / sum(r["units"] for r in table)
    assert found["cup"]["value"] == pytest.approx(mean, rel=1e-6)
    assert found["saving"]["value"] == pytest.approx(sum(r["saving"] for r in rows(said, "savings")))
    assert found["part"]["value"] == pytest.approx(12 * found["saving"]["value"] / found["cogs"]["value"])
    assert sum(row["share"] for row in rows(said, "shocks")) == pytest.approx(1.0)
    assert found["shock"]["value"] == pytest.approx(0.1 * rows(said, "shocks")[0]["dollars"])
    assert {"ingredients", "history", "savings", "gap"} == names(said, "figure")
    assert {"claims", "lines", "gaps", "costs"} <= names(said, "table")
    assert said["decision"][0]["strength"] == "lean" and "tasted" in said["decision"][0]["action"]


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())
    dear = headlines(run(costs=lambda t: t.mutate(unit_cost_cents=t.unit_cost_cents * 2)))
    for name in ("cup", "saving", "shock", "share", "cogs"):
        assert dear[name]["value"] == pytest.approx(2 * before[name]["value"]), name
    risen = headlines(
        run(
            costs=lambda t: t.mutate(
                unit_cost_cents=t.unit_cost_cents * ibis.ifelse(t.end_date.isnull(), 1.5, 1.0)
            )
        )
    )
    assert risen["change"]["value"] > before["change"]["value"] + 0.3
    gone = headlines(run(stock=lambda t: t.mutate(closing_quantity=t.closing_quantity - 3.0)))
    assert gone["beyond"]["value"] > before["beyond"]["value"]
    lone = headlines(run(costs=lambda t: t.filter(t.goods_id != "G20005")))
    assert lone["unknown"]["value"] > before["unknown"]["value"]
    assert lone["part"]["value"] != before["part"]["value"]


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0].split(".")[0] for rule in alerts.rules if rule.notebook == "recipe_cost"}
    assert own == {"cup", "beyond"} <= HEADLINES and alerts.faults == ()


@pytest.mark.parametrize("case", ["nothing sold", pytest.param("early", marks=pytest.mark.full)])
def test_without_a_sale_the_page_says_so(case):
    edits = {"order_items": lambda t: t.filter(NOTHING)} if case == "nothing sold" else {}
    said = run(as_of="2025-06-20" if case == "early" else None, **edits)
    assert said["title"][0]["text"] == "What an item costs is not known" and "headline" not in said
    assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


@pytest.mark.full
def test_edges_no_cost_one_store_young_days_hostile_names_no_stock_and_other_parameters():
    free = run(costs=lambda t: t.filter(NOTHING))
    assert page_faults(free) == [] and headlines(free)["cup"]["value"] is None
    assert free["decision"][0]["is_idle"]
    one = run(stores=lambda t: t.mutate(is_trading_store=t.store_id == "100008"))
    assert page_faults(one) == []
    young = run(as_of="2025-07-10")
    assert page_faults(young) == []
    bare = run(recipes=lambda t: t.filter(NOTHING))
    assert page_faults(bare) == [] and headlines(bare)["cup"]["value"] is None
    bad = "<script>alert()</script>&"
    named = run(
        goods=lambda t: t.mutate(goods_name=ibis.literal(bad) + t.goods_id),
        products=lambda t: t.mutate(product_name=ibis.literal(bad) + t.product_id),
    )
    html = "".join(str(out["data"].get("text/html", "")) for out in named["outputs"])
    assert page_faults(named) == [] and "<script>alert" not in html
    far = run({"n_weeks": 26, "taste": 0.3, "sugar": 1.1, "shock": 1.0, "least": 0.0, "level": 0.99})
    near = run({"n_weeks": 4, "taste": 0.005, "sugar": 0.7, "shock": 0.01, "least": 100_000.0, "level": 0.5})
    assert page_faults(far) == page_faults(near) == []
    assert headlines(far)["saving"]["value"] > headlines(near)["saving"]["value"]
    assert headlines(far)["shock"]["value"] > headlines(near)["shock"]["value"]
    assert near["decision"][0]["is_idle"] and not far["decision"][0]["is_idle"]
    suite = demo_suite.suite()
    optional = suite.optional
    suite.optional = lambda name: None if name == "stock" else optional(name)
    without = said_by(NOTEBOOK, suite)
    assert page_faults(without) == [] and headlines(without)["beyond"]["value"] is None
