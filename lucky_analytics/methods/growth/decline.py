"""A unit that falls instead of growing: how much of the fall each known cause carries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.exposure import estimate_exposure_effect
from lucky_analytics.methods.growth.growth_exposure import maturity, neighbour_weights, weeks_since
from lucky_analytics.methods.growth.growth_fit import GrowthFit

__all__ = ["FADING", "decompose_decline"]

Array = NDArray[Any]
# A part of a fall that is only a curve: what made the store fade is not known from it.
FADING = "fading since opening"
# Time constants tried for the fading since opening, in days: from a month to over a year.
_FADE_DAYS = np.geomspace(30, 400, 12)


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
    on what fades since the opening as exp(-days / fade) (the fade that fits best of a grid; a curve, which
    says nothing of why) and, with ``step_date``, a step on that day (a promotion withdrawn). The unit must be
    a neighbour in ``fit``, not fitted itself. The season before the first fitted week is taken as in that
    week.

    Returns ``cause`` (``sister stores``, ``fading since opening``, ``promotion withdrawn``, ``season and
    growth``, ``unexplained``, ``all``), ``log_change`` with ``low`` and ``high``, ``change`` (exp - 1) and
    ``share`` of the total log change. Log changes add up to ``all``. Intervals carry the exposure effect's
    uncertainty, also where it moves what fades, and the regression's. Raises ``LuckyError`` when a period has
    no week.
    """
    own = weeks[(weeks["unique_id"] == unique_id) & (weeks["y"] > 0)].reset_index(drop=True)
    for name, period in (("start", start), ("end", end)):
        if not _inside(own, period).any():
            raise LuckyError(f"decline of {unique_id}", expected=f"a week of trading in its {name} period")
    days = 7 * own["age_weeks"].to_numpy(float)
    log_y = np.log(own["y_week"].to_numpy(float))
    carried = fit.shape.log_level(days / 7, *fit.growth) + _season(fit, own["week_start"])
    exposure = _exposure(fit, own, unique_id)
    effect, se = estimate_exposure_effect(fit)
    step = np.zeros(len(own)) if step_date is None else _share_after(own, step_date)
    contrast = _mean_weights(own, end) - _mean_weights(own, start)

    def regress(effect: float) -> tuple[Array, Array, Array, float]:
        r = log_y - carried - effect * exposure
        best = None
        for fade in _FADE_DAYS:
            X = np.column_stack([np.ones(len(r)), np.exp(-days / fade), step])
            X = X[:, [True, True, bool(np.ptp(step) > 0)]]
            beta = np.linalg.lstsq(X, r, rcond=None)[0]
            rss = float(((r - X @ beta) ** 2).sum())
            if best is None or rss < best[3]:
                best = (X, beta, np.linalg.inv(X.T @ X) * rss / max(len(r) - X.shape[1] - 1, 1), rss)
        assert best is not None
        return best

    X, beta, cov, _ = regress(effect)
    moved = (regress(effect + se)[0:2], regress(effect - se)[0:2])
    gain = float(contrast @ exposure)
    parts: dict[str, tuple[float, float]] = {"sister stores": (effect * gain, abs(se * gain))}
    for column, cause in ((1, FADING), (2, "promotion withdrawn")):
        if column < X.shape[1]:
            change = float(contrast @ X[:, column])
            up, down = (float(b[column] * (contrast @ x[:, column])) for x, b in moved)
            spread = float(np.hypot(change * np.sqrt(cov[column, column]), (up - down) / 2))
            parts[cause] = (float(beta[column]) * change, spread)
    parts["season and growth"] = (float(contrast @ carried), 0.0)
    total = float(contrast @ log_y)
    parts["unexplained"] = (total - sum(value for value, _ in parts.values()), 0.0)
    parts["all"] = (total, 0.0)
    quantile = t.ppf(0.5 + level / 2, max(len(own) - X.shape[1] - 1, 1))
    table = pd.DataFrame([(c, v, s) for c, (v, s) in parts.items()], columns=["cause", "log_change", "se"])
    known = table["se"] > 0
    table["low"] = (table["log_change"] - quantile * table["se"]).where(known)
    table["high"] = (table["log_change"] + quantile * table["se"]).where(known)
    table["change"] = np.exp(table["log_change"]) - 1
    table["share"] = table["log_change"] / total if total else np.nan
    return table.drop(columns="se")


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


def _season(fit: GrowthFit, week_start: pd.Series) -> Array:
    """The fitted season of each week; before the first and after the last fitted week, theirs."""
    model = fit.reml.build(fit.reml.theta)
    first = len(fit.units)
    steps = slice(first, model.W.shape[1] - (first if fit.shape.speed_varies else 0))
    effect = model.W[:, steps] @ fit.reml.effects[fit.reml.n_fixed :][steps]
    known = pd.Series(effect).groupby(fit.weeks["week_start"].to_numpy()).mean()
    return np.interp(week_start.astype("int64"), known.index.astype("int64"), known.to_numpy())


def _exposure(fit: GrowthFit, own: pd.DataFrame, unique_id: str) -> Array:
    unit = fit.neighbours[fit.neighbours["unique_id"] == unique_id]
    kernel = neighbour_weights(unit, fit.neighbours, fit.shape.exposure_km)
    middle = (own["week_start"] + pd.Timedelta(days=3)).to_numpy()[:, None]
    then = maturity(fit.shape.form, weeks_since(fit.neighbours["opened"], middle), *fit.growth)
    exposure: Array = then @ kernel[0]
    return exposure
