"""The notebooks run with plain papermill from any folder, and with Run All from their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from lucky_analytics import report_record
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

HEADLINE = 'report.headline("n", "Shops", int(suite.stores.count().execute()), unit="shops", n=1, n_of="x")'


@pytest.fixture
def here(tmp_path, monkeypatch):
    here = estate_rows.checkout(tmp_path)
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    write_notebook(here.notebooks_dir / "operations" / "counts.ipynb", OPENING, HEADLINE)
    (here.params_dir / "counts.yml").write_text('snapshot: newest\nas_of: "2026-02-01"\n')
    monkeypatch.delenv("LUCKY_HOME", raising=False)
    return here


def test_plain_papermill_takes_the_parameter_file(here, tmp_path):
    out = tmp_path / "out.ipynb"
    papermill = Path(sys.executable).parent / "papermill"
    subprocess.run(
        [papermill, "--no-progress-bar", "--log-level=ERROR", "notebooks/operations/counts.ipynb", out]
        + ["-f", "params/counts.yml"],
        cwd=here.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=True,
    )
    (said,) = [record for _, record, _ in report_record.read(nbformat.read(out, 4))]
    assert (said["kind"], said["value"]) == ("headline", 1)


def test_run_all_from_the_notebooks_own_folder(here):
    path = here.notebooks_dir / "operations" / "counts.ipynb"
    node = nbformat.read(path, 4)
    NotebookClient(node, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert [record["name"] for _, record, _ in report_record.read(node)] == ["n"]
