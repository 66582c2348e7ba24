"""When did it change? A two-sided CUSUM chart with a stated rate of false alarms."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import norm

from lucky_analytics.errors import ParameterError

__all__ = ["Chart", "chart_cusum", "date_change", "estimate_run_length", "find_threshold"]

_STATES = 100


@dataclass(frozen=True)
class Chart:
    """``points``: ``z`` (standardised), ``up``, ``down`` (cumulative sums), ``is_alarm``. ``threshold`` h and
    ``allowance`` k in standard deviations; ``run_length`` periods between false alarms on average.

    ``alarms``: one row per alarm, ``alarm`` and ``since`` (positions: first period above the threshold, first
    period after the sum was last 0: the likeliest start) and ``direction`` (1 up, -1 down).
    """

    points: pd.DataFrame
    alarms: pd.DataFrame
    threshold: float
    allowance: float
    run_length: float


def estimate_run_length(threshold: float, allowance: float = 0.5, shift: float = 0.0) -> float:
    """Periods until a two-sided CUSUM of independent normal values crosses ``threshold`` on average.

    ``shift`` of the mean in standard deviations; 0 gives the distance between false alarms. By a Markov chain
    of 100 states for each side; the sides combine as rates. Source: Brook and Evans (1972), Biometrika 59.

    >>> round(estimate_run_length(5.0, 0.5))
    465
    """
    return 1 / (1 / _one_sided(threshold, allowance, shift) + 1 / _one_sided(threshold, allowance, -shift))


def _one_sided(threshold: float, allowance: float, shift: float) -> float:
    width = 2 * threshold / (2 * _STATES - 1)
    centres = width * np.arange(_STATES)
    upper = norm.cdf(centres[None, :] + width / 2 - centres[:, None] + allowance - shift)
    moves = np.diff(np.column_stack([np.zeros(_STATES), upper]), axis=1)
    return float(np.linalg.solve(np.eye(_STATES) - moves, np.ones(_STATES))[0])


@functools.lru_cache
def find_threshold(run_length: float, allowance: float = 0.5) -> float:
    """The threshold at which false alarms are ``run_length`` periods apart on average.

    >>> round(find_threshold(465, 0.5), 2)
    5.0
    """
    if not run_length >= 10:
        raise ParameterError("run length of a control chart", expected="10 or more", got=f"{run_length:g}")
    return float(brentq(lambda h: np.log(estimate_run_length(h, allowance) / run_length), 0.3, 30, xtol=1e-4))


def chart_cusum(
    values: ArrayLike, n_reference: int, *, run_length: float = 365.0, allowance: float = 0.5
) -> Chart:
    """CUSUM of ``values`` (in the order of time) against their first ``n_reference``, restarted at alarms.

    Mean and standard deviation come from the reference by median and scaled median absolute deviation, so
    that an odd day there hides no change. Assumes independent values: take trend and weekday out first.
    Alarms are looked for after the reference only. Raises ``ParameterError`` when the reference is shorter
    than 14 or constant.

    >>> chart = chart_cusum([0.1, -0.1, 0.2, -0.2, 0, 0.1, -0.1] * 4 + [0.5] * 5, 28)
    >>> chart.alarms[["since", "direction"]].values.tolist()[0]
    [28, 1]
    """
    x = np.asarray(values, float)
    reference = x[:n_reference]
    centre = float(np.median(reference)) if len(reference) else np.nan
    spread = float(np.median(np.abs(reference - centre))) / norm.ppf(0.75) if len(reference) else np.nan
    if n_reference < 14 or len(x) < n_reference or not spread > 0:
        raise ParameterError(
            "control chart", expected="a reference of 14 periods or more that vary", got=f"{len(reference)}"
        )
    # The reference's own mean and spread are estimates: their error makes false alarms commoner than stated.
    h = find_threshold(run_length, allowance)
    z = (x - centre) / spread
    up = down = 0.0
    since = [n_reference, n_reference]
    rows, alarms = [], []
    for place in range(n_reference, len(z)):
        up, down = max(0.0, up + z[place] - allowance), max(0.0, down - z[place] - allowance)
        since = [place + 1 if level == 0 else start for level, start in zip((up, down), since, strict=True)]
        is_alarm = max(up, down) > h
        rows.append((place, z[place], up, down, is_alarm))
        if is_alarm:
            direction = 1 if up >= down else -1
            alarms.append((place, since[0 if direction == 1 else 1], direction))
            up = down = 0.0
            since = [place + 1, place + 1]
    points = pd.DataFrame(rows, columns=["position", "z", "up", "down", "is_alarm"]).set_index("position")
    found = pd.DataFrame(alarms, columns=["alarm", "since", "direction"])
    return Chart(points, found, h, allowance, run_length)


def date_change(values: ArrayLike, latest: int) -> int:
    """Position from which the mean of ``values`` is another one, at most ``latest``: least squares.

    An alarm says that there was a change; this says when. Source: Hinkley (1970), Biometrika 57.

    >>> date_change([0, 0.1, 0, 1, 0.9, 1], 4)
    3
    """
    x = np.asarray(values, float)
    place = np.arange(1, min(latest, len(x) - 1) + 1)
    total = np.cumsum(x)
    before, after = total[place - 1] / place, (total[-1] - total[place - 1]) / (len(x) - place)
    return int(place[np.argmax(place * (len(x) - place) * (after - before) ** 2)])
