"""Finished runs that predicted, as the runner leaves them, and predictions in the record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from typing import Any

from lucky_analytics.runs import records
from lucky_analytics.runs.predicted import Measured, list_predictions, note_measured, note_predictions
from lucky_analytics.settings import Settings
from tests.example_runs import RECORD, write_run

__all__ = ["WEEK", "fill_record", "predicted_run"]

WEEK = {
    "name": "week", "label": "Orders of the next week", "value": 100.0, "low": 90.0, "high": 110.0,
    "level": 0.9, "unit": "orders", "due": "2026-02-20", "metric": "orders", "where": {},
    "start": "2026-02-14", "until": None, "shown": "100 orders (90 to 110)",
}  # fmt: skip


def predicted_run(
    settings: Settings, *said: dict[str, Any], run_id: str = "9" * 12, **changes: Any
) -> records.Record:
    """A finished run that said these predictions (``WEEK`` with changes; one by default)."""
    record = write_run(settings, run_id=run_id, **changes)
    file = settings.runs_dir / record.notebook / run_id / "results.json"
    results = json.loads(file.read_text())
    records.write_json(file, {**results, "predictions": [{**WEEK, **each} for each in said or ({},)]})
    return record


def fill_record(
    settings: Settings, came: list[float | None], *, notebook: str = "store_ramp_curves", **changes: Any
) -> None:
    """A record of weekly predictions of 90 to 110, one a week from 3 Jan 2025, of which this came.

    Of their runs the newest stands, with its page; the others have gone.
    """
    first = dt.date(2025, 1, 3)
    about = {"notebook": notebook, **changes}
    known = {each.id for each in list_predictions(settings)}
    for number in range(len(came)):
        as_of = first + dt.timedelta(weeks=number)
        said = {**WEEK, "due": (as_of + dt.timedelta(weeks=1)).isoformat(), "start": None}
        run_id = f"{notebook[:4]}{number:08d}"
        run = dataclasses.replace(RECORD, run_id=run_id, as_of=as_of.isoformat(), **about)
        folder = settings.runs_dir / notebook / run_id
        folder.mkdir(parents=True)
        records.write_json(folder / "results.json", {"headlines": [], "predictions": [said]})
        note_predictions(run, settings)
        shutil.rmtree(folder)
    write_run(settings, run_id=run_id, as_of=as_of.isoformat(), **about)
    own = [each for each in list_predictions(settings) if each.id not in known]
    pairs = zip(own, came, strict=True)
    note_measured(settings, [(of, Measured(y, "s", True)) for of, y in pairs if y is not None])
