"""Rounds of the schedule on a small checkout: once each, retries, downtime, a kill, a second loop."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lucky_analytics import snapshot as snapshots
from lucky_analytics.errors import LuckyError, SourceError
from lucky_analytics.runs import batch, records
from lucky_analytics.runs.alone import alone as alone_with
from lucky_analytics.runs.batch import Outcome
from lucky_analytics.schedule import outbox, send
from lucky_analytics.schedule.loop import run_once
from lucky_analytics.schedule.message import Message
from lucky_analytics.schedule.recipients import load_delivery
from lucky_analytics.schedule.state import alone, open_state
from tests.example_runs import write_run
from tests.notebook_cells import OPENING
from tests.scheduled_checkout import World, make, utc

DAILY = """\
entries:
  daily:
    notebook: shops
    cron: "30 6 * * *"
    retries: 1
    deadline: 10 min
"""
MORNING = utc("2026-02-15T11:30")
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make(tmp_path / "a {checkout} of 100 %", DAILY, MORNING - DAY / 2)
    world.round()  # the entry is new: its past is not run
    return world


def no_run(settings, entry, seconds_left, jobs):
    return []


IDLE = {"snapshot": lambda *asked: None, "run": no_run, "publish": lambda settings: ()}


def events(world: World) -> list[tuple[str, str, int]]:
    with open_state(world.settings) as state:
        return [(f"{s.slot:%d %H:%M}", s.event, s.n_begun) for s in reversed(state.history())]


def test_a_slot_runs_once_and_its_page_is_published(world: World):
    assert world.round(MORNING - MINUTE).ended == ()
    (ended,) = world.round(MORNING).ended
    assert (ended.entry, ended.slot, ended.event, ended.detail) == ("daily", MORNING, "done", "1 ran")
    assert (world.settings.site_dir / "operations/shops/index.html").is_file()
    assert world.round(MORNING).ended == ()
    assert world.round(MORNING + DAY / 2).ended == ()
    assert world.round(MORNING + DAY).ended[0].detail == "1 skipped"
    audit = "".join(path.read_text() for path in (world.settings.outputs_dir / "audit").glob("*.jsonl"))
    assert "run shops" in audit
    assert '"publish"' in audit


def test_after_downtime_one_slot_is_run_and_the_others_are_in_the_history(world: World):
    world.round(MORNING, **IDLE)
    world.round(MORNING + 4 * DAY + MINUTE, **IDLE)
    assert events(world) == [
        ("15 11:30", "done", 1),
        ("16 11:30", "missed", 0),
        ("17 11:30", "missed", 0),
        ("18 11:30", "missed", 0),
        ("19 11:30", "done", 1),
    ]


def test_a_failed_slot_is_tried_again_after_a_pause_and_then_left(world: World):
    def down(settings, kind, databases):
        raise SourceError("salesorder", expected="a connection", got="refused")

    failing = {**IDLE, "snapshot": down}
    assert world.round(MORNING, **failing).ended[0].event == "failed"
    assert world.round(MORNING + MINUTE / 2, **failing).ended == ()
    assert world.round(MORNING + MINUTE, **failing).ended[0].event == "failed"
    assert world.round(MORNING + 60 * MINUTE).ended == ()
    assert events(world) == [("15 11:30", "failed", 2)]


@pytest.mark.full
def test_what_passes_its_deadline_is_stopped_and_failed(tmp_path: Path):
    slow = "import time; time.sleep(900)"  # longer than this test may take
    world = make(tmp_path, DAILY.replace("10 min", "3 s"), MORNING - DAY, OPENING, slow)
    world.round()
    (ended,) = world.round(MORNING).ended
    assert (ended.event, ended.detail.partition(".")[0]) == ("failed", "1 of 1 notebooks failed: shops")
    assert records.find("shops", None, world.settings).status == records.FAILED


def test_a_snapshot_that_takes_too_long_leaves_no_time_to_run(world: World):
    def slow(settings, kind, databases):
        world.now += 11 * MINUTE

    (ended,) = world.round(MORNING, **{**IDLE, "snapshot": slow}).ended
    assert ended.event == "failed"
    assert "deadline of daily" in ended.detail


def test_one_entry_that_goes_wrong_does_not_stop_the_others(world: World):
    world.write("schedule.yml", DAILY + DAILY.partition("\n")[2].replace("daily", "other"))
    world.round()

    def run(settings, entry, seconds_left, jobs):
        if entry.name == "daily":
            raise ValueError("ann@example.com")
        return []

    ended = world.round(MORNING, **{**IDLE, "run": run}).ended
    assert [(each.entry, each.event) for each in ended] == [("daily", "failed"), ("other", "done")]
    assert "ann@example.com" not in str(ended)


def test_what_cannot_be_told_fails_its_slot_and_no_other(world: World):
    world.write("schedule.yml", DAILY + DAILY.partition("\n")[2].replace("daily", "other"))
    world.write("alerts.yml", "bad:\n  when: failed run\n")
    world.round()
    report = Outcome("shops", "ran", "", write_run(world.settings, notebook="shops"))

    def run(settings, entry, seconds_left, jobs):
        return [report] if entry.name == "daily" else []

    def remove_snapshots(settings):  # which the judging of a report reads
        shutil.rmtree(settings.snapshots_dir)
        return ()

    ended = world.round(MORNING, **{**IDLE, "run": run, "publish": remove_snapshots}).ended
    assert [(each.entry, each.event) for each in ended] == [("daily", "failed"), ("other", "done")]
    assert "snapshot" in ended[0].detail


def test_a_wrong_audience_costs_itself_and_no_slot(world: World):
    world.write("schedule.yml", DAILY + DAILY.partition("\n")[2].replace("daily", "other"))
    world.write("audiences.yml", "chief: everything\nodd: {department: [operations]}\n")
    world.round()
    done = world.round(MORNING, snapshot=lambda *asked: None)
    assert [(each.entry, each.event) for each in done.ended] == [("daily", "done"), ("other", "done")]
    (fault,) = done.faults
    assert "audiences.yml line 2, odd 'department'" in str(fault)
    chief = world.settings.outputs_dir / "audiences" / "chief"
    for site in (world.settings.site_dir, chief):
        assert (site / "operations/shops/index.html").is_file()


def test_a_source_that_was_not_read_is_named_and_what_can_run_runs(world: World, monkeypatch):
    none = DAILY.partition("\n")[2].replace("daily", "old") + "    snapshot: none\n"
    world.write("schedule.yml", DAILY + none)
    world.round()
    standing = snapshots.find("newest", world.settings)
    (server,) = standing.servers
    read = replace(standing, unreached={server: "no answer to ann@example.com"}, unchanged=True)
    monkeypatch.setattr(snapshots, "take", lambda *sources, **how: read)
    done = world.round(MORNING)
    said = f"snapshot {standing.id}: 1 not read, each as it was before: got {server}: no answer to [removed]"
    assert [(each.entry, each.event, each.detail) for each in done.ended] == [
        ("daily", "done", f"1 ran; {said}"),
        ("old", "done", "1 skipped"),
    ]
    assert [type(fault) for fault in done.faults] == [SourceError]  # the command ends with it


def test_a_busy_notebook_is_left_to_the_other_command_and_is_no_failure(world: World, monkeypatch):
    monkeypatch.setattr(batch, "WAIT", 0.0)
    with alone_with("shops", world.settings, 0.0, lambda line: None) as other:
        assert other == ""
        (ended,) = world.round(MORNING, snapshot=lambda *asked: None, publish=lambda settings: ()).ended
    assert (ended.event, ended.detail) == ("done", "1 busy")
    assert world.round(MORNING + 2 * MINUTE).ended == ()  # nor is it tried again


def test_due_entries_share_one_snapshot_of_all_that_they_want(world: World):
    lines = DAILY.partition("\n")[2]
    more = lines.replace("daily", "orders") + "    snapshot: [salesorder, opproduction]\n"
    none = lines.replace("daily", "old") + "    snapshot: none\n"
    asked = []

    def ask(settings, kind, databases):
        asked.append(databases)

    world.write("schedule.yml", "entries:\n" + more + none)
    world.round()
    world.round(MORNING, **{**IDLE, "snapshot": ask})
    world.write("schedule.yml", "entries:\n" + more + none + lines)
    world.round(MORNING + MINUTE, **IDLE)
    world.round(MORNING + DAY, **{**IDLE, "snapshot": ask})
    world.write("schedule.yml", "entries:\n" + none)
    world.round(MORNING + 2 * DAY, **{**IDLE, "snapshot": ask})
    assert asked == [["opproduction", "salesorder"], None]


def test_a_killed_slot_is_taken_up_once_more_and_ends(world: World):
    class Killed(BaseException):
        """Nothing of ours catches it, as nothing catches a kill."""

    def die(settings, entry, seconds_left, jobs):
        raise Killed

    for _ in range(2):
        with pytest.raises(Killed):
            world.round(MORNING, **{**IDLE, "run": die})
    assert world.round(MORNING + MINUTE, **IDLE).ended == ()
    assert events(world) == [("15 11:30", "failed", 2)]
    with pytest.raises(Killed):
        world.round(MORNING + DAY, **{**IDLE, "run": die})
    assert world.round(MORNING + DAY + MINUTE, **IDLE).ended[0].event == "done"
    assert world.round(MORNING + DAY + 2 * MINUTE, **IDLE).ended == ()


def test_a_real_kill_leaves_a_log_that_goes_on(world: World):
    program = (
        "import time, sys; from pathlib import Path; from tests.scheduled_checkout import *;"
        "from lucky_analytics.settings import Settings; root = Path(sys.argv[1]);"
        "here = Settings(root, root / 'data', root / 'outputs');"
        "hang = lambda *a: (print('begun', flush=True), time.sleep(60));"
        f"w = World(here, utc('{MORNING:%Y-%m-%dT%H:%M}'), None); w.steps = Steps(clock=lambda: w.now);"
        "w.round(snapshot=lambda *a: None, run=hang)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(world.settings.root)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout and child.stdout.readline() == "begun\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert events(world) == [("15 11:30", "begun", 1)]
    assert world.round(MORNING + MINUTE, **IDLE).ended[0].event == "done"
    assert events(world) == [("15 11:30", "done", 2)]


def test_a_second_loop_does_nothing(world: World):
    said: list[str] = []
    world.now = MORNING
    with alone(world.settings) as ours:
        assert ours
        assert run_once(world.settings, world.steps, say=said.append) is None
    assert said == ["another loop is at work here: nothing done"]
    done = run_once(world.settings, replace(world.steps, **IDLE), say=said.append)
    assert done and done.ended[0].event == "done"


def test_a_lost_log_runs_no_slot_again(world: World):
    world.round(MORNING, **IDLE)
    (world.settings.outputs_dir / "schedule.sqlite").unlink()
    assert world.round(MORNING + MINUTE, **IDLE).ended == ()
    assert world.round(MORNING + DAY, **IDLE).ended[0].slot == MORNING + DAY


def test_a_log_that_is_none_is_named_in_one_line(world: World):
    path = world.settings.outputs_dir / "schedule.sqlite"
    path.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(LuckyError, match=r"^schedule\.sqlite: expected the schedule's log.*Move"):
        world.round(MORNING)


def test_the_log_only_grows(world: World):
    world.round(MORNING, **IDLE)
    path = world.settings.outputs_dir / "schedule.sqlite"
    with sqlite3.connect(path) as database:
        before = database.execute("select * from events").fetchall()
    world.round(MORNING + DAY, **IDLE)
    with sqlite3.connect(path) as database:
        after = database.execute("select * from events").fetchall()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 2


def test_mail_that_waits_is_sent_though_the_schedule_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.write("delivery.toml", "[recipients.ann]\nslack = {env = 'URL'}\n")
    delivery = load_delivery(world.settings)
    with open_state(world.settings) as state, state.database:
        message = Message("report", "first", ("line",))
        outbox.put(state.database, message, ["ann"], delivery, stream="s", occasion="1", now=world.now)
    monkeypatch.setattr(send, "send", lambda *what, **how: None)
    world.write("schedule.yml", "entries:\n  daily: [\n")
    done = world.round(MORNING, **IDLE)
    assert [(each.title, each.state) for each in done.sent] == [("first", "delivered")]
    assert str(done.faults[0]).startswith("schedule.yml line 3: expected YAML")
    world.write("schedule.yml", DAILY)
    assert [ended.slot for ended in world.round(MORNING, **IDLE).ended] == [MORNING]
