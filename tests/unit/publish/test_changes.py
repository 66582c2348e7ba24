"""Which headlines moved, in which direction, and why."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lucky_analytics.publish.shelf import Run
from lucky_analytics.publish.whats_new import describe_cause, find_moves, find_previous
from tests.example_runs import RECORD


def run(value: float | None, low=None, high=None, unit="weeks", **changes) -> Run:
    headline = {"name": "w", "label": "Weeks", "value": value, "low": low, "high": high, "unit": unit}
    return Run(Path(), dataclasses.replace(RECORD, **changes), {"headlines": [headline]})


@pytest.mark.parametrize(
    ("new", "interval", "is_beyond"),
    [
        (7.0, (5.0, 7.0), False),  # the end of an interval belongs to it
        (7.2, (5.0, 7.0), True),
        (4.9, (5.0, 7.0), True),
        (90.0, (5.0, None), False),  # censored: no upper end
        (4.0, (5.0, None), True),
        (6.3, (None, None), True),  # exact: every visible difference counts
    ],
)
def test_beyond_the_previous_interval(new, interval, is_beyond):
    (move,) = find_moves(run(new), run(6.0, *interval))
    assert move.is_beyond is is_beyond
    assert move.is_up is (new > 6.0)


def test_a_difference_that_nobody_can_see_is_no_move():
    assert find_moves(run(6.004), run(6.001)) == []


def test_unknown_values_and_other_units_are_not_compared():
    assert find_moves(run(None), run(6.0)) == []
    assert find_moves(run(6.0), run(None)) == []
    assert find_moves(run(6.0, unit="days"), run(5.0)) == []


def test_largest_relative_change_first():
    headlines = [{"low": None, "high": None, "unit": "orders"}] * 2
    new, old = (
        [{**h, "name": n, "label": n, "value": v} for h, n, v in zip(headlines, "ab", values, strict=True)]
        for values in ((110, 30), (100, 10))
    )
    moves = find_moves(Run(Path(), RECORD, {"headlines": new}), Run(Path(), RECORD, {"headlines": old}))
    assert [move.name for move in moves] == ["b", "a"]
    assert moves[0].size == 2.0


def test_previous_asked_the_same_question_and_completed():
    newest = run(1)
    other_store = run(2, parameters={**RECORD.parameters, "model": "logistic"})
    failed = run(3, status="failed")
    same = run(4, parameters={**RECORD.parameters, "as_of": "2026-02-01"}, as_of="2026-02-01")
    assert find_previous(newest, [other_store, failed, same]) is same
    assert find_previous(newest, [other_store, failed]) is None


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, ""),
        ({"as_of": "2026-02-12", "tables_read": {"a.b": "1"}}, "1 more day of data"),
        ({"as_of": "2026-02-10"}, "3 more days of data"),
        ({"as_of": "2026-02-14"}, "an earlier last day"),
        ({"tables_read": {"a.b": "1"}}, "restated data"),
        ({"code_hash": "x"}, "changed code"),
        ({"notebook_hash": "x"}, "changed code"),
        ({"lock_hash": "x", "code_hash": "x", "as_of": "2026-02-12"},
         "1 more day of data, changed code and changed libraries"),
    ],
)  # fmt: skip
def test_cause(changes, cause):
    assert describe_cause(run(1), run(1, **changes)) == cause
