"""How popular each product is in each week, before any order exists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.allocate import fit_margins
from lucky_analytics.demo.build.arrays import Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.build.targets import TOP_PRODUCTS, Targets
from lucky_analytics.demo.process.horizon import N_WEEKS
from lucky_analytics.demo.process.menu_list import CATEGORIES, Menu, summer

__all__ = ["N_TOP", "Assortment", "expect_units", "plan_assortment"]

N_TOP = len(TOP_PRODUCTS)
TAIL_GROWTH = 0.05  # ln a week: the assortment beyond the published fifteen gains share
_NZD_CLASSICS = 0.6  # ln: the test shops pour more classics


@dataclass(frozen=True)
class Assortment:
    """``totals``: units of each product. ``weight`` [products, weeks + 1]: relative popularity, zero where a
    product is not sold; the last column is NZD. ``category`` of each product; ``category_share``
    [categories]: of all units.
    """

    totals: Ints
    weight: Floats
    category: Ints
    category_share: Floats


def plan_assortment(menu: Menu, targets: Targets, seed: int) -> Assortment:
    """The published units of the fifteen products, the rest by weight; seasons, launches, growing tail."""
    rng = stream(seed, "assortment")
    n_tail = menu.n - N_TOP
    noisy = menu.weight[N_TOP:] * np.exp(rng.normal(0, 0.05, n_tail))
    rest = targets.items - int(targets.product_items.sum())
    totals = np.r_[targets.product_items, largest_remainder(noisy, rest)]
    weeks = np.arange(N_WEEKS + 1)
    on_menu = (weeks >= menu.launch_week[:, None]) & (weeks < menu.end_week[:, None])
    on_menu[:, N_WEEKS] = (menu.launch_week == 0) & (menu.end_week == N_WEEKS)
    popularity = menu.season[:, None] * summer(weeks)[None, :]
    popularity[N_TOP:] += TAIL_GROWTH * weeks + rng.normal(0, 0.08, (n_tail, N_WEEKS + 1))
    since_launch = np.maximum(weeks - menu.launch_week[:, None], 0)
    novelty = np.where(menu.launch_week[:, None] > 0, 0.5 * np.exp(-since_launch / 3), 0)
    classics = menu.category == CATEGORIES.index("Classic Drinks")
    popularity[:, N_WEEKS] = np.where(classics, _NZD_CLASSICS, 0.0)
    share = np.bincount(menu.category, totals, len(CATEGORIES)) / totals.sum()
    return Assortment(totals, totals[:, None] * np.exp(popularity + novelty) * on_menu, menu.category, share)


def expect_units(assortment: Assortment, columns: Floats, is_calibrated: bool) -> Floats:
    """Units by product and column [products, weeks + 1] where the columns have so many.

    Calibrated, they meet each product's total; else popularity alone decides.
    """
    if not is_calibrated:
        return assortment.weight / assortment.weight.sum(0) * columns
    totals = assortment.totals * (columns.sum() / assortment.totals.sum())
    return fit_margins(assortment.weight * columns, totals, columns, passes=400)
