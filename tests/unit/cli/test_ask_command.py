"""`lucky ask` as somebody types it: answers, files, history, and what it refuses before it asks."""

from __future__ import annotations

import csv
import json

import pytest

import lucky_analytics
from lucky_analytics.cli import main
from tests import ask_demo


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys):
    """``ask(arguments)``: exit code, standard output, standard error; the log is its own."""
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path / "out"))
    monkeypatch.setattr(lucky_analytics, "open", lambda snapshot: ask_demo.suite())

    def call(*arguments):
        try:
            main(["ask", *map(str, arguments)])
            code = 0
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_table_is_written_whole_and_what_was_asked_is_history(ask, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text("of last week\n")
    code, said, _ = ask("orders by store in January", "--csv", file)
    assert code == 0 and "Orders" in said and list(tmp_path.glob(".*")) == []
    rows = list(csv.reader(file.open()))
    assert rows[0][-1] == "Orders (orders)" and len(rows) > 2
    code, said, _ = ask("--history", "--json")
    assert code == 0 and [entry["outcome"] for entry in json.loads(said)] == ["answered"]
    code, said, _ = ask("--history")
    assert code == 0 and "answered: Orders" in said


@pytest.mark.parametrize("name", ["audiences.yml", "gone/orders.csv", "orders"])
def test_no_other_file_is_written_over(ask, tmp_path, name):
    (tmp_path / "audiences.yml").write_text("leadership: {}\n")
    code, said, told = ask("orders yesterday", "--csv", tmp_path / name)
    assert code == 2 and said == "" and "--csv: expected a file .csv in a folder that is there" in told
    assert (tmp_path / "audiences.yml").read_text() == "leadership: {}\n"


@pytest.mark.parametrize("more", [["orders yesterday"], ["--csv", "x.csv"], ["--sql"], ["--audience", "a"]])
def test_history_answers_no_question_and_says_so(ask, more):
    code, said, told = ask("--history", *more)
    assert code == 2 and said == "" and "--history: expected no question" in told


def test_what_is_not_understood_ends_with_nine_and_writes_nothing(ask, tmp_path):
    file = tmp_path / "x.csv"
    assert ask("wibble by wobble", "--csv", file)[0] == 9 and not file.exists()
