"""Who is worth winning back? Lapsed customers by segment, at the margin that a coupon was seen to add."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.models.customer_histories import SILENCE, name_silence

__all__ = ["compare_later", "estimate_segments", "list_segments"]

Array = NDArray[Any]
# Of the segments that are said to pay, at most this share is wrong on average.
FALSE_SHARE = 0.05
# Customers of a segment who ordered, below which an error cannot be told from so few.
FEWEST_BUYERS = 10
FREQUENCY = {1: "1 order", 2: "2-3 orders", 4: "4+ orders"}


class _Effects(NamedTuple):
    """What a coupon changes in each of several groups, its covariance, and what it was seen on."""

    values: Array
    covariance: Array
    n: Array
    n_buyers: Array


def estimate_segments(
    features: pd.DataFrame, followed: pd.DataFrame, depth: float, contact_cents: float, level: float = 0.9
) -> pd.DataFrame:
    """Margin that contacting each segment of lapsed customers once adds, its week and the four after.

    ``features``: today's customers (``n_orders``, ``days_since_last``); ``followed``:
    ``win_back_trial.load_followed``; ``depth``: of the coupon; ``contact_cents``: of every contact. Nothing
    is forecast: what coupons of random depth changed in all that a customer left in five weeks, discounts
    and orders pulled forward included. Least squares on the depth within segment and week, errors of
    customers' own sums, since their five weeks overlap.

    ``segment``, ``n`` (customers today), ``dollars_each`` (a contact), ``dollars``, ``low``, ``high``,
    ``n_weeks`` (customer-weeks of the trial), ``n_buyers`` (customers who ordered in them), ``pays`` (its
    interval is above 0, and of segments called so at most 5 % are wrong on average). Null where fewer than
    ten customers ordered; intervals of few are wider (t). Highest margin a contact first; the row "all" is
    last: all segments of which two depths were tried, null where fewer than ten of them ordered.
    """
    lapsed = features[features["days_since_last"] >= SILENCE[0]]
    segment = _segment(lapsed["n_orders"], lapsed["days_since_last"])
    n = segment.value_counts().sort_index()
    names = n.index.to_numpy()
    place = pd.Categorical(_segment(followed["n_orders"], followed["silent"]), categories=names).codes
    found = _compare_depths(followed[place >= 0], place[place >= 0], len(names), "dollars", depth)
    tried, size = np.isfinite(found.values), n.to_numpy(float)
    each = np.where(found.n_buyers >= FEWEST_BUYERS, found.values - contact_cents / 100, np.nan)
    se, freedom = np.sqrt(np.diag(found.covariance)), np.maximum(found.n_buyers - 1, 1)
    half = t.ppf(0.5 + level / 2, freedom)
    table = pd.DataFrame({"segment": names, "n": n.to_numpy(), "dollars_each": each, "dollars": each * size})
    table["low"], table["high"] = (each - half * se) * size, (each + half * se) * size
    table["n_weeks"], table["n_buyers"] = found.n, found.n_buyers
    table["pays"] = (table["low"] > 0) & (adjust_p_values(t.sf(each / se, freedom)) <= FALSE_SHARE)
    table = table.sort_values("dollars_each", ascending=False, ignore_index=True)
    whole = _add_up(found, np.where(tried, size, 0.0), contact_cents, level)
    return pd.concat([table, pd.DataFrame([whole])], ignore_index=True)


def _add_up(found: _Effects, size: Array, contact_cents: float, level: float) -> dict[str, Any]:
    """The row "all" of ``size`` customers by segment: a customer may have been in more than one."""
    total, n_buyers = size.sum(), found.n_buyers[size > 0].sum()
    value = size @ np.nan_to_num(found.values) - total * contact_cents / 100
    value = np.nan if n_buyers < FEWEST_BUYERS else value
    error = np.sqrt(size @ np.nan_to_num(found.covariance) @ size)
    half = t.ppf(0.5 + level / 2, max(n_buyers - 1, 1)) * error
    return {"segment": "all", "n": int(total), "dollars": value, "low": value - half, "high": value + half,
            "dollars_each": value / max(total, 1), "n_weeks": found.n.sum(), "n_buyers": n_buyers,
            "pays": bool(value - half > 0)}  # fmt: skip


def compare_later(followed: pd.DataFrame, depth: float, level: float = 0.9) -> dict[str, float]:
    """Orders that a coupon adds in the four weeks after its own, a contact, all lapsed customers together.

    ``value``, ``low``, ``high``, ``n`` (customer-weeks). Below 0 where it moved orders forward; null where
    fewer than ten customers ordered.
    """
    found = _compare_depths(followed, np.zeros(len(followed), int), 1, "n_later", depth)
    if found.n_buyers[0] < FEWEST_BUYERS:
        return {"value": np.nan, "low": np.nan, "high": np.nan, "n": float(found.n[0])}
    value, error = float(found.values[0]), float(np.sqrt(found.covariance[0, 0]))
    half = float(t.ppf(0.5 + level / 2, found.n_buyers[0] - 1)) * error
    return {"value": value, "low": value - half, "high": value + half, "n": float(found.n[0])}


def list_segments(features: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Customers of the named segments: ``customer_id``, ``segment``, ``days_since_last``, ``n_orders``."""
    lapsed = features[features["days_since_last"] >= SILENCE[0]]
    named = lapsed.assign(segment=_segment(lapsed["n_orders"], lapsed["days_since_last"]))
    columns = ["customer_id", "segment", "days_since_last", "n_orders"]
    return named.loc[named["segment"].isin(list(segments)), columns].sort_values(["segment", "customer_id"])


def _segment(n_orders: pd.Series, silent: pd.Series) -> pd.Series:
    starts = np.array(list(FREQUENCY))
    often = np.array(list(FREQUENCY.values()))[np.searchsorted(starts, n_orders, side="right") - 1]
    return pd.Series(often, index=n_orders.index, dtype=object) + ", silent " + name_silence(silent)


def _compare_depths(rows: pd.DataFrame, place: Array, k: int, column: str, depth: float) -> _Effects:
    """Change of the mean of ``column`` at ``depth`` against none, by group (``place``, 0 to k - 1)."""
    rows = rows.assign(place=place)
    y, dose = rows[column], rows["dose"]
    stratum = rows.groupby(["place", "week"])
    away = (dose - stratum["dose"].transform("mean")).to_numpy(float)
    rest = (y - stratum[column].transform("mean")).to_numpy(float)
    spread = np.bincount(place, away**2, minlength=k)
    customer, whose = pd.factorize(rows["customer"])
    buyers = rows.loc[(rows["n_in"] + rows["n_later"] > 0) & y.notna(), ["place", "customer"]]
    n_buyers = np.bincount(buyers.drop_duplicates()["place"].to_numpy(int), minlength=k)
    known = (spread > 0) & (np.bincount(place[y.isna()], minlength=k) == 0)
    spread = np.where(known, spread, np.nan)
    slope = np.bincount(place, away * rest, minlength=k) / spread
    own = away * (rest - slope[place] * away) / spread[place]
    sums = np.bincount(customer * k + place, own, minlength=len(whose) * k).reshape(-1, k)
    covariance = depth**2 * (sums.T @ sums) * len(whose) / max(len(whose) - 1, 1)
    # A group without an effect is null for all: it has no part in the others' errors.
    covariance[~known], covariance[:, ~known] = np.nan, np.nan
    return _Effects(depth * slope, covariance, np.bincount(place, minlength=k), n_buyers)
