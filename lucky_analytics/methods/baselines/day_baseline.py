"""What one more day of a series should bring, and how unlikely the day is that came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc, betaincc
from scipy.stats import norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.baselines.day_carry import carry_over
from lucky_analytics.methods.baselines.day_filter import Filtered, follow_days
from lucky_analytics.methods.baselines.day_tails import learn_tails

__all__ = ["FEWEST", "KINDS", "expect_days"]

Array = NDArray[Any]

FEWEST = 28  # observed days before anything is said of the next
_RARE = 0.5  # expected counts below it teach nothing of tails
KINDS = {
    "amount": "0 or more",
    "count": "whole numbers, none below 0",
    "plain": "finite numbers",
}
_COLUMNS = ("expected", "low", "high", "z", "p_value")
_ALARM = ("alarm_low", "alarm_high")


def expect_days(
    days: pd.DataFrame, kind: str, *, level: float = 0.95, alarm: float | None = None
) -> pd.DataFrame:
    """Each day of each series beside what the days before it led to expect.

    ``days``: one row a series and day, all series of one metric: ``unique_id``, ``ds`` (datetime), ``y``;
    optionally ``exposure`` (hours open, orders behind a count: ``y`` grows with it; 0 or null is closed) and
    ``is_special`` (a holiday, the same for all series). ``kind`` of ``y``: ``"amount"`` above 0 (dollars,
    minutes), ``"count"`` 0, 1, 2 ..., however they scatter, ``"plain"`` any number, without exposure.

    Returns a row for each day from a series' first observation to the last day of all: ``unique_id``, ``ds``,
    ``y`` (null where it was closed or is missing), ``expected`` (median of an amount, mean of a count),
    ``low``, ``high`` (``level`` of days lie inside), ``z`` (deviations from expectation, at most 99),
    ``p_value`` (two-sided: so far out by chance), ``n_past``; with ``alarm`` also ``alarm_low``,
    ``alarm_high``: the values within which the p-value is above it. Expectation is null before ``FEWEST``
    observed days and where nothing is exposed; a day whose value is missing has one, and no ``p_value``.

    Assumes that what is usual changes slowly, and that errors scatter alike but for the weekday. Where days
    hang together (weather, works in the street), the day before tells where a day should be. A lasting change
    is unusual for some days, then the new level. Amounts of 0 on an open day are outside at any level.
    Raises ``ParameterError`` for another kind, a value that the kind cannot have, or a day given twice.

    >>> ds = pd.date_range("2026-01-05", periods=57)
    >>> y = np.where(ds.day_of_week < 5, 120.0, 50.0) * np.exp(0.05 * np.sin(np.arange(57) * 2.0))
    >>> y[-1] = 60.0
    >>> last = expect_days(pd.DataFrame({"unique_id": "a", "ds": ds, "y": y}), "amount").iloc[-1]
    >>> int(last["expected"].round(-1)), bool(last["p_value"] < 0.001)
    (120, True)
    """
    y, exposure, special = _spread_out(days, kind)
    values, offset = y.to_numpy(float), np.zeros(y.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind != "plain":
            offset = np.where(exposure > 0, np.log(exposure), np.nan)
        working = np.log(values) if kind == "amount" else values
    weekday = pd.DatetimeIndex(y.columns).day_of_week.to_numpy()
    found = follow_days(working, offset, weekday, special, kind=kind)
    found = carry_over(found, weekday, special, values if kind == "count" else None)
    if kind == "count":
        table = _judge_counts(values, found, level, alarm)
    else:
        tails = learn_tails(found.z, found.n_past, level)
        half = tails.reach() * np.sqrt(found.variance)
        ends = (found.mean, found.mean - half, found.mean + half)
        with np.errstate(over="ignore"):  # in a series' first days, of which nothing is said
            expected, low, high = (np.exp(end) if kind == "amount" else end for end in ends)
        table = [expected, low, high, found.z, 2 * tails.above(np.abs(found.z))]
        if alarm is not None:
            far = tails.beyond(alarm / 2) * np.sqrt(found.variance)
            with np.errstate(over="ignore"):
                bounds = (found.mean - far, found.mean + far)
                table += [np.exp(bound) if kind == "amount" else bound for bound in bounds]
    names = _COLUMNS if alarm is None else (*_COLUMNS, *_ALARM)
    return _gather(y, dict(zip(names, table, strict=True)), found, np.isfinite(offset))


def _judge_counts(y: Array, found: Filtered, level: float, alarm: float | None) -> list[Array]:
    """Negative binomial around the expected count, its tails those of past errors on a normal scale."""
    mean = np.exp(found.mean)
    size = mean / np.maximum(found.variance * mean - 1, 1e-6)  # variance of y is mean^2 x found.variance
    below, upto = _chance_upto(y - 1, mean, size), _chance_upto(y, mean, size)
    z = norm.ppf(np.clip((below + upto) / 2, 1e-300, 1 - 1e-16))
    # That nothing came of what hardly ever comes tells no tail from another.
    tails = learn_tails(np.where(mean >= _RARE, z, np.nan), found.n_past, level)
    # The value itself belongs to its tail, so that rare counts are no rarer than they are.
    over, under = (norm.isf(np.clip(p, 1e-300, 1)) for p in (_chance_above(y - 1, mean, size), upto))
    p_value = np.minimum(2 * np.minimum(tails.above(over), tails.above(under)), 1.0)
    share = norm.cdf(tails.reach())
    low, high = (_find_count(part, mean, size) for part in (1 - share, share))
    table = [mean, low, high, found.z, np.where(np.isfinite(y), p_value, np.nan)]
    if alarm is not None:
        share = norm.sf(tails.beyond(alarm / 2))
        table += [_find_count(share, mean, size), _find_count(share, mean, size, from_above=True)]
    return table


def _chance_upto(count: Array, mean: Array, size: Array) -> Array:
    return np.where(count < 0, 0.0, betainc(size, np.maximum(count, 0) + 1, size / (size + mean)))


def _chance_above(count: Array, mean: Array, size: Array) -> Array:
    return np.where(count < 0, 1.0, betaincc(size, np.maximum(count, 0) + 1, size / (size + mean)))


def _find_count(share: Array, mean: Array, size: Array, *, from_above: bool = False) -> Array:
    """The smallest count that ``share`` of counts do not exceed, or, ``from_above``, that at most ``share``
    of counts exceed, by bisection: scipy's own search ends the process where the mean is very small."""
    low = np.full(mean.shape, -1.0)
    high = np.ceil(mean + 60 * np.sqrt(mean + mean**2 / size) + 60)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        if from_above:
            enough = _chance_above(middle, mean, size) <= share
        else:
            enough = _chance_upto(middle, mean, size) >= share
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _spread_out(days: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, Array, Array]:
    """``y`` (series x every day), exposure alike, and which days are special."""
    if kind not in KINDS:
        raise ParameterError("kind of a daily series", expected=" or ".join(KINDS), got=kind)
    if days.duplicated(["unique_id", "ds"]).any():
        raise ParameterError("daily series", expected="one row a series and day", got="a day given twice")
    known = days["y"].dropna()
    wrong = ~np.isfinite(known) if kind == "plain" else ~(known.between(0, np.inf, inclusive="left"))
    if kind == "count":
        wrong |= known != known.round()
    if wrong.any():
        raise ParameterError(f"values of a {kind}", expected=KINDS[kind], got=f"{known[wrong].iloc[0]}")
    every = pd.date_range(days["ds"].min(), days["ds"].max())
    y = days.pivot(index="unique_id", columns="ds", values="y").reindex(columns=every).astype(float)
    exposure = np.ones(y.shape)
    if "exposure" in days:
        wide = days.pivot(index="unique_id", columns="ds", values="exposure").reindex_like(y)
        exposure = wide.to_numpy(float)
        y = y.where(exposure > 0)
    special = np.zeros(len(every), bool)
    if "is_special" in days:
        special = every.isin(days.loc[days["is_special"].astype(bool), "ds"])
    return y, exposure, special


def _gather(y: pd.DataFrame, table: dict[str, Array], found: Filtered, exposed: Array) -> pd.DataFrame:
    begun = np.isfinite(y.to_numpy(float)).cumsum(axis=1) > 0
    said = exposed & (found.n_past >= FEWEST)
    series, day = np.nonzero(begun)
    rows = {
        "unique_id": y.index.to_numpy()[series],
        "ds": y.columns.to_numpy()[day],
        "y": y.to_numpy(float)[begun],
    }
    rows |= {name: np.where(said, values, np.nan)[begun] for name, values in table.items()}
    return pd.DataFrame(rows | {"n_past": found.n_past[begun].astype(int)})
