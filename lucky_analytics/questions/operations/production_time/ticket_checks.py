"""What the page relies on: whole stamps, parts that add up, and the mean that every page prints."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.measure import Measure
from lucky_analytics.questions.operations.production_time.tickets import count_stamps

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_tickets"]

_CLOSE = 1e-6  # of a second: two ways to add up the same whole numbers


def check_tickets(suite: Suite, rows: pd.DataFrame, last: pd.DataFrame, n_days: int) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each check."""
    stamps = count_stamps(suite)
    off = int((rows["queue"] + rows["seconds"] != rows["wait"]).sum())
    start = suite.as_of - dt.timedelta(days=n_days - 1)
    metric = Measure("production_seconds", start=start, until=suite.as_of).read(suite, suite.as_of)
    own = float(last["seconds"].mean()) if len(last) else None
    agrees = own is None or metric is None or abs(own - metric) < _CLOSE
    apart = f"{own or 0:.3f} and {metric or 0:.3f} seconds"
    found = [
        ("queue and making are the wait of every ticket, to the second", not off, f"{off} of {len(rows)}"),
        (
            "tickets with an end were opened, accepted and done in this order",
            stamps["done"] == stamps["whole"],
            f"{stamps['done'] - stamps['whole']} of {stamps['done']} were not; they are left out",
        ),
        ("no unit is done after its ticket", not stamps["late_unit"], f"{stamps['late_unit']} are"),
        ("the mean is the one of the metrics layer", agrees, apart),
    ]
    return pd.DataFrame(found, columns=["name", "passed", "detail"])
