"""Cheaper formulas within limits on taste and nutrition, recipe by recipe, each with what it changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.cheapest_blend import find_blend
from lucky_analytics.questions.product.recipe_cost.cup_costs import WEEKS_A_MONTH, Cups, a_week

__all__ = ["FREE", "Formulas", "find_formulas"]

# Classes of goods whose amounts may move; food, packaging, cleaning and ice stay as they are.
FREE = ("Coffee", "Dairy", "Flavour", "Fruit", "Tea")
_STRENGTH = ("Coffee", "Tea")  # never less than today
_LEAST_CENTS = 1e-6


@dataclass(frozen=True)
class Formulas:
    """``products``: ``product_id``, ``product_name``, ``units`` a month, ``now`` and ``then`` cents a unit,
    ``saving`` dollars a month with ``low`` and ``high`` (over weeks), ``change`` in words. ``lines``:
    every ingredient of every variant that moves: ``product_name``, ``variant_id``, ``goods_name``, ``unit``,
    ``now``, ``then`` amounts, ``cents`` saved a unit. ``total``: dollars a month of all. ``n_recipes``
    solved, ``n_unknown`` with an ingredient without a cost."""

    products: pd.DataFrame
    lines: pd.DataFrame
    total: Estimate
    n_recipes: int
    n_unknown: int


def find_formulas(cups: Cups, taste: float, sugar: float, level: float) -> Formulas:
    """The cheapest formula of each variant sold: each free ingredient within ``taste`` (a share) of today's
    amount, coffee and tea no less than today, the amount poured the same to the gram, syrups and sauces
    together at most ``sugar`` of today's (1: no more). Two amounts of equal cost leave today's."""
    units = cups.sold.groupby("variant_id")["units"].sum()
    moved, per_unit, unknown = [], {}, 0
    for variant, line in cups.lines[cups.lines["variant_id"].isin(units.index)].groupby("variant_id"):
        free = line[line["goods_class"].isin(FREE) & (line["quantity"] > 0)]
        if free["unit_cents"].isna().any():
            unknown += 1
            continue
        amounts = _solve(free, taste, sugar)
        cents = ((free["quantity"] - amounts) * free["unit_cents"]).sum()
        if len(free) == 0 or cents < _LEAST_CENTS:
            per_unit[variant] = 0.0
            continue
        per_unit[variant] = float(cents)
        is_moved = (amounts - free["quantity"]).abs() > 1e-6 * free["quantity"]
        moved.append(
            free.assign(then=amounts, cents=(free["quantity"] - amounts) * free["unit_cents"])[is_moved]
        )
    sold = cups.sold[cups.sold["variant_id"].isin(per_unit)]
    dollars = sold["units"] * sold["variant_id"].map(per_unit).astype(float) / 100
    product_of = cups.sold.drop_duplicates("variant_id").set_index("variant_id")["product_id"]
    names = ["variant_id", "goods_name", "goods_class", "unit", "quantity", "then", "cents"]
    lines = pd.concat(moved, ignore_index=True)[names] if moved else pd.DataFrame(columns=names)
    lines = lines.rename(columns={"quantity": "now"})
    lines["product_name"] = lines["variant_id"].map(product_of).map(cups.names).fillna("Unnamed")
    products = _by_product(cups, sold.assign(dollars=dollars), lines, level)
    return Formulas(
        products,
        lines,
        a_week(dollars, sold["week"], cups.sold["week"], level).times(WEEKS_A_MONTH),
        len(per_unit),
        unknown,
    )


def _solve(free: pd.DataFrame, taste: float, sugar: float) -> pd.Series:
    """The cheapest amounts, today's where nothing is free to move or no amounts fit."""
    now = free["quantity"].to_numpy(float)
    if len(now) < 2:
        return pd.Series(now, free.index)  # the amount poured stays, so a single ingredient does
    kind = free["goods_class"].to_numpy()
    low = np.where(np.isin(kind, _STRENGTH), now, now * (1 - taste))
    sweet = (kind == "Flavour").astype(float)
    rows = np.vstack([np.ones(len(now)), sweet])
    found = find_blend(
        free["unit_cents"].to_numpy(float), low, now * (1 + taste), rows,
        [now.sum(), -np.inf], [now.sum(), max(sugar * float(sweet @ now), float(sweet @ low))],
    )  # fmt: skip
    return pd.Series(now if found is None else found.amounts, free.index)


def _by_product(cups: Cups, sold: pd.DataFrame, lines: pd.DataFrame, level: float) -> pd.DataFrame:
    cents = (cups.lines["quantity"] * cups.lines["unit_cents"]).groupby(cups.lines["variant_id"]).sum()
    rows = []
    n_weeks = max(cups.sold["week"].nunique(), 1)
    for product, own in sold.groupby("product_id"):
        saving = a_week(own["dollars"], own["week"], cups.sold["week"], level).times(WEEKS_A_MONTH)
        n = float(own["units"].sum())
        now = float((own["units"] * own["variant_id"].map(cents)).sum()) / n
        top = own.groupby("variant_id")["units"].sum().idxmax()
        rows.append(
            {
                "product_id": product, "product_name": cups.names.get(product, product),
                "units": n / n_weeks * WEEKS_A_MONTH, "now": now,
                "then": now - 100 * float(own["dollars"].sum()) / n,
                "saving": saving.value, "low": saving.low, "high": saving.high,
                "change": _say(lines[lines["variant_id"] == top]),
            }
        )  # fmt: skip
    names = ["product_id", "product_name", "units", "now", "then", "saving", "low", "high", "change"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["saving", "product_name"], ascending=[False, True], ignore_index=True)


def _say(lines: pd.DataFrame) -> str:
    """What a formula changes, the dearest first: "Velvet Cream 30 to 28.5 ml"."""
    own = lines.sort_values("cents", ascending=False)
    return "; ".join(f"{r.goods_name} {r.now:g} to {r.then:.4g} {r.unit}" for r in own.itertuples())
