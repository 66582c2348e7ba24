"""One damaged part of a snapshot costs the notebooks that read its table, and is named."""

from __future__ import annotations

import pytest

from lucky_analytics import catalog, snapshot
from lucky_analytics.cli import main
from lucky_analytics.errors import MissingTableError, SnapshotError
from lucky_analytics.runs import batch
from lucky_analytics.runs.needs import missing_tables, require_undamaged
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

SHOPS, ITEMS = "luckyus_opshop.t_shop_info", "luckyus_sales_order.t_order_item"
ROWS = {
    SHOPS: [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
    "luckyus_sales_order.t_order": [],
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Two notebooks on a snapshot whose items are damaged."""
    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    taken = estate_rows.take_snapshot(here, ROWS)
    folder = here.notebooks_dir / "operations"
    write_notebook(folder / "shops.ipynb", OPENING, "suite.stores.count().execute()")
    write_notebook(folder / "items.ipynb", OPENING, "suite.order_items.count().execute()")
    taken.paths(*ITEMS.split("."))[0].write_bytes(b"short")
    return here


def test_it_costs_the_notebook_that_reads_it_and_is_named(here, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["run", "--all"])
    assert ended.value.code == 5
    said = capsys.readouterr()
    assert [line for line in said.out.splitlines() if "shops" in line and " ran" in line]
    line = next(line for line in said.out.splitlines() if "items" in line)
    assert ITEMS in line and "has 5 bytes instead of" in line
    assert "1 of 2 notebooks failed: items" in said.err
    assert f"damaged: {ITEMS}, which costs what reads it" in said.err


def test_what_does_not_need_it_runs_and_says_so_all_the_same(here, capsys):
    main(["run", "shops"])
    assert f"damaged: {ITEMS}" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["list"])
    said = capsys.readouterr()
    assert f"damaged: {ITEMS}, for items" in said.out
    assert "waiting for access" not in said.out.partition("damaged")[2]


def test_it_is_never_taken_for_a_table_that_nobody_has(here):
    manifest = snapshot.find("newest", here)
    with pytest.raises(MissingTableError, match=r"is damaged: got .*has 5 bytes"):
        catalog.Suite(manifest).optional("order_items")
    cells = ['suite.optional("order_items")']
    assert ITEMS not in missing_tables(["suite.order_items"], manifest)
    with pytest.raises(SnapshotError, match=ITEMS):
        require_undamaged(cells, manifest)
    require_undamaged(["suite.stores"], manifest)


def test_taken_again_it_costs_nothing(here):
    estate_rows.take_snapshot(here, ROWS)
    outcomes = batch.run_notebooks(["items"], here)
    assert [outcome.action for outcome in outcomes] == ["ran"], outcomes
