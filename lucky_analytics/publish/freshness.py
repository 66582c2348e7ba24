"""Which reports are too old to be shown today, and for how long that stays as it is."""

from __future__ import annotations

import dataclasses
import datetime as dt

from lucky_analytics.pages.facts import stale_from
from lucky_analytics.publish.shelf import Run, Shelf

__all__ = ["mark_stale", "same_until"]


def mark_stale(shelf: Shelf, today: dt.date) -> Shelf:
    """The shelf with the run at each report's address marked if its data is stale on ``today`` (UTC).

    Earlier runs are history, each with its date, and never stale; nor is generated data. A report is stale
    from the day that its notebook's limit gives (``pages.facts.fresh_days``).
    """
    stale = {run.folder for run in shelf.shown if (day := _stale_from(run)) and day <= today}
    marked = {
        key: [dataclasses.replace(run, is_stale=run.folder in stale) for run in runs]
        for key, runs in shelf.runs.items()
    }
    return dataclasses.replace(shelf, runs=marked)


def same_until(shelf: Shelf, today: dt.date) -> tuple[dt.date, dt.date]:
    """The days, the second exclusive, on which the same reports are stale as on ``today``."""
    days = [day for run in shelf.shown if (day := _stale_from(run))]
    past, future = [day for day in days if day <= today], [day for day in days if day > today]
    return max(past, default=dt.date.min), min(future, default=dt.date.max)


def _stale_from(run: Run) -> dt.date | None:
    if run.is_generated or not run.is_good:
        return None
    return stale_from(run.record.as_of, run.fresh_days)
