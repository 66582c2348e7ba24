"""Does the customer platform's price band tell who pays more? Whatever it means: four readings of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.fieller import fieller

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "BANDS",
    "MAIN",
    "READINGS",
    "TELLING",
    "compare_bands",
    "contrast_bands",
    "judge_bands",
    "load_bands",
]

BANDS = ("low", "middle", "high")
# What a price band may mean, and the words for it; the first stands in the answer.
READINGS = {
    "paid_order": "paid an order",
    "list_order": "list price an order",
    "off_share": "share of the list price taken off",
    "paid_all": "paid in all so far",
}
MAIN = "paid_order"
# The least difference between bands that is worth choosing an audience by.
TELLING = 0.1


def load_bands(suite: Suite, rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` of ``Profiles`` who have a price band, with ``band`` and one column a reading (dollars, a
    share). Empty where the platform has no bands."""
    columns = ["band", *READINGS]
    state = suite.optional("customer_states")
    if state is None:
        return pd.DataFrame(columns=columns)
    said = state.filter(state.kind == "price_band").select("customer_id", "value").execute()
    own = rows.join(said.set_index("customer_id")["value"].rename("band"), how="inner")
    paid, off = own["mean_order_cents"] / 100, own["discount_share"]
    readings = {"paid_order": paid, "list_order": paid / (1 - off).where(off < 1), "off_share": off}
    return own.assign(**readings, paid_all=own["paid_cents"] / 100)[columns]


def compare_bands(banded: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """What each band's customers paid, by reading: ``reading`` (in words), ``band``, ``n``, ``value`` with
    ``low`` and ``high``, and the same against everybody's mean (1 is as all): ``against``, ``against_low``,
    ``against_high``. Bands that nobody is in are left out."""
    z, found = norm.ppf(0.5 + level / 2), []
    for name, words in READINGS.items():
        everybody = banded[name].astype(float).mean()
        for band in BANDS:
            own = banded.loc[banded["band"] == band, name].dropna().astype(float)
            if len(own) < 2 or not everybody > 0:
                continue
            mean, half = own.mean(), z * own.std(ddof=1) / np.sqrt(len(own))
            ends = {"value": mean, "low": mean - half, "high": mean + half}
            against = {
                "against": mean / everybody,
                "against_low": ends["low"] / everybody,
                "against_high": ends["high"] / everybody,
            }
            found.append({"reading": words, "band": band, "n": len(own)} | ends | against)
    columns = ["reading", "band", "n", "value", "low", "high", "against", "against_low", "against_high"]
    return pd.DataFrame(found, columns=columns)


def contrast_bands(banded: pd.DataFrame, level: float = 0.9) -> dict[str, Estimate]:
    """Of each reading: the mean of the high band over that of the low one, with its interval (Fieller).

    Null where a band has fewer than two customers, or the ratio cannot be said.
    """
    found = {}
    for name in READINGS:
        low, high = (
            banded.loc[banded["band"] == end, name].dropna().astype(float) for end in (BANDS[0], BANDS[-1])
        )
        n = len(low) + len(high)
        found[name] = Estimate(None, n=n)
        if min(len(low), len(high)) < 2 or not low.mean() > 0:
            continue
        var_high, var_low = (float(part.var(ddof=1)) / len(part) for part in (high, low))
        ends = fieller(float(high.mean()), float(low.mean()), var_high, var_low, level=level)
        if ends is not None:
            found[name] = Estimate(high.mean() / low.mean(), *ends, level=level, n=n)
    return found


def judge_bands(contrasts: dict[str, Estimate], least: float = TELLING) -> str:
    """``silent``: by no reading do the bands differ by ``least`` or more, chance aside; ``tells``: by one
    they surely do; else ``unknown``. A band that is said to be silent is silent by every reading, so at a
    level of 90 % that is wrong of a band that tells in at most one of twenty cases."""
    edges = (1 / (1 + least), 1 + least)
    ends = [(each.low, each.high) for each in contrasts.values()]
    if any(
        low is not None and high is not None and (low > edges[1] or high < edges[0]) for low, high in ends
    ):
        return "tells"
    if all(low is not None and high is not None and low > edges[0] and high < edges[1] for low, high in ends):
        return "silent"
    return "unknown"
