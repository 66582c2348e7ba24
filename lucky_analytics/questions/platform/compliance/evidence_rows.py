"""What is kept of each test, in a form that is the same for the same snapshot: what is hashed and logged."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lucky_analytics.questions.platform.compliance.control_runs import Run

__all__ = ["COLUMNS", "list_evidence"]

COLUMNS = ["control", "part", "case", "date", "store", "detail", "cents", "currency"]


def list_evidence(runs: Sequence[Run], months: pd.DataFrame, stores: pd.DataFrame) -> pd.DataFrame:
    """All lines of all controls, in their order.

    Each has a line ``declared`` (all that its declaration says), a line ``month`` for each month with a case
    ("3 of 1240"), and a line ``exception`` for each exception since the first day. ``stores``: ``store_id``,
    ``store_name``. Text has no line break; ``cents`` are whole.
    """
    names = dict(zip(stores["store_id"], stores["store_name"], strict=True))
    parts = [pd.DataFrame(columns=COLUMNS)]
    for run in runs:
        name = run.control.name
        said = run.control.line + (f"; not testable on this snapshot: {run.reason}" if run.reason else "")
        rows = [{"part": "declared", "detail": said}]
        own = months[(months["name"] == name) & (months["cases"] > 0)]
        for row in own.itertuples():
            rows.append({"part": "month", "case": f"{row.month:%Y-%m}", "detail": f"{row.n} of {row.cases}"})
        listed = run.found.exceptions
        store = listed["store_id"].map(names).fillna(listed["store_id"])
        parts += [pd.DataFrame(rows), listed.drop(columns="store_id").assign(part="exception", store=store)]
        for part in parts[-2:]:
            part.insert(0, "control", name)
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True).reindex(columns=COLUMNS)
    for column in ("case", "store", "detail", "currency"):
        frame[column] = frame[column].astype("string").str.replace(r"\s+", " ", regex=True)
    frame["date"] = pd.to_datetime(frame["date"]).dt.strftime("%Y-%m-%d").astype("string")
    return frame.astype({"control": "string", "part": "string", "cents": "Int64"})
