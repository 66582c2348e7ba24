"""What the menu earns: leaderboard, margin ladder, mean margin, and what to do with each product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval
from lucky_analytics.models.calendar import WEEKS_A_MONTH
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


def find_actions(classes: pd.DataFrame, board: pd.DataFrame) -> pd.DataFrame:
    """What to do with each product that has a class, and the margin a month at stake, most first.

    ``stake``: what reaching the category's cut would add, all else equal: for a puzzle its popularity cut,
    for a plow horse its margin cut, for a dog the category's mean margin on the same units (its buyers take
    an average product instead); for a star what it earns now. ``stake_low``, ``stake_high`` carry the
    interval of the margin (of the share, for a puzzle). A plow horse discounted more deeply than its
    category is to be repriced, another re-engineered. ``may_lose``: share of its units that a repriced
    product may lose before its stake is gone (null for other actions, which change no price).
    """
    rows = classes[classes["menu_class"].isin(["star", "plow horse", "puzzle", "dog"])].copy()
    rows = rows.merge(board[["product_id", "margin", "discount"]], on="product_id")
    usual = rows.groupby("category")["discount"].transform("mean")
    a_month = rows["units_a_day"] * 7 * WEEKS_A_MONTH
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

    def stake(margin: pd.Series, share: pd.Series) -> pd.Series:
        gap = (rows["margin_cut"] - margin) * a_month
        missing = (rows["share_cut"] / share - 1).clip(lower=0) * a_month * rows["unit_margin"]
        return pd.Series(np.select([kinds[0], kinds[2]], [margin * a_month, missing], gap), index=rows.index)

    unit, share = rows["unit_margin"], rows["share"]
    rows["stake"] = stake(unit, share)
    ends = pd.concat(
        [
            stake(rows["unit_margin_low"], rows["share_low"]),
            stake(rows["unit_margin_high"], rows["share_high"]),
        ],
        axis=1,
    )
    rows["stake_low"], rows["stake_high"] = ends.min(axis=1), ends.max(axis=1)
    left = 1 - rows["unit_margin"].clip(lower=0) / rows["margin_cut"]
    rows["may_lose"] = left.where(rows["action"].str.startswith("reprice") & (rows["margin_cut"] > 0))
    columns = ["product_id", "product_name", "category", "menu_class", "probability", "action", "margin"]
    kept = rows[[*columns, "stake", "stake_low", "stake_high", "may_lose"]]
    return kept.sort_values("stake", ascending=False, ignore_index=True)
