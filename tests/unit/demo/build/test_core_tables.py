"""The set ``core`` has what the six main notebooks read: none waits for it, and no table is for nobody."""

from __future__ import annotations

from lucky_analytics import demo, settings
from lucky_analytics.demo.build.core_tables import CORE_TABLES, MAIN_NOTEBOOKS
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.needs import needed_tables


def test_core_tables_are_those_that_the_main_notebooks_read():
    readable, _ = notebooks.load_all(settings.load())
    main = [loaded for notebook, loaded in readable.items() if notebook.name in MAIN_NOTEBOOKS]
    assert len(main) == len(MAIN_NOTEBOOKS)
    read = {
        name
        for loaded in main
        for name in needed_tables([cell.source for cell in loaded.cells if cell.kind == "code"])
    }
    assert read == CORE_TABLES


def test_core_tables_are_all_built_and_no_other(tmp_path):
    built = demo.build_estate(tmp_path / "demo", scale=0.005, tables="core")
    assert built.rows.keys() == CORE_TABLES
