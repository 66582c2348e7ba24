"""The page "Were we right?": predictions and decisions held against what came, question by question."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lucky_analytics.errors import LuckyError
from lucky_analytics.formats import format_estimate, format_value, keep_together, largest_end
from lucky_analytics.methods.forecasts.kept_promise import RISK, WINDOW
from lucky_analytics.pages.facts import format_day
from lucky_analytics.publish.audiences import Audience
from lucky_analytics.publish.back_tests import read_back_tests, say_back_tests
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Shelf
from lucky_analytics.runs.predicted import Prediction, list_aftermaths, list_predictions, world_of
from lucky_analytics.settings import Settings
from lucky_analytics.track_record.aftermath import describe_after, pick_after
from lucky_analytics.track_record.decided import Decided, load_decided
from lucky_analytics.track_record.resolving import SETTLE_DAYS
from lucky_analytics.track_record.standing import SOON_DAYS, Standing, judge_all

__all__ = ["TRACK", "Track", "mark_failed", "read_track", "write_track"]

TRACK = NavEntry("record/index.html", "Were we right?")

_MISSES, _NEWEST, _NEXT, _LISTED = 10, 15, 8, 200
_NO_RECORD = (
    "The record could not be read: no report says how its predictions came out. What is wrong is said "
    "where the portal is made."
)


@dataclass(frozen=True)
class Track:
    """The standings of what an audience may see, by notebook; what was decided on its pages, the newest
    first, each with what came after it in words. ``fault``: why the record could not be read, else empty."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    decided: Sequence[tuple[Decided, str]] = ()
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.standings or self.decided or self.fault)

    def of_page(self, notebook: str) -> list[tuple[Decided, str]]:
        """What was decided on one page."""
        return [(of, said) for of, said in self.decided if of.page == notebook]

    def address(self, notebook: str) -> str:
        """The record of a question in the portal; empty for one that never predicted."""
        return f"record/{notebook}.html" if notebook in self.standings else ""

    def summary(self, notebook: str) -> str:
        """How the question did, in the words of a link."""
        if (standing := self.standings.get(notebook)) is None:
            return ""
        n = len(standing.resolved)
        return f"This page: {standing.n_inside} of {n} inside" if n else "This page: nothing is due yet"


def read_track(settings: Settings, shelf: Shelf, seen_by: Audience) -> Track:
    """What was predicted in the world that the shelf is of, as far as the audience may see it."""
    if not shelf.runs:
        return Track()
    try:
        return _read_track(settings, shelf, seen_by)
    except LuckyError as error:  # the page says so: no report is kept back for it
        return Track(fault=str(error))


def _read_track(settings: Settings, shelf: Shelf, seen_by: Audience) -> Track:
    newest = max(shelf.shown, key=lambda run: (run.record.snapshot["cut"], run.record.ended_at))
    world = world_of(newest.record.snapshot)
    standings = judge_all(
        each
        for each in list_predictions(settings, world)
        if seen_by.may_see_made(each.department, each.notebook, each.parameters)
    )
    decided, found = load_decided(settings)[0], list_aftermaths(settings, world)
    shown = [
        (of, keep_together(describe_after(pick_after(found, of))))
        for of in sorted(decided, key=lambda of: (of.decided, of.name), reverse=True)
        if seen_by.may_see_made(of.department, of.page, {})
    ]
    return Track(standings, shown)


def mark_failed(shelf: Shelf, track: Track) -> Shelf:
    """The shelf with the runs of questions whose intervals have failed marked, the earlier ones as well."""
    marks = {name: standing.mark for name, standing in track.standings.items() if standing.is_failed}
    if not marks:
        return shelf
    marked = [
        {key: [dataclasses.replace(run, mark=marks.get(run.notebook, "")) for run in runs]
         for key, runs in group.items()}
        for group in (shelf.runs, shelf.beside)
    ]  # fmt: skip
    return dataclasses.replace(shelf, runs=marked[0], beside=marked[1])


@dataclass(frozen=True)
class Row:
    """One prediction as readers see it; ``address`` of the run that made it is empty where that is gone."""

    of: Prediction
    label: str
    address: str
    predicted: str
    came: str
    restated: str
    outcome: str


def write_track(frame: Frame, track: Track, shelf: Shelf) -> None:
    """``record/index.html``, and a page for each question that predicted."""
    if track.is_empty:
        return
    standings = sorted(
        track.standings.values(), key=lambda s: (not s.is_failed, -len(s.resolved), s.notebook)
    )
    every = [each for standing in standings for each in standing.resolved]
    due_next = sorted((each for standing in standings for each in standing.waiting), key=_recency)
    runs = [run for group in (*shelf.runs.values(), *shelf.beside.values()) for run in group]
    kept = {(run.notebook, run.id) for run in runs}
    tests = read_back_tests(shelf.shown)
    common = {
        "titles": {run.notebook: run.title for run in reversed(shelf.shown)},
        "links": {run.notebook: run.link for run in reversed(shelf.shown)},
        "n_window": WINDOW,
        "risk": RISK,
        "settle_days": SETTLE_DAYS,
        "soon_days": SOON_DAYS,
    }
    frame.write(
        TRACK.address,
        "record.html.j2",
        **common,
        standings=standings,
        lead=_lead(standings) if standings else _NO_RECORD if track.fault else "",
        tests=tests,
        tested=say_back_tests(tests),
        decided=track.decided,
        due_next=[_row(each, kept) for each in due_next[:_NEXT]],
        n_waiting=len(due_next),
        misses=[_row(each, kept) for each in _largest_misses(every)],
        newest=[_row(each, kept) for each in sorted(every, key=_recency, reverse=True)[:_NEWEST]],
    )
    for standing in standings:
        frame.write(
            track.address(standing.notebook),
            "record_question.html.j2",
            **common,
            standing=standing,
            lead=_lead([standing]),
            rows=[_row(each, kept) for each in standing.resolved[:_LISTED]],
            waiting=[_row(each, kept) for each in standing.waiting[:_LISTED]],
            lost=[(_row(each, kept), each.final.reason if each.final else "") for each in standing.lost],
            decided=track.of_page(standing.notebook),
            judged={each.id for rounds in standing.rounds for each in rounds.judged},
            n_listed=_LISTED,
        )


def _lead(standings: Sequence[Standing]) -> str:
    """How many were inside, beside how many were to be, or when the first falls due."""
    n = sum(len(standing.resolved) for standing in standings)
    if n:
        inside = sum(standing.n_inside for standing in standings)
        promised = sum(standing.promised for standing in standings)
        what = f"Of {n:,} predictions that came due" if n > 1 else "Of 1 prediction that came due"
        return f"{what}, {inside:,} fell inside their interval; {promised:,.1f} were promised."
    due = [each.due for standing in standings for each in standing.waiting]
    if not due:
        return "Nothing that was predicted could be measured."
    return f"Nothing that was predicted has come due yet. The first is due on {format_day(min(due))}."


def _largest_misses(resolved: Sequence[Prediction]) -> list[Prediction]:
    missed = [each for each in resolved if not each.is_held]
    return sorted(missed, key=lambda each: (-each.miss, -each.due.toordinal(), each.id))[:_MISSES]


def _recency(of: Prediction) -> tuple[int, int]:
    return of.due.toordinal(), -of.id


def _row(of: Prediction, kept: Collection[tuple[str, str]]) -> Row:
    like = largest_end(of.low, of.high)
    came = format_value(of.came, of.unit, like) if of.came is not None else ""
    restated = ""
    if of.first and of.final and of.first.value is not None and of.final.value is not None:
        before = format_value(of.first.value, of.unit, like)
        restated = f"{before} when it came due" if before != came else ""
    about = f" ({of.variant.replace('=', ' ')})" if of.variant else ""
    predicted = format_estimate(of.value, of.low, of.high, of.unit)
    address = f"runs/{of.run_id}/index.html" if (of.notebook, of.run_id) in kept else ""
    shown = (keep_together(text) for text in (predicted, came, restated, _outcome(of)))
    return Row(of, keep_together(f"{of.label}{about}"), address, *shown)


def _outcome(of: Prediction) -> str:
    """Inside, or on which side and how far outside."""
    if of.came is None or of.is_held:
        return "" if of.came is None else "Inside"
    side, off = ("Below", of.low - of.came) if of.came < of.low else ("Above", of.came - of.high)
    return f"{side} by {format_value(off, of.unit, largest_end(of.low, of.high))}"
