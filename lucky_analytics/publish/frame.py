"""The portal's own pages: home, failures, and the history of each notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from lucky_analytics.pages.charts import format_json
from lucky_analytics.pages.templating import templates
from lucky_analytics.publish.changes import Move, describe_cause, find_moves, find_previous
from lucky_analytics.publish.failures import find_failures
from lucky_analytics.publish.shelf import Run, Shelf

__all__ = ["write"]

_HERE = Path(__file__).parent
_MOVES_SHOWN = 12


def write(site: Path, shelf: Shelf) -> None:
    """Write the frame's pages, its script and the search index into a site that already holds the reports."""
    shown = [_shown(runs) for runs in shelf.runs.values()]
    failures = find_failures(shelf)
    common: dict[str, Any] = {"n_failures": len(failures) + len(shelf.unreadable)}
    common["is_generated"] = any(run.record.snapshot["source"] == "demo" for run in shown)
    departments = [(name, list(runs)) for name, runs in groupby(shown, key=lambda run: run.department)]
    home = {
        "departments": departments,
        "newest": {runs[0].notebook: runs[0] for runs in shelf.runs.values()},
        "changes": _changes(shelf),
        "has_earlier": any(find_previous(_shown(runs), _before(runs)) for runs in shelf.runs.values()),
        "n_moves_shown": _MOVES_SHOWN,
        "as_of": max(run.record.as_of for run in shown),
    }
    _render(site / "index.html", "home.html.j2", root="", page="home", **common, **home)
    _render(
        site / "failures.html", "failures.html.j2", root="", page="failures", **common,
        failures=failures, unreadable=shelf.unreadable,
    )  # fmt: skip
    for run in shown:
        folder = site / run.department / run.notebook
        runs = shelf.runs[run.notebook]
        _render(
            folder / "history.html", "history.html.j2", root="../../", page="", **common, run=run, runs=runs
        )
    script = (_HERE / "assets" / "portal.js").read_bytes()
    (site / "assets" / "portal.js").write_bytes(script)
    (site / "search.js").write_text(_search_index(shown), encoding="utf-8")


def _shown(runs: Sequence[Run]) -> Run:
    """The run at the notebook's address: its newest good one, else its newest."""
    return next((run for run in runs if run.is_good), runs[0])


def _before(runs: Sequence[Run]) -> Sequence[Run]:
    return runs[runs.index(_shown(runs)) + 1 :]


def _changes(shelf: Shelf) -> list[tuple[Run, Move, str]]:
    """Headlines that moved beyond their interval since the previous run, largest first, with the cause."""
    found = []
    for runs in shelf.runs.values():
        run = _shown(runs)
        previous = find_previous(run, _before(runs)) if run.is_good else None
        if previous:
            cause = describe_cause(run, previous)
            found += [(run, move, cause) for move in find_moves(run, previous) if move.is_beyond]
    return sorted(found, key=lambda change: -change[1].size)


def _search_index(shown: Sequence[Run]) -> str:
    """``search.js``: what is searched, for each notebook; a classic script, because file:// has no fetch."""
    index = {run.notebook: " ".join(_searched(run)).lower() for run in shown}
    return f"window.luckySearch = {format_json(index)};\n"


def _searched(run: Run) -> list[str]:
    kinds: Mapping[str, str] = {
        "headlines": "label",
        "figures": "finding",
        "tables": "title",
        "decision": "text",
    }
    said = [record.get(key, "") for kind, key in kinds.items() for record in run.results.get(kind, [])]
    return [run.title, run.notebook.replace("_", " "), run.department.replace("_", " "), run.answer, *said]


def _render(file: Path, template: str, **context: Any) -> None:
    page = templates(_HERE / "templates").get_template(template).render(context)
    file.write_text(page, encoding="utf-8")
