"""What a report learns from the portal: earlier runs, changes, sparklines; a classic script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from lucky_analytics.pages.charts import format_json
from lucky_analytics.pages.facts import format_day
from lucky_analytics.publish.access_page import ADDRESS
from lucky_analytics.publish.forms import MAIL, PDF, Forms
from lucky_analytics.publish.shelf import Run
from lucky_analytics.publish.track import Track
from lucky_analytics.publish.whats_new import describe_cause, find_moves, find_previous

__all__ = ["N_SPARKLINE", "describe_by_hand", "format_history"]

N_SPARKLINE = 12


def format_history(
    runs: Sequence[Run],
    beside: Sequence[Run],
    shown: Run,
    forms: Forms,
    track: Track,
) -> str:
    """The text of ``history.js`` for one notebook.

    ``runs`` are all its runs and ``beside`` those with other parameters than its own (``Shelf``), newest
    first; ``shown`` is the one that stands at the notebook's address. ``track`` has what came of its
    predictions and of what was decided on it.
    From ``file://`` a page can neither fetch nor import, so the data sets ``window.luckyHistory``.
    """
    good = [run for run in runs if run.is_good]
    others = [run for run in beside if run.is_good]
    address = f"../../{shown.link}"
    history = {
        "home": "../../index.html",
        "newest": f"{address}/index.html",
        "list": f"{address}/history.html",
        "failures": f"../../{ADDRESS if runs[0].is_waiting else 'failures.html'}",
        "forms": _addresses(address, shown, forms) if shown.is_good else [],
        "shown_run": shown.id,
        "note": _note(runs[0], shown),
        "sound": _last_sound(good, shown),
        "record": _record(track, shown.notebook),
        "mark": shown.mark,
        "decided": [
            [f"Decided on {format_day(of.decided)} by {of.by}: {of.what}.", said]
            for of, said in track.of_page(shown.notebook)
        ],
        "n_runs": len(runs) + len(beside),
        "beside": {run.id: describe_by_hand(run) for run in beside},
        "runs": {
            run.id: {"headlines": _headlines(run, among[place:])}
            for among in (good, others)
            for place, run in enumerate(among)
        },
    }
    return f"window.luckyHistory = {format_json(history)};\n"


def _record(track: Track, notebook: str) -> list[str]:
    """Text and address of the link to what came of its predictions; nothing where it made none."""
    address = track.address(notebook)
    return [track.summary(notebook), f"../../{quote(address)}"] if address else []


def describe_by_hand(run: Run) -> str:
    """In what a run was made otherwise than the report itself: ``"with another scenario"``."""
    return "with another " + " and ".join(name.replace("_", " ") for name in run.record.by_hand)


def _addresses(address: str, shown: Run, forms: Forms) -> list[list[str]]:
    """The newest report's other forms: what they are called, and where they are."""
    found = [["PDF", f"{address}/{PDF}"]] if forms.prints(shown) else []
    return [*found, ["Mail", f"{address}/{MAIL}"]] if forms.mail else found


def _note(newest: Run, shown: Run) -> str:
    if shown.is_gone:
        return f"This report is no longer made. Its last run was that of {newest.record.ended_at[:10]}."
    if shown.record.by_hand:
        return f"Made by hand {describe_by_hand(shown)}: there is no run of the report itself yet."
    if newest.is_good or not shown.is_good:
        return ""
    failed, good = (run.record.ended_at[:10] for run in (newest, shown))
    if newest.is_waiting:
        return (
            f"The run of {failed} lacked tables that nobody has read. This is the last one made, of {good}."
        )
    return f"The run of {failed} did not complete. This is the last one that did, of {good}."


def _last_sound(good: Sequence[Run], shown: Run) -> list[str]:
    """Text and address of the newest report with sound data, where the shown one's numbers are withheld."""
    sound = next((run for run in good if not run.problems), None) if shown.breaches else None
    if sound is None:
        return []
    day = format_day(sound.record.as_of)
    return [f"Last report whose data was sound ({day})", f"../../runs/{sound.id}/index.html"]


def _headlines(run: Run, from_here: Sequence[Run]) -> dict[str, Any]:
    """For each headline its change since the previous run, and its values up to this run, oldest first."""
    previous = find_previous(run, from_here[1:])
    changes = {}
    if previous:
        cause = describe_cause(run, previous)
        because = f", {cause}" if cause else ""
        for move in find_moves(run, previous):
            change = f"{'Up' if move.is_up else 'Down'} from {move.before}"
            changes[move.name] = f"{change}{because}" if move.is_beyond else f"{change}, within its interval"
    alike = [other for other in from_here if find_previous(run, [other])]
    by_day = {
        other.record.as_of: other for other in reversed(alike)
    }  # of one day the newest: re-runs are no past
    shown = [other for other in alike if by_day[other.record.as_of] is other][:N_SPARKLINE]
    return {
        headline["name"]: {
            "change": changes.get(headline["name"], ""),
            "values": [_value(other, headline["name"]) for other in reversed(shown)],
        }
        for headline in run.headlines
    }


def _value(run: Run, name: str) -> float | None:
    return next((headline["value"] for headline in run.headlines if headline["name"] == name), None)
