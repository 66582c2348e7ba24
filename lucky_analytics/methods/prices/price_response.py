"""What a price response is worth: margin at every price, the best price, and each coupon depth withdrawn.

Constant elasticity: for each unit sold at list price, ``x ** e`` are sold while the price is the share ``x``
of it. Of the units that a discount adds, the share ``pulled`` is only bought earlier and missing in the weeks
after. Two questions use this in two ways:

- A price that stays. The units missing are missing every week, so that ``1 + (1 - pulled) (x ** e - 1)`` are
  sold in the long run, each at that price. Without pulling forward the best price is c e / (1 + e) for e < -1
  and a cost c that no price changes; with e >= -1 no price is too high and the answer lies beyond what was
  tried.
- A coupon of one week. The units missing would have been bought later at the price that customers then pay,
  which need not be the list price.

Uncertainty is carried by draws of the elasticity, (n_draws,), from the caller's fit.

References: Lerner (1934); Hendel and Nevo (2006), Econometrica 74, on short-run and long-run responses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError

__all__ = [
    "Terms",
    "draw_elasticities",
    "estimate_best_price",
    "estimate_margin_curve",
    "estimate_withdrawal",
    "forecast_units",
]

Array = NDArray[Any]


@dataclass(frozen=True)
class Terms:
    """A unit in dollars: ``list_price``; ``paid_price`` today, on average; ``unit_cost`` at that price, of
    which the payment fee rises by ``fee_rate`` with each dollar of the price. Floats, or arrays of one shape.

    Raises ``LuckyError`` when a list price does not cover the cost: no price would.
    """

    list_price: Any
    paid_price: Any
    unit_cost: Any
    fee_rate: Any = 0.0

    def __post_init__(self) -> None:
        left = np.atleast_1d(self.margin(self.list_price))
        if not (left > 0).all():
            listed = np.broadcast_to(self.list_price, left.shape)[~(left > 0)].flat[0]
            raise LuckyError(
                "margin of a unit",
                expected="a list price above the unit cost",
                got=f"{listed:.2f}, of which {np.nanmin(left):.2f} remain",
            )

    def margin(self, price: Any) -> Any:
        """What remains of a ``price``.

        >>> Terms(6.0, 4.0, 1.5, 0.02).margin(5.0)
        3.48
        """
        return price - self.unit_cost - self.fee_rate * (price - self.paid_price)


def draw_elasticities(estimate: float, se: float, n_draws: int = 4000, seed: int = 7) -> Array:
    """Normal draws of an elasticity, the same for the same seed, with exactly this mean and spread.

    >>> draws = draw_elasticities(-1.6, 0.1)
    >>> round(draws.mean().item(), 6), round(draws.std().item(), 6)
    (-1.6, 0.1)
    """
    draws = np.random.default_rng(seed).normal(size=n_draws)
    result: Array = estimate + se * (draws - draws.mean()) / draws.std()
    return result


def forecast_units(elasticity: Array, terms: Terms, prices: Array, pulled: Array | float = 0.0) -> Array:
    """Units in the long run at ``prices`` that stay, for each unit sold today; (prices, draws).

    >>> forecast_units(np.array([-2.0]), Terms(4.0, 4.0, 1.0), np.array([4.0, 2.0]), 0.5).ravel().tolist()
    [1.0, 2.5]
    """

    def lasting(price: Array) -> Array:
        return 1 + (1 - np.asarray(pulled)) * ((price / terms.list_price) ** elasticity - 1)

    units: Array = lasting(np.asarray(prices)[:, None]) / lasting(np.array([[terms.paid_price]]))
    return units


def estimate_margin_curve(
    elasticity: Array, terms: Terms, prices: Array, *, pulled: Array | float = 0.0, level: float = 0.9
) -> pd.DataFrame:
    """Units and contribution margin at each price that stays, for each unit sold at today's price.

    ``price``, ``units`` (1 is as many as today), ``margin`` (dollars), with ``units_low``, ``units_high``,
    ``margin_low``, ``margin_high``. At today's price both are known: the interval has no width there.

    >>> curve = estimate_margin_curve(np.full(2, -2.0), Terms(5.0, 5.0, 1.0), np.array([5.0, 2.5]))
    >>> curve["margin"].tolist()
    [4.0, 6.0]
    """
    units = forecast_units(elasticity, terms, prices, pulled)
    columns = {"price": prices}
    for name, values in (("units", units), ("margin", units * terms.margin(prices[:, None]))):
        columns[name] = np.median(values, axis=1)
        columns[f"{name}_low"], columns[f"{name}_high"] = _ends(values, level, axis=1)
    return pd.DataFrame(columns)


def estimate_best_price(
    elasticity: Array, terms: Terms, lowest: float, *, pulled: Array | float = 0.0, level: float = 0.9
) -> dict[str, float]:
    """Price that stays with the most margin from ``lowest`` to the list price, to a 400th of that range.

    ``value`` (median over draws), ``low``, ``high``. Prices beyond what was tried are not extrapolated: an
    end at ``lowest`` or at the list price says that the best price is there or beyond.

    >>> estimate_best_price(np.full(2, -2.0), Terms(5.0, 5.0, 1.5), 1.0)
    {'value': 3.0, 'low': 3.0, 'high': 3.0}
    >>> estimate_best_price(np.full(2, -0.9), Terms(5.0, 5.0, 1.5), 1.0)["value"]
    5.0
    """
    prices = np.round(np.linspace(lowest, terms.list_price, 401), 6)
    units = forecast_units(elasticity, terms, prices, pulled)
    best = prices[(units * terms.margin(prices[:, None])).argmax(axis=0)]
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

    ``depths``: ``depth`` (0 < d < 1), ``n_units`` sold with it, and the ``Terms`` of these units:
    ``list_price``, ``paid_price`` (at which units bought later are bought), ``unit_cost``, ``fee_rate``.
    ``elasticity``: draws for all rows, or one row of draws for each. Rows of the same ``by`` are added up,
    draw by draw. Returns per ``by``: ``n_units``, ``kept_share`` of them (those bought later included),
    ``margin_now``, ``gain`` of margin with ``gain_low``, ``gain_high`` (above zero: withdrawing earns),
    ``p_gain``: chance of that. Assumes that nobody switches to another depth or category.

    >>> terms = {"list_price": [6.0], "paid_price": [6.0], "unit_cost": [1.0], "fee_rate": [0.0]}
    >>> depths = pd.DataFrame({"depth": [0.5], "n_units": [100]} | terms)
    >>> estimate_withdrawal(depths, np.full(2, -1.0))[["kept_share", "gain"]].to_numpy().tolist()
    [[0.5, 50.0]]
    """
    if not depths["depth"].between(0, 1, inclusive="neither").all():
        raise LuckyError("withdrawn coupons", expected="depths between 0 and 1", got="others")
    names = ("depth", "n_units", "list_price", "paid_price", "unit_cost", "fee_rate")
    depth, units, *amounts = (depths[name].to_numpy(float)[:, None] for name in names)
    terms = Terms(*amounts)
    at_list = units * (1 - depth) ** -elasticity
    later = np.asarray(pulled) * (units - at_list)
    kept = at_list + later
    now = units * terms.margin(terms.list_price * (1 - depth))
    position, groups = depths[by].factorize(sort=True)
    total = (position == np.arange(len(groups))[:, None]).astype(float)
    gain = total @ (at_list * terms.margin(terms.list_price) + later * terms.margin(terms.paid_price) - now)
    low, high = _ends(gain, level, axis=1)
    return pd.DataFrame(
        {
            by: groups,
            "n_units": (total @ units)[:, 0],
            "kept_share": np.median((total @ kept) / (total @ units), axis=1),
            "margin_now": (total @ now)[:, 0],
            "gain": np.median(gain, axis=1),
            "gain_low": low,
            "gain_high": high,
            "p_gain": (gain > 0).mean(axis=1),
        }
    )


def _ends(values: Array, level: float, axis: int | None = None) -> Array:
    ends: Array = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2], axis=axis)
    return ends
