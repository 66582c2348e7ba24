"""What a price response is worth: margin at every price, the best price, and each coupon depth withdrawn.

Constant elasticity: units at list price P and discount d are proportional to (1 - d)^e. With unit cost c,
margin per unit is P(1 - d) - c. The best price of a monopolist with e < -1 is c e / (1 + e)
when nothing is pulled forward; with e >= -1 no price is too high and the answer lies outside what was tried.

Of the units that a discount adds, the share ``pulled`` would have been bought later at list price: they are
sold now and missing then.

Uncertainty is carried by draws of the elasticity, (n_draws,), from the caller's fit.

Reference: Lerner (1934).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError

__all__ = ["draw_elasticities", "estimate_best_price", "estimate_margin_curve", "estimate_withdrawal"]

Array = NDArray[Any]


def draw_elasticities(estimate: float, se: float, n_draws: int = 4000, seed: int = 7) -> Array:
    """Normal draws of an elasticity, the same for the same seed, with exactly this mean and spread.

    >>> draws = draw_elasticities(-1.6, 0.1)
    >>> round(draws.mean().item(), 6), round(draws.std().item(), 6)
    (-1.6, 0.1)
    """
    draws = np.random.default_rng(seed).normal(size=n_draws)
    result: Array = estimate + se * (draws - draws.mean()) / draws.std()
    return result


def estimate_margin_curve(
    elasticity: Array,
    list_price: float,
    unit_cost: float,
    prices: Array,
    *,
    pulled: Array | float = 0.0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Contribution margin at each net price relative to that at the list price.

    ``price``, ``units`` (sold now) and ``margin`` (less what is missing later), both relative to the list
    price (1 is no change), with ``units_low``, ``units_high``, ``margin_low``, ``margin_high``. Raises
    ``LuckyError`` when the list price does not cover the cost: then there is nothing to compare with.

    >>> curve = estimate_margin_curve(np.full(2, -2.0), 5.0, 1.0, np.array([5.0, 2.5]))
    >>> curve["margin"].tolist()
    [1.0, 1.5]
    """
    units, margin = _response(elasticity, list_price, unit_cost, prices, pulled)
    columns = {"price": prices}
    for name, values in (("units", units), ("margin", margin)):
        columns[name] = np.median(values, axis=1)
        columns[f"{name}_low"], columns[f"{name}_high"] = _ends(values, level, axis=1)
    return pd.DataFrame(columns)


def estimate_best_price(
    elasticity: Array,
    list_price: float,
    unit_cost: float,
    lowest: float,
    *,
    pulled: Array | float = 0.0,
    level: float = 0.9,
) -> dict[str, float]:
    """Price with the most margin from ``lowest`` to the list price, to a four-hundredth of that range.

    ``value`` (median over draws), ``low``, ``high``. Prices beyond what was tried are not extrapolated: an
    end at ``lowest`` or at the list price says that the best price is there or beyond.

    >>> estimate_best_price(np.full(2, -2.0), 5.0, 1.5, 1.0)
    {'value': 3.0, 'low': 3.0, 'high': 3.0}
    >>> estimate_best_price(np.full(2, -0.9), 5.0, 1.5, 1.0)["value"]
    5.0
    """
    prices = np.round(np.linspace(lowest, list_price, 401), 6)
    best = prices[_response(elasticity, list_price, unit_cost, prices, pulled)[1].argmax(axis=0)]
    low, high = _ends(best, level)
    return {"value": float(np.median(best)), "low": float(low), "high": float(high)}


def estimate_withdrawal(
    depths: pd.DataFrame,
    elasticity: Array,
    *,
    pulled: Array | float = 0.0,
    by: str = "depth",
    level: float = 0.9,
) -> pd.DataFrame:
    """What withdrawing each depth would change: the same notice without a discount, at list price.

    ``depths``: ``depth`` (0 < d < 1), ``n_units`` sold with it, ``list_price`` and ``unit_cost`` (means over
    these units, in dollars). ``elasticity``: draws for all rows, or one row of draws for each. Rows of the
    same ``by`` are added up, draw by draw. Returns per ``by``: ``n_units``, ``kept_share`` of them (those
    bought later included), ``margin_now``, ``gain`` of margin with ``gain_low``, ``gain_high`` (above zero:
    withdrawing earns), ``p_gain``: chance of that. Assumes that nobody switches to another depth or category.

    >>> depths = pd.DataFrame({"depth": [0.5], "n_units": [100], "list_price": [6.0], "unit_cost": [1.0]})
    >>> estimate_withdrawal(depths, np.full(2, -1.0))[["kept_share", "gain"]].to_numpy().tolist()
    [[0.5, 50.0]]
    """
    if not depths["depth"].between(0, 1, inclusive="neither").all():
        raise LuckyError("withdrawn coupons", expected="depths between 0 and 1", got="others")
    depth, units, price, cost = (
        depths[name].to_numpy(float)[:, None] for name in ("depth", "n_units", "list_price", "unit_cost")
    )
    response = (1 - depth) ** elasticity
    kept = units * (1 + np.asarray(pulled) * (response - 1)) / response
    now = units * (price * (1 - depth) - cost)
    position, names = depths[by].factorize(sort=True)
    total = (position == np.arange(len(names))[:, None]).astype(float)
    gain = total @ (kept * (price - cost) - now)
    low, high = _ends(gain, level, axis=1)
    return pd.DataFrame(
        {
            by: names,
            "n_units": (total @ units)[:, 0],
            "kept_share": np.median((total @ kept) / (total @ units), axis=1),
            "margin_now": (total @ now)[:, 0],
            "gain": np.median(gain, axis=1),
            "gain_low": low,
            "gain_high": high,
            "p_gain": (gain > 0).mean(axis=1),
        }
    )


def _response(
    elasticity: Array, list_price: float, unit_cost: float, prices: Array, pulled: Array | float
) -> tuple[Array, Array]:
    """Units and margin relative to the list price, (prices, draws)."""
    if list_price <= unit_cost:
        raise LuckyError(
            "margin curve",
            expected="a list price above the unit cost",
            got=f"{list_price:.2f} and {unit_cost:.2f}",
        )
    units = (prices[:, None] / list_price) ** elasticity
    later = np.asarray(pulled) * (units - 1)
    margin = units * ((prices - unit_cost) / (list_price - unit_cost))[:, None] - later
    return units, margin


def _ends(values: Array, level: float, axis: int | None = None) -> Array:
    ends: Array = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2], axis=axis)
    return ends
