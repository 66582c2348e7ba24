"""What the menu earns: leaderboard, margin ladder, mean margin, and what to do with each product."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval
from lucky_analytics.methods.prices.price_response import Terms, forecast_units
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.elasticities import PriceAnswer
from lucky_analytics.questions.product.menu_engineering.steps import COSTS

__all__ = ["MeanMargin", "aggregate_ladder", "estimate_mean_margin", "find_actions", "rank_products"]


@dataclass(frozen=True)
class MeanMargin:
    """Dollars a unit over ``n_units`` units whose cost is known, with its interval."""

    value: float
    low: float
    high: float
    n_units: int


def estimate_mean_margin(weeks: pd.DataFrame, level: float = 0.9, seed: int = 7) -> MeanMargin:
    """Contribution margin of the average unit; the interval resamples weeks."""
    known = weeks[weeks["ingredient_cents"].notna()]
    sums = known.groupby("week")[["n_units", "paid_cents", *COSTS]].sum()
    units = sums["n_units"].to_numpy(float)
    dollars = (sums["paid_cents"] - sums[COSTS].sum(axis=1)).to_numpy(float) / 100
    draws = draw_block_weights(len(sums), seed=seed)
    low, high = quantile_interval((draws @ dollars) / (draws @ units), level)
    return MeanMargin(float(dollars.sum() / units.sum()), float(low), float(high), int(units.sum()))


def rank_products(weeks: pd.DataFrame, speed: pd.DataFrame, sort_by: str = "margin") -> pd.DataFrame:
    """The leaderboard, best first by ``sort_by``: ``units``, ``revenue``, ``margin`` or ``seconds``.

    ``units``, ``revenue`` and ``margin`` (dollars; null without cost) a month on the menu, ``list_price`` and
    ``net_price`` (dollars), ``discount`` (share of list), ``deep_share`` of units at half price or less,
    ``seconds`` to make one (fewest first), ``is_on_menu``, and the place by each: ``place_units`` and so on.
    """
    sums = weeks.groupby(["product_id", "product_name", "category", "is_on_menu"], as_index=False).agg(
        **{name: (name, "sum") for name in ("n_days", "n_units", "n_deep", "list_cents", "paid_cents")},
        cost_cents=("ingredient_cents", lambda cost: cost.sum(skipna=False)),
        other_cents=("packaging_cents", lambda cost: cost.sum(skipna=False)),
        fee_cents=("fee_cents", "sum"),
    )
    sums = sums[sums["n_units"] > 0]
    months = sums["n_days"] / 7 / WEEKS_A_MONTH
    margin = sums["paid_cents"] - sums["cost_cents"] - sums["other_cents"] - sums["fee_cents"]
    board = sums[["product_id", "product_name", "category", "is_on_menu"]].assign(
        units=sums["n_units"] / months,
        revenue=sums["paid_cents"] / 100 / months,
        margin=margin / 100 / months,
        list_price=sums["list_cents"] / sums["n_units"] / 100,
        net_price=sums["paid_cents"] / sums["n_units"] / 100,
        discount=1 - sums["paid_cents"] / sums["list_cents"],
        deep_share=sums["n_deep"] / sums["n_units"],
    )
    board = board.merge(speed[["product_id", "seconds"]], on="product_id", how="left")
    for name in ("units", "revenue", "margin", "seconds"):
        board[f"place_{name}"] = board[name].rank(ascending=name == "seconds", method="min")
    return board.sort_values([f"place_{sort_by}", "product_name"], ignore_index=True)


def aggregate_ladder(weeks: pd.DataFrame, by: str = "category") -> pd.DataFrame:
    """From list price to margin, dollars a unit, per ``by``, over units whose cost is known.

    ``list_price``, ``discount``, ``net_price``, ``ingredients``, ``packaging``, ``fee``, ``margin``,
    ``margin_rate`` (of the net price), ``n_units``; highest margin first. The steps add up.
    """
    known = weeks[weeks["ingredient_cents"].notna() & (weeks["n_units"] > 0)]
    sums = known.groupby(by)[["n_units", "list_cents", "paid_cents", *COSTS]].sum()
    unit = sums.div(sums["n_units"], axis=0) / 100
    ladder = pd.DataFrame(
        {
            "list_price": unit["list_cents"],
            "discount": unit["list_cents"] - unit["paid_cents"],
            "net_price": unit["paid_cents"],
            "ingredients": unit["ingredient_cents"],
            "packaging": unit["packaging_cents"],
            "fee": unit["fee_cents"],
            "margin": unit["paid_cents"] - unit[COSTS].sum(axis=1),
            "n_units": sums["n_units"].astype(int),
        }
    )
    ladder["margin_rate"] = ladder["margin"] / ladder["net_price"]
    return ladder.sort_values("margin", ascending=False).reset_index()


def find_actions(
    classes: pd.DataFrame, board: pd.DataFrame, answer: PriceAnswer | None = None, level: float = 0.9
) -> pd.DataFrame:
    """What to do with each product that has a class, and what it would bring where that is known.

    ``gain`` with ``gain_low``, ``gain_high``: dollars a month of a new price, for products to be repriced: at
    ``new_price`` a unit earns its category's mean (or is at list price), and as many units are sold as the
    category's elasticity says, ``units_change`` (share). Who leaves for another product of the category earns
    that mean there too, so that switching changes nothing. Null for all else, where nothing tells what buyers
    do; ``condition`` says on what it hangs. A plow horse discounted more deeply than its category is to be
    repriced where that clearly gains, keeps its price where it clearly loses, and is not known yet between;
    another is re-engineered. Best known gain first, then most margin.
    """
    rows = classes[classes["menu_class"].isin(["star", "plow horse", "puzzle", "dog"])].copy()
    rows = rows.merge(board[["product_id", "margin", "discount", "list_price", "net_price"]], on="product_id")
    usual = rows.groupby("category")["discount"].transform("mean")
    kinds = [rows["menu_class"] == name for name in ("star", "plow horse", "puzzle")]
    rows["action"] = np.select(
        [kinds[0], kinds[1] & (rows["discount"] > usual), kinds[1], kinds[2]],
        [
            "promote: keep it first",
            "reprice: less discount",
            "re-engineer: cheaper recipe",
            "promote: show it more",
        ],
        "retire, or replace",
    )
    priced = pd.DataFrame([_reprice(row, answer, level) for row in rows.to_dict("records")], index=rows.index)
    rows = rows.reindex(columns=[*rows.columns, *_PRICED]) if rows.empty else priced.combine_first(rows)
    columns = ["product_id", "product_name", "category", "menu_class", "probability", "action", "margin"]
    kept = rows[[*columns, "net_price", *_PRICED]]
    return kept.sort_values(["gain", "margin"], ascending=False, na_position="last", ignore_index=True)


_PRICED = ["new_price", "units_change", "gain", "gain_low", "gain_high", "condition"]


def _reprice(row: Mapping[Hashable, Any], answer: PriceAnswer | None, level: float) -> dict[str, Any]:
    """The last columns of ``find_actions`` for one product."""
    found = dict.fromkeys(_PRICED[:-1], np.nan)
    gap = row["margin_cut"] - row["unit_margin"]
    if not row["action"].startswith("reprice"):
        return found | {"condition": _condition(row, gap)}
    listed, paid = row["list_price"], row["net_price"]
    if answer is None or row["category"] not in answer.draws:
        return found | {"condition": f"not known: {row['category']} does not clearly answer to price"}
    if paid < listed * (1 - answer.deepest):
        return found | {"condition": "not known: customers pay less than any price that was tried"}
    new = min(paid + gap / (1 - answer.fee_rate), listed)
    terms = Terms(listed, paid, paid - row["unit_margin"], answer.fee_rate)
    units = forecast_units(answer.draws[row["category"]], terms, np.array([new]), answer.missing)[0]
    a_month = row["units_a_day"] * 7 * WEEKS_A_MONTH
    gain = a_month * (units * terms.margin(new) - row["unit_margin"])
    middle, low, high = (float(x) for x in np.quantile(gain, [0.5, 0.5 - level / 2, 0.5 + level / 2]))
    change = float(np.median(units) - 1)
    action = "keep the price" if high <= 0 else "not known yet: a higher price may lose"
    return {
        "action": "reprice: less discount" if low > 0 else action,
        "new_price": new,
        "units_change": change,
        "gain": middle,
        "gain_low": low,
        "gain_high": high,
        "condition": f"reckons with {-100 * change:.0f} % fewer units",
    }


def _condition(row: Mapping[Hashable, Any], gap: float) -> str:
    """On what an action hangs that no data tell."""
    if row["menu_class"] == "puzzle":
        times = row["share_cut"] / row["share"]
        return f"needs {times:.1f} times its units; what showing it more does was never tried"
    if row["menu_class"] == "plow horse":
        return f"each unit ${gap:.2f} cheaper to make, and liked as much"
    if row["menu_class"] == "dog":
        stay = max(row["unit_margin"], 0) / row["margin_cut"]
        return f"pays if more than {100 * stay:.0f} % of its buyers take another of its category"
    return ""
