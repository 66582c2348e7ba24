"""A long and a wide table through a run: their pages are capped and say so, their downloads hold all."""

from __future__ import annotations

import pytest

from lucky_analytics.runs import batch
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

ROWS, COLUMNS = 50_000, 2_000
LONG = f"""\
import pandas as pd
frame = pd.DataFrame({{"n": range({ROWS}), "name": [f"row {{i}}" for i in range({ROWS})]}})
report.table(frame, "long", "Long")"""
WIDE = f"""\
import pandas as pd
frame = pd.DataFrame([range({COLUMNS})] * 2).add_prefix("c")
report.table(frame, "wide", "Wide")"""


@pytest.mark.full
def test_a_large_table_is_capped_on_its_page_and_whole_in_its_downloads(tmp_path, monkeypatch):
    import pyarrow.parquet as pq

    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    write_notebook(
        here.notebooks_dir / "operations" / "long.ipynb", OPENING, "suite.stores.count()", LONG, WIDE
    )
    (outcome,) = batch.run_notebooks([], here)
    assert outcome.action == "ran", outcome.reason
    folder = here.runs_dir / "long" / outcome.record.run_id
    page = (folder / "report.html").read_text()
    assert page.count("<tr") < 1_100
    assert page.count("<td") < 2_300
    assert f"The first 50 of {COLUMNS:,} columns; the downloads hold all." in page
    assert pq.read_table(folder / "tables" / "wide.parquet").num_columns == COLUMNS
    assert f"The first 1,000 of {ROWS:,} rows; the downloads hold all." in page
    assert len((folder / "tables" / "long.csv").read_text().splitlines()) == ROWS + 1
    assert pq.read_table(folder / "tables" / "long.parquet").num_rows == ROWS
