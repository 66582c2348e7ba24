"""The finished runs on disk, as the portal needs them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lucky_analytics.decisions import hold
from lucky_analytics.errors import LuckyError
from lucky_analytics.pages.facts import describe_stale, fresh_days
from lucky_analytics.pages.templating import slug
from lucky_analytics.runs import records
from lucky_analytics.runs.gone import find_gone
from lucky_analytics.runs.whole import check_whole
from lucky_analytics.settings import Settings

__all__ = ["Run", "Shelf", "arrange", "read_shelf"]


@dataclass(frozen=True)
class Run:
    """One finished run: its folder, its record and, when it was good, its results.

    ``is_stale``: it is the newest of its report, and its data is too old to be shown (``mark_stale``).
    ``is_gone``: its report is no longer made (``runs.gone``). ``mark`` is what stands beside its numbers
    where the intervals of its question have failed (``track.mark_failed``).
    """

    folder: Path
    record: records.Record
    results: Mapping[str, Any]
    is_stale: bool = False
    is_gone: bool = False
    mark: str = ""

    @property
    def id(self) -> str:
        return self.record.run_id

    @property
    def notebook(self) -> str:
        return self.record.notebook

    @property
    def is_stopped(self) -> bool:
        """Whether its page ended early, because the data cannot answer its question."""
        return records.is_stopped(self.results)

    @property
    def department(self) -> str:
        return self.record.department

    @property
    def title(self) -> str:
        return self.record.title

    @property
    def variant(self) -> str:
        """The grid's parameters it was made with, as ``"store=221 Grand"``; empty for the notebook's own."""
        return self.record.variant

    @property
    def key(self) -> str:
        """What tells reports apart: the notebook, and the variant if it has one."""
        return self.record.key

    @property
    def address(self) -> str:
        """The report's folder in the portal; always two folders deep, as its page expects.

        Two variants whose letters and digits are the same differ in the hash at the end.
        """
        home = f"{self.department}/{self.notebook}"
        if not self.variant:
            return home
        return f"{home}--{slug(self.variant)}-{hashlib.sha256(self.variant.encode()).hexdigest()[:6]}"

    @property
    def link(self) -> str:
        """Its address as a link writes it: ``100% café #1`` is no address of the web."""
        return quote(self.address)

    @property
    def is_good(self) -> bool:
        return self.record.status == records.OK

    @property
    def is_waiting(self) -> bool:
        """Whether it was not begun, because nobody has read the tables that it needs."""
        return self.record.is_waiting

    @property
    def answer(self) -> str:
        """The recorded answer in one line; what is wrong with the data in place of it; empty for none."""
        if self.problems:
            return "Not shown, because of its data: " + "; ".join(self.problems)
        return " ".join(said["text"] for said in self.results.get("answer", []))

    @property
    def points(self) -> Sequence[str]:
        """What stands beside the answer, a line each; none where their data has a problem."""
        return [] if self.problems else [said["text"] for said in self.results.get("points", [])]

    @property
    def decisions(self) -> Sequence[Mapping[str, Any]]:
        """The recorded decisions (``docs/architecture.md``, "A decision"); where their data has a problem,
        that nothing is decided. One that an older run recorded has its ``text`` alone."""
        found = self.results.get("decision", [])
        return [hold(said, self.problems) for said in found] if self.problems else found

    @property
    def headlines(self) -> Sequence[Mapping[str, Any]]:
        """The recorded headlines; none where their data has a problem."""
        return [] if self.problems else self.results.get("headlines", [])

    @property
    def breaches(self) -> Sequence[str]:
        """The broken contracts for which its page itself withholds numbers."""
        return self.results.get("problems", [])

    @property
    def leaks(self) -> Sequence[str]:
        """What leaked from other markets into its tables: with one of these nothing is published."""
        return list(self.record.leaks.values())

    @property
    def page_faults(self) -> Sequence[str]:
        """The rules for pages (``pages.page_rules``) that its page breaks, one line each."""
        return self.results.get("page_faults", [])

    @property
    def problems(self) -> Sequence[str]:
        """Why this run's numbers must not be shown: broken contracts, stale data."""
        stale = [describe_stale(self.record.as_of, self.fresh_days)] if self.is_stale else []
        return [*self.breaches, *stale]

    @property
    def is_generated(self) -> bool:
        """Whether it was made from the demo estate, whose dates are invented and never grow old."""
        return self.record.snapshot["source"] == "demo"

    @property
    def fresh_days(self) -> int:
        return fresh_days(self.record.parameters)

    @property
    def error(self) -> str:
        """``"Name: message"`` of what stopped a failed run; empty for a good one."""
        error = self.record.error
        return f"{error['name']}: {error['message']}" if error else ""


@dataclass(frozen=True)
class Shelf:
    """The runs of each report (``Run.key``), newest first, by department, notebook and variant.

    ``unreadable`` are folders without a whole run in them, as ``notebook/folder``, with the reason;
    ``drafts`` notebooks that cannot be run, so that nothing of them is made anew, by name; ``gone`` reports
    that are no longer made, by ``Run.key``. ``beside`` are the runs that somebody made with other parameters
    than the report's own (``Record.by_hand``), newest first; a report that has no others is shown with these.
    """

    runs: Mapping[str, Sequence[Run]]
    unreadable: Sequence[tuple[str, str]] = ()
    drafts: Mapping[str, LuckyError] = field(default_factory=dict)
    gone: Mapping[str, LuckyError] = field(default_factory=dict)
    beside: Mapping[str, Sequence[Run]] = field(default_factory=dict)

    @property
    def shown(self) -> list[Run]:
        """The run at each report's address: its newest good one, else its newest."""
        return [next((run for run in runs if run.is_good), runs[0]) for runs in self.runs.values()]

    @property
    def every(self) -> list[Run]:
        """All runs that can be read, each report's own and those beside them."""
        return [run for runs in (*self.runs.values(), *self.beside.values()) for run in runs]

    def before(self, run: Run) -> Sequence[Run]:
        """The older runs of the same report, newest first."""
        runs = self.runs[run.key]
        return runs[runs.index(run) + 1 :]


def read_shelf(settings: Settings) -> Shelf:
    """Every finished run under ``outputs/runs``. One damaged run does not stop the others.

    Folders whose name starts with a dot are still being written and do not count.
    """
    groups: dict[str, list[Run]] = {}
    unreadable: list[tuple[str, str]] = []
    for home in _notebook_folders(settings.runs_dir):
        found = records.list_runs(home.name, settings)
        damaged = records.list_damaged(home.name, settings, found)
        unreadable += [
            (f"{home.name}/{name}", "no whole manifest.json; remove the folder") for name in damaged
        ]
        for record in found:
            try:
                run = Run(home / record.run_id, record, _read_results(record, settings))
                groups.setdefault(run.key, []).append(run)
            except LuckyError as error:
                unreadable.append((f"{home.name}/{record.run_id}", str(error)))
    ordered = sorted(
        groups.values(), key=lambda runs: (runs[0].department, runs[0].notebook, runs[0].variant)
    )
    gone = find_gone([runs[0].record for runs in ordered], settings)
    marked = [[replace(run, is_gone=run.key in gone) for run in runs] for runs in ordered]
    return arrange({runs[0].key: runs for runs in marked}, unreadable, gone)


def arrange(
    runs: Mapping[str, Sequence[Run]],
    unreadable: Sequence[tuple[str, str]] = (),
    gone: Mapping[str, LuckyError] | None = None,
) -> Shelf:
    """A shelf of these runs, newest first by ``Run.key``: each report's own, and those beside them."""
    own = {key: [run for run in of_one if not run.record.by_hand] for key, of_one in runs.items()}
    beside = {key: [run for run in runs[key] if run.record.by_hand] for key in runs if own[key]}
    return Shelf(
        {key: own[key] or of_one for key, of_one in runs.items()},
        unreadable,
        gone=gone or {},
        beside={key: others for key, others in beside.items() if others},
    )


def _notebook_folders(runs_dir: Path) -> list[Path]:
    if not runs_dir.is_dir():
        return []
    names = (path for path in sorted(runs_dir.iterdir()) if path.is_dir() and path.name != "assets")
    return [path for path in names if not path.name.startswith(".")]


def _read_results(record: records.Record, settings: Settings) -> Mapping[str, Any]:
    said = check_whole(record, settings)
    return said if record.status == records.OK else {}
