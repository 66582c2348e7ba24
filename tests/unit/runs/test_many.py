"""A house of many in which nothing changed: what is opened, counted; seconds stand in ``tests/bench``."""

from __future__ import annotations

import builtins
import collections
import io
from pathlib import Path

import pytest

from lucky_analytics import publish, snapshot
from lucky_analytics.runs import batch
from lucky_analytics.runs.identity import PACKAGE
from lucky_analytics.sources import demo
from tests.bench.house import build_house


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return build_house(tmp_path_factory.mktemp("house"), n_notebooks=6, n_runs=18, n_snapshots=4)


@pytest.fixture
def opened(monkeypatch) -> collections.Counter[Path]:
    """How often each file was opened from Python since."""
    count: collections.Counter[Path] = collections.Counter()
    really = builtins.open

    def counting(file, *arguments, **named):
        if isinstance(file, str | Path):
            count[Path(file)] += 1
        return really(file, *arguments, **named)

    monkeypatch.setattr(builtins, "open", counting)
    monkeypatch.setattr(io, "open", counting)
    return count


def test_an_unchanged_run_of_all_reads_each_file_of_code_and_each_notebook_once(house, opened):
    outcomes = batch.run_notebooks([], house)
    others = [outcome for outcome in outcomes if outcome.notebook != "donor"]
    assert len(others) == 6 and {outcome.action for outcome in others} == {"skipped"}
    # once for what it imports, once for its hash
    assert {n for path, n in opened.items() if path.is_relative_to(PACKAGE)} <= {1, 2}
    assert {n for path, n in opened.items() if path.is_relative_to(house.notebooks_dir)} == {1}
    assert not [path for path in opened if path.name in ("executed.ipynb", "report.html")]
    assert sum(n for path, n in opened.items() if path.name == "results.json") == len(outcomes)


def test_an_unchanged_portal_opens_no_file_of_a_run(house, opened):
    assert publish.publish(house).is_new
    opened.clear()
    assert not publish.publish(house).is_new
    assert not [path for path in opened if path.is_relative_to(house.runs_dir)]
    assert {path.name for path in opened if path.is_relative_to(house.site_dir)} == {".published.json"}


def test_a_new_portal_reads_each_run_once(house, opened):
    from lucky_analytics.publish.shelf import read_shelf

    shelf = read_shelf(house)
    assert len(shelf.runs) == 7 and not shelf.unreadable
    read = {n for path, n in opened.items() if path.is_relative_to(house.runs_dir)}
    assert read == {1}


def test_a_take_of_nothing_new_reads_no_table_and_one_manifest(house, opened):
    with demo.connect(house.demo_dir) as source:
        assert snapshot.take(source, settings=house).unchanged
    assert not [path for path in opened if path.suffix == ".parquet"]
    manifests = [path for path in opened if path.name == "manifest.json"]
    assert len(manifests) == 1 and opened[manifests[0]] == 1
