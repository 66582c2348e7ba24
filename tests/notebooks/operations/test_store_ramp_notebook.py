"""The store ramp notebook on simulated orders: it runs from top to bottom; its headlines follow the rows."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from tests.notebook_said import page_faults, said_by
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import World, simulate

HEADLINES = {
    "weeks_to_90", "weeks_to_50", "plateau_revenue", "next_store_revenue", "week_eight_orders", "sister_loss",
}  # fmt: skip


def run(world: World, **parameters):
    return said_by("operations/store_ramp_curves", SimulatedSuite(world), **parameters)


def headlines(world: World, **parameters):
    return {record["name"]: record for record in run(world, **parameters)["headline"]}


@functools.cache
def usual():
    return run(simulate(5))


@functools.cache
def changed(edit):
    """Headlines after ``edit`` of the days; one run for all tests that ask."""
    world = simulate(5)
    world.days = edit(world.days.copy())
    return headlines(world)


def test_every_headline_has_an_interval_its_level_and_a_count():
    found = {record["name"]: record for record in usual()["headline"]}
    assert set(found) == HEADLINES
    for record in found.values():
        assert record["low"] < record["value"] < record["high"]
        assert record["level"] and record["n"] > 0 and "SELECT" in record["sql"]


def test_the_page_is_complete():
    said = usual()
    assert len(said["answer"]) == 1 and len(said["decision"]) == 1
    assert all(check["passed"] for check in said["check"]) and len(said["check"]) == 4
    assert {record["name"] for record in said["figure"]} == {
        "store_panels", "common_curve", "plateaus", "next_store", "losses", "fall_s0", "fall_s1",
    }  # fmt: skip
    assert {record["name"] for record in said["table"]} == {
        "plateaus", "assumptions", "first_weeks", "next_store", "young_stores", "unseen", "launch_stores",
        "bar",
    }  # fmt: skip
    assert any("Store 9" in record["text"] for record in said["caveat"])


def slower(days: pd.DataFrame) -> pd.DataFrame:
    """Stores 2 to 8 sell a third less in their first three weeks."""
    age = (days["ds"] - days.groupby("unique_id")["ds"].transform("min")).dt.days
    young = (age < 21) & ~days["unique_id"].isin(["s0", "s1"])
    return days.assign(y=days["y"].where(~young, (days["y"] * 0.67).astype(int)))


def dearer(days: pd.DataFrame) -> pd.DataFrame:
    return days.assign(value=days["value"] * 2)


def unequal(days: pd.DataFrame) -> pd.DataFrame:
    """Two stores at twice and at half their size."""
    factor = days["unique_id"].map({"s2": 2.0, "s6": 0.5}).fillna(1.0)
    return days.assign(y=(days["y"] * factor).astype(int), value=(days["value"] * factor).astype(int))


def without_sister_losses(days: pd.DataFrame) -> pd.DataFrame:
    """The same chance, but stores hardly take orders from each other."""
    return simulate(5, effect=-0.1).days


@pytest.mark.parametrize(
    ("name", "edit", "factor"),
    [
        pytest.param("weeks_to_90", slower, "up", marks=pytest.mark.full),
        pytest.param("weeks_to_50", slower, "up", marks=pytest.mark.full),
        ("plateau_revenue", dearer, 2.0),
        ("next_store_revenue", dearer, 2.0),
        ("week_eight_orders", dearer, "down"),
        pytest.param("sister_loss", without_sister_losses, "down", marks=pytest.mark.full),
    ],
)
def test_a_headline_follows_the_rows(name, edit, factor):
    before = next(record for record in usual()["headline"] if record["name"] == name)["value"]
    after = changed(edit)[name]["value"]
    if factor == "up":
        assert after > 1.05 * before
    elif factor == "down":
        assert after < 0.95 * before
    else:
        assert after == pytest.approx(factor * before, rel=1e-6)


@pytest.mark.full
def test_a_wider_spread_of_stores_widens_the_outlook():
    def width(record):
        return record["high"] / record["low"]

    before = next(record for record in usual()["headline"] if record["name"] == "next_store_revenue")
    assert width(changed(unequal)["next_store_revenue"]) > width(before)


# Parameters of one run act on headlines of their own: dollars a week on the gate, kilometres on the loss.
@pytest.mark.full
@pytest.mark.parametrize(
    "parameters",
    [
        {"needed_dollars": (60_000.0, "week_eight_orders"), "exposure_km": (2.0, "sister_loss")},
        {"hump": (0.5, "weeks_to_90")},
        {"min_weeks": (10, "plateau_revenue")},
    ],
    ids=" ".join,
)
def test_a_parameter_changes_its_headline(parameters):
    before = {record["name"]: record["value"] for record in usual()["headline"]}
    after = headlines(simulate(5), **{name: value for name, (value, _) in parameters.items()})
    for _, headline in parameters.values():
        assert after[headline]["value"] != pytest.approx(before[headline], rel=1e-3)


@pytest.mark.full
def test_level_and_confidence_widen_intervals():
    before = {record["name"]: record for record in usual()["headline"]}
    after = headlines(simulate(5), level=0.99, confidence=0.95)
    for name in HEADLINES:
        assert after[name]["high"] > before[name]["high"] and after[name]["low"] < before[name]["low"]


def test_where_stores_take_nothing_from_each_other_nothing_is_claimed():
    said = run(simulate(5, effect=0.0))
    record = {each["name"]: each for each in said["headline"]}["sister_loss"]
    assert record["low"] < 0 < record["high"]
    findings = {each["name"]: each["finding"] for each in said["figure"]}
    assert "not known" in findings["losses"]
    assert all("no lower below its best" in findings[name] for name in ("fall_s0", "fall_s1"))


@pytest.mark.full
def test_a_chain_whose_stores_do_not_grow_has_every_page_and_no_spacing():
    said = run(simulate(5, b=0.001, hump=0.0))
    assert {record["name"] for record in said["headline"]} == HEADLINES
    assert "No growth after the opening is clear" in said["answer"][0]["text"]
    assert "No spacing" in said["decision"][0]["because"]


@pytest.mark.full
def test_strong_losses_to_sisters_stop_nothing():
    found = headlines(simulate(5, effect=-0.9))
    assert found["sister_loss"]["low"] < 1 - np.exp(-0.9 * np.exp(-0.5)) < found["sister_loss"]["high"]


@pytest.mark.full
def test_stores_without_a_place_have_no_losses_and_the_page_goes_on():
    world = simulate(5)
    world.stores["latitude"] = np.nan
    said = run(world)
    record = {each["name"]: each for each in said["headline"]}["sister_loss"]
    assert record["value"] is None and "cannot be told" in record["note"]
    assert "losses" not in {each["name"] for each in said["figure"]}


def test_the_answer_is_short_and_the_spacing_is_that_of_one_store():
    said = usual()
    assert page_faults(said) == []
    assert len(said["answer"][0]["text"].split()) <= 40
    weeks = int(said["decision"][0]["because"].split("Leave ")[1].split()[0])
    assert weeks >= np.ceil(next(h for h in said["headline"] if h["name"] == "weeks_to_90")["high"])


def without_launch(days):
    return days[days["unique_id"] == "s2"]


def test_one_store_is_one_clear_error():
    world = simulate(5)
    world.days, world.stores = without_launch(world.days), world.stores[world.stores["unique_id"] == "s2"]
    with pytest.raises(LuckyError, match="ramp curve: expected 3 stores"):
        run(world)


@pytest.mark.full
def test_an_empty_week_is_a_failed_check_and_not_an_error():
    world = simulate(5)
    gap = (world.days["unique_id"] == "s3") & world.days["ds"].between("2025-11-03", "2025-11-09")
    world.days = world.days[~gap]
    said = run(world)
    assert [check["passed"] for check in said["check"]] == [True, False, True, True]


def test_orders_worth_nothing_are_one_clear_error():
    world = simulate(5)
    world.days["value"] = 0
    with pytest.raises(LuckyError, match="order value: expected at least 2 stores with revenue"):
        run(world)


def test_no_orders_is_one_clear_error():
    world = simulate(5)
    world.days = world.days.head(0)
    with pytest.raises(LuckyError, match="store ramp: expected orders of trading stores"):
        run(world)
