"""Sections that a notebook can do without, and days that one late server does not hold up for all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import nbformat
import pytest

from lucky_analytics import catalog, settings
from lucky_analytics.errors import LuckyError, SnapshotError
from lucky_analytics.runs import batch, notebooks
from lucky_analytics.runs.optional import find_missing, leave_out, uses_outside
from lucky_analytics.runs.plan import inputs_of
from lucky_analytics.runs.request import Request, prepare
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

ROOT = Path(__file__).parents[3]
SHOPS = {"luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}]}
SAYS = (
    'n = int(suite.stores.count().execute())\nreport.headline("n", "Shops", n, unit="shops", n=n, n_of="x")'
)
OPTIONAL = (
    "paid = int(suite.payments.count().execute())",
    'report.headline("paid", "Payments", paid, unit="payments", n=paid, n_of="x")',
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    return here


def _write(here: Settings, *cells: str, optional: tuple[str, ...] = ()) -> notebooks.Notebook:
    path = here.notebooks_dir / "operations" / "shops.ipynb"
    write_notebook(path, OPENING, *cells, *optional)
    node = nbformat.read(path, 4)
    for cell in node.cells[len(node.cells) - len(optional) :]:
        cell.metadata.tags = ["optional-what-was-paid"]
    nbformat.write(node, path)
    return notebooks.find("shops", here)


def test_a_notebook_is_not_lost_for_an_optional_section(here: Settings):
    manifest = estate_rows.take_snapshot(here, SHOPS)
    tables = {n: e for n, e in manifest.tables.items() if not n.startswith("luckyus_sales_payment.")}
    dataclasses.replace(manifest, tables=tables).write(manifest.folder)
    _write(here, SAYS, optional=OPTIONAL)
    (outcome,) = batch.run_notebooks([], here)
    assert outcome.action == "ran", outcome.reason
    assert "without what was paid (luckyus_sales_payment.t_" in outcome.reason
    folder = here.runs_dir / "shops" / outcome.record.run_id
    said = "Not shown: what was paid. It needs luckyus_sales_payment.t_"
    page = (folder / "report.html").read_text()
    assert said in page
    assert "of aws-luckyus-salespayment-rw, which this snapshot does not have." in page
    results = json.loads((folder / "results.json").read_text())
    assert [line["name"] for line in results["headlines"]] == ["n"]
    assert [line["section"] for line in results["missing"]] == ["what was paid"]
    executed = nbformat.read(folder / "executed.ipynb", 4)
    assert [cell.source for cell in executed.cells[-2:]] == list(OPTIONAL)  # as written, and not run
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []

    manifest.write(manifest.folder)  # the payments are there again
    (again,) = batch.run_notebooks([], here)
    assert (again.action, again.record.left_out) == ("ran", {})
    assert "luckyus_sales_payment.t_" in again.reason


def test_what_every_section_needs_is_still_refused_by_name(here: Settings):
    manifest = dataclasses.replace(estate_rows.take_snapshot(here, SHOPS), tables={})
    loaded = notebooks.load(_write(here, SAYS, optional=OPTIONAL))
    with pytest.raises(SnapshotError, match=r"no luckyus_opshop\.t_shop_info in snapshot"):
        find_missing(loaded.cells, manifest)


def test_each_section_is_told_once_and_its_text_goes_with_it():
    node = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("### Payments", metadata={"tags": ["optional-a-b"]}),
            nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["optional-a-b"]}),
            nbformat.v4.new_code_cell("y = 1", metadata={"tags": ["optional-c"]}),
            nbformat.v4.new_code_cell("z = x", metadata={"tags": ["optional-a-b"]}),
        ]
    )
    leave_out(node, {"a b": ["luckyus_opshop.t_x"]})
    servers = {"luckyus_opshop.t_x": "aws-luckyus-opshop-rw"}
    assert [cell.source for cell in node.cells] == [
        f"from lucky_analytics import report\n\nreport.missing('a b', {servers})",
        "x = 1",
        "y = 1",
        "z = x",
    ]
    assert [cell.metadata.get("tags", [])[1:] for cell in node.cells] == [
        [],
        ["skip-execution"],
        [],
        ["skip-execution"],
    ]


def test_no_notebook_uses_what_an_optional_section_made(here: Settings):
    for notebook in notebooks.list_all(dataclasses.replace(settings.load(), root=ROOT)):
        assert uses_outside(notebooks.load(notebook).cells) == [], notebook.name
    wrong = notebooks.load(_write(here, "print(1)", optional=OPTIONAL)).cells
    wrong.append(notebooks.Cell("code", "print(paid)", ()))
    assert uses_outside(wrong) == ["paid of what was paid is used outside of it"]


def _late(manifest: Manifest, days: int, *databases: str) -> Manifest:
    """The snapshot as if other servers had been read ``days`` later than those of ``databases``."""
    (old,) = manifest.servers.values()
    servers = {"late": old, "in time": dataclasses.replace(old, cut=old.cut + dt.timedelta(days=days))}
    tables = {
        name: dataclasses.replace(entry, server="late" if name.startswith(databases) else "in time")
        for name, entry in manifest.tables.items()
    }
    return dataclasses.replace(manifest, servers=servers, tables=tables)


def test_a_late_server_holds_up_only_what_is_made_from_its_tables(here: Settings):
    manifest = _late(estate_rows.take_snapshot(here, SHOPS), 3, "luckyus_sales_payment")
    day, later = str(manifest.last_closed_day), str(manifest.last_closed_day + dt.timedelta(days=3))
    manifest.write(manifest.folder)
    for cells, optional, as_of in (
        ((SAYS,), (), later),
        ((SAYS,), OPTIONAL, day),
        (("suite.orders.count()",), (), day),  # with their refunds, where there are any
        ((SAYS, "suite.payments.count()"), (), day),
    ):
        notebook = _write(here, *cells, optional=optional)
        assert inputs_of(notebook, here, manifest, given={}).as_of == as_of
        (asked,) = prepare(notebook, here, Request(manifest, {"as_of": day}))
        assert asked.as_of == day
    with pytest.raises(LuckyError, match=f"as_of: expected at most {day}"):
        prepare(notebook, here, Request(manifest, {"as_of": later}))
    suite = catalog.Suite(manifest, as_of=later)
    assert suite.stores.count().execute() == 1
    with pytest.raises(
        SnapshotError, match=f"sales_payment.t_trade of late: expected all rows up to {later}"
    ):
        suite.source("salespayment").t_trade  # noqa: B018 - asking is reading
    assert str(catalog.Suite(manifest).as_of) == day
