"""What sister stores take, by the openings so far, and whether an event study that assumes less agrees."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.growth.event_study import estimate_lead_effects
from lucky_analytics.methods.growth.exposure import estimate_exposure_effect, estimate_losses
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.places.distance import decay_weights

__all__ = ["check_openings", "describe_openings", "losses_to"]


def check_openings(fit: GrowthFit, km: float = 0.5, lead_weeks: int = 4, level: float = 0.9) -> pd.DataFrame:
    """What a mature sister store ``km`` away takes: by the ramp, by an event study, and its placebo.

    ``way``, ``loss`` (share of orders; negative: a gain) with ``low`` and ``high``, ``n`` store-weeks. The
    placebo is the loss ``lead_weeks`` before the sister store opens: none, if the others are to be believed.
    """
    effect, se = estimate_exposure_effect(fit)
    half = float(norm.ppf(0.5 + level / 2)) * se
    ramp_row = ("by the store ramp", effect, effect - half, effect + half, len(fit.weeks))
    study = estimate_lead_effects(fit, lead_weeks, level)
    ways = ["by an event study", f"placebo: {lead_weeks} weeks before the opening"]
    rows = [ramp_row, *zip(ways, study["effect"], study["low"], study["high"], study["n_weeks"], strict=True)]
    table = pd.DataFrame(rows, columns=["way", "loss", "high", "low", "n"])
    near = decay_weights(km, fit.shape.exposure_km or np.nan)
    ends = {name: 1 - np.exp(table[name] * near) for name in ("loss", "low", "high")}
    return table.assign(**ends)[["way", "loss", "low", "high", "n"]]


def describe_openings(openings: pd.DataFrame) -> str:
    """What the event study says of ``check_openings``, in a sentence."""
    _, study, placebo = openings.to_dict("records")
    if np.isnan(study["loss"]):
        return "Too few openings for an event study: the losses rest on the store ramp alone."
    confirmed = "confirms" if study["low"] > 0 else "is too uncertain to confirm"
    calm = placebo["low"] <= 0 <= placebo["high"]
    before = (
        "weeks before an opening show none beyond chance"
        if calm
        else "weeks before an opening already differ, which speaks against them"
    )
    return (
        f"An event study that assumes neither season nor plateaus {confirmed} the losses "
        f"({100 * study['loss']:.0f} %, {100 * study['low']:.0f} to {100 * study['high']:.0f}); {before}."
    )


def losses_to(fit: GrowthFit, neighbour_id: str, store_ids: pd.Series) -> pd.Series:
    """Share of the orders of each of ``store_ids`` that a sister store took by ``as_of``; null for itself."""
    losses = estimate_losses(fit)
    return store_ids.map(losses[losses["neighbour_id"] == neighbour_id].set_index("unique_id")["loss"])
