"""The page on incidents: whole without a file and with one, follows its rows, claims what was planted."""

from __future__ import annotations

import json
from pathlib import Path

import ibis
import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, incident_world
from tests.notebook_said import assert_sound, headlines, names, on_demo, page_faults, rows

NOTEBOOK = "platform/incident_runbooks"
EXAMPLE = Path(__file__).parents[3] / "docs/examples/made_up_incidents.csv"
ALWAYS = {"right", "wrong", "naive", "ready", "unready", "told"}
OF_FILE = {"incidents", "open", "solved", "fits", "slower", "leading", "own_right", "own_naive"}
run, usual = on_demo(NOTEBOOK)


def say(folder, frame: pd.DataFrame, **parameters):
    return run({"incidents_file": incident_world.write(folder, frame), **parameters})


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    frame = incident_world.make_incidents(1)
    return say(tmp_path_factory.mktemp("quiet"), frame)


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Another file: full disks take long and come often, three are open, one of four has no class."""
    made = {"slow": ("disk_full", 8), "frequent": ("disk_full", 4), "share_given": 0.75}
    frame = incident_world.make_incidents(2, n=120, **made)
    frame.loc[frame.index[-3:], "resolved_at"] = ""
    said = ["the hall is dark", "somebody called", "ask Ann Lee"]
    unread = frame.tail(3).assign(incident_id=["U-1", "U-2", "U-3"], said=said, **{"class": ""})
    wrong = frame.head(6).assign(
        incident_id=[f"W-{k}" for k in range(6)], said="No space left on device", **{"class": "name_lookup"}
    )
    return say(tmp_path_factory.mktemp("changed"), pd.concat([frame, unread, wrong]), sure=0.6)


def test_without_a_file_the_case_of_february_is_worked_and_what_is_missing_is_said():
    said = usual()
    found = assert_sound(said, ALWAYS)
    assert found["right"]["low"] > found["naive"]["high"] and found["wrong"]["high"] < 0.2
    assert said["title"][0]["text"] == "No alarm of ours saw the machine that failed in February 2026"
    (decision,) = said["decision"]
    assert decision["strength"] == "lean" and "note every incident" in decision["action"]
    assert "set an alarm" in decision["action"] and found["told"]["value"] == 3 and found["told"]["n"] == 7
    steps = rows(said, "worked_case")
    assert [row["step"] for row in steps] == [1, 2, 3, 4] and "luckyuam01-prod-usb" in steps[0]["would_run"]
    assert all(row["undo"] and row["checks"] for row in steps)
    unknown = [row for row in rows(said, "case_facts") if row["told"] == "not on record"]
    assert len(unknown) == 4 and all(row["ask"] for row in unknown)


def test_where_nothing_was_planted_no_kind_is_named(quiet):
    found = assert_sound(quiet, ALWAYS | OF_FILE)
    assert found["slower"]["value"] == 0 and found["leading"]["value"] is None
    assert quiet["decision"][0]["is_idle"]
    assert quiet["title"][0]["text"].startswith("No kind of incident surely")
    assert found["solved"]["low"] < 3 < found["solved"]["high"]  # the planted median
    assert names(quiet, "figure") == {"times", "reading"}


def test_what_was_planted_is_named_with_its_runbook(changed):
    assert page_faults(changed) == []
    assert changed["title"][0]["text"] == "Full disks take longer to solve than other incidents"
    found = headlines(changed)
    assert list(found["slower"]["counted"]) == ["disk_full"] and found["leading"]["value"] >= 30
    (decision,) = changed["decision"]
    assert decision["strength"] == "do not decide on this yet" or decision["strength"] == "lean"
    assert "Give a full disk room" in decision["action"]
    open_now = rows(changed, "open")
    assert len(open_now) == found["open"]["value"] == 6
    assert {row["runbook"] for row in open_now if row["label"] == "not classed"} == {
        "none: somebody reads it"
    }
    assert {name for name in names(changed, "table") if name.startswith("dry_run")}


@pytest.mark.parametrize("name", sorted(OF_FILE - {"leading"}))
def test_a_headline_follows_the_rows(name, quiet, changed):
    before, after = headlines(quiet)[name]["value"], headlines(changed)[name]["value"]
    assert abs(after - before) > 0.001 * abs(before)


def test_the_proof_follows_how_sure_one_must_be_and_the_runbooks_their_folder(changed, tmp_path):
    before, after = headlines(usual()), headlines(changed)
    assert all(before[name]["value"] != after[name]["value"] for name in ("right", "wrong"))
    (tmp_path / "restart_machine.md").write_text("# Restart\n", encoding="utf-8")
    said = run({"runbooks_folder": str(tmp_path)})
    assert page_faults(said) == []
    found = headlines(said)
    assert found["ready"]["value"] == 0 and found["unready"]["value"] == 7
    told = next(check for check in said["check"] if not check["passed"])["detail"]
    assert "runbook restart_machine.md, line 1" in told and "runbook flush_cache.md" in told


def test_what_was_said_stands_nowhere_and_names_are_text(changed, tmp_path):
    whole = json.dumps(changed["outputs"], default=str)
    whole += "".join(json.dumps(rows(changed, name), default=str) for name in names(changed, "table"))
    assert "Ann Lee" not in whole and "hall is dark" not in whole


def test_the_example_of_the_documents_can_be_read_and_decides_nothing():
    said = run({"incidents_file": str(EXAMPLE)})
    assert page_faults(said) == [] and headlines(said)["open"]["value"] == 2
    assert said["decision"][0]["strength"] == "do not decide on this yet"
    assert said["title"][0]["text"].startswith("Too few incidents of a kind")
    assert {row["label"] for row in rows(said, "open")} == {"a copy falls behind", "not classed"}
    known = {row["server"]: row["now"] for row in rows(said, "servers_now")}
    assert known["aws-luckyus-scm-wds-rw"] == "answers" and len(known) == 7


EDGES = {
    "before the first row": ("2025-06-01", {}, {}),
    "old": (None, {"days": 1825}, {}),
    "one": (None, {"days": 28}, {}),
    "sure": (None, {"sure": 0.99, "level": 0.99}, {}),
    "no orders": (None, {"level": 0.5}, {"orders": lambda t: t.filter(ibis.literal(False))}),
}


@pytest.mark.parametrize("case", EDGES)
def test_edges_come_with_a_page(case, tmp_path):
    as_of, given, edits = EDGES[case]
    frame = incident_world.make_incidents(3, n=20, days=200)
    if case == "old":
        frame = frame.assign(
            **{
                name: frame[name].str.replace("202", "201", regex=False)
                for name in ("opened_at", "resolved_at")
            }
        )
        frame = pd.concat(
            [frame, frame.tail(1).assign(incident_id="N", opened_at="2025-11-01", resolved_at="2025-11-02")]
        )
    if case == "one":
        frame = frame.tail(1).assign(said="x", **{"class": "", "resolved_at": ""})
    own = {"incidents_file": incident_world.write(tmp_path, frame)} | given
    said = run(own, as_of, **edits)
    assert page_faults(said) == [] and len(said["decision"]) == 1
    if case == "before the first row":
        assert "no incident in these days" in said["answer"][0]["text"]
    if case == "old":
        assert said["title"][0]["text"].startswith("The file of incidents is old")
    if case == "one":
        assert headlines(said)["solved"]["value"] is None
        assert said["title"][0]["text"].startswith("Too few incidents")


def test_the_rules_watch_what_the_page_says():
    rules = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in rules.rules if rule.notebook == "incident_runbooks"}
    assert own == {"slower", "unready"} and rules.faults == ()


def test_the_page_needs_no_server_but_says_whether_they_answer():
    without = run({"incidents_file": str(EXAMPLE)}, server_answers=lambda t: t.filter(ibis.literal(False)))
    assert page_faults(without) == []
    assert "judged on the page on servers" in {row["now"] for row in rows(without, "servers_now")}
    assert demo_suite.suite().as_of == incident_world.UNTIL
