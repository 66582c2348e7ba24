"""Questions of people who had not seen the reader: a set is asked once, and its counts are written down."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lucky_analytics import declarations
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval

__all__ = ["load_sets", "newest_share"]

_FILE = Path(__file__).with_name("asked_by_others.yml")


def load_sets(level: float) -> pd.DataFrame:
    """One row per set, the newest last: ``name``, ``day``, ``questions``, ``n`` (forms of them), ``right``,
    ``wrong``, ``silent`` (counts), ``share``, ``low``, ``high`` (of what was answered rightly, with Wilson's
    interval), ``kept_back`` (share of what must be).

    An answer to another reading that its author accepts counts as right.
    """
    rows = []
    for each in declarations.read(_FILE)["sets"]:
        right = each["right"] + each["other"]
        low, high = wilson_interval(right, each["n"], level)
        rows.append({
            "name": each["name"], "day": str(each["day"]), "questions": each["of"], "n": each["n"],
            "right": right, "wrong": each["wrong"], "silent": each["n"] - right - each["wrong"],
            "share": right / each["n"], "low": float(low), "high": float(high),
            "kept_back": each["held"] / each["must"],
        })  # fmt: skip
    return pd.DataFrame(rows)


def newest_share(sets: pd.DataFrame, outcome: str, level: float) -> Estimate:
    """The share of an outcome (right, wrong, silent) in the newest set, with Wilson's interval: of its forms,
    of which those of one question are alike, so that it is rather too narrow.

    >>> newest_share(pd.DataFrame({"n": [10], "right": [9]}), "right", 0.95).value
    0.9
    """
    newest = sets.iloc[-1]
    n, k = int(newest["n"]), int(newest[outcome])
    low, high = wilson_interval(k, n, level)
    return Estimate(k / n, float(low), float(high), level, n)
