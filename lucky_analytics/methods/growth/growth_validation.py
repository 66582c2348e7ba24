"""How well a ramp foretells a unit it has not seen: leave one unit out, against the mean of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.methods.growth.growth_fit import GrowthFit, GrowthShape, fit_growth
from lucky_analytics.methods.growth.growth_paths import estimate_paths

__all__ = ["estimate_first_week_at_share", "leave_one_unit_out"]


def leave_one_unit_out(
    weeks: pd.DataFrame,
    units: pd.DataFrame,
    as_of: dt.date,
    *,
    shape: GrowthShape | None = None,
    min_weeks: int = 3,
    exclude: Collection[str] = (),
    n_known: int = 4,
    level: float = 0.9,
) -> pd.DataFrame:
    """Absolute log error of each unit's weekly counts when it is left out, one row per unit left out.

    Scored on the unit's weeks after its first ``n_known``, for all forecasts alike: ``chain_mean`` (the mean
    weekly count of the other units, whatever their age), ``before`` (the ramp of the others, nothing known
    of the unit but its place and date), ``after`` (its first ``n_known`` weeks known). ``covered``: share
    of these weeks inside the ``level`` prediction interval of ``before``. exp(error) - 1 is about the
    percentage error. Units with fewer than two weeks to score are left out of the table.
    """
    chosen = fit_growth(weeks, units, as_of, shape=shape, min_weeks=min_weeks, exclude=exclude)
    rows = []
    for unit in chosen.units.loc[chosen.units["role"] == "fitted", "unique_id"]:
        own = chosen.weeks[chosen.weeks["unique_id"] == unit].sort_values("week_start")
        scored = own.iloc[n_known:]
        if len(scored) < 2:
            continue
        others = chosen.weeks[chosen.weeks["unique_id"] != unit]
        actual, age = np.log(scored["y_week"].to_numpy(float)), scored["age_weeks"].to_numpy(float)
        errors, covered = {}, np.nan
        for name, known in (("before", others), ("after", pd.concat([others, own.head(n_known)]))):
            enough = min_weeks if name == "before" else min(min_weeks, n_known)
            fit = fit_growth(known, units, as_of, shape=shape, min_weeks=enough, exclude=exclude)
            forecast, se = _at(fit, unit, age, level)
            errors[name] = float(np.abs(actual - forecast).mean())
            if name == "before":
                half = t.ppf(0.5 + level / 2, fit.n_units - 1) * np.hypot(se, fit.noise_sd)
                covered = float((np.abs(actual - forecast) <= half).mean())
        chain = float(np.abs(actual - np.log(others["y_week"].mean())).mean())
        rows.append((unit, len(scored), chain, errors["before"], errors["after"], covered))
    return pd.DataFrame(rows, columns=["unique_id", "n_weeks", "chain_mean", "before", "after", "covered"])


def _at(fit: GrowthFit, unit: str, age: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Expected log count of a unit at its ages, and its standard error, from its path by whole weeks."""
    path = estimate_paths(fit, 1, level)
    path = path[path["unique_id"] == unit]
    log_y = np.interp(age, path["age_weeks"], np.log(path["y"]))
    return log_y, np.interp(age, path["age_weeks"], path["log_se"])


def estimate_first_week_at_share(
    weeks: pd.DataFrame, plateaus: pd.DataFrame, share: float = 0.9
) -> pd.DataFrame:
    """The first week in which each unit's count reached ``share`` of its estimated plateau, as observed.

    ``unique_id``, ``duration_weeks`` (age of that week, or of the last one), ``event_observed`` (false: not
    reached yet, right-censored). ``plateaus``: ``unique_id``, ``plateau``. Single weeks scatter, so a first
    crossing comes before the underlying growth does.
    """
    rows = []
    for unit, plateau in plateaus[["unique_id", "plateau"]].itertuples(index=False):
        own = weeks[(weeks["unique_id"] == unit) & (weeks["y"] > 0)].sort_values("week_start")
        if own.empty:
            continue
        hit = own[own["y_week"] >= share * plateau]
        age = hit["age_weeks"].iloc[0] if len(hit) else own["age_weeks"].iloc[-1]
        rows.append((unit, float(age), len(hit) > 0))
    return pd.DataFrame(rows, columns=["unique_id", "duration_weeks", "event_observed"])
