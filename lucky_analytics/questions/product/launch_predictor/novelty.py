"""How launches lose as they stop being new: units an order by week, beside products that were there
before."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.questions.product.launch_predictor.launches import MONTH, Sales

__all__ = ["N_WEEKS", "SETTLED", "average_weeks", "estimate_novelty", "follow_launches"]

N_WEEKS = 8
SETTLED = (4, 5, 6, 7)  # weeks, from 0, that the first one is held against
_FEWEST_OTHERS = 3
_YOUNG = 3  # months of 28 days in which a product still loses its own novelty
_GAP = 3  # days without a sale at the end of the eight weeks that are no leaving


def follow_launches(sales: Sales, launches: pd.DataFrame) -> pd.DataFrame:
    """Each launch's first eight weeks: ``product_id``, ``product_name``, ``launched``, ``week`` (0 is the
    first), ``change``: ln units an order against its first week, less the same of products that were
    there long before (the mean of their own changes), so that what all products gain or lose is no part of
    it.

    Of launches that were on the menu for eight known weeks; those beside which fewer than three older
    products were sold do not appear. Half a unit is added to each week, so that a week without one is no
    infinite fall.
    """
    rows = []
    span = 7 * N_WEEKS
    lasts = sales.products["last"].to_numpy(int)
    firsts = sales.products["first"].to_numpy(int)
    for each in launches[launches["age"] >= span].to_dict("records"):
        first, row = int(each["first"]), int(each["row"])
        if lasts[row] < first + span - _GAP:
            continue
        weeks = _weekly(sales, first, N_WEEKS)
        is_old = (firsts < MONTH) | (firsts <= first - _YOUNG * MONTH)
        others = (firsts >= 0) & (firsts <= first - MONTH) & is_old & (lasts >= first + span - _GAP)
        if others.sum() < _FEWEST_OTHERS:
            continue
        own, usual = weeks[row], weeks[others].mean(axis=0)
        change = (own - own[0]) - (usual - usual[0])
        names = (each["product_id"], each["product_name"], each["launched"])
        rows += [(*names, week, float(change[week])) for week in range(N_WEEKS)]
    return pd.DataFrame(rows, columns=["product_id", "product_name", "launched", "week", "change"])


def _weekly(sales: Sales, first: int, n_weeks: int) -> np.ndarray:
    """ln units an order of each product by week from ``first`` on: (products, weeks)."""
    until = first + 7 * n_weeks
    units = sales.units[:, first:until].reshape(len(sales.units), n_weeks, 7).sum(axis=2)
    orders = sales.orders[first:until].reshape(n_weeks, 7).sum(axis=1)
    found: np.ndarray = np.log((units + 0.5) / np.maximum(orders, 1.0))
    return found


def estimate_novelty(followed: pd.DataFrame, level: float = 0.9) -> Estimate:
    """By what share weeks five to eight stand below the first (0.3: three tenths fewer units an order), the
    mean over launches, those of one day together. Below 0 they stand above."""
    if followed.empty:
        return Estimate(None, n=0)
    late = followed[followed["week"].isin(SETTLED)].groupby(["product_id", "launched"])["change"].mean()
    found = estimate_mean(
        late.to_numpy(float), late.index.get_level_values("launched").to_numpy(), level=level
    )
    mean = found.mean
    low, high = (None if end is None else float(-np.expm1(end)) for end in (mean.high, mean.low))
    value = None if mean.value is None else float(-np.expm1(mean.value))
    return Estimate(value, low, high, level=mean.level, n=mean.n)


def average_weeks(followed: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """The mean change by week, as shares of the first: ``week`` (from 1), ``value``, ``low``, ``high``,
    ``n``."""
    rows = []
    for week in range(N_WEEKS if len(followed) else 0):
        own = followed[followed["week"] == week]
        means = own.groupby("launched")["change"].mean().to_numpy(float)
        n_days = len(means)
        half = np.nan
        if n_days > 1:
            half = float(student.ppf(0.5 + level / 2, n_days - 1) * means.std(ddof=1) / np.sqrt(n_days))
        mean = float(own["change"].mean())
        rows.append((week + 1, *(float(np.exp(end)) for end in (mean, mean - half, mean + half)), len(own)))
    return pd.DataFrame(rows, columns=["week", "value", "low", "high", "n"])
