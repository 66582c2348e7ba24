"""When did it change? A two-sided CUSUM chart with a stated rate of false alarms."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr
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
    steps = width * np.arange(-_STATES, _STATES) + width / 2
    below = ndtr(steps + allowance - shift)  # chance to rise by no more than each step
    to = np.arange(_STATES)
    upper = below[to[None, :] - to[:, None] + _STATES]
    moves = np.diff(np.column_stack([np.zeros(_STATES), upper]), axis=1)
    return float(np.linalg.solve(np.eye(_STATES) - moves, np.ones(_STATES))[0])


@functools.lru_cache
def find_threshold(run_length: float, allowance: float = 0.5, n_reference: int | None = None) -> float:
    """The threshold at which false alarms are ``run_length`` periods apart on average.

    With ``n_reference`` values to estimate it from, the centre of the chart has an error and so has its
    spread (median and scaled median absolute deviation of normal values, as ``chart_cusum`` takes them);
    alarms are then as rare as stated on average over such references. None: both are known.
    Source: Jones, Champ and Rigdon (2004), "The run length distribution of the CUSUM with estimated
    parameters", Journal of Quality Technology 36; the quadrature over median and deviation is ours.

    >>> round(find_threshold(465, 0.5), 2)
    5.0
    """
    if not run_length >= 10:
        raise ParameterError("run length of a control chart", expected="10 or more", got=f"{run_length:g}")
    errors = _reference_errors(n_reference) if n_reference else [(0.0, 1.0, 1.0)]

    def excess(h: float) -> float:
        # In units of the true spread the limits are wider where the estimate of it is. Both sides have the
        # same chance, since errors of the centre are symmetric.
        rate = 2 * sum(w / _one_sided(h * spread, allowance * spread, by) for by, spread, w in errors)
        return float(np.log(rate * run_length))

    return float(brentq(excess, 0.3, 30, xtol=1e-4))


def _reference_errors(n: int) -> list[tuple[float, float, float]]:
    """Centre and spread as ``n`` standard normal values would give them, with weights: a grid of 5 x 5.

    Variances of the median (pi / 2n) and of the scaled deviation (1.361 / n), and its bias (1 - .8 / n):
    Rousseeuw and Croux (1993), JASA 88; Croux and Rousseeuw (1992).
    """
    nodes, weights = hermegauss(5)
    weights = weights / weights.sum()
    centres, sd = nodes * np.sqrt(np.pi / 2 / n), np.sqrt(1.361 / n)
    spreads = (1 - 0.8 / n) * np.exp(sd * nodes - sd**2 / 2)
    return [
        (float(centre), float(spread), float(u * v))
        for centre, u in zip(centres, weights, strict=True)
        for spread, v in zip(spreads, weights, strict=True)
    ]


def chart_cusum(
    values: ArrayLike, n_reference: int, *, run_length: float = 365.0, allowance: float = 0.5
) -> Chart:
    """CUSUM of ``values`` (in the order of time) against their first ``n_reference``, restarted at alarms.

    Mean and standard deviation come from the reference by median and scaled median absolute deviation, so
    that an odd day there hides no change; the threshold allows for the error of both. Assumes independent
    normal values (take trend and weekday out first): with a correlation of .2 from one to the next, false
    alarms are more than twice as common as stated. Alarms are looked for after the reference only. Raises
    ``ParameterError`` when the reference is shorter than 14 or constant.

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
    h = find_threshold(run_length, allowance, n_reference)
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
