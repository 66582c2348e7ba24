"""``lucky anomalies``: the cards of the newest report, answered in one line each."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3

import pandas as pd
import pytest
from click.testing import CliRunner

from lucky_analytics.cli.anomalies import anomalies
from lucky_analytics.errors import LuckyError
from lucky_analytics.runs.answered import UNREADABLE, answers_file, count_answers, list_answers, read_answers
from lucky_analytics.settings import load
from tests.example_runs import RECORD, make_settings

CARD = {
    "id": "abcdefgh",
    "severity": "Critical",
    "first": pd.Timestamp("2026-02-12"),
    "last": pd.Timestamp("2026-02-13"),
    "where": "221 Grand",
    "event": "closed in planned hours",
    "state": "open",
    "who": "",
    "reason": "",
    "note": "",
    "series": "100057|orders_hour, 100057|hours_kept",
}
LONG_AGO = pd.Timestamp("2025-10-01")
OLD = CARD | {"id": "oldoldol", "first": LONG_AGO, "last": LONG_AGO}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A checkout with one report."""
    where = make_settings(tmp_path)
    for name, path in (("HOME", where.root), ("DATA", where.data_dir), ("OUTPUTS", where.outputs_dir)):
        monkeypatch.setenv(f"LUCKY_{name}", str(path))
    return load()


def write_report(here):
    record = dataclasses.replace(RECORD, notebook="anomaly_feed", department="platform", run_id="f" * 12,
                                 parameters={"n_days": 14}, as_of="2026-02-13")  # fmt: skip
    folder = here.runs_dir / "anomaly_feed" / record.run_id
    (folder / "tables").mkdir(parents=True)
    record.write(folder)
    pd.DataFrame([CARD, OLD]).to_parquet(folder / "tables" / "all_cards.parquet")


def lucky(*words):
    return CliRunner().invoke(anomalies, list(words), catch_exceptions=False)


def test_cards_are_listed_answered_and_then_gone_from_the_open_ones(here):
    write_report(here)
    shown = lucky().output
    assert "abcdefgh  Critical  2026-02-12 to 2026-02-13  221 Grand: closed in planned hours" in shown
    assert "oldoldol" not in shown and "oldoldol" in lucky("--all").output
    said = lucky("ack", "abcdefgh", "--by", "ops", "--note", "somebody is there").output
    assert (
        said.startswith("abcdefgh acknowledged: 221 Grand") and lucky().output == "nothing unusual is open\n"
    )
    lucky("dismiss", "abcdefgh", "--reason", "not-real", "--by", "ops")
    (first, second) = list_answers(here, "demo")
    assert first.note == "somebody is there" and second.reason == "not-real"
    assert (
        second.series == ("100057|orders_hour", "100057|hours_kept") and str(second.last_day) == "2026-02-13"
    )
    every = json.loads(lucky("--all", "--json").output)
    assert [card["state"] for card in every] == ["dismissed", "open"]


def test_what_is_wrong_is_one_line_with_the_names_that_there_are(here):
    with pytest.raises(LuckyError, match="lucky run anomaly_feed first"):
        lucky()
    write_report(here)
    with pytest.raises(LuckyError, match="unknown card 'nobody'"):
        lucky("ack", "nobody", "--by", "ops")
    with pytest.raises(LuckyError, match="unknown reason 'bored'"):
        lucky("dismiss", "abcdefgh", "--reason", "bored", "--by", "ops")
    assert "Missing option '--by'" in lucky("ack", "abcdefgh").output
    for words in (("--by", "ops\nabcdefgh  Critical"), ("--by", "ops", "--note", "a\x1b[31m")):
        with pytest.raises(LuckyError, match="one line of printable characters"):
            lucky("ack", "abcdefgh", *words)
    with pytest.raises(LuckyError, match="at most 200 characters, got"):
        lucky("ack", "abcdefgh", "--by", "ops", "--note", "y" * 201)
    assert not list_answers(here, "demo")
    answers_file(here).write_bytes(b"no database" * 99)
    with pytest.raises(LuckyError, match="move it away"):
        lucky()


@pytest.mark.parametrize(
    ("act", "series", "last"),
    [("acknowledged", "no json", "2026-02-13"), ("dismissed", "[]", "soon"), ("forgot", "[]", "2026-02-13"),
     ("dismissed", "7", "2026-02-13")],
)  # fmt: skip
def test_an_answer_that_somebody_wrote_by_hand_is_named(here, act, series, last):
    write_report(here)
    lucky("ack", "abcdefgh", "--by", "ops")
    with contextlib.closing(sqlite3.connect(answers_file(here))) as database, database:
        database.execute(
            "insert into answers (world, card, act, reason, who, note, series, last_day, at) "
            "values ('demo', 'abcdefgh', ?, '', 'x', '', ?, ?, '')",
            (act, series, last),
        )
    with pytest.raises(LuckyError, match="expected answer 2 as lucky anomalies wrote it"):
        lucky()
    assert count_answers(here, "demo") == UNREADABLE
    given, fault = read_answers(here, "demo", None)
    assert given == [] and "answer 2" in fault


def test_a_folder_in_the_place_of_the_answers_is_no_empty_store(here):
    write_report(here)
    answers_file(here).mkdir()
    with pytest.raises(LuckyError, match="move it away"):
        lucky()
