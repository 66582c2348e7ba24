"""The page on servers: its numbers follow the rows, it claims no more than it can see, and always comes."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, monitoring_world, server_world, task_world
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "platform/database_health"
COUNTS = {"n_silent", "n_late", "n_memory", "n_connections", "n_slow", "n_growth", "n_copy_slow"}
HEADLINES = {"needs_work", "late_hours", "fullest", "most_connected", "slow_times", "fastest_table", *COUNTS,
             "soonest_full", "fills_soon", "naive", "unusual_hours", "next_gain", "unnamed", "never_asked",
             "failed_jobs", "copy_hours", "silent_rules", "unwatched"}  # fmt: skip


def suite(frames=None, as_of=None, copies="planted"):
    tables = server_world.conform(frames if frames is not None else server_world.pick(server_world.raw()))
    return demo_suite.suite_with(tables | task_world.conform(copies), as_of)


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, suite())


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables(said):
    assert page_faults(said) == []
    found = headlines(said)
    assert set(found) == HEADLINES and all(record["sql"] for record in found.values())
    failed = {check["name"] for check in said["check"] if not check["passed"]}
    assert failed == {"every named server was asked"}  # this world has some of them
    todo = pd.DataFrame(rows(said, "to_do"))
    act = todo[todo["state"] == "needs work today"]
    assert found["needs_work"]["value"] == act["name"].nunique()
    assert set(found["needs_work"]["counted"]) and len(found["needs_work"]["counted"]) == len(act)
    limits = pd.DataFrame(rows(said, "limits")).groupby("what")["now"].max()
    assert found["fullest"]["value"] == limits["memory"]
    assert found["most_connected"]["value"] == limits["connections"]
    assert found["unusual_hours"]["value"] == len(rows(said, "alarms"))
    growth = pd.DataFrame(rows(said, "tables"))
    assert found["fastest_table"]["low"] == growth["growth_low"].max()
    assert found["n_growth"]["value"] == (growth["growth_low"] > 0.2).sum() == 2
    assert names(said, "figure") == {"outlook", "servers", "alarms", "detail"}
    assert len(rows(said, "servers")) == 143


def test_what_cannot_be_known_is_said_with_whom_to_ask(said):
    found = headlines(said)
    assert found["failed_jobs"]["value"] == 1 and found["unnamed"]["value"] == 3
    unknown = pd.DataFrame(rows(said, "unknown"))
    assert unknown["ask"].str.len().min() > 10
    caveats = " ".join(record["text"] for record in said["caveat"])
    assert "nobody checks" in caveats and "None of the 3 alert rules can tell anybody anything" in caveats
    assert found["silent_rules"]["value"] == len(rows(said, "rules")) == 3
    assert found["unwatched"]["value"] == found["needs_work"]["n"]
    assert any("whom it tells" in row["what"] for row in rows(said, "unknown"))


def test_the_copy_that_fails_is_named_with_its_table_and_its_age(said):
    found, copies = headlines(said), pd.DataFrame(rows(said, "copies"))
    assert copies["state"].value_counts()[["fails", "takes too long"]].tolist() == [1, 1]
    first = copies[copies["state"] == "fails"].iloc[0]
    assert first["table"] == task_world.PLANT["failing"] and first["hours"] == found["copy_hours"]["value"]
    ((name, words),) = found["failed_jobs"]["counted"].items()
    assert task_world.PLANT["failing"] in name and "hours old: its columns changed" in words
    assert any("repair the copy of" in row["fix"] for row in rows(said, "to_do"))
    (slow,) = found["n_copy_slow"]["counted"]
    assert task_world.PLANT["slowing"] in slow


def test_without_the_tables_of_the_tasks_nobody_can_tell():
    opened = suite()
    for name in ("etl_tasks", "etl_days"):
        opened._built.pop(name)
    opened.optional = lambda name: None
    said = said_by(NOTEBOOK, opened)
    found = headlines(said)
    assert page_faults(said) == [] and set(found) == HEADLINES
    assert found["failed_jobs"]["value"] is None and found["copy_hours"]["value"] is None
    assert found["silent_rules"]["value"] is None and found["unwatched"]["value"] is None
    assert any("name none" in record["text"] for record in said["caveat"])
    assert any("CyberData" in row["what"] for row in rows(said, "unknown"))
    assert any("not known" in record["text"] for record in said["caveat"])


def test_what_was_handed_in_is_shown_and_what_was_not_is_asked_for(said):
    assert not {"statements", "disks", "topics"} & names(said, "table")
    asked = {row["what"] for row in rows(said, "unknown")}
    opened = suite()
    opened._built.update(monitoring_world.conform())
    brought = said_by(NOTEBOOK, opened)
    assert page_faults(brought) == [] and set(headlines(brought)) == HEADLINES
    assert [row["digest"] for row in rows(brought, "statements")] == ["aa" * 8, "bb" * 8, "cc" * 8]
    assert len(rows(brought, "disks")) == 2 and rows(brought, "topics")[0]["behind"] == 520
    left = {row["what"] for row in rows(brought, "unknown")}
    assert len(asked - left) == 3 and not left - asked
    caveats = " ".join(record["text"] for record in brought["caveat"])
    assert "Disk space is not collected" not in caveats


def test_fixed_limits_on_the_newest_numbers_would_have_named_fewer(said):
    found = headlines(said)
    assert found["naive"]["value"] < found["needs_work"]["value"]


def test_a_page_of_one_server_is_about_it_alone():
    frames = server_world.pick(server_world.raw(), ("aws-luckyus-scm-wds-rw", "luckyus-daq"))
    said = said_by(NOTEBOOK, suite(frames), server="scm-wds")
    assert page_faults(said) == []
    assert {row["name"] for row in rows(said, "servers")} == {"scm-wds"} and headlines(said)["n_late"][
        "value"
    ] == 1
    assert rows(said, "unknown")


def test_nothing_planted_nothing_advised():
    said = said_by(NOTEBOOK, suite(server_world.pick(server_world.raw("null")), copies="null"))
    assert page_faults(said) == []
    assert said["decision"][0]["is_idle"] and headlines(said)["needs_work"]["value"] == 0
    assert said["title"][0]["text"].startswith("None of")


def test_a_small_estate_with_few_collections_has_its_page():
    said = said_by(NOTEBOOK, demo_suite.suite())
    assert_sound_but(
        said,
        {
            "two weeks of hours come before the judged ones",
            "trends could be tested on the 30 days that came after them",
        },
    )
    assert headlines(said)["next_gain"]["value"] is None


def assert_sound_but(said, failing):
    assert page_faults(said) == []
    assert set(headlines(said)) == HEADLINES
    assert {check["name"] for check in said["check"] if not check["passed"]} <= failing


def test_before_the_first_collection_the_page_says_so():
    early = said_by(
        NOTEBOOK, suite(server_world.pick(server_world.raw(), ("luckyus-daq",)), dt.date(2025, 6, 1))
    )
    assert "headline" not in early and early["decision"][0]["strength"] == "do not decide on this yet"


def test_names_from_the_source_are_text_on_the_page():
    frames = server_world.pick(server_world.raw(), ("luckyus-daq", "aws-luckyus-scm-wds-rw"))
    bad = "<script>alert(1)</script>'; drop"
    frames = {
        name: rows.assign(instance=rows["instance"].replace("aws-luckyus-scm-wds-rw", bad))
        for name, rows in frames.items()
    }
    said = said_by(NOTEBOOK, suite(frames))
    markup = " ".join(str(record.get("markup", "")) for record in said["table"])
    assert "<script>alert" not in markup and headlines(said)["n_late"]["value"] == 1


def test_the_rules_watch_what_the_page_says():
    rules = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in rules.rules if rule.notebook == "database_health"}
    assert own == COUNTS | {"unusual_hours", "failed_jobs"} and rules.faults == ()
