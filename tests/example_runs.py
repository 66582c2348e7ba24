"""A folder of finished runs for the portal: two departments, earlier runs, a run that failed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import nbformat
import pyarrow.parquet as pq
import yaml

from lucky_analytics import pages, report_data, report_record, snapshot
from lucky_analytics.runs import records
from lucky_analytics.settings import Settings
from tests.example_pages import (
    FACTS,
    briefing_notebook,
    example_notebook,
    failed_notebook,
    short_notebook,
    store_week_notebook,
)
from tests.notebook_cells import PARAMETERS, write_notebook

RECORD = records.Record(
    notebook="store_ramp_curves",
    department="operations",
    title="How fast does a new store reach its plateau, and how high is it?",
    run_id="a1b2c3d4e5f60718",
    status=records.OK,
    parameters=dict(FACTS.parameters),
    as_of=FACTS.as_of,
    snapshot={"id": FACTS.snapshot_id, "cut": FACTS.cut, "source": "demo"},
    code_version=FACTS.code_version,
    code_hash="c1",
    page_hash="p1",
    lock_hash="l1",
    notebook_hash="n1",
    started_at="2026-02-14T12:10:00.000+00:00",
    ended_at="2026-02-14T12:10:21.000+00:00",
    seconds=21.0,
    peak_mib=410.0,
    tables_read={"luckyus_sales_order.t_order": "9f2c"},
)
DEPARTMENTS = ("strategy", "operations", "product", "marketing", "supply_chain", "finance", "platform")
REPORT = "operations/store_ramp_curves/index.html"  # where the portal has the page of ``write_run``
ERROR = {"name": "ValueError", "message": "plateau <0>", "cell": 5}


def make_settings(folder: Path) -> Settings:
    for name in ("notebooks", "params"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Settings(root=folder, data_dir=folder / "data", outputs_dir=folder / "outputs")


def write_run(
    settings: Settings, node: nbformat.NotebookNode | None = None, problem: str = "", **changes: Any
) -> records.Record:
    """A finished run on disk as the runner leaves it; ``changes`` are fields of its record.

    ``problem`` is what is wrong with its table of orders. Its notebook is there, and its grid asks for it.
    """
    record = dataclasses.replace(RECORD, **changes)
    ended = dt.datetime.fromisoformat(record.ended_at)
    record = dataclasses.replace(record, sequence=int(ended.timestamp()))
    failed = record.status == records.FAILED
    node = node or (failed_notebook() if failed else example_notebook())
    folder = settings.runs_dir / record.notebook / record.run_id
    (folder / "tables").mkdir(parents=True)
    error = f"{record.error['name']}: {record.error['message']}" if record.error else None
    about = {name: getattr(record, name) for name in ("run_id", "as_of", "variant", "parameters")}
    about["generated"] = record.snapshot["source"] == "demo"
    facts = dataclasses.replace(FACTS, failed=error, **about)
    if problem:
        tables = {"luckyus_sales_order.t_order": {"rows": 1, "problem": problem}}
        facts = dataclasses.replace(facts, tables=tables)
    page = pages.render(node, name=record.notebook, department=record.department, run=facts)
    (folder / "report.html").write_text(page)
    for _, said, _ in report_record.read(node):
        if said["kind"] == "table":
            (folder / "tables" / f"{said['name']}.csv").write_text(f"of {record.run_id}\n")
            table = report_data.decode(said["data"])
            pq.write_table(table, folder / "tables" / f"{said['name']}.parquet")
        elif said["kind"] == "figure":
            for place in range(2):
                (folder / "tables" / report_data.name_figure_data(said["name"], place)).write_text("x\n")
    nbformat.write(node, folder / "executed.ipynb")
    results = {**records.collect_results(node), "problems": facts.problems(record.tables_read)}
    records.write_json(folder / "results.json", results)
    record.write(folder)
    _write_maker(settings, record)
    return record


def _write_maker(settings: Settings, record: records.Record) -> None:
    """The notebook of a run, where there is none, and the point of its grid."""
    notebook = settings.notebooks_dir / record.department / f"{record.notebook}.ipynb"
    if not notebook.exists():
        write_notebook(notebook, title=record.title)
    if record.variant:
        name, _, value = record.variant.partition("=")
        write_notebook(notebook, title=record.title, parameters=f'{PARAMETERS}\n{name}: str = ""')
        grid = settings.params_dir / "grids" / f"{record.notebook}.yml"
        grid.parent.mkdir(exist_ok=True)
        values = yaml.safe_load(grid.read_text())[name] if grid.exists() else []
        grid.write_text(yaml.safe_dump({name: [*values, value]}))


def write_earlier(
    settings: Settings, *, day: str, run_id: str, factor: float, **changes: Any
) -> records.Record:
    """A run of an earlier day whose headlines are ``factor`` times the newest ones."""
    node = example_notebook()
    for _, said, _ in report_record.read(node):
        if said["kind"] == "headline" and said["value"] is not None:
            for key in ("value", "low", "high"):
                said[key] = said[key] * factor if said[key] is not None else None
    ended = f"{day}T12:10:21.000+00:00"
    return write_run(settings, node, run_id=run_id, as_of=day, ended_at=ended, **changes)


def write_store_week(settings: Settings) -> None:
    """The page of all stores, and one that was made for a store alone."""
    about = {"notebook": "store_week", "title": "What did the stores sell?"}
    write_run(settings, store_week_notebook(), run_id="5707e00000000001", **about)
    own = {"variant": "store=221 Grand", "parameters": {**RECORD.parameters, "store": "221 Grand"}}
    write_run(settings, run_id="5707e00000000002", **about, **own)


def write_briefing(settings: Settings, **changes: Any) -> records.Record:
    """The page of the day's briefing."""
    about = {"notebook": "executive_briefing", "department": "strategy", "run_id": "b21ef00000000001"}
    title = "What happened yesterday that leadership must know?"
    return write_run(settings, briefing_notebook(), **{**about, "title": title, **changes})


def write_questions(settings: Settings, n_questions: int) -> None:
    """So many short reports, in all departments, with findings and questions as long as they may be."""
    for number in range(n_questions):
        finding = f"{number + 3} of ten stores lose their best hours, and none of them knows it yet"
        write_run(
            settings,
            short_notebook(finding),
            run_id=f"{number:016x}",
            notebook=f"question_{number}",
            department=DEPARTMENTS[number % len(DEPARTMENTS)],
            title=f"Question {number}: which of our stores lose the hours that would have paid their rent?",
        )


def write_demo_facts(settings: Settings) -> None:
    """What the builder of the demo estate leaves: one figure met, one not."""
    settings.demo_dir.mkdir(parents=True)
    figures = [
        {"name": "completed USD orders", "published": 466_252, "built": 466_252, "exact": True},
        {"name": "average order, dollars", "published": 4.71, "built": 4.68, "exact": True},
    ]
    built = {"seed": 7, "scale": 1.0, "calibrate": True, "tables": "default"}
    built["tables_written"] = {"luckyus_sales_order.t_order": {"rows": 516_000}}
    records.write_json(settings.demo_dir / "fit.json", {"figures": figures})
    records.write_json(settings.demo_dir / "demo.json", built)


def write_snapshot(settings: Settings) -> None:
    """The manifest of the snapshot of the example runs: two known issues, a stale table, a good key."""
    table = "luckyus_sales_order.t_order"
    found = (
        snapshot.Finding(
            table, "issue", "nzd_orders_mixed_in", False, 21_245, "21,245: other currency", "medium"
        ),
        snapshot.Finding(
            "luckyus_fi_tax", "issue", "tax_tables_empty", False, 9, "9: never written", "critical"
        ),
        snapshot.Finding(table, "fresh", "create_time", False, 1, "newest 2026-02-01, 300 h before the cut"),
        snapshot.Finding(table, "key", "id", True, 0, "unique"),
    )
    folder = settings.snapshots_dir / FACTS.snapshot_id
    folder.mkdir(parents=True)
    cut = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
    facts = {
        "taken_at": cut,
        "cut": cut,
        "kind": "demo",
        "lucky_version": "0.1.0",
        "servers": {},
        "tables": {},
    }
    snapshot.Manifest(id=FACTS.snapshot_id, folder=folder, findings=found, **facts).write(folder)


def write_portal_runs(settings: Settings) -> None:
    """Ramp curves with three earlier runs, churn whose newest run failed, waste that never completed."""
    write_demo_facts(settings)
    write_snapshot(settings)
    write_run(settings)
    for number, day in enumerate(("2026-02-10", "2026-02-11", "2026-02-12")):
        write_earlier(settings, day=day, run_id=f"0{number}b2c3d4e5f60718", factor=0.6 + 0.05 * number)
    churn = {"notebook": "churn_cohorts", "department": "marketing"}
    churn["title"] = "How do cohorts retain, who is about to leave, and who is worth winning back?"
    write_run(settings, run_id="c0ffee00c0ffee00", **churn)
    failed = {"status": records.FAILED, "error": ERROR, "ended_at": "2026-02-15T06:00:00.000+00:00"}
    write_run(settings, run_id="c0ffee11c0ffee11-failed", **churn, **failed)
    title = "What is thrown away, why, and how much of it was avoidable?"
    waste = {"notebook": "waste", "department": "supply_chain", "title": title}
    write_run(settings, run_id="d0d0d0d0d0d0d0d0-failed", **waste, **failed)
