"""When did it change? A two-sided CUSUM chart with a stated rate of false alarms."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from lucky_analytics.errors import ParameterError

__all__ = [
    "Chart",
    "chart_cusum",
    "date_change",
    "estimate_correlation",
    "estimate_run_length",
    "find_threshold",
]

Floats = NDArray[np.float64]
_STATES = 100


@dataclass(frozen=True)
class Chart:
    """``points``: ``z`` (standardised), ``up``, ``down`` (cumulative sums), ``is_alarm``. ``threshold`` h and
    ``allowance`` k in standard deviations; ``run_length`` periods between false alarms on average.
    ``correlation``: of one period with the next, as taken out.

    ``alarms``: one row per alarm, ``alarm`` and ``since`` (positions: first period above the threshold, first
    period after the sum was last 0: the likeliest start) and ``direction`` (1 up, -1 down).
    """

    points: pd.DataFrame
    alarms: pd.DataFrame
    threshold: float
    allowance: float
    run_length: float
    correlation: float


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

    # One thread: matrices are small, and threads that wait for each other cost more on a busy machine.
    with threadpool_limits(1, user_api="blas"):
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


def estimate_correlation(reference: ArrayLike) -> float:
    """Correlation of one value with the next, from few of them: at most .8 either way.

    Values further than 2.5 scaled median absolute deviations from the median count as that far, so that an
    odd day makes no correlation. Corrected for its bias: Marriott and Pope (1954), Biometrika 41.

    >>> round(estimate_correlation([0, 1, 0, -1] * 14), 1)
    0.0
    """
    x = np.asarray(reference, float)
    away = x - np.median(x)
    limit = 2.5 * np.median(np.abs(away)) / norm.ppf(0.75)
    away = np.clip(away, -limit, limit)
    raw = float(away[1:] @ away[:-1] / (away @ away))
    return float(np.clip(raw + (1 + 3 * raw) / len(x), -0.8, 0.8))


def _allow_for_correlation(run_length: float, allowance: float, correlation: float, n: int) -> float:
    """The threshold from which ``run_length`` results when the correlation is estimated from ``n`` values.

    Its error, of variance (1 - c ** 2) / n, leaves some correlation in or puts some in. The logarithm of the
    rate of alarms rises by about .73 ln(run length) / (1 - c) for each unit of it, and the mean rate by exp
    of half the product's variance: the chart aims at a run length longer by that. The factor .73 is ours,
    from simulated charts: correlations 0 to .6, references of 28 to 112, run lengths 100 to 1,000.
    """
    variance = (0.73 * np.log(run_length)) ** 2 * (1 + correlation) / (1 - correlation) / n
    doublings = variance / 2 / np.log(2)
    # Thresholds grow evenly with the run length's logarithm: two that are found once serve all charts.
    lower = int(doublings)
    ends = [find_threshold(run_length * 2.0**power, allowance, n) for power in (lower, lower + 1)]
    return float(ends[0] + (doublings - lower) * (ends[1] - ends[0]))


def chart_cusum(
    values: ArrayLike, n_reference: int, *, run_length: float = 365.0, allowance: float = 0.5
) -> Chart:
    """CUSUM of ``values`` (in the order of time) against their first ``n_reference``, restarted at alarms.

    What carries over from one value to the next is taken out first (a chart of the residuals of a first-order
    autoregression): left in, a correlation of .2 makes false alarms more than twice as common. Mean and
    standard deviation come from the reference by median and scaled median absolute deviation, so that an odd
    day there hides no change; the threshold allows for the error of both, and of the correlation. Assumes
    normal values without trend or weekday. Alarms are looked for after the reference only. Raises
    ``ParameterError`` when the reference is shorter than 14 or constant. Source: Lu and Reynolds (2001),
    "CUSUM charts for monitoring an autocorrelated process", Journal of Quality Technology 33.

    >>> chart = chart_cusum([0.1, -0.1, 0.2, -0.2, 0, 0.1, -0.1] * 4 + [0.5] * 5, 28)
    >>> chart.alarms[["since", "direction"]].values.tolist()[0]
    [28, 1]
    """
    x = np.asarray(values, float)
    if n_reference < 14 or len(x) < n_reference or not np.median(np.abs(x - np.median(x[:n_reference]))) > 0:
        raise _too_short(x[:n_reference])
    correlation = estimate_correlation(x[:n_reference])
    # The first value has none before it: nothing can be taken out, and it does not count.
    own = np.append(np.nan, x[1:] - correlation * x[:-1])
    reference = own[1:n_reference]
    centre = float(np.median(reference))
    spread = float(np.median(np.abs(reference - centre))) / norm.ppf(0.75)
    if not spread > 0:
        raise _too_short(x[:n_reference])
    h = _allow_for_correlation(run_length, allowance, correlation, n_reference)
    z = (own - centre) / spread
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
    return Chart(points, found, h, allowance, run_length, correlation)


def _too_short(reference: Floats) -> ParameterError:
    return ParameterError(
        "control chart", expected="a reference of 14 periods or more that vary", got=f"{len(reference)}"
    )


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
