"""What changes the identity of a run, and what does not."""

from __future__ import annotations

import pytest

from lucky_analytics.runs import identity

INPUTS = {"notebook_hash": "n", "code": "c", "parameters": {"a": 1}, "tables": {"d.t": "h"}, "lock": "l"}
INPUTS |= {"definitions": {"table orders": "h"}}


def test_every_input_counts_and_the_snapshots_name_does_not():
    first = identity.run_id(**INPUTS)
    for name, value in (("notebook_hash", "m"), ("code", "d"), ("parameters", {"a": 2}), ("lock", "k")):
        assert identity.run_id(**{**INPUTS, name: value}) != first, name
    assert identity.run_id(**{**INPUTS, "tables": {"d.t": "i"}}) != first
    assert identity.run_id(**{**INPUTS, "definitions": {"table orders": "i"}}) != first
    named = {"a": 1, "snapshot": "20260214"}
    assert identity.run_id(**{**INPUTS, "parameters": named}) == first


def test_imports_are_followed_into_functions_and_past_magics():
    cells = ["%matplotlib inline\nfrom lucky_analytics import metrics", "import lucky_analytics"]
    modules = identity.modules_behind(cells)
    assert {"lucky_analytics.metrics", "lucky_analytics.catalog.suite", "lucky_analytics.errors"} <= modules
    assert "lucky_analytics.publish" not in modules


def test_reference_files_count_only_for_those_who_reach_them(tmp_path):
    (tmp_path / "areas.csv").write_text("a")
    reads = ["from lucky_analytics.reference import manhattan"]
    other = ["from lucky_analytics import formats"]
    before = identity.code_hash(reads, tmp_path), identity.code_hash(other, tmp_path)
    (tmp_path / "areas.csv").write_text("b")
    after = identity.code_hash(reads, tmp_path), identity.code_hash(other, tmp_path)
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)


def test_no_two_lists_of_parts_give_one_digest():
    assert identity.digest("ab", "c") != identity.digest("a", "bc")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package in the place of ours: a module, and two subpackages with a data file each."""
    root = tmp_path / "lucky_analytics"
    files = {"__init__.py": "", "report.py": "", "estate/__init__.py": "", "estate/tables.yml": "a: 1"}
    files |= {"pages/__init__.py": "", "pages/templates/top.html.j2": "<h1>"}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(identity, "PACKAGE", root)

    return root


@pytest.mark.parametrize(
    ("touched", "reruns"),
    [
        ("pages/templates/top.html.j2", set()),  # only the page is made anew
        ("estate/tables.yml", {"estate"}),
        ("report.py", {"report", "estate"}),
        ("__init__.py", {"report", "estate"}),
    ],
)
def test_a_touched_file_reruns_only_those_who_reach_it(package, touched, reruns):
    root = package
    cells = {
        "report": "from lucky_analytics import report",
        "estate": "from lucky_analytics import estate, report",
    }
    before = {name: identity.code_hash([cell]) for name, cell in cells.items()}
    pages = identity.package_hash("pages")
    (root / touched).write_text("x = 2")
    assert {name for name, cell in cells.items() if identity.code_hash([cell]) != before[name]} == reruns
    assert (identity.package_hash("pages") != pages) == touched.startswith("pages")
