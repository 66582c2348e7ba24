"""The site scoring notebook on simulated orders and real Manhattan: what it claims, and what it may not."""

from __future__ import annotations

import dataclasses
import functools

import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.models.sites.site_steps import badge_stores
from lucky_analytics.questions.strategy.site_what_if.steps import answer_scenario
from tests.notebook_said import headlines, names, page_faults, rows, said_by
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import World, simulate
from tests.site_world import VARICK, bills, prepared_blind, scenario, telling

# With costs that leave something, so that there is a choice.
CHEAP = {"rent_dollars_month": 1_000.0, "build_out_dollars": 50_000.0, "margin_rate": 0.4}
SITES = [
    "180 Varick; 40.7275, -74.0054",
    "Columbus Circle; 40.7681, -73.9819",
    "Bedford Ave; 40.7170, -73.9566",
]
REMOTE = [
    "East 86th St; 40.7794, -73.9559",
    "Inwood Hill; 40.8700, -73.9250",
    "Fort Washington; 40.8500, -73.9450",
    "Columbus Circle; 40.7681, -73.9819",
]


def run(world: World, **parameters):
    chosen = {"candidates": SITES, "together": ["180 Varick", "Columbus Circle"]} | parameters
    return said_by("strategy/site_scoring", SimulatedSuite(world), **chosen)


@functools.cache
def blind():
    """Places say nothing: what most chains of ten stores are."""
    return run(simulate(5))


@functools.cache
def told():
    return run(telling(5), **CHEAP)


def texts(said, kind):
    return " ".join(record["text"] for record in said[kind])


def test_where_places_say_nothing_nothing_is_ranked_and_what_a_site_must_sell_is_said():
    said, found = blind(), headlines(blind())
    assert set(found) == {"needed", "best_gross", "chance", "unseen_error"}
    for name in ("needed", "best_gross", "unseen_error"):
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]
    assert texts(said, "answer").startswith("Of the sites that we can judge")
    assert len(texts(said, "answer").split()) <= 45
    assert "negotiate" not in texts(said, "decision") and "first" not in texts(said, "decision")
    sites = rows(said, "sites")
    assert [row["site"] for row in sites] == ["180 Varick", "Columbus Circle"]  # as they were given
    assert all(row["score"] is None and row["rank"] is None for row in sites)
    assert "cannot be told apart" in texts(said, "caveat") and "order" not in names(said, "table")


def test_where_people_decide_sites_are_ranked_with_an_order_and_its_chance():
    said, found = told(), headlines(told())
    assert set(found) == {"needed", "best_gross", "best_net", "best_taken", "chance", "unseen_error"}
    first = rows(said, "sites")[0]
    assert texts(said, "answer").startswith(f"{first['site']} ranks first")
    assert first["rank"] == 1 and 0 <= first["score_low"] <= first["score"] <= first["score_high"] <= 100
    steps = rows(said, "order")
    assert [row["step"] for row in steps] == [1, 2] and steps[-1]["chance"] == 1
    assert 0 < steps[0]["chance"] <= 1 and steps[0]["site"] == first["site"]
    reasons = {row["site"]: row for row in rows(said, "reasons")}
    assert reasons["180 Varick"]["people in reach"] != 0


def test_the_page_is_complete_and_a_refused_site_is_in_no_table():
    said = blind()
    assert page_faults(said) == [] == page_faults(told())
    assert [record["name"] for record in said["figure"]] == ["map", "needs", "net", "ramps"]
    expected = {"needs", "payback", "sites", "ways", "reasons", "scenario", "ramps", "bar"}
    assert names(said, "table") == expected | {"diversion", "openings", "switching"}
    assert [check["passed"] for check in said["check"]] == [True, False, True, True]
    for name in ("sites", "payback", "reasons", "ramps", "bar", "diversion", "scenario", "needs"):
        assert "Bedford Ave" not in {row["site"] for row in rows(said, name)}, name
    assert "Bedford Ave is not scored: outside the layers" in texts(said, "caveat")


@pytest.mark.parametrize("world", [simulate, telling])
def test_a_park_does_not_win_and_remote_places_share_no_figure(world):
    said = run(world(5), candidates=REMOTE, together=["Columbus Circle"], **CHEAP)
    assert [row["site"] for row in rows(said, "sites")] == ["Columbus Circle"]
    claims = texts(said, "answer") + texts(said, "decision")
    assert not any(name in claims for name in ("Inwood", "Washington", "86th"))
    needs = {row["site"]: row for row in rows(said, "needs")}
    assert needs["Inwood Hill"]["outside"] and needs["Inwood Hill"]["p_payback"] is None
    assert len({round(row["needed_rate"], 2) for row in needs.values()}) == len(needs)


@pytest.mark.full
def test_when_no_site_is_like_our_stores_the_page_says_so():
    said = run(telling(5), candidates=REMOTE[:3], together=[])
    assert texts(said, "answer").startswith("None of these sites is like our stores")
    assert said["decision"][0]["strength"] == "do not decide on this yet"
    assert set(headlines(said)) == {"needed", "unseen_error"} and rows(said, "sites") == []


@pytest.mark.full
@pytest.mark.parametrize("effect", [0.0, -0.9, 0.2])
def test_no_loss_and_strong_losses_to_sister_stores_leave_a_page(effect):
    """The choice model then cannot be fitted: a check less, not a page less."""
    said = run(simulate(5, effect=effect))
    assert len(said["answer"]) == 1 and headlines(said)["best_gross"]["value"] > 0
    diversion = rows(said, "diversion")
    if effect >= 0:
        assert all(-1e-9 <= row["loss_event"] < 0.2 for row in diversion)
        assert "no clear loss to sister stores" in texts(said, "caveat")
    if "choice model cannot check" in texts(said, "caveat"):
        assert all(row["loss_huff"] is None for row in diversion)


@pytest.mark.full
def test_costs_are_the_ledgers_and_what_they_imply_is_said():
    world = simulate(5)
    world.bills = bills(world, rent=4_200, staff=8_400, an_order=1.44)
    said = run(world)
    assert "times revenue" in texts(said, "caveat") and "do not earn what they cost" in texts(said, "caveat")
    assert "sign neither lease" in texts(said, "decision") and said["decision"][0]["strength"] == "do"
    assert headlines(said)["chance"]["value"] < 0.1 and rows(said, "payback")[0]["rent"] == 18_500
    cheaper = simulate(5)
    cheaper.bills = bills(cheaper, rent=1_000, staff=1_000, an_order=1.44)
    assert headlines(run(cheaper))["chance"]["value"] > headlines(said)["chance"]["value"]


@pytest.mark.full
def test_a_chance_of_a_coin_toss_is_no_reason_to_negotiate():
    said = run(telling(5), margin_rate=0.4, rent_dollars_month=2_000.0, build_out_dollars=250_000.0)
    chance = headlines(said)["chance"]["value"]
    assert 0.1 < chance < 0.8
    assert said["decision"][0]["strength"] == "do not decide on this yet" and "negotiate" not in texts(
        said, "decision"
    )


@pytest.mark.full
def test_dearer_orders_raise_every_dollar():
    world = telling(5)
    world.days["value"] *= 2
    before, after = headlines(told()), headlines(run(world, **CHEAP))
    for name in ("best_net", "best_gross", "best_taken"):
        assert after[name]["value"] == pytest.approx(2 * before[name]["value"], rel=1e-6)
    assert after["chance"]["value"] >= before["chance"]["value"]


@pytest.mark.full
def test_a_stores_revenue_is_the_figure_of_the_store_ramp():
    """On the page of the ramp, on the map of the site page and in the app."""
    said = said_by("operations/store_ramp_curves", SimulatedSuite(simulate(5)))
    plateaus = {row["store_name"]: row["dollars"] for row in rows(said, "plateaus")}
    open_sites = prepared_blind().fitted[1.0].open_sites.set_index("site")
    assert open_sites["dollars_month"][list(plateaus)].to_dict() == pytest.approx(plateaus)
    labels = badge_stores(open_sites.reset_index())["label"].tolist()
    assert f"Store 4 ${plateaus['Store 4'] / 1e3:.0f}K" in labels
    answer = answer_scenario(prepared_blind(), scenario(VARICK))
    assert answer.world.sold.sum() == pytest.approx(open_sites["dollars_month"].sum())


@pytest.mark.full
def test_files_are_terms_and_stand_beside_the_sites(tmp_path):
    rent, traffic, rivals = (tmp_path / f"{name}.csv" for name in ("rent", "traffic", "rivals"))
    rent.write_text("site,rent_dollars_month\n180 Varick,21000\n")
    passing = "".join(f"Store {i},{1000 * (i + 1)},2025-10\n" for i in range(10))
    traffic.write_text("site,people_day,counted\nColumbus Circle,31000,2025-10\n" + passing)
    rivals.write_text("name,latitude,longitude\nX,40.7276,-74.0050\nY,40.7274,-74.0056\nZ,40.7000,-74.0100\n")
    files = {"rent_file": rent, "foot_traffic_file": traffic, "competitors_file": rivals}
    said = run(simulate(5), **{name: str(path) for name, path in files.items()})
    found = {row["site"]: (row["people_day"], row["competitors"]) for row in rows(said, "sites")}
    assert found == {"180 Varick": (None, 2), "Columbus Circle": (31_000, 0)}
    payback = {row["site"]: row for row in rows(said, "payback")}
    assert payback["180 Varick"]["rent"] == 21_000 and payback["180 Varick"]["is_rent_imported"]
    # Known of every store, people passing and competitors are tried; rent is not known of ours.
    assert "competitors within 400 m, people passing; kept" in texts(said, "caveat")
    assert "competitors" not in rows(blind(), "sites")[0]  # absent without a file, not zero


@pytest.mark.full
def test_an_existing_model_is_judged_out_of_sample_beside_ours(tmp_path):
    file = tmp_path / "predictions.csv"
    stores = "".join(f"Store {i},{30_000 + 4_000 * (i % 3)}\n" for i in range(2, 8))
    file.write_text("store_name,predicted_dollars_month\n" + stores + "Nowhere,1\n")
    said = run(simulate(5), predictions_file=str(file))
    ways = {row["way"]: row for row in rows(said, "ways")}
    assert ways.pop("existing model (imported)")["n"] == 6 and len(ways) == 4
    used = next(row for row in ways.values() if row["is_used"])
    assert headlines(said)["unseen_error"]["value"] == pytest.approx(used["error"])
    assert "claims an R2 of 0.94. On 6 of our stores" in texts(said, "caveat")
    assert not next(c for c in said["check"] if c["name"].startswith("files name"))["passed"]


def test_what_no_page_can_be_made_of_is_one_clear_error(tmp_path):
    rent = tmp_path / "rent.csv"
    rent.write_text("site,rent_dollars_month\n180 Varick,much\n")
    with pytest.raises(LuckyError, match="candidates: expected a site inside the layers"):
        run(simulate(5), candidates=SITES[2:])
    with pytest.raises(ParameterError, match="candidate: expected name; latitude, longitude"):
        run(simulate(5), candidates=["Astor Place"])
    with pytest.raises(LuckyError, match="row 2, rent_dollars_month: expected a number"):
        run(simulate(5), rent_file=str(rent))
    world = simulate(5)
    world.days, world.stores = (frame[frame["unique_id"] == "s2"] for frame in (world.days, world.stores))
    with pytest.raises(LuckyError, match="ramp curve: expected 3 stores"):
        run(world)


@pytest.mark.parametrize(
    ("column", "message"),
    [("value", "order value: expected at least 2 stores"), ("y", "week pattern: expected days with orders")],
)
def test_nothing_but_zeros_is_one_clear_error(column, message):
    world = simulate(5)
    world.days[column] = 0
    with pytest.raises(LuckyError, match=message):
        run(world)


@pytest.mark.full
def test_an_empty_week_changes_little_and_a_store_without_a_place_is_left_out():
    world = dataclasses.replace(simulate(5))
    source = simulate(5)
    gap = (source.days["unique_id"] == "s3") & source.days["ds"].between("2025-11-03", "2025-11-09")
    world.days, world.stores, world.plateaus = source.days[~gap], source.stores, source.plateaus
    found = headlines(run(world))["best_gross"]["value"]
    assert found == pytest.approx(headlines(blind())["best_gross"]["value"], rel=0.05)
    source.stores.loc[source.stores["unique_id"] == "s4", ["latitude", "longitude"]] = None
    said = run(source)
    assert [check["passed"] for check in said["check"]] == [False, False, True, True]
    assert headlines(said)["best_gross"]["n"] == 8
