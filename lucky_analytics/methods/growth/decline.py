"""A unit that falls instead of growing: how much of the fall each known cause carries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.growth_exposure import maturity, neighbour_weights, weeks_since
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.growth.growth_paths import season_weights
from lucky_analytics.methods.inference.reml import predict

__all__ = ["FADING", "decompose_decline"]

Array = NDArray[Any]
# A part of a fall that is only a curve: what made the store fade is not known from it.
FADING = "fading since opening"
# Time constants tried for the fading since opening, in days: from a month to over a year.
_FADE_DAYS = np.geomspace(30, 400, 12)
_ORDER = ("sister stores", FADING, "promotion withdrawn", "season and growth", "unexplained", "all")


def decompose_decline(
    fit: GrowthFit,
    weeks: pd.DataFrame,
    unique_id: str,
    start: tuple[dt.date, dt.date],
    end: tuple[dt.date, dt.date],
    step_date: dt.date | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """The change of a unit's weekly counts from period ``start`` to period ``end`` (half-open), by cause.

    The unit's log weekly counts, less the common growth curve, season and exposure of ``fit``, are regressed
    on what fades since the opening as exp(-days / fade) (a curve, which says nothing of why; fades of a grid
    weighed by their likelihood, because the weeks seldom tell how fast) and, with ``step_date``, a step on
    that day (a promotion withdrawn). The unit must be a neighbour in ``fit``, not fitted itself. The season
    before the first fitted week is taken as in that week.

    Returns ``cause`` (``sister stores``, ``fading since opening``, ``promotion withdrawn``, ``season and
    growth``, ``unexplained``, ``all``), ``log_change`` with ``low`` and ``high``, ``change`` (exp - 1) and
    ``share`` of the total log change. Log changes add up to ``all``. Intervals carry the error of exposure,
    growth and season, also where it moves the regression, the regression's own, and that of the fade; null
    for what is left and for all. Raises ``LuckyError`` when a period has no week.
    """
    own = weeks[(weeks["unique_id"] == unique_id) & (weeks["y"] > 0)].reset_index(drop=True)
    for name, period in (("start", start), ("end", end)):
        if not _inside(own, period).any():
            raise LuckyError(f"decline of {unique_id}", expected=f"a week of trading in its {name} period")
    days = 7 * own["age_weeks"].to_numpy(float)
    log_y = np.log(own["y_week"].to_numpy(float))
    step = np.zeros(len(own)) if step_date is None else _share_after(own, step_date)
    contrast = _mean_weights(own, end) - _mean_weights(own, start)
    carried, sisters, cov = _carry(fit, own, unique_id)

    def split(carried: Array, sisters: Array) -> tuple[Array, Array]:
        return _regress(log_y - carried - sisters, days, step, contrast)

    own_parts, own_variances = split(carried, sisters)
    # What the fit leaves uncertain, one independent direction after the other, a standard deviation each way.
    moves = _square_root(cov)
    n, spread = len(own), np.zeros(2 + len(own_parts))
    for move in moves.T:
        ends = [split(carried + sign * move[:n], sisters + sign * move[n:])[0] for sign in (1, -1)]
        linear = [contrast @ move[n:], contrast @ move[:n]]
        spread += np.concatenate([linear, (ends[0] - ends[1]) / 2]) ** 2
    variances = spread + np.concatenate([[0.0, 0.0], own_variances])
    values = np.concatenate([[contrast @ sisters, contrast @ carried], own_parts])
    causes = ["sister stores", "season and growth", FADING, "promotion withdrawn"][: len(values)]
    table = pd.DataFrame({"cause": causes, "log_change": values, "se": np.sqrt(variances)})
    total = float(contrast @ log_y)
    rest = pd.DataFrame({"cause": ["unexplained", "all"], "log_change": [total - values.sum(), total]})
    quantile = t.ppf(0.5 + level / 2, max(n - 2 - len(own_parts), 1))
    table["low"], table["high"] = (table["log_change"] + sign * quantile * table["se"] for sign in (-1, 1))
    table = (
        pd.concat([table.drop(columns="se"), rest], ignore_index=True)
        .set_index("cause")
        .loc[[cause for cause in _ORDER if cause in {*causes, "unexplained", "all"}]]
        .reset_index()
    )
    table["change"] = np.exp(table["log_change"]) - 1
    table["share"] = table["log_change"] / total if total else np.nan
    return table


def _carry(fit: GrowthFit, own: pd.DataFrame, unique_id: str) -> tuple[Array, Array, Array]:
    """What growth and season, and what sister units, did to the unit's log counts, (n,) each, and the
    covariance of both, one after the other (2n, 2n)."""
    age = own["age_weeks"].to_numpy(float)
    unit = fit.neighbours[fit.neighbours["unique_id"] == unique_id]
    kernel = neighbour_weights(unit, fit.neighbours, fit.shape.exposure_km)[0]
    middle = (own["week_start"] + pd.Timedelta(days=3)).to_numpy()[:, None]
    open_for = weeks_since(fit.neighbours["opened"], middle)
    n, p = len(own), len(fit.reml.effects)

    def at(theta: Array) -> tuple[Array, Array]:
        b, k = np.exp(theta[:2])
        effects = np.zeros((2 * n, p))
        effects[:n] = season_weights(fit, own["week_start"], theta)
        if fit.has_exposure:
            effects[n:, 1] = maturity(fit.shape.form, open_for, b, k) @ kernel
        return np.concatenate([fit.shape.log_level(age, b, k), np.zeros(n)]), effects

    mean, cov = predict(fit.reml, at)
    return mean[:n], mean[n:], cov


def _regress(r: Array, days: Array, step: Array, contrast: Array) -> tuple[Array, Array]:
    """Changes between the periods by fading and, where there is one, by the step; their variances.

    Each fade of the grid is fitted; they are averaged by their likelihood, and what they differ by counts.
    """
    has_step = bool(np.ptp(step) > 0)
    values, variances, fits = [], [], []
    for fade in _FADE_DAYS:
        X = np.column_stack([np.ones(len(r)), np.exp(-days / fade), step])[:, [True, True, has_step]]
        inverse = np.linalg.pinv(X.T @ X)
        beta = inverse @ X.T @ r
        rss = float(((r - X @ beta) ** 2).sum())
        changes = (contrast @ X)[1:]
        values.append(beta[1:] * changes)
        variances.append(changes**2 * np.diag(inverse)[1:] * rss / max(len(r) - X.shape[1] - 1, 1))
        fits.append(rss)
    n_free = max(len(r) - 3 - has_step, 1)
    least = max(min(fits), np.finfo(float).tiny)
    weight = np.exp(-n_free / 2 * (np.maximum(fits, least) / least - 1))
    weight /= weight.sum()
    mean = weight @ np.array(values)
    return mean, weight @ (np.array(variances) + (np.array(values) - mean) ** 2)


def _square_root(cov: Array) -> Array:
    """A matrix whose columns are independent directions of ``cov``, one standard deviation long each."""
    values, vectors = np.linalg.eigh(cov)
    kept = values > 1e-9 * max(values.max(initial=0.0), np.finfo(float).tiny)
    root: Array = vectors[:, kept] * np.sqrt(values[kept])
    return root


def _inside(own: pd.DataFrame, period: tuple[dt.date, dt.date]) -> pd.Series:
    """Weeks whose Thursday is in the period: each week belongs to the month that holds most of it."""
    middle = own["week_start"] + pd.Timedelta(days=3)
    return (middle >= pd.Timestamp(period[0])) & (middle < pd.Timestamp(period[1]))


def _mean_weights(own: pd.DataFrame, period: tuple[dt.date, dt.date]) -> Array:
    weight = own["clock_days"].to_numpy(float) * _inside(own, period).to_numpy()
    return weight / weight.sum()


def _share_after(own: pd.DataFrame, date: dt.date) -> Array:
    """Share of each week's seven days that lie on or after ``date``."""
    after = (own["week_start"] + pd.Timedelta(days=7) - pd.Timestamp(date)).dt.days
    return after.clip(0, 7).to_numpy(float) / 7
