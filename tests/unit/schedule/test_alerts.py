"""Rules about values that are not there: judged alike in whatever order, and told once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lucky_analytics import report_record
from lucky_analytics.publish.shelf import Run, read_shelf
from lucky_analytics.schedule.alerts import raise_alerts
from lucky_analytics.schedule.recipients import Channel, Delivery
from lucky_analytics.schedule.rules import Rule, parse
from lucky_analytics.schedule.state import open_state
from lucky_analytics.schedule.verdicts import Facts, judge
from lucky_analytics.settings import Settings
from tests.example_pages import example_notebook, record
from tests.example_runs import make_settings, write_run

DAY = dt.date(2026, 2, 14)
NOTEBOOK = "store_ramp_curves"
READERS = Delivery({"readers": (Channel("mail", "readers", "ann@example.internal"),)})
HIGH = 57_900.0


def run_with(here: Settings, number: int, plateau: float | None) -> Run:
    """The example's run with another plateau, or without one; its other headlines are as they were."""
    node = example_notebook()
    for _, said, _ in report_record.read(node):
        if said["kind"] == "headline" and said["name"] == "plateau":
            said |= {"value": plateau, "low": None, "high": None}
    run_id, ended = f"{number:02}{'c' * 10}", f"2026-02-14T12:{number:02}:00.000+00:00"
    write_run(here, node, run_id=run_id, ended_at=ended)
    return next(run for run in read_shelf(here).runs[NOTEBOOK] if run.id == run_id)


def rule(when: str) -> Rule:
    return Rule("odd", when, parse(when), NOTEBOOK, ("readers",))


@pytest.mark.parametrize(
    ("known", "state"), [("plateau.n >= 1", "unknown"), ("plateau.n > 99,999", "clear"), ("", "unknown")]
)
def test_a_value_that_is_not_there_is_judged_alike_in_either_order(tmp_path: Path, known: str, state: str):
    facts = Facts(run_with(make_settings(tmp_path), 1, None), None, (), DAY)
    for conditions in (["plateau > 1", known], [known, "plateau > 1"]):
        verdict = judge(rule(" and ".join(filter(None, conditions))), facts)
        assert verdict.state == state
        assert [("no value in this report" in reason) for reason in verdict.reasons] == [True] * (
            state == "unknown"
        )


@pytest.mark.parametrize("when", ["plateau > $1 and plateau.n >= 1", "plateau.n >= 1 and plateau > $1"])
def test_a_value_that_went_missing_is_told_once_and_the_alert_stays_open(tmp_path: Path, when: str):
    here = make_settings(tmp_path)
    values = [HIGH, HIGH, None, None, HIGH, 0.5, None, None]
    told, previous = [], None
    with open_state(here) as state:
        for number, value in enumerate(values):
            run = run_with(here, number, value)
            facts = Facts(run, previous, (), DAY)
            now = dt.datetime(2026, 2, 14, 12, number, tzinfo=dt.UTC)
            before = state.database.total_changes
            raise_alerts(state.database, [rule(when)], facts, (), READERS, now)
            if state.database.total_changes > before:
                event = "select event, evidence from alerts order by number desc limit 1"
                kind, evidence = state.database.execute(event).fetchone()
                told.append((number, kind, "no value" in evidence))
            previous = run
        (n_messages,) = state.database.execute("select count(*) from outbox").fetchone()
    # begins; goes missing; is back; ends; goes missing again, from clear
    assert told == [
        (0, "open", False),
        (2, "open", True),
        (4, "open", False),
        (5, "resolved", False),
        (6, "open", True),
    ]
    assert n_messages == len(told)


def run_that_counts(here: Settings, number: int, counted: dict[str, str]) -> Run:
    """The example's run whose plateau counts things by name."""
    node = example_notebook()
    for _, said, _ in report_record.read(node):
        if said["kind"] == "headline" and said["name"] == "plateau":
            said |= {"value": float(len(counted)), "low": None, "high": None, "counted": counted}
    run_id, ended = f"{number:02}{'d' * 10}", f"2026-02-14T13:{number:02}:00.000+00:00"
    write_run(here, node, run_id=run_id, ended_at=ended)
    return next(run for run in read_shelf(here).runs[NOTEBOOK] if run.id == run_id)


def test_what_a_headline_counts_by_name_is_told_once_each(tmp_path: Path):
    """Fewer say nothing new, nor does one that comes again after the alert has ended."""
    here, now = make_settings(tmp_path), dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
    days = [("a", True), ("ab", True), ("b", False), ("", False), ("a", False), ("ac", True)]
    told = []
    with open_state(here) as state:
        for number, (cards, _) in enumerate(days):
            counted = {name: f"card {name}" for name in cards}
            facts = Facts(run_that_counts(here, number, counted), None, (), DAY)
            told.append(bool(raise_alerts(state.database, [rule("plateau > 0")], facts, (), READERS, now)))
        bodies = [row[0] for row in state.database.execute("select message from outbox order by rowid")]
    assert told == [is_news for _, is_news in days]
    last = next(body for body in reversed(bodies) if "card c" in body)
    assert "card a" not in last


def stopped_run(here: Settings, number: int) -> Run:
    """A run whose page ended early, because its data cannot answer the question."""
    stop = {"kind": "title", "text": "Nobody ordered", "is_stopped": True}
    node = new_notebook(
        cells=[new_code_cell("report.stop(...)", outputs=record(report_record.say, stop, ""))]
    )
    run_id, ended = f"{number:02}{'d' * 10}", f"2026-02-14T12:{number:02}:00.000+00:00"
    write_run(here, node, run_id=run_id, ended_at=ended)
    return next(run for run in read_shelf(here).runs[NOTEBOOK] if run.id == run_id)


@pytest.mark.parametrize("when", ["plateau > 1", "plateau outside its interval"])
def test_a_page_that_ended_early_leaves_its_rules_unknown_and_says_so_where_a_number_was(tmp_path, when):
    here = make_settings(tmp_path)
    before, now = run_with(here, 1, HIGH), stopped_run(here, 2)
    assert now.is_stopped and not before.is_stopped
    first, then = (judge(rule(when), Facts(now, previous, (), DAY)) for previous in (None, before))
    assert (first.state, first.is_newly_missing) == ("unknown", False)
    assert (then.state, then.is_newly_missing) == ("unknown", True)
    assert "Nobody ordered: there is no plateau in this report" in then.reasons[0]
    misspelt = judge(rule("platteau > 1"), Facts(before, None, (), DAY))
    assert misspelt.state == "firing" and "does not fit its report" in misspelt.reasons[0]
