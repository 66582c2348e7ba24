"""What each hour of many series should bring by hour of the week, and how unlikely the hour is that came."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError

__all__ = ["FEWEST_WEEKS", "HOURS", "HourVerdict", "expect_hours"]

Array = NDArray[Any]
HOURS = 168  # of a week
FEWEST_WEEKS = 2  # of hours before anything is judged
_FEWEST_LATELY = 48  # known hours of the week before, without which there is no level
_AS_HOURS = 3  # an hour of the week weighs as much as its hour of the day when it was seen so often
_FREEDOM = (3.0, 4.5, 6.0, 7.5, 9.0, 12.0, 15.0)  # degrees of freedom that tails may look to have
_HEAVIER = 1.5  # errors of pattern and level make tails look lighter than they are
_FAR = 5.0  # deviations beyond which a past hour says nothing of tails: it may be a real event
_MAD = float(norm.ppf(0.75))


class HourVerdict(NamedTuple):
    """All (series, hours): ``expected`` and ``unit`` (usual deviation) on the scale of the values, ``z`` the
    deviations from expectation, ``p_value`` two-sided. Null where nothing can be said; an hour whose value is
    missing, as one to come, is expected all the same. ``freedom``: of the t
    that the p-values come from."""

    expected: Array
    unit: Array
    z: Array
    p_value: Array
    freedom: float


def expect_hours(
    values: ArrayLike, hour_of_week: ArrayLike, n_judged: int, *, floor: ArrayLike = 0.0
) -> HourVerdict:
    """The last ``n_judged`` hours of each series beside what the hours before them lead to expect.

    ``values`` (series, hours), on a scale on which deviations are alike at any hour (logarithms of amounts,
    roots of counts), null where nothing is known, hours without a gap between columns; ``hour_of_week``
    (hours,), 0 to 167. ``floor`` (one, or (series, 1)): no deviation counts as less, in the values' unit (1
    for ``2 sqrt(count)``, which chance alone scatters so).

    What is usual is a level and a pattern. The pattern is learnt before the judged hours: the median by
    hour of the day, by weekday, and by hour of the week as far as it was seen often enough. The level is
    the median of the week before each hour without its pattern: a lasting change is unusual for some days,
    then the new level, and slow growth is none. The usual deviation is the median of those in the weeks
    before, each week against the pattern of the others, or that of its hour of the day where it is more;
    tails are Student's, learnt from all series together, and never lighter than those of 10 degrees of
    freedom. Raises ``ParameterError`` unless hours and values fit, and two weeks come before those judged.

    >>> hour = np.arange(4 * 168)
    >>> y = 3 + np.sin(hour / 24 * 2 * np.pi) + 0.1 * np.cos(hour * 1.7)
    >>> y[-1] += 2
    >>> found = expect_hours(y[None], hour % 168, 24)
    >>> bool(found.p_value[0, -1] < 1e-6), bool(np.nanmin(found.p_value[0, -24:-1]) > 0.01)
    (True, True)
    """
    y, season = np.asarray(values, float), np.asarray(hour_of_week, int)
    n_before = y.shape[1] - n_judged if y.ndim == 2 else 0
    if y.ndim != 2 or len(season) != y.shape[1] or not n_judged > 0 or n_before < FEWEST_WEEKS * HOURS:
        raise ParameterError(
            "hours of series",
            expected=f"one hour of the week each, {FEWEST_WEEKS} weeks before those judged",
            got=f"{y.shape} values, {len(season)} hours, {n_before} before",
        )
    centred = y - _level(y, is_past=False)
    week = np.arange(n_before) // HOURS
    past = np.full((len(y), n_before), np.nan)
    for number in range(week[-1] + 1):
        is_own = week == number
        pattern = _learn_pattern(centred[:, :n_before][:, ~is_own], season[:n_before][~is_own])
        usual = _expect(y[:, :n_before], pattern[:, season[:n_before]])
        past[:, is_own] = (y[:, :n_before] - usual)[:, is_own]
    size = pd.DataFrame(np.abs(past).T).median().to_numpy()[:, None]  # null without a warning where all is
    unit = np.maximum(np.maximum(size, _size_by_hour(past, season[:n_before])[:, season % 24]) / _MAD, floor)
    freedom = _learn_freedom(_divide(past, unit[:, :n_before]))
    pattern = _learn_pattern(centred[:, :n_before], season[:n_before])[:, season]
    expected = _expect(y, pattern)
    z = _divide(y - expected, unit)
    z[:, :n_before] = np.nan
    # One unit of the t whose middle half is as wide as that of the deviations.
    p = 2 * student.sf(np.abs(z) * student.ppf(0.75, freedom) / _MAD, freedom)
    return HourVerdict(expected, np.broadcast_to(unit, y.shape), z, p, freedom)


def _size_by_hour(past: Array, season: Array) -> Array:
    """(series, 24): the usual deviation by hour of the day, of the hours beside it too: few orders at night
    scatter more than many at noon. 0, which has no effect, where nothing is known."""
    found = np.zeros((len(past), 24))
    for hour in range(24):
        near = np.isin(season % 24, [(hour + step) % 24 for step in (-1, 0, 1)])
        found[:, hour] = pd.DataFrame(np.abs(past[:, near]).T).median().fillna(0.0).to_numpy()
    return found


def _level(y: Array, is_past: bool) -> Array:
    """The median of a week: of that before each hour, or of that around it."""
    frame = pd.DataFrame(y.T)
    rolled = frame.rolling(HOURS, min_periods=_FEWEST_LATELY, center=not is_past).median()
    return (rolled.shift(1) if is_past else rolled).to_numpy().T


def _learn_pattern(centred: Array, season: Array) -> Array:
    """(series, 168): by hour of the day and by weekday, moved towards the hour of the week by how often that
    was seen."""
    hours = np.arange(HOURS)
    daily = np.nan_to_num(_medians(centred, season % 24, 24)[0])[:, hours % 24]
    by_day, _ = _medians(centred - daily[:, season], season // 24, 7)
    daily = daily + np.nan_to_num(by_day)[:, hours // 24]
    rest, n = _medians(centred - daily[:, season], season, HOURS)
    return daily + np.nan_to_num(rest) * n / (n + _AS_HOURS)


def _medians(values: Array, group: Array, n_groups: int) -> tuple[Array, Array]:
    middle, n = np.full((len(values), n_groups), np.nan), np.zeros((len(values), n_groups))
    for number in range(n_groups):
        own = values[:, group == number]
        n[:, number] = np.isfinite(own).sum(axis=1)
        is_seen = n[:, number] > 0
        if is_seen.any():
            middle[is_seen, number] = np.nanmedian(own[is_seen], axis=1)
    return middle, n


def _expect(y: Array, pattern: Array) -> Array:
    return np.asarray(pattern + _level(y - pattern, is_past=True))


def _divide(off: Array, unit: Array) -> Array:
    """Deviations in their unit; none from what never moves is 0, any other is further than all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = off / unit
    return np.where(np.isnan(off), np.nan, np.where(off == 0, 0.0, z))


def _learn_freedom(z: Array) -> float:
    known = np.abs(z[np.isfinite(z)])
    known = known[(known > 0) & (known < _FAR)]
    if len(known) < HOURS:
        return _FREEDOM[0] / _HEAVIER
    if len(known) > 50_000:
        known = known[:: len(known) // 50_000 + 1]
    fits = []
    for freedom in _FREEDOM:
        scale = student.ppf(0.75, freedom) / _MAD
        inside = 2 * student.cdf(_FAR * scale, freedom) - 1
        fits.append(float((student.logpdf(known * scale, freedom) + np.log(scale / inside)).sum()))
    return _FREEDOM[int(np.argmax(fits))] / _HEAVIER
