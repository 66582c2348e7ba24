"""What sells in one place beyond what the others lead to expect: ratios, shrunken, with few false findings.

For each place and product the units expected are those of the place in each period times the product's share
of that period in all other places, so that a product that was launched late, or a place that opened late, is
held against the same weeks. The ratio of sold over expected is judged over periods (weeks hang together), and
pulled towards 1 by as much as its own noise says: the log ratios of all pairs are taken to be normal around 0
with one spread.

References: Efron and Morris (1975) on shrinkage; Benjamini and Hochberg (1995) on false discoveries;
``estimate_ratios`` on the interval (Miller 1974).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.ratio import estimate_ratios

__all__ = ["estimate_favourites", "expect_units"]

_FEWEST_PERIODS = 4


def expect_units(units: pd.DataFrame) -> pd.DataFrame:
    """``units`` with ``expected``: what the place would have sold had it sold like all others.

    ``units``: ``place``, ``product``, ``period``, ``n``, one row a combination that sold; combinations that
    sold elsewhere in a period in which the place sold anything are added with n = 0. What sold nowhere else
    is expected to sell 0.

    >>> units = pd.DataFrame({"place": list("aab"), "product": list("xyx"), "period": 1, "n": [6, 2, 5]})
    >>> expect_units(units)[["place", "product", "n", "expected"]].values.tolist()
    [['a', 'x', 6, 8.0], ['a', 'y', 2, 0.0], ['b', 'x', 5, 3.75], ['b', 'y', 0, 1.25]]
    """
    wide = units.pivot_table(index=["period", "place"], columns="product", values="n", aggfunc="sum")
    wide = wide.fillna(0).astype("int64")
    others = wide.groupby("period").transform("sum") - wide
    total = others.sum(axis=1)
    share = others.div(total.where(total > 0), axis=0).fillna(0.0)
    expected = share.mul(wide.sum(axis=1), axis=0)
    long = pd.concat({"n": wide.stack(), "expected": expected.stack()}, axis=1)
    long = long[(long["n"] > 0) | (long["expected"] > 0)].reset_index()
    return long.sort_values(["place", "product", "period"], ignore_index=True)


def estimate_favourites(
    expected: pd.DataFrame, *, min_expected: float = 50.0, level: float = 0.9
) -> pd.DataFrame:
    """How many times as much of each product each place sold as expected, most surprising first.

    ``expected`` as from ``expect_units``. Pairs expected at least ``min_expected`` times, over at least four
    periods, are judged: ``place``, ``product``, ``n``, ``expected``, ``ratio`` (shrunken) with ``low`` and
    ``high``, ``raw``, ``p`` (of so much or more were the ratio 1) and ``q`` (false discoveries held). Less
    than expected is not looked for: one place that sells ten times as much makes all others look short. Empty
    where no pair can be judged.
    """
    sums = expected.groupby(["place", "product"], as_index=False)[["n", "expected"]].sum()
    raw = estimate_ratios(expected, ["place", "product"], "period", "n", "expected", level)
    table = sums.merge(raw, on=["place", "product"])
    kept = (table["expected"] >= min_expected) & (table["n_blocks"] >= _FEWEST_PERIODS) & (table["value"] > 0)
    table = table[kept & (table["high"] > table["low"])].reset_index(drop=True)
    columns = ["place", "product", "n", "expected", "ratio", "low", "high", "raw", "p", "q"]
    if table.empty:
        return pd.DataFrame(columns=columns)
    df = table["n_blocks"] - 1
    half = (table["high"] - table["low"]) / 2 / student.ppf(0.5 + level / 2, df)
    # What is rare is noisy however alike its weeks were: never below the noise of a count.
    se = np.maximum(half / table["value"], 1 / np.sqrt(np.maximum(table["n"], 1)))
    log = np.log(table["value"])
    spread = _find_spread(log.to_numpy(), se.to_numpy())
    kept_share = spread**2 / (spread**2 + se**2)
    centre, away = kept_share * log, norm.ppf(0.5 + level / 2) * np.sqrt(kept_share) * se
    table = table.assign(
        raw=table["value"],
        ratio=np.exp(centre),
        low=np.exp(centre - away),
        high=np.exp(centre + away),
        p=student.sf(log / se, df),
    )
    table["q"] = adjust_p_values(table["p"].to_numpy())
    return table.sort_values(["p", "place", "product"], ignore_index=True)[columns]


def _find_spread(value: np.ndarray, se: np.ndarray) -> float:
    """Standard deviation of the true values around 0, by likelihood over a grid."""
    grid = np.linspace(0.0, max(float(np.abs(value).max()), 1e-6) * 1.5, 301)
    variance = grid[:, None] ** 2 + se**2
    likelihood = -0.5 * (np.log(variance) + value**2 / variance).sum(axis=1)
    return float(grid[np.argmax(likelihood)])
