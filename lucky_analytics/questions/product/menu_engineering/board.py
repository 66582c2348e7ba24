"""What the menu earns: leaderboard, margin ladder, mean margin, and what to do with each product."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.elasticities import PriceAnswer
from lucky_analytics.models.price_steps import RAISE, WAIT, estimate_steps
from lucky_analytics.questions.product.menu_engineering.steps import COSTS

__all__ = ["MeanMargin", "aggregate_ladder", "estimate_mean_margin", "plan_products", "rank_products"]


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


def plan_products(
    board: pd.DataFrame,
    classes: pd.DataFrame,
    answer: PriceAnswer | None = None,
    steps: pd.DataFrame | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """``board`` with the class of each product, its next price, what to do and on what that hangs.

    ``classes`` as from ``classify_products``, ``steps``: of the categories, ``price_steps.estimate_steps``. A
    product takes the step of its category, or its own where the category's is not clear and its own is:
    ``stance``, ``next_price`` and the like are those of ``estimate_steps``. Who switches within the
    category is not counted. Where the price stays, ``action`` follows from the class, and no money is put on
    it: what showing more, a cheaper recipe or a retirement does was never tried.
    """
    columns = ["share", "share_cut", "unit_margin", "margin_cut", "menu_class", "probability"]
    rows = board.merge(classes[["product_id", *columns]], on="product_id", how="left")
    rows = rows.assign(
        menu_class=rows["menu_class"].fillna(
            rows["is_on_menu"].map({True: "cost not known", False: "left the menu"})
        ),
        paid_price=rows["net_price"],
        unit_cost=rows["net_price"] - rows["margin"] / rows["units"],
        fee_rate=answer.fee_rate if answer else 0.0,
        units_a_month=rows["units"],
    )
    decided = {} if steps is None else dict(zip(steps["category"], steps["stance"], strict=True))
    moving = [category for category, stance in decided.items() if stance != WAIT]
    priced = estimate_steps(rows[rows["is_on_menu"]], answer, level, decided)
    rows = rows.join(priced[[name for name in priced if name not in rows]])
    rows["stance"] = rows["stance"].fillna(WAIT)
    rows["is_single"] = (rows["stance"] != WAIT) & ~rows["category"].isin(moving)
    plans = [_plan(row) for row in rows.to_dict("records")]
    return rows.assign(**pd.DataFrame(plans, index=rows.index, columns=["action", "condition"], dtype=object))


_BY_CLASS = {
    "star": "keep it first",
    "plow horse": "cheaper recipe",
    "puzzle": "show it more",
    "dog": "retire, or replace",
    "left the menu": "left the menu",
}


def _plan(row: Mapping[Hashable, Any]) -> dict[str, str]:
    """What to do with one product, and on what it hangs."""
    if row["stance"] == WAIT:
        found = _condition(row, row["margin_cut"] - row["unit_margin"])
        return {"action": _BY_CLASS.get(row["menu_class"], "leave as it is"), "condition": found}
    change, word = row["units_change"], "fewer" if row["units_change"] < 0 else "more"
    action = "less discount" if row["stance"] == RAISE else "more discount"
    return {
        "action": f"{action}{', by itself' if row['is_single'] else ', with its category'}",
        "condition": f"{100 * abs(change):.0f} % {word} units",
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
