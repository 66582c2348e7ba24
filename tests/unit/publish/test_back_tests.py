"""The record's back-tests: each held against what it should be, by its own interval."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lucky_analytics.publish.back_tests import read_back_tests, say_back_tests
from lucky_analytics.publish.shelf import Run
from tests.example_runs import RECORD


def run(notebook: str, **headlines) -> Run:
    said = [
        {"name": name, "label": name, "unit": "share", "value": ends[0], "low": ends[1], "high": ends[2]}
        for name, ends in headlines.items()
    ]
    return Run(
        Path(),
        dataclasses.replace(RECORD, notebook=notebook),
        {"headlines": said, "problems": [], "title": []},
    )


@pytest.mark.parametrize(
    ("notebook", "headlines", "verdict"),
    [
        ("executive_briefing", {"forecast_bias": (0.08, 0.05, 0.11)}, "too high"),
        ("executive_briefing", {"forecast_bias": (-0.08, -0.11, -0.05)}, "too low"),
        ("executive_briefing", {"forecast_bias": (0.02, -0.01, 0.05)}, "right, as far as can be seen"),
        ("shelf_life", {"came": (0.9, 0.85, 0.95)}, "too high"),
        ("shelf_life", {"came": (1.2, 1.1, 1.3)}, "too low"),
        ("machine_fleet", {"held": (1.0, None, None)}, "kept"),
        ("machine_fleet", {"held": (0.5, None, None)}, "not kept"),
        ("launch_predictor", {"inside": (0.85, 0.7, 0.95)}, "kept"),
        (
            "financial_forecast",
            {"error": (0.06, 0, 1), "naive_error": (0.12, 0, 1)},
            "nearer than",
        ),
        ("financial_forecast", {"error": (0.13, 0, 1), "naive_error": (0.12, 0, 1)}, "no nearer"),
    ],
)
def test_each_is_judged_by_its_interval_against_what_it_should_be(notebook, headlines, verdict):
    (found,) = read_back_tests([run(notebook, **headlines)])
    assert found.verdict.startswith(verdict)


def test_what_failed_stands_first_and_is_named_and_what_is_not_known_is_left_out():
    good = run("machine_fleet", held=(1.0, None, None))
    bad = run("executive_briefing", forecast_bias=(0.08, 0.05, 0.11))
    unknown = run("shelf_life", came=(None, None, None))
    lone = run("financial_forecast", error=(0.06, None, None))
    found = read_back_tests([good, bad, unknown, lone])
    assert [each.is_good for each in found] == [False, True]
    assert say_back_tests(found) == (
        "Tried on days gone by, 1 of 2 forecasts did as they should; not so: orders of a week."
    )
