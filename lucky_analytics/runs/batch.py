"""Several notebooks in one go: plan each, run what must be run, a few at a time."""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lucky_analytics import snapshot as snapshots
from lucky_analytics.errors import LuckyError, ParameterError, RunError
from lucky_analytics.locks import HeldError, hold
from lucky_analytics.runs import history, identity, notebooks, records
from lucky_analytics.runs.forkserver import close_server, start_server
from lucky_analytics.runs.grids import grid
from lucky_analytics.runs.limits import Limits
from lucky_analytics.runs.plan import Inputs, inputs_of, plan
from lucky_analytics.settings import Settings

__all__ = ["Outcome", "failures", "run_notebooks"]


_loading = threading.Lock()


@dataclass(frozen=True)
class Outcome:
    """What happened to one notebook, and why."""

    notebook: str
    action: Literal["ran", "rendered", "skipped", "failed"]
    reason: str
    record: records.Record


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
    tell: Callable[[Outcome, int, int], None] = lambda outcome, done, total: None,
) -> list[Outcome]:
    """Run notebooks by name, or all of them when ``names`` is empty; skip those that nothing changed.

    A notebook with a grid file also runs once for each of the grid's combinations. Everything is checked
    before the first kernel starts: names, parameters, types, ranges, the snapshot. A failing notebook
    does not stop the others. ``tell`` hears of each as it ends, and how many of how many are done.
    """
    chosen = [notebooks.find(name, settings) for name in names] or notebooks.list_all(settings)
    manifest = snapshots.find(snapshot, settings)
    inputs = [
        inputs_of(
            notebook, settings, manifest, given=given or {}, parameter_file=parameter_file, variant=variant
        )
        for notebook in chosen
        for variant in [None, *grid(notebook, settings)]
    ]
    for each in inputs:
        if (as_of := each.values.get("as_of")) and as_of > str(manifest.last_closed_day):
            raise ParameterError(
                "as_of",
                expected=f"at most {manifest.last_closed_day}, the snapshot's last closed day",
                got=as_of,
            )

    done = itertools.count(1)

    def one(each: Inputs) -> Outcome:
        outcome = _run_one(each, settings, force, limits)
        tell(outcome, next(done), len(inputs))
        return outcome

    try:
        with snapshots.reading(manifest), ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
            return list(pool.map(one, inputs))
    finally:
        close_server()


def _run_one(inputs: Inputs, settings: Settings, force: bool, limits: Limits | None) -> Outcome:
    with _alone(f"{inputs.notebook.name} {inputs.variant}".strip(), settings):
        planned = plan(inputs, settings, force=force)
        if planned.standing and planned.action == "skip":
            return Outcome(inputs.notebook.name, "skipped", planned.reason, planned.standing)
        if planned.action == "run":
            start_server()  # it imports its libraries while we import ours
        with _loading:  # once, and not by every job at the same time
            execute, render_again = _load_heavy()
        if planned.standing:
            render_again(planned.standing, settings, inputs.snapshot)
            return Outcome(inputs.notebook.name, "rendered", planned.reason, planned.standing)
        record = execute(inputs, settings, limits)
        history.note(record, settings)
        if record.error:
            cell = record.error["cell"]
            where = f" in cell {cell}" if cell else ""
            reason = f"{record.error['name']}{where}: {record.error['message']}"
            return Outcome(inputs.notebook.name, "failed", " ".join(reason.split()), record)
        return Outcome(inputs.notebook.name, "ran", planned.reason, record)


@contextlib.contextmanager
def _alone(name: str, settings: Settings) -> Iterator[None]:
    """Nobody else runs this notebook here meanwhile; the system drops the lock when a holder dies."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(hold(settings.runs_dir / ".locks" / f"{identity.digest(name)}.lock"))
        except HeldError as error:
            raise RunError(
                f"notebook {name} is already being run", got=error.holder, remedy="Wait for it to end"
            ) from error
        yield


@functools.cache
def _load_heavy() -> tuple[Callable[..., records.Record], Callable[..., None]]:
    """``execute`` and ``render_again``, ready for their first notebook; skipping does without them."""
    from lucky_analytics import pages
    from lucky_analytics.runs.execute import execute
    from lucky_analytics.runs.outputs import render_again

    pages.prepare()
    return execute, render_again


def failures(outcomes: Sequence[Outcome]) -> LuckyError | None:
    """One error that names the notebooks that failed, or nothing."""
    failed = [outcome for outcome in outcomes if outcome.action == "failed"]
    if not failed:
        return None
    return RunError(
        f"{len(failed)} of {len(outcomes)} notebooks failed: " + ", ".join(o.notebook for o in failed),
        remedy="outputs/runs/<notebook>/ keeps what each wrote; lucky publish shows the failures page",
    )
