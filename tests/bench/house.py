"""A house of many: notebooks, runs in history and snapshots, made through the suite's own functions.

The notebooks are tiny, or the suite's own under further names: what planning costs is the code that they
reach. One tiny notebook really runs; its page stands in every run's folder (hard links), with the record that
the run of that notebook would have. Each snapshot has one row that the one before it had not.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lucky_analytics import settings, snapshot
from lucky_analytics.runs import history, identity, notebooks, plan, records
from lucky_analytics.runs.needs import needed_definitions, needed_tables
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

ROOT = Path(__file__).parents[2]
CELLS = (
    OPENING,
    "shops = int(suite.stores.count().execute())\n"
    'report.headline("n", "Shops", shops, unit="shops", n=shops, n_of="x")',
    'import pandas as pd\nreport.table(pd.DataFrame({"x": range(10)}), "numbers", title="Numbers")',
)
ENDED = dt.datetime(2026, 1, 1, 6, tzinfo=dt.UTC)


def build_house(
    root: Path, n_notebooks: int, n_runs: int, n_snapshots: int, *, is_tiny: bool = True
) -> settings.Settings:
    """A checkout in ``root`` with so many notebooks, runs and snapshots; nothing in it must run again."""
    here = estate_rows.checkout(root)
    for number in range(n_snapshots):
        add_snapshot(here, number)
    donor = _donor(here)
    kinds = [path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")) if path.parent.name != "apps"]
    for number, path in zip(range(n_notebooks), itertools.cycle(kinds)):
        name = f"{path.stem}_{number:03}"
        if is_tiny:
            write_notebook(here.notebooks_dir / path.parent.name / f"{name}.ipynb", *CELLS, title=name)
        else:
            _copy_notebook(path, name, here)
    listed = [notebook for notebook in notebooks.list_all(here) if notebook.name != donor.notebook]
    newest = snapshot.find("newest", here)
    for place, notebook in enumerate(listed):
        record = record_of(here, notebook, newest, donor)
        n_own = (place + 1) * n_runs // len(listed) - place * n_runs // len(listed)
        for age in reversed(range(n_own)):
            keep_run(here, _aged(record, n_own - age, age), donor)
    return here


def _aged(record: records.Record, sequence: int, age: int) -> records.Record:
    """The run that ``lucky run`` would find, or one of an earlier day, which nothing would give again."""
    run_id = identity.digest(record.run_id, str(age)) if age else record.run_id
    ended = ENDED + dt.timedelta(days=sequence)
    return dataclasses.replace(record, run_id=run_id, sequence=sequence, ended_at=ended.isoformat())


def add_snapshot(here: settings.Settings, number: int) -> snapshot.Manifest:
    """Taken of an estate whose one store opened on another day than before."""
    opened = dt.datetime(2025, 1, 1) + dt.timedelta(days=number)
    shop = {**estate_rows.NEW_YORK, "set_up_time": opened.isoformat()}
    return estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [shop]})


def record_of(
    here: settings.Settings,
    notebook: notebooks.Notebook,
    newest: snapshot.Manifest,
    donor: records.Record,
) -> records.Record:
    """The record of a run of ``notebook`` as things are, which said what the donor's said."""
    inputs = plan.inputs_of(notebook, here, newest, given={})
    code = [cell.source for cell in inputs.loaded.cells if cell.kind == "code"]
    tables = inputs.tables_now(dict.fromkeys(needed_tables(code), ""))
    defined = needed_definitions(code)
    return dataclasses.replace(
        donor,
        notebook=notebook.name,
        department=notebook.department,
        title=inputs.loaded.title,
        run_id=inputs.run_id(tables, defined),
        parameters=inputs.values,
        as_of=inputs.as_of,
        code_hash=inputs.code_hash,
        lock_hash=inputs.lock_hash,
        notebook_hash=inputs.notebook_hash,
        tables_read=tables,
        definitions=defined,
        definition_hashes=plan.definitions_now(defined),
    )


def keep_run(here: settings.Settings, record: records.Record, donor: records.Record) -> None:
    """The run in its folder, with the donor's page and tables, and in the history."""
    folder = here.runs_dir / record.notebook / record.run_id
    shutil.copytree(here.runs_dir / donor.notebook / donor.run_id, folder, copy_function=os.link)
    (folder / "manifest.json").unlink()
    record.write(folder)
    history.note(record, here)


def _donor(here: settings.Settings) -> records.Record:
    write_notebook(here.notebooks_dir / "operations" / "donor.ipynb", *CELLS)
    command = [sys.executable, "-m", "lucky_analytics.cli", "run", "donor"]
    subprocess.run(command, check=True, env={**os.environ, "LUCKY_HOME": str(here.root)}, capture_output=True)
    return records.find("donor", None, here)


def _copy_notebook(path: Path, name: str, here: settings.Settings) -> None:
    copy = here.notebooks_dir / path.parent.name / f"{name}.ipynb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, copy)
    own = ROOT / "params" / f"{path.stem}.yml"
    if own.is_file():
        shutil.copyfile(own, here.params_dir / f"{name}.yml")
