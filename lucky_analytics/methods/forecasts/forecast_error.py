"""How wrong forecasts were: every measure from sums, so that rows never leave the engine."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.errors import ParameterError

__all__ = ["SUMS", "measure_errors", "sum_errors"]

# A forecast of nothing hits when nothing was wanted and it was at most this.
NOTHING = 0.5
SUMS = (
    "n", "n_positive", "actual", "abs_error", "squared_error", "error", "percentage_error", "n_hit", "scaled",
    "scaled_squared",
)  # fmt: skip


def sum_errors(
    actual: np.ndarray,
    predicted: np.ndarray,
    scale: np.ndarray,
    square_scale: np.ndarray,
    within: float = 0.2,
) -> pd.Series:
    """The sums behind ``measure_errors`` for rows in memory; error = predicted - actual.

    ``n`` rows, ``n_positive`` (actual above 0), sums of ``actual``, ``abs_error``, ``squared_error``,
    ``error``, ``percentage_error`` (|error| / actual where positive), ``n_hit`` (|error| at most ``within``
    of the actual; for an actual of 0 a prediction of at most 0.5), ``scaled`` (|error| / ``scale``) and
    ``scaled_squared`` (error squared / ``square_scale``), both of rows with a positive scale. Raises
    ``ParameterError`` for a row without actual or prediction.

    >>> one, two = np.array([10.0, 0.0]), np.array([11.0, 0.4])
    >>> float(sum_errors(one, two, np.ones(2), np.ones(2))["n_hit"])
    2.0
    """
    y, p, s, s2 = (np.asarray(values, float) for values in (actual, predicted, scale, square_scale))
    if np.isnan(y).any() or np.isnan(p).any():
        raise ParameterError("forecast errors", expected="an actual and a prediction in every row")
    error, positive = p - y, y > 0
    hit = np.where(positive, np.abs(error) <= within * y, p <= NOTHING)
    usable = (s > 0) & (s2 > 0)
    values = [
        len(y), positive.sum(), y.sum(), np.abs(error).sum(), (error**2).sum(), error.sum(),
        (np.abs(error[positive]) / y[positive]).sum(), hit.sum(), (np.abs(error[usable]) / s[usable]).sum(),
        (error[usable] ** 2 / s2[usable]).sum(),
    ]  # fmt: skip
    return pd.Series(dict(zip(SUMS, map(float, values), strict=True)))


def measure_errors(sums: pd.DataFrame) -> pd.DataFrame:
    """Measures of each row of ``sums`` (columns ``SUMS``, and any others, which are kept).

    Adds ``wape`` (sum of |error| / sum of actual), ``bias`` (sum of error / sum of actual; above 0: predicted
    too much), ``mape`` (mean |error| / actual over rows with an actual above 0), ``excluded_share`` (rows
    that mape leaves out), ``rmse`` and ``mae`` (unit of the actual), ``hit_rate``, ``mase`` and ``rmsse``
    (error against a seasonal naive one's). Null where the denominator is 0.

    >>> sums = sum_errors(np.array([10.0, 20.0]), np.array([12.0, 19.0]), np.ones(2), np.ones(2))
    >>> measure_errors(pd.DataFrame([sums]))[["wape", "bias", "mape"]].round(4).values.tolist()
    [[0.1, 0.0333, 0.125]]
    """
    n, positive = sums["n"].where(sums["n"] > 0), sums["n_positive"].where(sums["n_positive"] > 0)
    actual = sums["actual"].where(sums["actual"] > 0)
    return sums.assign(
        wape=sums["abs_error"] / actual,
        bias=sums["error"] / actual,
        mape=sums["percentage_error"] / positive,
        excluded_share=1 - sums["n_positive"] / n,
        rmse=np.sqrt(sums["squared_error"] / n),
        mae=sums["abs_error"] / n,
        hit_rate=sums["n_hit"] / n,
        mase=sums["scaled"] / n,
        rmsse=np.sqrt(sums["scaled_squared"] / n),
    )
