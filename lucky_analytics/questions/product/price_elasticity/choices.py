"""What the price response is worth: best prices, margin curves, withdrawn depths, with today's costs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.inference.shrinkage import Shrunk
from lucky_analytics.methods.prices.price_response import (
    Terms,
    draw_elasticities,
    estimate_best_price,
    estimate_margin_curve,
    forecast_units,
)
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models.elasticities import find_responding
from lucky_analytics.models.price_steps import CUT, RAISE, WAIT
from lucky_analytics.models.price_terms import TERMS

__all__ = [
    "assemble_charges",
    "assemble_curves",
    "assemble_prices",
    "assemble_responses",
    "assemble_sides",
    "estimate_best_prices",
    "value_programme",
    "withhold_unknown",
]


def _draws(pooled: Shrunk, category: str, seed: int = 7) -> np.ndarray:
    own = pooled.rows[pooled.rows["category"] == category]
    return draw_elasticities(own["estimate"].item(), own["se"].item(), seed=seed)


def _terms(row: Mapping[Hashable, Any]) -> Terms:
    return Terms(*(row[name] for name in TERMS))


def estimate_best_prices(
    pooled: Shrunk, prices: pd.DataFrame, pulled: PulledForward, deepest: float, level: float = 0.9
) -> pd.DataFrame:
    """The price with the most margin per category, between the deepest coupon tried and the list price.

    ``prices``: those of ``split_priced``. Adds ``elasticity``, ``best``, ``best_low``, ``best_high``
    (dollars), ``best_discount`` (of the list price), ``edge`` (in words, where the best price may lie beyond
    what was tried), and ``gain`` of margin a month in the long run, every unit at the best price instead of
    today's mean, with ``gain_low``, ``gain_high``. ``responds``: units clearly answer to the price.
    """
    rows = []
    clear = find_responding(pooled.rows.set_index("category"))
    for row in prices.to_dict("records"):
        draws, terms = _draws(pooled, row["category"]), _terms(row)
        missing, lowest = pulled.draw_along(draws, row["category"]), row["list_price"] * (1 - deepest)
        best = estimate_best_price(draws, terms, lowest, pulled=missing, level=level)
        units = forecast_units(draws, terms, np.array([best["value"]]), missing)[0]
        gain = units * terms.margin(best["value"]) - terms.margin(row["paid_price"])
        middle, low, high = row["units_a_month"] * np.quantile(gain, [0.5, 0.5 - level / 2, 0.5 + level / 2])
        rows.append(
            row
            | {
                "elasticity": float(draws.mean()),
                "responds": bool(clear[row["category"]]),
                **{
                    name: best[end]
                    for name, end in (("best", "value"), ("best_low", "low"), ("best_high", "high"))
                },
                "best_discount": 1 - best["value"] / row["list_price"],
                "edge": _describe_edge(best, lowest, row["list_price"]),
                "gain": float(middle),
                "gain_low": float(low),
                "gain_high": float(high),
            }
        )
    columns = [
        *prices.columns,
        "elasticity",
        "responds",
        "best",
        "best_low",
        "best_high",
        "best_discount",
        "edge",
    ]
    frame = pd.DataFrame(rows, columns=[*columns, "gain", "gain_low", "gain_high"])
    return frame.sort_values("gain", ascending=False, ignore_index=True)


def withhold_unknown(best: pd.DataFrame, withdrawals: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames as a page shows them: nothing of another price where units do not clearly answer to it.

    ``best``: of a category that does not respond, prices and gains are null and ``edge`` is "not known".
    ``withdrawals``: where no category responds, all but ``depth``, ``n_units`` and ``margin_now`` is null.
    """
    shown, left = best.copy(), withdrawals.copy()
    is_silent = ~shown["responds"].astype(bool)
    ends = ["", "_low", "_high"]
    shown.loc[is_silent, [f"{name}{end}" for name in ("best", "gain") for end in ends]] = np.nan
    shown.loc[is_silent, "best_discount"] = np.nan
    shown.loc[is_silent, "edge"] = "not known"
    if is_silent.all():
        left[["kept_share", "p_gain", *(f"gain{end}" for end in ends)]] = np.nan
    return shown.sort_values("gain", ascending=False, ignore_index=True), left


def value_programme(programme: pd.DataFrame) -> pd.Series:
    """What coupons bring: the other side of their withdrawal, as ``worth`` with both ends.

    ``programme``: one row of ``coupon_withdrawals.estimate_withdrawals``, by ``programme``.
    """
    row = programme.iloc[0]
    turned = {"worth": "gain", "worth_low": "gain_high", "worth_high": "gain_low"}
    return pd.concat([row, pd.Series({name: -row[gain] for name, gain in turned.items()})])


def assemble_prices(best: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """``best`` with the ``steps`` of its categories, those to be taken first, then the most to gain.

    Adds ``decision`` (in words), ``next_price``, ``next_discount``, ``units_change`` and ``step_gain`` with
    ``step_gain_low``, ``step_gain_high`` (dollars a month).
    """
    gains = {f"gain{end}": f"step_gain{end}" for end in ("", "_low", "_high")}
    words = {RAISE: "less discount", CUT: "more discount", WAIT: "as today"}
    found = steps.assign(decision=steps["stance"].map(words).mask(steps["gain"].isna(), "not known"))
    columns = [
        "category",
        "decision",
        "stance",
        "next_price",
        "next_discount",
        "units_change",
        *gains.values(),
    ]
    both = best.merge(found.rename(columns=gains)[columns], on="category")
    order = both.assign(waits=both["stance"] == WAIT).sort_values(
        ["waits", "step_gain"], ascending=[True, False]
    )
    return order.drop(columns="waits").reset_index(drop=True)


def assemble_charges(prices: pd.DataFrame, deepest: float) -> pd.DataFrame:
    """The frame of ``plot_charges``; ``prices``: as from ``assemble_prices``."""
    moves = prices["stance"] != WAIT
    labels = [_say_charge(row) for row in prices.to_dict("records")]
    return prices.assign(
        lowest=prices["list_price"] * (1 - deepest),
        next_price=prices["next_price"].where(moves),
        label=labels,
    )


def _say_charge(row: Mapping[Hashable, Any]) -> str:
    """What a category's price becomes and what that brings, in thousands of dollars."""
    if row["stance"] == WAIT:
        return f"${row['paid_price']:.2f} stays"
    value, low, high = (row[f"step_gain{end}"] / 1e3 for end in ("", "_low", "_high"))
    prices = f"${row['paid_price']:.2f} to ${row['next_price']:.2f}"
    return f"{prices}: +${value:.1f}K ({low:.1f} to {high:.1f})"


def _describe_edge(best: dict[str, float], lowest: float, listed: float) -> str:
    if best["value"] > listed - 0.005:
        return "list price or above"
    if best["value"] < lowest + 0.005:
        return "deepest tried or below"
    return "may be above the list price" if best["high"] > listed - 0.005 else ""


def assemble_curves(
    best: pd.DataFrame, pooled: Shrunk, pulled: PulledForward, deepest: float, level: float = 0.9
) -> pd.DataFrame:
    """Margin at each price that was tried, relative to today's, per category: the frame of ``plot_margins``.

    Categories that lose money today are left out, as nothing is relative to a loss, and those that do not
    clearly answer to price.
    """
    parts = []
    for row in best[best["responds"].astype(bool)].to_dict("records"):
        draws, terms = _draws(pooled, row["category"]), _terms(row)
        today = terms.margin(row["paid_price"])
        if today <= 0:
            continue
        prices = np.linspace(row["list_price"] * (1 - deepest), row["list_price"], 41)
        missing = pulled.draw_along(draws, row["category"])
        curve = estimate_margin_curve(draws, terms, prices, pulled=missing, level=level)
        margins = ["margin", "margin_low", "margin_high"]
        parts.append(curve.assign(category=row["category"], **(curve[margins] / today)))
    columns = ["category", "price", "margin", "margin_low", "margin_high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


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
