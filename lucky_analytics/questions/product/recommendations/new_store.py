"""What stores sell beyond expectation, and what that says of a store that is not open yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.methods.recommenders.local_favourites import estimate_favourites, expect_units
from lucky_analytics.questions.product.recommendations.sold_lines import Sales

__all__ = ["LeftOut", "count_units", "find_favourites", "leave_stores_out"]

_WEEKS = 12


class LeftOut(NamedTuple):
    """``stores``: one row a store, ``store_name``, shares of its units that five highlighted products make:
    ``chain`` (what sells most in all others), ``alike`` (in the most alike other store), ``own`` (its own
    best five); ``gain``: of ``alike`` over ``chain``."""

    stores: pd.DataFrame
    gain: Estimate


def count_units(sales: Sales, n_weeks: int = _WEEKS) -> pd.DataFrame:
    """Orders with each product by ``place`` (store), ``product`` and ``period`` (week), of the last weeks."""
    lines = sales.lines
    age = (sales.last_day - lines["day"]) // 7
    recent = lines[age < n_weeks].assign(period=age)
    return (
        recent.rename(columns={"store": "place"})
        .groupby(["place", "product", "period"], as_index=False)
        .agg(n=("order", "size"))
    )


def find_favourites(sales: Sales, units: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """``estimate_favourites`` by store with ``store_name``, ``product_name`` and ``is_found``: more than
    expected, at most 5 % of what is called so by chance. Empty with fewer than two stores."""
    found = estimate_favourites(expect_units(units), level=level)
    named = found.assign(
        store_name=sales.stores["store_name"].reindex(found["place"]).to_numpy(),
        product_name=sales.products["product_name"].reindex(found["product"]).to_numpy(),
    )
    return named.assign(is_found=(named["q"] <= 0.05).astype(bool))


def leave_stores_out(
    sales: Sales,
    units: pd.DataFrame,
    likeness: pd.DataFrame | None,
    n_highlights: int = 5,
    level: float = 0.9,
) -> LeftOut:
    """Each store taken for a new one: how much of what it sells would be among the highlights?

    ``likeness``: ``store_id`` with columns that describe the neighbourhood; the most alike other store is the
    nearest in them, each scaled by its spread. Without it, or with fewer than three stores, ``alike`` is
    null.
    """
    wide = units.pivot_table(index="place", columns="product", values="n", aggfunc="sum", fill_value=0)
    shares = wide.div(wide.sum(axis=1), axis=0)
    names = sales.stores["store_name"].reindex(wide.index)
    nearest = _nearest(sales, wide.index, likeness)
    rows = []
    for number, place in enumerate(wide.index):
        others = wide.drop(index=place).sum()
        best = {"own": wide.loc[place], "chain": others if len(wide) > 1 else None,
                "alike": wide.loc[nearest[place]] if place in nearest else None}  # fmt: skip
        row = {"store_name": names.iloc[number]}
        for name, sold in best.items():
            top = (
                [] if sold is None else sold.sort_values(ascending=False, kind="stable").index[:n_highlights]
            )
            row[name] = float(shares.loc[place, top].sum()) if len(top) else np.nan
        row["alike_name"] = sales.stores["store_name"].get(nearest.get(place, -1), "")
        rows.append(row)
    stores = pd.DataFrame(rows, columns=["store_name", "chain", "alike", "own", "alike_name"])
    gain = stores["alike"].astype(float) - stores["chain"].astype(float)
    return LeftOut(stores, estimate_mean(gain.to_numpy(), np.arange(len(gain)), level=level).mean)


def _nearest(sales: Sales, places: pd.Index, likeness: pd.DataFrame | None) -> dict[int, int]:
    if likeness is None or len(places) < 3:
        return {}
    table = likeness.set_index("store_id").reindex(sales.stores["store_id"].reindex(places))
    known = np.flatnonzero(table.notna().all(axis=1))
    if len(known) < 3:
        return {}
    facts = table.to_numpy(float)[known]
    spread = facts.std(axis=0)
    facts = facts / np.where(spread > 0, spread, 1.0)
    away = ((facts[:, None] - facts[None]) ** 2).sum(axis=2)
    np.fill_diagonal(away, np.inf)
    return {places[known[i]]: places[known[j]] for i, j in enumerate(away.argmin(axis=1))}
