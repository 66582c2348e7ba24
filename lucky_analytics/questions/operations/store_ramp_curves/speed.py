"""How fast stores grow, over both growth curves and with a speed of each store's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.curves import FORMS
from lucky_analytics.methods.growth.growth_average import (
    average_estimates,
    chance_below,
    compare_speeds,
    estimate_one_unit_time,
    estimate_profile_time,
    form_weights,
)
from lucky_analytics.methods.growth.growth_fit import GrowthFit, fit_growth
from lucky_analytics.methods.growth.growth_paths import estimate_share_path
from lucky_analytics.models.ramp import NO_HUMP, RampWeeks

__all__ = [
    "AT_ONCE",
    "Speed",
    "allow_for_no_growth",
    "describe_forms",
    "describe_speeds",
    "estimate_curve",
    "estimate_times",
    "fit_speed",
]

# An interval of the time to 90 % that reaches down to the first half week holds "grown up from the start".
AT_ONCE = 0.5
# A form that is less likely than this beside the other is as good as ruled out.
RULED_OUT = 0.05


@dataclass(frozen=True)
class Speed:
    """``fits``: one for each form, each store with a speed of its own; ``weights``: how likely each form is.

    ``p_common``: chance of data like these if all stores grew at one speed, with the likeliest form.
    """

    fits: list[GrowthFit]
    weights: NDArray[Any]
    p_common: float

    @property
    def likeliest(self) -> GrowthFit:
        """The fit of the likeliest form."""
        return self.fits[int(np.argmax(self.weights))]

    @property
    def sd(self) -> float:
        """Spread of ln k between stores, over the forms."""
        return float(self.weights @ [fit.speed_sd for fit in self.fits])


def fit_speed(
    ramp: RampWeeks,
    stores: pd.DataFrame,
    as_of: dt.date,
    fit: GrowthFit,
    *,
    min_weeks: int,
    exclude: list[str],
) -> Speed:
    """Fits the weeks of ``fit`` with each growth form, with one speed for all stores and with their own."""

    def refit(form: str, speed_varies: bool) -> GrowthFit:
        shape = replace(fit.shape, form=form, speed_varies=speed_varies)
        return fit_growth(ramp.weeks, stores, as_of, shape=shape, min_weeks=min_weeks, exclude=exclude)

    own = [refit(form, True) for form in FORMS]
    weights = form_weights(own)
    best = int(np.argmax(weights))
    return Speed(own, weights, compare_speeds(refit(FORMS[best], False), own[best]))


def estimate_times(speed: Speed, level: float = 0.9, claimed_weeks: float = 4.0) -> pd.DataFrame:
    """Weeks to 50 % and 90 % of the plateau: of stores in general, and of one store still to open.

    ``share``, ``weeks``, ``low``, ``high`` (profile intervals, averaged over the forms; ``high`` is null
    where the data set no end), ``one_low``, ``one_high`` (prediction for one store), ``p_claim``: chance
    that stores in general take at most ``claimed_weeks``.
    """
    rows = []
    for share in (0.5, 0.9):
        by_form = [estimate_profile_time(fit, share, level) for fit in speed.fits]
        time = average_estimates(by_form, speed.weights)
        one = estimate_one_unit_time(time, speed.sd)
        chance = chance_below(by_form, speed.weights, claimed_weeks)
        rows.append((share, time.value, time.low, time.high, one.low, one.high, chance))
    names = ["share", "weeks", "low", "high", "one_low", "one_high", "p_claim"]
    return pd.DataFrame(rows, columns=names).astype(float)


def allow_for_no_growth(times: pd.DataFrame, assumptions: pd.DataFrame) -> pd.DataFrame:
    """``times``, whose interval begins at 0 where growth rests on the opening hump that is held fixed.

    A store that opens at its plateau, without a hump, looks below it once a hump is taken off: it seems to
    grow by what was assumed. ``assumptions``: from ``compare_assumptions``. Where its fit without a hump
    holds "at once", or sets no end, nothing tells growth from the opening: both low ends of the time to 90 %
    are 0.
    """
    bare = assumptions.loc[assumptions["assumption"] == NO_HUMP, "low"]
    if (bare > AT_ONCE).all():
        return times
    return times.assign(**{end: times[end].mask(times["share"] == 0.9, 0.0) for end in ("low", "one_low")})


def estimate_curve(speed: Speed, n_weeks: int = 12, level: float = 0.9) -> pd.DataFrame:
    """Share of the plateau by age over both forms, each half week: age_weeks, share, low, high."""
    ages = np.arange(0, n_weeks + 0.01, 0.5)
    paths = [estimate_share_path(fit, ages, level) for fit in speed.fits]
    rows = []
    for place, age in enumerate(ages):
        points = [path.iloc[place] for path in paths]
        by_form = [Estimate(p["share"], p["low"], max(p["high"], p["share"]), level=level) for p in points]
        mean = average_estimates(by_form, speed.weights)
        rows.append((age, mean.value, mean.low, min(mean.high or 1.0, 1.0)))
    return pd.DataFrame(rows, columns=["age_weeks", "share", "low", "high"])


def describe_forms(speed: Speed) -> str:
    """What the likelihoods say of the two growth curves, in a sentence."""
    weight, name = float(speed.weights.max()), speed.likeliest.shape.form.title()
    other = next(fit for fit in speed.fits if fit is not speed.likeliest).shape.form.title()
    if 1 - weight < RULED_OUT:
        return (
            f"The data are for the {name} curve: beside the {other} curve its chance is {100 * weight:.0f} %."
        )
    return (
        f"The data do not settle which growth curve holds ({name} {100 * weight:.0f} %, {other} "
        f"{100 * (1 - weight):.0f} %): figures are an average of both, and the intervals span them."
    )


def describe_speeds(speed: Speed) -> str:
    """Whether stores grow at speeds of their own, as far as the data tell, in a sentence."""
    n, spread = speed.likeliest.n_units, 100 * np.expm1(speed.sd)
    # More than twice as fast: there is no growth to tell speeds by.
    size = f"by about {spread:.0f} % in the estimate" if spread < 100 else "by how much cannot be told"
    if speed.p_common < RULED_OUT:
        return (
            f"Stores grow at different speeds: by about {spread:.0f} % either way "
            f"(p {'below 0.001' if speed.p_common < 0.001 else f'{speed.p_common:.3f}'})."
        )
    return (
        f"That all {n} stores grow at one speed is not ruled out (p {speed.p_common:.2f}); {n} "
        f"stores would show "
        f"large differences only, so each may differ ({size})."
    )
