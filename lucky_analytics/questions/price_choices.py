"""What the price response is worth: best prices, margin curves, withdrawn depths, with today's costs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.price_response import (
    draw_elasticities,
    estimate_best_price,
    estimate_margin_curve,
    estimate_withdrawal,
)
from lucky_analytics.methods.shrinkage import Shrunk
from lucky_analytics.questions.menu_costs import load_items
from lucky_analytics.questions.menu_engineering import WEEKS_A_MONTH, find_window

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "assemble_curves",
    "assemble_responses",
    "assemble_sides",
    "estimate_best_prices",
    "estimate_withdrawals",
    "load_category_prices",
]


def load_category_prices(suite: Suite, n_weeks: int = 8) -> pd.DataFrame:
    """List price, price paid and unit cost by category over the last ``n_weeks`` whole weeks, in dollars.

    ``category``, ``list_price``, ``paid_price``, ``unit_cost`` (ingredients, packaging, payment fee; over
    units whose cost is known), ``units_a_month``, ``known_share`` of the units.
    """
    window = find_window(suite.as_of, n_weeks)
    items = load_items(suite, window.start, window.end)
    known = items.ingredient_cents.notnull()
    cost = items.ingredient_cents + items.packaging_cents + items.fee_cents
    sums = items.group_by("category").agg(
        n=items.count(),
        listed=items.list_cents.mean() / 100,
        paid=items.paid_cents.mean() / 100,
        cost=ibis.ifelse(known, cost, ibis.null("float64")).mean() / 100,
        known=known.mean(),
    )
    frame = sums.order_by("category").execute()
    months = n_weeks / WEEKS_A_MONTH
    return pd.DataFrame(
        {
            "category": frame["category"],
            "list_price": frame["listed"],
            "paid_price": frame["paid"],
            "unit_cost": frame["cost"],
            "units_a_month": frame["n"] / months,
            "known_share": frame["known"],
        }
    )


def _draws(pooled: Shrunk, category: str, seed: int = 7) -> np.ndarray:
    own = pooled.rows[pooled.rows["category"] == category]
    return draw_elasticities(own["estimate"].item(), own["se"].item(), seed=seed)


def _pulled_draws(pulled: dict[str, float], n_draws: int, seed: int = 11) -> np.ndarray:
    """A share: draws beyond 0 and 1 are cut off."""
    draws = np.random.default_rng(seed).normal(pulled["value"], pulled["se"], n_draws)
    return np.clip(draws, 0.0, 1.0)


def estimate_best_prices(
    pooled: Shrunk, prices: pd.DataFrame, pulled: dict[str, float], deepest: float, level: float = 0.9
) -> pd.DataFrame:
    """The price with the most margin per category, between the deepest coupon tried and the list price.

    Adds to ``prices``: ``elasticity``, ``best``, ``best_low``, ``best_high`` (dollars), ``best_discount``
    (of the list price), ``gain`` of margin a month against today's price paid, with ``gain_low``,
    ``gain_high``: all units at the best price. Categories without a known cost are left out.
    """
    rows = []
    for row in prices.dropna(subset=["unit_cost"]).to_dict("records"):
        draws = _draws(pooled, row["category"])
        missing = _pulled_draws(pulled, len(draws))
        listed, cost = row["list_price"], row["unit_cost"]
        lowest = listed * (1 - deepest)
        best = estimate_best_price(draws, listed, cost, lowest, pulled=missing, level=level)
        at = np.array([row["paid_price"], best["value"]])
        units = (at[:, None] / listed) ** draws
        margin = units * (at - cost)[:, None] - missing * (units - 1) * (listed - cost)
        gain = (margin[1] - margin[0]) / units[0] * row["units_a_month"]
        low, high = np.quantile(gain, [0.5 - level / 2, 0.5 + level / 2])
        rows.append(
            row
            | {
                "elasticity": float(draws.mean()),
                **{
                    name: best[end]
                    for name, end in (("best", "value"), ("best_low", "low"), ("best_high", "high"))
                },
                "best_discount": 1 - best["value"] / listed,
                "gain": float(np.median(gain)),
                "gain_low": float(low),
                "gain_high": float(high),
            }
        )
    return pd.DataFrame(rows).sort_values("gain", ascending=False, ignore_index=True)


def assemble_curves(
    best: pd.DataFrame, pooled: Shrunk, pulled: dict[str, float], deepest: float, level: float = 0.9
) -> pd.DataFrame:
    """Margin at each price relative to the list price, per category: the frame of ``plot_margins``."""
    parts = []
    for row in best.to_dict("records"):
        draws = _draws(pooled, row["category"])
        prices = np.linspace(row["list_price"] * (1 - deepest), row["list_price"], 41)
        curve = estimate_margin_curve(
            draws, row["list_price"], row["unit_cost"], prices,
            pulled=_pulled_draws(pulled, len(draws)), level=level,
        )  # fmt: skip
        parts.append(curve.assign(category=row["category"]))
    return pd.concat(parts, ignore_index=True)


def assemble_sides(pooled: Shrunk, estimates: pd.DataFrame) -> pd.DataFrame:
    """Pooled elasticities beside the naive ones, most sensitive category first: for ``plot_elasticities``."""
    drawn = pooled.rows.assign(kind="drawn").sort_values("estimate")
    targeted = estimates[estimates["method"] == "naive"].assign(kind="targeted")
    order = {category: place for place, category in enumerate(drawn["category"])}
    both = pd.concat([drawn, targeted])[["category", "kind", "estimate", "low", "high"]]
    both = both.assign(place=both["category"].map(order)).dropna(subset=["place"])
    return both.sort_values(["place", "kind"], ignore_index=True).drop(columns="place")


def assemble_responses(drawn: pd.DataFrame, pooled: Shrunk, level: float = 0.9) -> pd.DataFrame:
    """Units bought per coupon shown, relative to depth 0, by category and depth, beside the fitted curve.

    ``category``, ``depth``, ``price`` (share of the list price), ``observed`` with ``observed_low``,
    ``observed_high`` (counts' own noise; depth 0 is 1 by construction), ``fitted``, ``n``, ``y``. Segments
    are weighted as they were shown, which is the same at every depth.
    """
    sums = drawn.groupby(["category", "depth"], as_index=False)[["n", "y", "y2"]].sum()
    zero = sums[sums["depth"] == 0].set_index("category")
    base = sums["category"].map(zero["y"] / zero["n"])
    rate = sums["y"] / sums["n"]
    spread = np.sqrt(sums["y2"]) / sums["y"]
    noise = np.hypot(spread, sums["category"].map(np.sqrt(zero["y2"]) / zero["y"])).where(
        sums["depth"] > 0, 0.0
    )
    half = norm.ppf(0.5 + level / 2) * noise
    elasticity = sums["category"].map(pooled.rows.set_index("category")["estimate"])
    price = 1 - sums["depth"].astype(float)
    return sums.assign(
        price=price,
        observed=rate / base,
        observed_low=rate / base * np.exp(-half),
        observed_high=rate / base * np.exp(half),
        fitted=price**elasticity,
    )


def estimate_withdrawals(
    cells: pd.DataFrame,
    pooled: Shrunk,
    prices: pd.DataFrame,
    pulled: dict[str, float],
    as_of: dt.date,
    n_weeks: int = 8,
    level: float = 0.9,
) -> pd.DataFrame:
    """What showing each depth without its discount would change, a month, over all categories.

    From the units sold with each depth in the last ``n_weeks`` whole weeks, drawn and targeted alike.
    ``depth``, ``n_units``, ``kept_share``, ``margin_now``, ``gain``, ``gain_low``, ``gain_high``, ``p_gain``.
    A category's error is the same at every depth; categories are added up draw by draw.
    """
    window = find_window(as_of, n_weeks)
    recent = cells[(cells["week_date"] >= pd.Timestamp(window.start)) & (cells["depth"] > 0)]
    sums = recent.groupby(["category", "depth"], as_index=False)["y"].sum()
    sums = sums.merge(prices.dropna(subset=["unit_cost"]), on="category")
    sums = sums.assign(depth=sums["depth"].astype(float), n_units=sums["y"] * WEEKS_A_MONTH / n_weeks)
    names = sums["category"].unique().tolist()
    draws = {name: _draws(pooled, name, seed=100 + k) for k, name in enumerate(names)}
    elasticity = np.stack([draws[name] for name in sums["category"]])
    missing = _pulled_draws(pulled, elasticity.shape[1])
    return estimate_withdrawal(sums, elasticity, pulled=missing, level=level)
