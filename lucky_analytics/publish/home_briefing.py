"""The first lines of the day's briefing, with which the home opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lucky_analytics.formats import keep_together
from lucky_analytics.publish.shelf import Run

__all__ = ["NOTEBOOK", "Briefing", "read_briefing"]

NOTEBOOK = "executive_briefing"
_POINTS_SHOWN = 2


@dataclass(frozen=True)
class Briefing:
    """``title`` is what it found, empty where its numbers are withheld (``answer`` then says why);
    ``points`` are the first of them, and ``n_more`` how many the page has beside them."""

    run: Run
    title: str
    answer: str
    points: Sequence[str]
    n_more: int


def read_briefing(shown: Sequence[Run]) -> Briefing | None:
    """From the newest good run; null where the reader sees none, or none ever completed."""
    run = next((run for run in shown if run.notebook == NOTEBOOK and not run.variant), None)
    if run is None or not run.is_good or run.is_gone:
        return None
    title = "" if run.problems else next((said["text"] for said in run.results.get("title", [])), "")
    title, answer = keep_together(title), keep_together(run.answer)
    points = [keep_together(text) for text in run.points]
    return Briefing(run, title, answer, points[:_POINTS_SHOWN], len(points[_POINTS_SHOWN:]))
