"""Menu engineering: star, plow horse, puzzle or dog, and how sure that is.

Kasavana and Smith (1982), Menu Engineering: a product is popular when its share of its category's sales is at
least 70 % of an equal share, and profitable when its contribution margin is at least the category's mean
margin, weighted by sales. Both cuts move with the sample, and so do the products: weeks are drawn again and
again, and a label is given only where most draws agree.

Popularity is sales per day on the menu, so that a product launched last week is not a dog for its youth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval

__all__ = ["CLASSES", "classify_menu"]

Array = NDArray[Any]

# In the order of 2 * popular + profitable.
CLASSES = ("dog", "puzzle", "plow horse", "star")


@dataclass(frozen=True)
class _Menu:
    """Weeks by products: units, dollars of margin, days on the menu; ``group`` is the category's position."""

    units: Array
    margin: Array
    days: Array
    group: Array
    n_groups: int


def classify_menu(
    weeks: pd.DataFrame,
    *,
    popularity_factor: float = 0.7,
    min_probability: float = 0.8,
    min_distance: float = 0.02,
    min_weeks: int = 3,
    n_replicates: int = 2000,
    level: float = 0.9,
    seed: int = 7,
) -> pd.DataFrame:
    """Class of each product within its category.

    ``weeks``: one row per product and week on the menu: ``product_id``, ``category``, ``week`` (sortable),
    ``n_days`` (days on the menu, 1 to 7), ``n_units``, ``margin`` (contribution of these units, in any
    currency unit; negative is a loss). A week without sales is a row with zero units. Give only products with
    a known cost: a null margin is refused, never read as zero cost.

    Returns one row per product, categories together, most margin first: ``product_id``, ``category``,
    ``n_weeks``, ``n_units``, ``units_a_day``, ``share`` of the category's daily units with ``share_low``,
    ``share_high``; ``share_cut``; ``unit_margin`` with ``unit_margin_low``, ``unit_margin_high``;
    ``margin_cut``; ``raw_class`` (of the data as they are);
    ``probability`` of that class over resampled weeks; ``p_popular``, ``p_profitable``; ``menu_class``: the
    class; ``borderline`` below ``min_probability``, or within ``min_distance`` of a cut (relative: costs are
    not known better); ``too new`` with fewer than ``min_weeks`` weeks. A product at a cut counts as above it.
    Products that sold nothing have no unit margin and are ``not sold``.

    >>> weeks = pd.DataFrame({"product_id": list("abc") * 4, "category": "tea", "n_days": 7,
    ...     "week": np.repeat(range(4), 3), "n_units": [70, 20, 10] * 4, "margin": [160.0, 20, 40] * 4})
    >>> classify_menu(weeks)[["product_id", "menu_class"]].to_numpy().tolist()
    [['a', 'star'], ['c', 'puzzle'], ['b', 'dog']]
    """
    needed = ["product_id", "category", "week", "n_days", "n_units", "margin"]
    nulls = [name for name in needed if weeks[name].isna().any()]
    if nulls:
        raise LuckyError(
            "menu classes",
            expected="no nulls",
            got=f"nulls in {', '.join(nulls)}",
            remedy="Leave out products without cost",
        )
    menu, products = _arrange(weeks)
    share, unit, is_popular, is_profitable, cuts = _judge(
        menu, np.ones((1, len(menu.units))), popularity_factor
    )
    draws = draw_block_weights(len(menu.units), n_replicates, seed)
    shares, units, popular, profitable, _ = _judge(menu, draws, popularity_factor)
    drawn = ~np.isnan(units)
    n_drawn = np.maximum(drawn.sum(axis=0), 1)
    agrees = (popular == is_popular) & (profitable == is_profitable) & drawn
    position = 2 * is_popular[0].astype(int) + is_profitable[0]
    result = products.assign(
        n_units=menu.units.sum(axis=0).astype(int),
        units_a_day=menu.units.sum(axis=0) / menu.days.sum(axis=0),
        share=share[0],
        share_cut=cuts[0][0][menu.group],
        unit_margin=unit[0],
        margin_cut=cuts[1][0][menu.group],
        raw_class=np.array(CLASSES)[position],
        probability=agrees.sum(axis=0) / n_drawn,
        p_popular=(popular & drawn).sum(axis=0) / n_drawn,
        p_profitable=(profitable & drawn).sum(axis=0) / n_drawn,
    )
    sold = result["n_units"] > 0
    distance = np.minimum(
        np.abs(result["share"] / result["share_cut"] - 1),
        np.abs(result["unit_margin"] - result["margin_cut"]) / np.abs(result["margin_cut"]),
    )
    is_unsure = (result["probability"] < min_probability) | (distance < min_distance)
    shares = np.where(np.isnan(shares), 0.0, shares)
    result["share_low"], result["share_high"] = quantile_interval(shares, level)
    result["unit_margin_low"] = result["unit_margin_high"] = np.nan
    ends = quantile_interval(units[:, sold.to_numpy()], level)
    result.loc[sold, "unit_margin_low"], result.loc[sold, "unit_margin_high"] = ends
    result["menu_class"] = np.select(
        [~sold, result["n_weeks"] < min_weeks, is_unsure],
        ["not sold", "too new", "borderline"],
        result["raw_class"],
    )
    total = pd.Series(menu.margin.sum(axis=0), index=result.index)
    order = result.assign(total=total).sort_values(["category", "total"], ascending=[True, False]).index
    return result.loc[order].reset_index(drop=True)


def _arrange(weeks: pd.DataFrame) -> tuple[_Menu, pd.DataFrame]:
    table = weeks.pivot_table(
        index="week",
        columns="product_id",
        values=["n_units", "margin", "n_days"],
        aggfunc="sum",
        fill_value=0,
    )
    ids = table["n_days"].columns
    facts = weeks.groupby("product_id").agg(category=("category", "first"), n_weeks=("week", "nunique"))
    facts = facts.loc[ids].reset_index()
    group, names = facts["category"].factorize(sort=True)
    units, margin, days = (table[name].to_numpy(float) for name in ("n_units", "margin", "n_days"))
    return _Menu(units, margin, days, group, len(names)), facts


def _judge(
    menu: _Menu, weights: Array, popularity_factor: float
) -> tuple[Array, Array, Array, Array, tuple[Array, Array]]:
    """Share, unit margin, popular, profitable per replicate and product; both cuts per category."""
    units, margin, days = (weights @ v for v in (menu.units, menu.margin, menu.days))
    member = (menu.group[:, None] == np.arange(menu.n_groups)).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(days > 0, units / days, np.nan)
        there = (days > 0).astype(float)
        share = rate / (np.nan_to_num(rate) @ member)[:, menu.group]
        unit = np.where(units > 0, margin / units, np.nan)
        share_cut = popularity_factor / (there @ member)
        margin_cut = (margin @ member) / (units @ member)
    # One part in a billion: equal numbers that were added up in another order are equal.
    popular = share >= share_cut[:, menu.group] * (1 - 1e-9)
    profitable = unit >= margin_cut[:, menu.group] - 1e-9 * np.abs(margin_cut[:, menu.group])
    return share, unit, popular, profitable, (share_cut, margin_cut)
