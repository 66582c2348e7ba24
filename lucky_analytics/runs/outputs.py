"""What a run leaves beside its executed notebook: tables, results, page, manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucky_analytics import pages, report_charts, report_data, report_names, report_record
from lucky_analytics.runs import identity, records
from lucky_analytics.runs.plan import PAGE_CODE
from lucky_analytics.runs.whole import write_record
from lucky_analytics.runs.workbook import write_workbook
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["render_again", "write_failure", "write_outputs"]

_BREACHES = {  # rules of contracts, as readers are told of a broken one
    "drift": "columns not as declared",
    "key": "keys not unique",
    "nulls": "missing values",
    "range": "values outside their limits",
    "reference": "references not found",
    "fresh": "stale data",
}


def render_again(record: records.Record, settings: Settings, snapshot: Manifest) -> None:
    """Make the page of a standing run anew, from its executed notebook."""
    import nbformat

    folder = settings.runs_dir / record.notebook / record.run_id
    node = nbformat.read(folder / "executed.ipynb", as_version=4)
    renewed = records.Record(**{**record.__dict__, "page_hash": identity.package_hash(*PAGE_CODE)})
    faults = _write_page(folder, node, renewed, snapshot)
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    records.write_json(folder / "results.json", {**results, "page_faults": faults})
    write_record(renewed, folder)
    pages.write_assets(settings.runs_dir / "assets")


def write_outputs(folder: Path, node: NotebookNode, record: records.Record, snapshot: Manifest) -> None:
    """Tables, results, page and manifest of a run, beside its executed notebook."""
    (folder / "tables").mkdir()
    for _, said, bundle in report_record.read(node):
        if said["kind"] == "table":
            _write_downloads(folder / "tables", said)
        elif said["kind"] == "figure":
            _write_figure_data(folder / "tables", said["name"], bundle.get(report_charts.VEGA_LITE, {}))
    facts = _page_facts(record, snapshot)
    faults = _write_page(folder, node, record, snapshot)
    problems = facts.problems(record.tables_read)
    results = {**records.collect_results(node), "problems": problems, "page_faults": faults}
    records.write_json(folder / "results.json", results)
    write_record(record, folder)


def _write_downloads(folder: Path, said: dict[str, Any]) -> None:
    import pyarrow.parquet as pq

    file = folder / report_names.check("table", said["name"])
    table = report_data.decode(said["data"])
    with file.with_suffix(".csv").open("w", encoding="utf-8", newline="") as lines:
        lines.writelines(report_data.write_csv_text(table))
    pq.write_table(table, file.with_suffix(".parquet"))
    if said.get("excel"):
        write_workbook(table, file.with_suffix(".xlsx"), said["name"])


def _write_figure_data(folder: Path, name: str, spec: Mapping[str, Any]) -> None:
    """What a chart draws, for readers without scripts and for spreadsheets."""
    import pandas as pd

    report_names.check("figure", name)
    for place, rows in enumerate(report_charts.find_rows(spec)):
        table = report_data.decode(report_data.encode(pd.DataFrame(rows), f"data of figure {name}"))
        file = folder / report_data.name_figure_data(name, place)
        with file.open("w", encoding="utf-8", newline="") as lines:
            lines.writelines(report_data.write_csv_text(table))


def write_failure(folder: Path, node: NotebookNode, record: records.Record, snapshot: Manifest) -> None:
    """Page and manifest of a run whose notebook ended well but whose outputs could not be made a page."""
    records.write_json(folder / "results.json", {**records.collect_results({"cells": []}), "problems": []})
    _write_page(folder, node, record, snapshot)
    write_record(record, folder)


def _page_facts(record: records.Record, snapshot: Manifest) -> pages.RunFacts:
    error = record.error
    tables = {name: _table_facts(name, snapshot) for name in record.tables_read if name in snapshot.tables}
    for name, leak in record.leaks.items():
        tables[name] = {**tables.get(name, {}), "problem": leak}
    return pages.RunFacts(
        run_id=record.run_id,
        parameters=record.parameters,
        snapshot_id=record.snapshot["id"],
        cut=record.snapshot["cut"],
        as_of=record.as_of,
        code_version=record.code_version,
        variant=record.variant,
        engine=record.engine,
        generated=record.snapshot["source"] == "demo",
        failed=f"{error['name']}: {error['message']}" if error else None,
        tables=tables,
    )


def _table_facts(name: str, snapshot: Manifest) -> dict[str, Any]:
    """What a page says of a table: a severe breach of its contracts stands in place of its numbers."""
    found = [finding for finding in snapshot.findings if finding.table == name and finding.rule != "issue"]
    broken = [finding for finding in found if not finding.holds]
    severe = [f"{_BREACHES.get(f.rule, f.rule)} ({f.subject}), {f.detail}" for f in broken if f.is_severe]
    facts: dict[str, Any] = {"rows": snapshot.tables[name].rows}
    if found:
        facts["contracts"] = f"{len(found) - len(broken)} of {len(found)} contracts hold"
    if severe:
        facts["problem"] = "; ".join(severe)
    return facts


def _write_page(folder: Path, node: NotebookNode, record: records.Record, snapshot: Manifest) -> list[str]:
    """Write the page; the rules for pages that it breaks (``pages.page_rules``)."""
    facts = _page_facts(record, snapshot)
    page, faults = pages.render_checked(node, name=record.notebook, department=record.department, run=facts)
    spare = folder / ".report.html.new"
    spare.write_text(page, encoding="utf-8")
    spare.replace(folder / "report.html")
    return faults
