"""What a launch took from its sisters: products of its category, beside those of the others, before and
after."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.questions.product.launch_predictor.launches import MONTH, Sales

__all__ = ["estimate_taken", "measure_sisters"]

_FEWEST = 3  # products on a side
_GAP = 3  # days without a sale at the end that are no leaving
_YOUNG = 3  # months of 28 days in which a launch is no sister: it still loses its novelty


def measure_sisters(sales: Sales, launches: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """One row a day and category with launches: ``launched``, ``category``, ``product_name`` (all of them),
    ``units`` (theirs in 28 days), ``sisters`` and ``others`` (how many), ``change`` (ln), ``lost`` (units).

    A sister is a product of the category that was no launch of the last 84 days and sold through the 28 days
    after and the 56 before. Its change is that of ln units an order from the 28 days before to those after,
    less that from the 28 days before these: a product that was growing all along has none. ``change`` is the
    mean of the sisters' less that of products of categories without a launch within 28 days; below 0 sisters
    lost more. ``lost``: units that the sisters would have sold besides,
    had they changed as the others did, from ``low`` to ``high`` as far as products of a side differ.
    """
    rows = []
    known = launches[(launches["first"] >= 2 * MONTH) & (launches["age"] >= MONTH)]
    for (launched, category), own in known.groupby(["launched", "category"]):
        day = int(own["first"].iloc[0])
        near = launches[(launches["first"] - day).abs() < MONTH]["category"].unique()
        products = sales.products
        begun = products["first"]
        old = (begun >= 0) & (begun <= day - 2 * MONTH) & ((begun <= day - _YOUNG * MONTH) | (begun < MONTH))
        there = old & (products["last"] >= day + MONTH - _GAP)
        sister = (there & (products["category"] == category)).to_numpy(bool)
        other = (there & ~products["category"].isin(near)).to_numpy(bool)
        if min(sister.sum(), other.sum()) < _FEWEST:
            continue
        blocks = [_block(sales, day + shift * MONTH) for shift in (-2, -1, 0)]
        bend = blocks[2] - 2 * blocks[1] + blocks[0]
        change = float(bend[sister].mean() - bend[other].mean())
        error = float(np.hypot(*(bend[side].std(ddof=1) / np.sqrt(side.sum()) for side in (sister, other))))
        after = float(sales.units[sister, day : day + MONTH].sum())
        units = float(sales.units[own["row"].to_numpy(int), day : day + MONTH].sum())
        reach = student.ppf(0.5 + level / 2, min(sister.sum(), other.sum()) - 1) * error
        lost = (after * float(np.expm1(-each)) for each in (change, change + reach, change - reach))
        rows.append((launched, category, " and ".join(own["product_name"]), units, int(sister.sum()),
                     int(other.sum()), change, *lost))  # fmt: skip
    columns = [
        "launched",
        "category",
        "product_name",
        "units",
        "sisters",
        "others",
        "change",
        "lost",
        "low",
        "high",
    ]
    return pd.DataFrame(rows, columns=columns)


def _block(sales: Sales, start: int) -> np.ndarray:
    """ln units an order of each product in the 28 days from ``start`` on."""
    units = sales.units[:, start : start + MONTH].sum(axis=1)
    orders = float(sales.orders[start : start + MONTH].sum())
    found: np.ndarray = np.log((units + 0.5) / max(orders, 1.0))
    return found


def estimate_taken(sisters: pd.DataFrame, level: float = 0.9) -> Estimate:
    """Units that sisters lost for each unit of a launch, over all launches, those of one day together: 0.2 is
    one in five; below 0 sisters gained. Null ends with fewer than three days."""
    if sisters.empty or not sisters["units"].sum():
        return Estimate(None, n=0)
    one = sisters.assign(everything="all")
    row = estimate_ratios(one, ["everything"], "launched", "lost", "units", level).iloc[0]
    low, high = (None if np.isnan(row[end]) else float(row[end]) for end in ("low", "high"))
    level_of = None if low is None else level
    return Estimate(float(row["value"]), low, high, level=level_of, n=len(sisters))
