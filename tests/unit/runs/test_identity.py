"""What changes the identity of a run, and what does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lucky_analytics.catalog import TABLES
from lucky_analytics.metrics import REGISTRY
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


@pytest.fixture
def declarations(tmp_path, monkeypatch):
    """A copy of the package that a test may change, and what each notebook's code and definitions are."""
    root = tmp_path / "lucky_analytics"
    shutil.copytree(identity.PACKAGE, root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(identity, "PACKAGE", root)
    names = {f"table {name}": table.build.__module__ for name, table in TABLES.items()}
    names |= {f"metric {name}": metric.expression.__module__ for name, metric in REGISTRY.items()}

    def hashes():
        of_code = {}
        for path in (Path(__file__).parents[3] / "notebooks").glob("*/*.ipynb"):
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
            of_code[path.stem] = identity.code_hash(code)
        return of_code, {name: identity.definition_hash(name, module) for name, module in names.items()}

    return root, hashes


def test_a_new_table_or_metric_reruns_no_notebook_and_a_changed_one_only_its_users(declarations):
    root, hashes = declarations
    code, defined = hashes()
    (root / "catalog/sales/refund_reasons.py").write_text("REASONS = 1")
    (root / "metrics/new_metrics.py").write_text("METRICS = ()")
    sales = (root / "metrics/sales.py").read_text()
    added = 'METRICS = (Metric(name="tips", table="orders"),'
    (root / "metrics/sales.py").write_text(sales.replace("METRICS = (", added, 1))
    assert hashes() == (code, defined)
    (root / "catalog/goods/stock.py").write_text((root / "catalog/goods/stock.py").read_text() + "X = 1")
    (root / "metrics/sales.py").write_text(sales.replace("aov", "aov ") if "aov" in sales else "")
    after_code, after = hashes()
    assert after_code == code
    changed = {name for name in defined if after[name] != defined[name]}
    assert changed == {"table stock", "table stock_moves", "metric aov"}
