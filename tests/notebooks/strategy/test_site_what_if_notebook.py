"""The report of a what-if: complete, and its headlines are what the app shows, to the last digit."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.questions.strategy.site_what_if.scenario import write_scenario
from lucky_analytics.questions.strategy.site_what_if.steps import answer_scenario
from tests.notebook_said import headlines, said_by
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import simulate
from tests.site_world import BROOKLYN, COLUMBUS, VARICK, prepared, scenario


def run(asked=None):
    text = json.dumps(write_scenario(asked)) if asked else ""
    return said_by("strategy/site_what_if", SimulatedSuite(simulate(5)), scenario=text)


def test_headlines_are_the_apps_numbers_and_the_page_is_complete():
    name = prepared().store_names[0]
    asked = scenario(VARICK, COLUMBUS, BROOKLYN, left_out=(name,), jobs_share=0.8, price=1.1, decay=0.7)
    said, answer = run(asked), answer_scenario(prepared(), asked)
    together, found = answer.together | answer.payback_together, headlines(said)
    assert set(found) == {"net", "gross", "taken", "payback", "score"}
    for name, record in found.items():
        shown = (together[key] for key in (name, f"{name}_low", f"{name}_high"))
        # what does not happen within the horizon is null
        assert (record["value"], record["low"], record["high"]) == tuple(
            value if np.isfinite(value) else None for value in shown
        )
    assert [record["name"] for record in said["figure"]] == ["map", "net"]
    assert {record["name"] for record in said["table"]} == {"sites", "losses", "ramp", "levers"}
    assert [check["passed"] for check in said["check"]] == [False, True]
    caveats = " ".join(record["text"] for record in said["caveat"])
    assert "Bedford Ave: Not predicted: this place is in Brooklyn" in caveats and "is lost there" in caveats


def test_without_a_scenario_it_is_where_the_app_starts():
    assert "180 Varick, Grand Central would add" in run()["answer"][0]["text"]


def test_a_scenario_that_is_none_stops_the_run():
    with pytest.raises(LuckyError, match="a site inside the layers"):
        run(scenario(BROOKLYN))
    with pytest.raises(UnknownNameError, match="unknown part of a scenario"):
        said_by("strategy/site_what_if", SimulatedSuite(simulate(5)), scenario='{"sql": "drop"}')
