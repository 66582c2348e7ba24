"""The site scoring notebook on simulated orders and real Manhattan: complete; headlines follow the rows."""

from __future__ import annotations

import functools

import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from tests.notebook_said import said_by
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import World, simulate

HEADLINES = {"best_net", "best_gross", "best_taken", "best_score", "best_payback", "unseen_error"}
CHEAP = {"rent_dollars_month": 1_000.0, "build_out_dollars": 50_000.0}
SITES = [
    "180 Varick; 40.7275, -74.0054",
    "Columbus Circle; 40.7681, -73.9819",
    "Bedford Ave; 40.7170, -73.9566",
]


def run(world: World, **parameters):
    chosen = {"candidates": SITES, "together": ["180 Varick", "Columbus Circle"]} | parameters
    return said_by("strategy/site_scoring", SimulatedSuite(world), **chosen)


def headlines(said):
    return {record["name"]: record for record in said["headline"]}


@functools.cache
def usual():
    return run(simulate(5))


def test_every_headline_has_an_interval_its_level_and_a_count():
    found = headlines(run(simulate(5), **CHEAP))
    assert set(found) == HEADLINES
    for record in found.values():
        assert record["low"] <= record["value"] <= record["high"]
        assert record["level"] and record["n"] > 0 and "SELECT" in record["sql"]


def test_the_page_is_complete():
    said = usual()
    assert [record["name"] for record in said["figure"]] == ["map", "net", "ramps", "rent"]
    names = {record["name"] for record in said["table"]}
    assert names == {
        "sites",
        "reasons",
        "scenario",
        "ramps",
        "diversion",
        "switching",
        "ways",
        "payback",
        "bar",
    }
    assert [check["passed"] for check in said["check"]] == [True, False, True]
    assert any("Bedford Ave is not scored" in record["text"] for record in said["caveat"])
    assert len(said["answer"]) == 1 and len(said["decision"]) == 1


def test_dearer_orders_raise_every_dollar():
    world = simulate(5)
    world.days["value"] *= 2
    before, after = headlines(usual()), headlines(run(world))
    for name in ("best_net", "best_gross", "best_taken"):
        assert after[name]["value"] == pytest.approx(2 * before[name]["value"], rel=1e-6)


def test_payback_follows_the_rows_and_the_assumptions():
    def months(world=None, **parameters):
        return headlines(run(world or simulate(5), **(CHEAP | parameters)))["best_payback"]["value"]

    dearer = simulate(5)
    dearer.days["value"] *= 2
    before = months()
    assert months(dearer) < before
    for change in ({"rent_dollars_month": 8_000.0}, {"build_out_dollars": 90_000.0}, {"margin_rate": 0.3}):
        assert months(**change) > before, change


def test_what_never_pays_back_is_said_and_not_hidden():
    said = run(simulate(5), rent_dollars_month=200_000.0, payback_months=12)
    record = headlines(said)["best_payback"]
    assert record["value"] is None and "within 12 months: 0 %" in record["note"]
    assert "does not pay back within 12 months" in said["answer"][0]["text"]
    assert any("assumptions, not data" in caveat["text"] for caveat in said["caveat"])


def test_gentler_sisters_take_less_and_raise_the_score():
    gentle = headlines(run(simulate(5, effect=-0.1)))
    before = headlines(usual())
    assert gentle["best_taken"]["value"] < 0.5 * before["best_taken"]["value"]
    assert gentle["best_score"]["value"] != before["best_score"]["value"]


def test_stores_that_differ_more_are_harder_to_foretell():
    wide = headlines(run(simulate(5, plateau_sd=0.7)))["unseen_error"]["value"]
    assert wide > headlines(usual())["unseen_error"]["value"]


def test_files_stand_beside_the_sites(tmp_path):
    rent = tmp_path / "rent.csv"
    rent.write_text("site,rent_dollars_month\n180 Varick,21000\n")
    table = next(t for t in run(simulate(5), rent_file=str(rent))["table"] if t["name"] == "sites")
    rents = {row["site"]: row["rent_dollars_month"] for row in table["data"]["data"]}
    assert rents == {"180 Varick": 21_000, "Columbus Circle": None}


def test_no_site_inside_the_layers_is_one_clear_error():
    with pytest.raises(LuckyError, match="candidates: expected a site inside the layers"):
        run(simulate(5), candidates=SITES[2:])


def test_a_candidate_of_another_form_is_one_clear_error():
    with pytest.raises(ParameterError, match="candidate: expected name; latitude, longitude"):
        run(simulate(5), candidates=["Astor Place"])
