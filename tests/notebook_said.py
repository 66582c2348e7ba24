"""Runs a notebook's cells in this process on a given suite, and returns what it said."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

import lucky_analytics
from lucky_analytics import report_data, report_record
from lucky_analytics.errors import NothingToSayError
from lucky_analytics.pages import RunFacts
from lucky_analytics.pages.content import read_content
from lucky_analytics.pages.page_rules import check_page
from lucky_analytics.runs.optional import section_of
from tests import demo_suite

Said = dict[str, list[dict[str, Any]]]  # records by kind
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def said_by(notebook: str, suite: Any, without: Collection[str] = (), **parameters: Any) -> Said:
    """Every record that ``department/name`` makes, by kind; ``parameters`` replace those of its cell.

    ``without`` names optional sections whose cells are left out, as a run does where tables are missing.
    """
    said: dict[str, list[dict[str, Any]]] = {}
    patch = pytest.MonkeyPatch()
    patch.setattr(lucky_analytics, "open", lambda snapshot, as_of: suite)
    patch.setattr(report_record, "say", lambda record, text, shapes=None: _keep(said, record, shapes))
    namespace: dict[str, Any] = {}
    try:
        for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", 4).cells:
            if cell.cell_type != "code" or section_of(cell.metadata.get("tags", [])) in without:
                continue
            try:
                exec(compile(cell.source, notebook, "exec"), namespace)
            except NothingToSayError:
                break
            if "parameters" in cell.metadata.get("tags", []):
                namespace.update(parameters)
    finally:
        patch.undo()
    return said


def on_demo(notebook: str) -> tuple[Callable[..., Said], Callable[[], Said]]:
    """``run(parameters, as_of, **edits)`` of ``department/name`` on the small demo estate, with tables edited
    as ``demo_suite.suite`` does; and ``usual()``, what it says unedited, made once."""

    def run(parameters: Mapping[str, Any] | None = None, as_of: Any = None, **edits: Any) -> Said:
        return said_by(notebook, demo_suite.suite(as_of, **edits), **(parameters or {}))

    return run, functools.cache(lambda: run())


def _keep(said: dict[str, list[dict[str, Any]]], record: dict[str, Any], shapes: Any) -> None:
    said.setdefault(record["kind"], []).append(record)
    noted = {"tables_read": {}, "definitions": {}, **record}
    said.setdefault("outputs", []).append({"data": {report_record.MIME: noted, **(shapes or {})}})


def page_faults(said: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The rules for pages that the page of these records would break."""
    notebook = {"cells": [{"outputs": said["outputs"]}]}
    return check_page(read_content(notebook, RunFacts("r", {}, "s", "", "", "c")))


def headlines(said: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Headlines by name."""
    return {record["name"]: record for record in said["headline"]}


def names(said: dict[str, list[dict[str, Any]]], kind: str) -> set[str]:
    """Names of the figures or tables."""
    return {record["name"] for record in said[kind]}


def rows(said: dict[str, list[dict[str, Any]]], table: str) -> list[dict[str, Any]]:
    """The rows of one table, as a reader would download them."""
    record = next(record for record in said["table"] if record["name"] == table)
    return report_data.decode(record["data"]).to_pylist()


def assert_whole(said: dict[str, list[dict[str, Any]]], expected: set[str]) -> None:
    """One answer, one decision, and just the expected headlines, each with interval, level, n and query."""
    assert len(said["answer"]) == 1 and len(said["decision"]) == 1
    found = headlines(said)
    assert set(found) == expected
    for record in found.values():
        assert record["low"] < record["value"] < record["high"], record["name"]
        assert record["level"] and record["n"] > 0 and "SELECT" in record["sql"]


def assert_sound(
    said: dict[str, list[dict[str, Any]]], expected: Collection[str]
) -> dict[str, dict[str, Any]]:
    """The headlines by name: the page keeps the rules, has just the expected ones, each with its query, and
    every check passed."""
    assert page_faults(said) == []
    found = headlines(said)
    assert set(found) == set(expected) and all(record["sql"] for record in found.values())
    assert all(check["passed"] for check in said["check"])
    return found


def assert_names_nobody(said: dict[str, list[dict[str, Any]]], suite: Any) -> None:
    """No customer's number stands in a text, a chart's data or the rows of a table."""
    told = [json.dumps(said["outputs"], default=str)]
    told += [json.dumps(rows(said, name), default=str) for name in names(said, "table")]
    numbers = set(suite.customers.customer_id.execute())
    named = numbers & {word for text in told for word in re.findall(r"\w+", text)}
    assert not named, f"{len(named)} customers stand on the page"
