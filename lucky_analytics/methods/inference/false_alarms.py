"""One control of false alarms over all metrics and stores together, day by day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.false_discovery import adjust_p_values

__all__ = ["flag_alarms", "say_rate"]


def flag_alarms(tests: pd.DataFrame, weeks_apart: float = 4.0) -> pd.DataFrame:
    """Which of many tests a day are alarms, so that days with a false one are ``weeks_apart`` weeks apart.

    ``tests``: one row for each metric, store and day: ``ds``, ``p_value`` (null: no test), and whatever names
    it. Returned with ``q_value`` (Benjamini and Hochberg within the day) and ``is_alarm``: q at most
    1 / (7 ``weeks_apart``). Where nothing is wrong, a day has an alarm with at most that chance, however many
    metrics and stores are watched; where much is wrong, at most that share of the day's alarms is false on
    average. Each day stands for itself: what was found before neither loosens nor tightens it, and a past day
    keeps its verdict. Holds for independent tests and for such as rise and fall together (Benjamini and
    Yekutieli 2001). A false alarm of correlated metrics comes in several rows, on one day. Raises
    ``ParameterError`` unless ``weeks_apart`` is above 0.

    >>> tests = pd.DataFrame({"ds": 1, "store": list("abcd"), "p_value": [0.001, 0.2, 0.6, None]})
    >>> flag_alarms(tests)["is_alarm"].tolist()
    [True, False, False, False]
    """
    if not weeks_apart > 0:
        raise ParameterError("weeks between false alarms", expected="above 0", got=f"{weeks_apart:g}")
    q = pd.Series(np.nan, index=tests.index, dtype=float)
    for _, day in tests.groupby("ds"):
        q[day.index] = adjust_p_values(day["p_value"].to_numpy(float))
    return tests.assign(q_value=q, is_alarm=(q <= 1 / (7 * weeks_apart)).to_numpy(bool))


def say_rate(weeks_apart: float = 4.0, over: str = "metrics and stores") -> str:
    """The stated rate in words, to follow "where nothing is wrong, "; ``over``: what is judged together.

    >>> say_rate()
    'about one day in 4 weeks has a false alarm, all metrics and stores together'
    >>> say_rate(1.0, "machines")
    'about one day in a week has a false alarm, all machines together'
    """
    number = f"{weeks_apart:g} weeks" if weeks_apart != 1 else "a week"
    return f"about one day in {number} has a false alarm, all {over} together"
