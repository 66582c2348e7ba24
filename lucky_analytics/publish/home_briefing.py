"""The first lines of the day's briefing, with which the home opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lucky_analytics.estate.markets import HOME, public_holidays
from lucky_analytics.formats import format_estimate, format_value, join_names, keep_together
from lucky_analytics.publish.shelf import Run

__all__ = ["NOTEBOOK", "Briefing", "read_briefing"]

NOTEBOOK = "executive_briefing"
_AHEAD = "outlook"  # its headline: revenue of the next seven days
_BEFORE = "last_seven"
_DAYS_AHEAD = 7
_COUNTRY = replace(HOME, subdivision=None)  # what closes offices everywhere, as on its page


@dataclass(frozen=True)
class Briefing:
    """``title`` is what it found, empty where its numbers are withheld (``answer`` then says why); ``why`` is
    its first line beside it; ``ahead``: the next seven days in a sentence, empty without a forecast."""

    run: Run
    title: str
    answer: str
    why: str
    ahead: str


def read_briefing(shown: Sequence[Run]) -> Briefing | None:
    """From the newest good run; null where the reader sees none, or none ever completed."""
    run = next((run for run in shown if run.notebook == NOTEBOOK and not run.variant), None)
    if run is None or not run.is_good or run.is_gone:
        return None
    title = "" if run.problems else next((said["text"] for said in run.results.get("title", [])), "")
    said = {headline["name"]: headline for headline in run.headlines}
    label = said.get(_AHEAD, {}).get("label", "")
    lines = [text for text in run.points if not (label and text.startswith(label))]
    return Briefing(
        run,
        keep_together(title),
        keep_together(run.answer),
        keep_together(lines[0]) if lines else "",
        keep_together(_say_ahead(said, dt.date.fromisoformat(run.record.as_of))),
    )


def _say_ahead(said: Mapping[str, Mapping[str, Any]], as_of: dt.date) -> str:
    """The one forecast that the home has, against the days before it, with the holidays among its days."""
    ahead, before = said.get(_AHEAD), said.get(_BEFORE)
    if not ahead or ahead["value"] is None:
        return ""
    text = format_estimate(ahead["value"], ahead["low"], ahead["high"], ahead["unit"])
    if before and before["value"] is not None:
        text += f" against {format_value(before['value'], before['unit'])} in the last seven"
    days = [as_of + dt.timedelta(days=ahead) for ahead in range(1, _DAYS_AHEAD + 1)]
    named = [
        f"{day:%A} is {name}"
        for day in days
        for name in [public_holidays(_COUNTRY, day.year).get(day)]
        if name
    ]
    return f"{text}, by the order forecasts as corrected.{f' {join_names(named)}.' if named else ''}"
