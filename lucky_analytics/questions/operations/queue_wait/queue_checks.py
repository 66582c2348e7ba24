"""What the page relies on: parts that add up, a replay that gives back what was seen, and the mean that every
page prints."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.measure import Measure
from lucky_analytics.questions.operations.queue_wait.benches import Benches
from lucky_analytics.questions.operations.queue_wait.throttle import replay_rule

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_waits"]

_CLOSE = 1e-6  # of a second: two ways to add up the same whole numbers
_NEVER = 1_000_000


def check_waits(suite: Suite, last: pd.DataFrame, benches: Benches, n_days: int) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each check."""
    off = int((last["queue"] + last["seconds"] != last["wait"]).sum())
    start = suite.as_of - dt.timedelta(days=n_days - 1)
    metric = Measure("production_seconds", start=start, until=suite.as_of).read(suite, suite.as_of)
    own = float(last["seconds"].mean())
    again = replay_rule(last, benches, _NEVER)
    apart = float(again["saved"].abs().max())
    found = [
        ("queue and making are the wait of every ticket, to the second", not off, f"{off} of {len(last)}"),
        ("the mean is the one of the metrics layer", metric is None or abs(own - metric) < _CLOSE,
         f"{own:.3f} and {metric or 0:.3f} seconds"),
        ("a replay without a rule gives back what was seen", apart < _CLOSE and not again["is_refused"].any(),
         f"{apart:.2g} seconds apart at most"),
    ]  # fmt: skip
    return pd.DataFrame(found, columns=["name", "passed", "detail"])
