"""Several notebooks in one go: plan each, run what must be run, a few at a time."""

from __future__ import annotations

import functools
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from lucky_analytics import snapshot as snapshots
from lucky_analytics.errors import BusyError, LuckyError, RunError, one_line
from lucky_analytics.runs import history, notebooks, records
from lucky_analytics.runs.alone import alone
from lucky_analytics.runs.forkserver import close_server, start_server
from lucky_analytics.runs.limits import Limits
from lucky_analytics.runs.one_look import one_look
from lucky_analytics.runs.plan import Inputs, plan
from lucky_analytics.runs.predicted import note_predictions
from lucky_analytics.runs.request import Request, Unreadable, prepare
from lucky_analytics.settings import Settings

__all__ = [
    "WAIT",
    "Outcome",
    "failures",
    "left_to_others",
    "not_noted",
    "run_notebooks",
    "say_waiting",
]


WAIT = 600.0  # seconds for another command that is running the same notebook
_loading = threading.Lock()


@dataclass(frozen=True)
class Outcome:
    """What happened to one notebook, and why. It ``waits`` for tables that nobody has read."""

    notebook: str
    action: Literal["ran", "rendered", "skipped", "failed", "waits", "busy"]
    reason: str
    record: records.Record | None  # null when there was no run: an unreadable notebook, a busy one
    unnoted: str = ""  # why the run, which stands on disk, is not in the history


def run_notebooks(
    names: Sequence[str],
    settings: Settings,
    *,
    snapshot: str = "newest",
    given: Mapping[str, Any] | None = None,
    parameter_file: Path | None = None,
    force: bool = False,
    jobs: int = 1,
    limits: Limits | None = None,
    wait: float = WAIT,
    tell: Callable[[Outcome, int, int], None] = lambda outcome, done, total: None,
    tell_waiting: Callable[[str], None] = lambda line: None,
) -> list[Outcome]:
    """Run notebooks by name, or all of them when ``names`` is empty; skip those that nothing changed.

    A notebook with a grid file also runs once for each of the grid's combinations; with a grid's parameter
    ``given`` only for those that agree with it, or once when none does. What is asked (names, given
    parameters, the snapshot) is checked before the first kernel starts, and raises. A notebook that fails
    or cannot be read does not stop the others. One that another command is running is waited for up to
    ``wait`` seconds (``tell_waiting`` hears of it once) and then left to it, as ``busy``. ``tell`` hears of
    each as it ends, and how many of how many are done. What decides a run is the code as it was when this
    began (``one_look``): what is changed meanwhile is found by the next.
    """
    chosen = [notebooks.find(name, settings) for name in dict.fromkeys(names)] or notebooks.list_all(settings)
    manifest, settings = snapshots.find(snapshot, settings), settings.share_cores(jobs)
    asked = Request(manifest, given or {}, parameter_file)
    with one_look():
        waiting = [each for notebook in chosen for each in prepare(notebook, settings, asked)]
        done = itertools.count(1)

        def one(each: Inputs | Unreadable) -> Outcome:
            if isinstance(each, Unreadable):
                outcome = Outcome(each.notebook, "failed", str(each.error), None)
            else:
                outcome = _run_one(each, settings, force, limits, wait, tell_waiting)
            tell(outcome, next(done), len(waiting))
            return outcome

        try:
            with snapshots.reading(manifest), ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
                return list(pool.map(one, waiting))
        finally:
            close_server()


def _run_one(
    inputs: Inputs,
    settings: Settings,
    force: bool,
    limits: Limits | None,
    wait: float,
    tell_waiting: Callable[[str], None],
) -> Outcome:
    notebook = inputs.notebook.name
    with alone(f"{notebook} {inputs.variant}".strip(), settings, wait, tell_waiting) as other:
        if other:
            return Outcome(notebook, "busy", f"{other}, waited {wait:g} s", None)
        planned = plan(inputs, settings, force=force)
        if planned.standing and planned.is_renewed:
            planned = replace(planned, standing=_renew(planned.standing, settings))
        if planned.standing and planned.action == "skip":
            return Outcome(notebook, "skipped", planned.reason, planned.standing)
        if planned.action == "run":
            start_server()  # it imports its libraries while we import ours
        with _loading:  # once, and not by every job at the same time
            execute, render_again = _load_heavy()
        reason = planned.reason
        if planned.standing:
            try:
                render_again(planned.standing, settings, inputs.snapshot)
                return Outcome(notebook, "rendered", reason, planned.standing)
            except (ValueError, LookupError, TypeError, AttributeError) as damaged:
                reason = f"damaged: executed.ipynb of {planned.standing.run_id}, {type(damaged).__name__}"
        record = execute(inputs, settings, limits)
        unnoted = _note(record, settings)
        if record.error:
            if record.is_waiting:
                return Outcome(notebook, "waits", one_line(record.error["message"]), record, unnoted)
            cell = record.error["cell"]
            where = f" in cell {cell}" if cell else ""
            failed = f"{record.error['name']}{where}: {record.error['message']}"
            return Outcome(notebook, "failed", one_line(failed), record, unnoted)
        without = [f"without {name} ({', '.join(tables)})" for name, tables in record.left_out.items()]
        said = "; ".join([reason, *without, *record.leaks.values()])
        return Outcome(notebook, "ran", said, record, unnoted)


def _renew(record: records.Record, settings: Settings) -> records.Record:
    """An older run that is again what its report would come to, as the newest run of its notebook."""
    sequence = records.next_sequence(record.notebook, settings)
    renewed = replace(record, by_hand=[], sequence=sequence)
    renewed.write(settings.runs_dir / record.notebook / record.run_id)
    _note(renewed, settings)
    return renewed


def _note(record: records.Record, settings: Settings) -> str:
    """Add a run to the history, and its predictions to the record; a failure costs no other its run."""
    try:
        history.note(record, settings)
        note_predictions(record, settings)
    except LuckyError as error:
        return str(error)
    return ""


@functools.cache
def _load_heavy() -> tuple[Callable[..., records.Record], Callable[..., None]]:
    """``execute`` and ``render_again``, ready for their first notebook; skipping does without them."""
    from lucky_analytics import pages
    from lucky_analytics.runs.execute import execute
    from lucky_analytics.runs.outputs import render_again

    pages.prepare()
    return execute, render_again


def failures(outcomes: Sequence[Outcome]) -> LuckyError | None:
    """One error that names the notebooks that failed, or nothing. One that is busy or waits for tables has
    not failed."""
    failed = [outcome for outcome in outcomes if outcome.action == "failed"]
    if not failed:
        return None
    return RunError(
        f"{len(failed)} of {len(outcomes)} notebooks failed: {_names(failed)}",
        remedy="outputs/runs/<notebook>/ keeps what each wrote; lucky publish shows the failures page",
    )


def say_waiting(outcomes: Sequence[Outcome]) -> str:
    """One line about the notebooks that wait for tables; empty where none does."""
    waiting = [outcome for outcome in outcomes if outcome.action == "waits"]
    if not waiting:
        return ""
    n = len({outcome.notebook for outcome in waiting})
    return (
        f"{n} {'notebook waits' if n == 1 else 'notebooks wait'} for tables that nobody has read: "
        f"{_names(waiting)}. lucky list --access is the request to send"
    )


def _names(outcomes: Sequence[Outcome]) -> str:
    """Each notebook once, with how many runs of its grid where there are several.

    >>> _names([Outcome("staffing", "failed", "", None), Outcome("staffing", "failed", "", None)])
    'staffing (2)'
    """
    counts = Counter(outcome.notebook for outcome in outcomes)
    return ", ".join(f"{name} ({n})" if n > 1 else name for name, n in counts.items())


def not_noted(outcomes: Sequence[Outcome]) -> LuckyError | None:
    """One error that names the runs that are not in the history, and why, or nothing."""
    unnoted = [outcome for outcome in outcomes if outcome.unnoted]
    if not unnoted:
        return None
    names = ", ".join(outcome.notebook for outcome in unnoted)
    return RunError(f"not in the history, though they ran: {names}", got=unnoted[0].unnoted)


def left_to_others(outcomes: Sequence[Outcome]) -> LuckyError | None:
    """One error that names the notebooks that another command was still running, or nothing."""
    busy = [outcome for outcome in outcomes if outcome.action == "busy"]
    if not busy:
        return None
    return BusyError(
        f"{len(busy)} of {len(outcomes)} notebooks left to another command: "
        + ", ".join(outcome.notebook for outcome in busy),
        remedy="Run again when it has ended, or wait longer with --wait",
    )
