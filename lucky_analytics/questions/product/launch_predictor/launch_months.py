"""Each launch's first month, foretold from its first days: past ones by the others, open ones by all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.methods.forecasts.launch_forecast import (
    FEWEST,
    LeftOut,
    fit_launches,
    foretell_month,
    leave_out,
    widen,
)
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.models.measure import Measure, Promise
from lucky_analytics.questions.product.launch_predictor.launches import (
    MONTH,
    Sales,
    due_date,
    sum_first_days,
)

__all__ = [
    "Foretold",
    "estimate_error",
    "estimate_gain",
    "estimate_inside",
    "foretell",
    "foretell_past",
    "list_promises",
    "score_days",
]


@dataclass(frozen=True)
class Foretold:
    """``past``: launches whose month is known and that others could foretell after ``n_first`` days;
    ``ahead``: those whose month is not over, from all the days that are known of them. Both as
    ``launches.sum_first_days`` with ``value``, ``low``, ``high`` (units of the month), ``kind`` (by its kind
    alone) and ``weight`` (of its own start); ``past`` also ``off``, ``off_naive`` and ``off_kind``: ln of
    foretold to came. ``n_fit``: past launches in all."""

    past: pd.DataFrame
    ahead: pd.DataFrame
    n_fit: int


def foretell(sales: Sales, launches: pd.DataFrame, n_first: int = 3, level: float = 0.9) -> Foretold:
    """``launches`` of ``find_launches``. A launch without a unit in its first days, or in its month, is left
    out of what is learnt from. Nothing is foretold with fewer than ``FEWEST`` whole months; an open month is
    at least what is sold already."""
    past = foretell_past(sales, launches, n_first, level)
    parts = []
    under_way = launches[~launches["is_whole"] & (launches["age"] >= n_first)]
    for age in sorted(set(under_way["age"].astype(int).tolist())):
        whole = _learn_from(sales, launches, age)
        rows = sum_first_days(sales, under_way[under_way["age"] == age], age)
        if len(whole) >= FEWEST:
            found = foretell_month(
                fit_launches(*_columns(whole)), *_columns(rows, "early counted orders category")
            )
            reach = widen(_leave_out(whole), whole["month"].to_numpy(), level)
            parts.append(_shape(rows, found, reach))
    none = _shape(sum_first_days(sales, launches.head(0), n_first), None, np.nan)
    ahead = pd.concat(parts or [none], ignore_index=True)
    for name in ("value", "low", "high"):
        ahead[name] = np.maximum(ahead[name], ahead["so_far"])
    ahead = ahead.sort_values(["launched", "product_name"], ascending=[False, True], ignore_index=True)
    return Foretold(past, ahead, len(_learn_from(sales, launches, n_first)))


def foretell_past(sales: Sales, launches: pd.DataFrame, n_first: int, level: float = 0.9) -> pd.DataFrame:
    """``Foretold.past``: each whole month as the launches of other days foretell it."""
    whole = _learn_from(sales, launches, n_first)
    if len(whole) < FEWEST:
        return _shape(whole.head(0), None, np.nan).assign(off=0.0, off_naive=0.0, off_kind=0.0)
    left = _leave_out(whole)
    known = ~np.isnan(left.month)
    reach = widen(left, whole["month"].to_numpy(), level)
    past = _shape(whole[known], LeftOut(*(each[known] for each in left)), reach)
    for name, of in (("off", "value"), ("off_naive", "naive"), ("off_kind", "kind")):
        past[name] = np.log(past[of] / past["month"])
    return past


def score_days(
    sales: Sales,
    launches: pd.DataFrame,
    days: Sequence[int] = (1, 2, 3, 5, 7, 10, 14, 21),
    level: float = 0.9,
) -> pd.DataFrame:
    """By how much months were off when so many days were known: ``days``, ``value``, ``low``, ``high``
    (shares), ``naive`` (the days carried on), ``n``."""
    rows = []
    for n_first in days:
        past = foretell_past(sales, launches, n_first, level)
        error = estimate_error(past, "off", level)
        if error.value is not None:
            rows.append((n_first, error.value, error.low, error.high, estimate_error(past, "off_naive").value,
                         len(past)))  # fmt: skip
    return pd.DataFrame(rows, columns=["days", "value", "low", "high", "naive", "n"])


def _learn_from(sales: Sales, launches: pd.DataFrame, n_first: int) -> pd.DataFrame:
    rows = sum_first_days(sales, launches, n_first)
    whole = rows["is_whole"] & (rows["counted"] > 0) & (rows["orders"] > 0) & rows["early"].gt(0)
    return rows[whole.astype(bool)].reset_index(drop=True)


def _columns(rows: pd.DataFrame, names: str = "early counted month orders category") -> list[np.ndarray]:
    return [rows[name].to_numpy() for name in names.split()]


def _leave_out(whole: pd.DataFrame) -> LeftOut:
    early, counted, month, orders, kind = _columns(whole)
    return leave_out(early, counted, month, orders, kind, whole["launched"].to_numpy())


def _shape(rows: pd.DataFrame, found: LeftOut | None, reach: float) -> pd.DataFrame:
    none = np.zeros(len(rows))
    month, sd, kind, weight = (none, none, none, none) if found is None else found
    return rows.assign(
        value=np.exp(month), low=np.exp(month - reach * sd), high=np.exp(month + reach * sd),
        kind=np.exp(kind), weight=weight,
    ).reset_index(drop=True)  # fmt: skip


def estimate_error(past: pd.DataFrame, of: str = "off", level: float = 0.9) -> Estimate:
    """By what share a month foretold was off, the mean over launches (of the logarithm, without its sign),
    those of one day together. ``of``: ``off``, ``off_naive`` or ``off_kind``."""
    if past.empty:
        return Estimate(None, n=0)
    found = estimate_mean(past[of].abs().to_numpy(float), past["launched"].to_numpy(), level=level).mean
    low = None if found.low is None else float(np.expm1(max(found.low, 0.0)))
    high = None if found.high is None else float(np.expm1(found.high))
    value = None if found.value is None else float(np.expm1(found.value))
    return Estimate(value, low, high, level=found.level, n=found.n)


def estimate_gain(past: pd.DataFrame, level: float = 0.9) -> Estimate:
    """By how much less, ln, months were off than by the better of both simple rules: the first days carried
    on, or launches of the kind. Above 0 the forecast is better. The better one is chosen on the same
    launches, which is in its favour."""
    if past.empty:
        return Estimate(None, n=0)
    rules = [past[of].abs().to_numpy(float) for of in ("off_naive", "off_kind")]
    best = min(rules, key=lambda off: float(off.mean()))
    gained = best - past["off"].abs().to_numpy(float)
    return estimate_mean(gained, past["launched"].to_numpy(), level=level).mean


def estimate_inside(past: pd.DataFrame, level: float = 0.9) -> Estimate:
    """The share of past months that lay within the interval they were foretold with."""
    n = len(past)
    if not n:
        return Estimate(None, n=0)
    held = int(((past["low"] <= past["month"]) & (past["month"] <= past["high"])).sum())
    low, high = (float(end) for end in wilson_interval(held, n, level))
    return Estimate(held / n, low, high, level=level, n=n)


def list_promises(ahead: pd.DataFrame, level: float = 0.9) -> list[Promise]:
    """The months that are not over, to be held against what comes: one for each product, in units."""
    promises = []
    for row in ahead.to_dict("records"):
        start, due = row["launched"].date(), due_date(row["launched"])
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        if np.isfinite(high):
            measure = Measure("units", {"product_id": str(row["product_id"])}, start, due)
            name = f"first_month_{row['product_id']}".lower()
            label = f"Units of {row['product_name']} in its first {MONTH} days"
            promises.append(Promise(name, value, low, high, level, due, measure, label))
    return promises
