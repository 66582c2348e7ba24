"""The site scoring notebook on simulated orders and real Manhattan: complete; headlines follow the rows."""

from __future__ import annotations

import functools

import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from tests.notebook_said import rows, said_by
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
        "openings",
        "ways",
        "payback",
        "bar",
    }
    assert [check["passed"] for check in said["check"]] == [True, False, True, True]
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
    assert months(rent_dollars_month=4_000.0, build_out_dollars=60_000.0, margin_rate=0.35) > before


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
    sites = table(run(simulate(5), rent_file=str(rent)), "sites")
    rents = {row["site"]: row["rent_dollars_month"] for row in sites}
    assert rents == {"180 Varick": 21_000, "Columbus Circle": None}


def test_no_site_inside_the_layers_is_one_clear_error():
    with pytest.raises(LuckyError, match="candidates: expected a site inside the layers"):
        run(simulate(5), candidates=SITES[2:])


def test_a_candidate_of_another_form_is_one_clear_error():
    with pytest.raises(ParameterError, match="candidate: expected name; latitude, longitude"):
        run(simulate(5), candidates=["Astor Place"])


def table(said, name):
    return rows(said, name)


def test_foot_traffic_and_competitors_stand_beside_the_sites(tmp_path):
    traffic, rivals = tmp_path / "traffic.csv", tmp_path / "rivals.csv"
    traffic.write_text("site,people_day,counted\nColumbus Circle,31000,2025-10\n")
    rivals.write_text("name,latitude,longitude\nX,40.7276,-74.0050\nY,40.7274,-74.0056\nZ,40.7000,-74.0100\n")
    rows = table(run(simulate(5), foot_traffic_file=str(traffic), competitors_file=str(rivals)), "sites")
    found = {row["site"]: (row["people_day"], row["competitors"]) for row in rows}
    assert found == {"180 Varick": (None, 2), "Columbus Circle": (31_000, 0)}
    assert "competitors" not in table(usual(), "sites")[0]  # absent without a file, not zero


def test_an_existing_model_is_scored_on_the_stores_beside_ours(tmp_path):
    world, file = simulate(5), tmp_path / "predictions.csv"
    # However well the imported model does, the headline is the error of what the page predicts with.
    file.write_text("store_name,predicted_dollars_month\nStore 2,45000\nNowhere,1\n")
    said = run(world, predictions_file=str(file))
    ways = {row["way"]: row for row in table(said, "ways")}
    assert ways.pop("existing model (imported)")["n"] == 1 and len(ways) == 3
    used = next(row for row in ways.values() if row["is_used"])
    headline = next(record for record in said["headline"] if record["name"] == "unseen_error")
    assert headline["value"] == pytest.approx(used["error"])
    assert not next(c for c in said["check"] if c["name"].startswith("files name"))["passed"]


def test_a_rent_from_a_file_changes_payback(tmp_path):
    rent = tmp_path / "rent.csv"
    rent.write_text("site,rent_dollars_month\n180 Varick,1\n")
    rows = {row["site"]: row for row in table(run(simulate(5), rent_file=str(rent)), "payback")}
    assert rows["180 Varick"]["rent"] == 1 and rows["180 Varick"]["is_rent_imported"]
    assert rows["Columbus Circle"]["rent"] == 15_000 and not rows["Columbus Circle"]["is_rent_imported"]


def test_a_file_that_breaks_its_contract_is_one_clear_error(tmp_path):
    rent = tmp_path / "rent.csv"
    rent.write_text("site,rent_dollars_month\n180 Varick,much\n")
    with pytest.raises(LuckyError, match="row 2, rent_dollars_month: expected a number"):
        run(simulate(5), rent_file=str(rent))


def test_what_drives_a_site_is_in_its_reasons_and_its_score():
    reasons = {row["site"]: row for row in table(usual(), "reasons")}
    assert reasons["180 Varick"]["jobs"] > 0 and reasons["180 Varick"]["residents"] > 0
    scores = {row["site"]: row for row in table(usual(), "sites")}
    for row in scores.values():
        assert 0 <= row["score_low"] <= row["score"] <= row["score_high"] <= 100
        assert row["p_top3"] == 1 and row["comparables"].count("Store") == 2


def test_a_scenario_takes_from_each_other_and_leaves_less_than_the_sum():
    near = ["A; 40.7275, -74.0054", "B; 40.7280, -74.0050"]
    rows = {
        row["site"]: row for row in table(run(simulate(5), candidates=near, together=["A", "B"]), "scenario")
    }
    assert rows["together"]["taken_from_each_other"] > 0
    assert rows["together"]["net"] < rows["A"]["net"] + rows["B"]["net"]


def test_a_refused_site_is_in_no_table():
    said = usual()
    for name in ("sites", "payback", "reasons", "ramps", "bar", "diversion", "scenario"):
        assert "Bedford Ave" not in {row["site"] for row in table(said, name)}, name
    assert any("jobs and residents are not known there" in record["text"] for record in said["caveat"])


def test_one_store_is_one_clear_error():
    world = simulate(5)
    world.days, world.stores = (frame[frame["unique_id"] == "s2"] for frame in (world.days, world.stores))
    with pytest.raises(LuckyError, match="ramp curve: expected 3 stores"):
        run(world)


def test_an_empty_week_changes_little():
    world = simulate(5)
    gap = (world.days["unique_id"] == "s3") & world.days["ds"].between("2025-11-03", "2025-11-09")
    world.days = world.days[~gap]
    found = headlines(run(world))["best_net"]["value"]
    assert found == pytest.approx(headlines(usual())["best_net"]["value"], rel=0.05)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("value", "order value: expected at least 2 stores with revenue"),
        ("y", "week pattern: expected days with orders"),
    ],
)
def test_nothing_but_zeros_is_one_clear_error(column, message):
    world = simulate(5)
    world.days[column] = 0
    with pytest.raises(LuckyError, match=message):
        run(world)


def test_stores_without_coordinates_are_a_failed_check():
    world = simulate(5)
    world.stores.loc[world.stores["unique_id"] == "s4", ["latitude", "longitude"]] = None
    said = run(world)
    assert [check["passed"] for check in said["check"]] == [False, False, True, True]
    assert headlines(said)["best_net"]["n"] == 8
