"""The portal's home: what changed, then the departments' questions with their newest answers; and search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from lucky_analytics.pages.charts import format_json
from lucky_analytics.pages.facts import FRESH_DAYS
from lucky_analytics.publish.portal_frame import Frame
from lucky_analytics.publish.shelf import Run, Shelf
from lucky_analytics.publish.whats_new import Move, describe_cause, find_moves, find_previous

__all__ = ["write_home"]

_SCRIPT = Path(__file__).parent / "assets" / "portal.js"
_MOVES_SHOWN = 12


def write_home(frame: Frame, shelf: Shelf, n_failures: int) -> None:
    """``index.html``, the history page of each notebook, the search index and its script."""
    shown = shelf.shown
    frame.write(
        "index.html",
        "home.html.j2",
        departments=[
            (name, _by_notebook(list(runs))) for name, runs in groupby(shown, key=lambda run: run.department)
        ],
        newest={key: runs[0] for key, runs in shelf.runs.items()},
        changes=_changes(shelf),
        has_earlier=any(find_previous(run, shelf.before(run)) for run in shown),
        n_moves_shown=_MOVES_SHOWN,
        n_failures=n_failures,
        as_of=max(run.record.as_of for run in shown),
        fresh_days=FRESH_DAYS,
    )
    for run in shown:
        frame.write(f"{run.address}/history.html", "history.html.j2", run=run, runs=shelf.runs[run.key])
    (frame.site / "assets" / "portal.js").write_bytes(_SCRIPT.read_bytes())
    (frame.site / "search.js").write_text(_search_index(shown), encoding="utf-8")


def _by_notebook(shown: Sequence[Run]) -> list[tuple[Run, list[Run]]]:
    """Each notebook's own report, or else its first variant, and its variants."""
    groups = [list(runs) for _, runs in groupby(shown, key=lambda run: run.notebook)]
    return [(runs[0], [run for run in runs if run.variant]) for runs in groups]


def _changes(shelf: Shelf) -> list[tuple[Run, Move, str]]:
    """Headlines that moved beyond their interval since the previous run, largest first, with the cause."""
    found = []
    for run in shelf.shown:
        previous = find_previous(run, shelf.before(run)) if run.is_good else None
        if previous:
            cause = describe_cause(run, previous)
            found += [(run, move, cause) for move in find_moves(run, previous) if move.is_beyond]
    return sorted(found, key=lambda change: -change[1].size)


def _search_index(shown: Sequence[Run]) -> str:
    """``search.js``: what is searched, for each notebook; a classic script, because file:// has no fetch."""
    index = {run.key: " ".join(_searched(run)).lower() for run in shown}
    return f"window.luckySearch = {format_json(index)};\n"


def _searched(run: Run) -> list[str]:
    kinds: Mapping[str, str] = {
        "headlines": "label",
        "figures": "finding",
        "tables": "title",
        "decision": "text",
    }
    said = [
        record.get(key, "")
        for kind, key in kinds.items()
        for record in run.results.get(kind, [])
        if not run.problems
    ]
    names = [name.replace("_", " ") for name in (run.notebook, run.department, run.variant)]
    return [run.title, *names, run.answer, *said]
