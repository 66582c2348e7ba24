"""The report of a what-if: complete, and its headlines are what the app shows, to the last digit."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lucky_analytics.apps.site_scoring.site_page import decide_scenario
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.questions.strategy.site_what_if.scenario import write_scenario
from lucky_analytics.questions.strategy.site_what_if.steps import answer_scenario
from tests.notebook_said import headlines, names, page_faults, said_by
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import simulate
from tests.site_world import BROOKLYN, COLUMBUS, UPTOWN, VARICK, bills, prepared, scenario, telling


def run(world, asked=None):
    text = json.dumps(write_scenario(asked)) if asked else ""
    return said_by("strategy/site_what_if", SimulatedSuite(world), scenario=text)


def test_headlines_are_the_apps_numbers_and_the_page_is_complete():
    asked = scenario(VARICK, COLUMBUS, BROOKLYN, UPTOWN, left_out=("Store 0",), jobs_share=0.8, price=1.1)
    # The page prepares what this scenario needs, the app everything: the same numbers, sooner.
    said, answer = run(telling(5), asked), answer_scenario(prepared(), asked)
    found = headlines(said)
    assert set(found) == {"profit", "net", "gross", "taken", "chance", "score"}
    assert page_faults(said) == []
    for name in set(found) - {"chance"}:
        shown = [answer.together[key] for key in (name, f"{name}_low", f"{name}_high")]
        assert [found[name][key] for key in ("value", "low", "high")] == shown
    assert found["chance"]["value"] == answer.payback_together["p_payback"]
    decided = decide_scenario(answer)
    assert {name: said["decision"][0][name] for name in decided} == decided  # the app's, word for word
    assert [record["name"] for record in said["figure"]] == ["map", "net"]
    assert names(said, "table") == {"needs", "sites", "losses", "ramp", "levers"}
    assert [check["passed"] for check in said["check"]] == [False, True]
    caveats = " ".join(record["text"] for record in said["caveat"])
    assert "Bedford Ave: Not predicted: this place is in Brooklyn" in caveats and "is lost there" in caveats
    assert "East 86th St: Not predicted: farther from our stores" in caveats


@pytest.mark.parametrize(
    "effect", [-0.45, *(pytest.param(effect, marks=pytest.mark.full) for effect in (0.0, -0.9))]
)
def test_where_places_say_nothing_no_set_has_a_score_and_none_is_recommended(effect):
    """With nought, usual and strong losses to sister stores: the page comes, at the costs of the ledger."""
    world = simulate(5, effect=effect)
    world.bills = bills(world, rent=4_200, staff=8_400, an_order=1.44)
    said = run(world)
    found = headlines(said)
    assert set(found) == {"profit", "net", "gross", "taken", "chance"}
    assert found["profit"]["high"] < 0 and found["chance"]["value"] < 0.1
    assert "would bring a loss" in said["answer"][0]["text"]
    assert "sign neither lease" in said["decision"][0]["text"]
    assert np.isfinite([record["value"] for record in found.values()]).all()


@pytest.mark.full
def test_without_a_scenario_it_is_where_the_app_starts():
    assert "180 Varick and Grand Central" in run(simulate(5))["answer"][0]["text"]


def test_a_scenario_that_is_none_stops_the_run():
    with pytest.raises(LuckyError, match="a site inside the layers"):
        run(simulate(5), scenario(BROOKLYN))
    with pytest.raises(UnknownNameError, match="unknown part of a scenario"):
        said_by("strategy/site_what_if", SimulatedSuite(simulate(5)), scenario='{"sql": "drop"}')
