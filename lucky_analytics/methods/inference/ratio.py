"""A ratio of two sums over time, with an interval that knows that days hang together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

__all__ = ["estimate_ratios"]


def estimate_ratios(
    sums: pd.DataFrame, by: list[str], block: str, numerator: str, denominator: str, level: float = 0.9
) -> pd.DataFrame:
    """``numerator`` / ``denominator`` for each group ``by``: ``value``, ``low``, ``high``, ``n_blocks``.

    ``sums`` has one row per group and ``block`` (a week, say). Delete-one-block jackknife on the ratio's own
    scale with Student's t: right when blocks are long enough to be independent. Null bounds below three
    blocks; null value where the denominator is 0. Source: Miller (1974), Biometrika 61.

    >>> weeks = pd.DataFrame({"g": "a", "week": range(4), "e": [1.0, 2, 1, 2], "y": [10.0, 10, 10, 10]})
    >>> estimate_ratios(weeks, ["g"], "week", "e", "y")[["value", "n_blocks"]].values.tolist()
    [[0.15, 4.0]]
    """
    cells = sums.groupby([*by, block], observed=True)[[numerator, denominator]].sum().reset_index()
    total = cells.groupby(by, observed=True)[[numerator, denominator]].transform("sum")
    rest = total - cells[[numerator, denominator]]
    cells["without"] = rest[numerator] / rest[denominator].where(rest[denominator] > 0)
    groups = cells.groupby(by, observed=True)
    table = groups.agg(
        top=(numerator, "sum"),
        bottom=(denominator, "sum"),
        spread=("without", "var"),
        n_blocks=(block, "nunique"),
    )
    table["value"] = table["top"] / table["bottom"].where(table["bottom"] > 0)
    n = table["n_blocks"]
    # Variance of the leave-one-out values times (n - 1)^2 / n.
    se = (table["spread"].where(n >= 3) * (n - 1) ** 2 / n) ** 0.5
    half = student.ppf(0.5 + level / 2, np.maximum(n - 1, 1)) * se
    table["low"], table["high"] = table["value"] - half, table["value"] + half
    return table.reset_index()[[*by, "value", "low", "high", "n_blocks"]]
