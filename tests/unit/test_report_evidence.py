"""The hash of a test's evidence is what anybody gets of the file with grep and sha256sum."""

from __future__ import annotations

import subprocess

import pandas as pd
import pytest

from lucky_analytics import report, report_data, report_record
from lucky_analytics.errors import ParameterError
from lucky_analytics.report_evidence import hash_evidence, hash_lines
from lucky_analytics.tables.render import Column

ROWS = pd.DataFrame(
    {
        "control": ["fees", "fees", "fees_more", "late"],
        "case": ["7", None, "=1+1", '<b>a, "b"</b>'],
        "cents": pd.array([5, None, -3, 2**62], dtype="Int64"),
    }
)
TESTS = pd.DataFrame(
    {"name": ["fees", "late"], "outcome": ["failed", "passed"], "n": [2, 0], "cases": [9, 1]}
)


def test_the_documented_command_gives_the_hash(tmp_path):
    file = tmp_path / "evidence.csv"
    table = report_data.decode(report_data.encode(ROWS, "table evidence"))
    file.write_text("".join(report_data.write_csv_text(table)), encoding="utf-8", newline="")
    for name, expected in hash_evidence(ROWS).items():
        command = f"grep '^{name},' {file} | sha256sum"
        found = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
        assert found.stdout.split()[0] == expected, name
    with file.open(encoding="utf-8", newline="") as lines:
        next(lines)
        assert hash_lines(lines) == hash_evidence(ROWS)


def test_any_change_of_a_row_changes_the_hash_of_its_test_alone():
    before = hash_evidence(ROWS)
    for column, value in {"case": "8", "cents": 6}.items():
        changed = ROWS.copy()
        changed.loc[0, column] = value
        now = hash_evidence(changed)
        assert [name for name in before if now[name] != before[name]] == ["fees"], column
    assert hash_evidence(ROWS.drop(index=1))["fees"] != before["fees"]


@pytest.mark.parametrize("name", ["a,b", "a b", "", '"a"', "control", "é"])
def test_a_name_that_grep_would_not_find_is_refused(name):
    with pytest.raises(ParameterError, match="name in evidence"):
        hash_evidence(ROWS.assign(control=name))


def test_a_line_break_in_a_row_is_refused():
    with pytest.raises(ParameterError, match="line break"):
        hash_evidence(ROWS.assign(case="a\nb"))


def test_what_is_said_holds_each_test_with_its_hash(monkeypatch):
    said = []
    monkeypatch.setattr(report_record, "say", lambda record, text, shapes=None: said.append(record))
    columns = {name: Column(name) for name in ("control", "case")}
    hashes = report.evidence(ROWS, TESTS, "Evidence", columns)
    table, attested = said
    assert (table["kind"], table["name"], table["n_rows"]) == ("table", "evidence", 4)
    assert attested["kind"] == "attested"
    assert attested["tests"][0] == {
        "name": "fees",
        "outcome": "failed",
        "n": 2,
        "cases": 9,
        "sha256": hashes["fees"],
    }


def test_a_test_without_evidence_is_refused(monkeypatch):
    monkeypatch.setattr(report_record, "say", lambda record, text, shapes=None: None)
    with pytest.raises(ParameterError, match="none of other"):
        report.evidence(ROWS, TESTS.assign(name=["fees", "other"]), "Evidence", {"case": Column("case")})
