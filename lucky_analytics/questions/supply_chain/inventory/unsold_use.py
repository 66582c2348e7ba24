"""Use that sales do not explain: what left the shelves against what the recipes of the cups sold take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.calendar import find_window
from lucky_analytics.models.recipe_use import load_use_beside_recipes

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Leaks", "find_leaks"]

_FEWEST_WEEKS = 4


@dataclass(frozen=True)
class Leaks:
    """Dollars at cost a week of what left shelves beyond the recipes of what was sold, positive is more.

    ``total`` on days on which the good did not run out, ``gone`` on days on which it did, ``share`` the total
    of what recipes take. ``stores``: the first two by store with ``low``, ``high``. ``pairs``: a store and
    good with ``beyond``, ``low``, ``high``, ``by_recipe``, ``share``, ``p_value``, ``is_leak``. ``n_weeks``.
    """

    total: Estimate
    gone: Estimate
    share: Estimate
    stores: pd.DataFrame
    pairs: pd.DataFrame
    n_weeks: int


def find_leaks(
    suite: Suite, cells: pd.DataFrame, level: float, *, n_weeks: int, false_share: float, least: float
) -> Leaks:
    """Of the last whole weeks. A pair is a leak where its weeks are above 0 and chance does not explain it:
    all pairs are tested together, and of those named ``false_share`` at most are there by chance (Benjamini
    and Hochberg), and where it is at least ``least`` of what recipes take."""
    window = find_window(suite.as_of, n_weeks)
    days = load_use_beside_recipes(suite, window.start, window.end).execute()
    days["week"] = pd.to_datetime(days["use_date"]).dt.to_period("W").dt.start_time
    own = days.merge(
        cells[["store_id", "goods_id", "store_name", "goods_name", "cost"]], on=["store_id", "goods_id"]
    )
    own = own.dropna(subset="cost")
    own["beyond"] = own["beyond_quantity"] * own["cost"]
    own["by_recipe"] = own["recipe_quantity"] * own["cost"]
    whole, out = own[~own["is_stock_out"]], own[own["is_stock_out"]]
    weeks = sorted(own["week"].unique())
    if not weeks:
        none = Estimate(None, n=0)
        columns = [
            "store_name",
            "goods_name",
            "beyond",
            "low",
            "high",
            "by_recipe",
            "share",
            "p_value",
            "is_leak",
        ]
        pairs = pd.DataFrame({name: pd.Series(dtype=float) for name in columns})
        stores = pd.DataFrame(columns=["store_name", "kind", "value", "low", "high"])
        return Leaks(none, none, none, stores, pairs.astype({"is_leak": bool}), 0)
    ratio = estimate_ratios(whole.assign(all="all"), ["all"], "week", "beyond", "by_recipe", level).iloc[0]
    return Leaks(
        _a_week(whole, weeks, level),
        _a_week(out, weeks, level),
        Estimate.of(ratio.to_dict(), "value", level=level, n=len(weeks)),
        _by_store(whole, out, weeks, level),
        _by_pair(whole, level, false_share, least),
        len(weeks),
    )


def _a_week(rows: pd.DataFrame, weeks: list[pd.Timestamp], level: float) -> Estimate:
    sums = rows.groupby("week")["beyond"].sum().reindex(weeks, fill_value=0.0)
    table = pd.DataFrame({"week": sums.index, "beyond": sums.to_numpy(), "one": 1.0, "all": "all"})
    found = estimate_ratios(table, ["all"], "week", "beyond", "one", level).iloc[0]
    return Estimate.of(found.to_dict(), "value", level=level, n=len(weeks))


def _by_store(
    whole: pd.DataFrame, out: pd.DataFrame, weeks: list[pd.Timestamp], level: float
) -> pd.DataFrame:
    parts = []
    for kind, rows in (("other days", whole), ("days it ran out", out)):
        for store, own in rows.groupby("store_name"):
            found = _a_week(own, weeks, level)
            parts.append(
                {
                    "store_name": store,
                    "kind": kind,
                    "value": found.value,
                    "low": found.low,
                    "high": found.high,
                }
            )
    return pd.DataFrame(parts, columns=["store_name", "kind", "value", "low", "high"])


def _by_pair(whole: pd.DataFrame, level: float, false_share: float, least: float) -> pd.DataFrame:
    names = ["store_name", "goods_name"]
    sums = whole.groupby([*names, "week"])[["beyond", "by_recipe"]].sum().reset_index()
    groups = sums.groupby(names)
    table = groups.agg(
        beyond=("beyond", "mean"), sd=("beyond", "std"), n=("week", "size"), by_recipe=("by_recipe", "mean")
    ).reset_index()
    enough = (table["n"] >= _FEWEST_WEEKS) & (table["sd"] > 0)
    error = (table["sd"] / np.sqrt(table["n"])).where(enough)
    half = student.ppf(0.5 + level / 2, table["n"].clip(lower=2) - 1) * error
    table["low"], table["high"] = table["beyond"] - half, table["beyond"] + half
    table["share"] = table["beyond"] / table["by_recipe"].where(table["by_recipe"] > 0)
    table["p_value"] = 2 * student.sf((table["beyond"] / error).abs(), table["n"].clip(lower=2) - 1)
    q = adjust_p_values(table["p_value"].to_numpy(float))
    table["is_leak"] = (q <= false_share) & (table["beyond"] > 0) & (table["share"] >= least)
    return table.sort_values(["is_leak", "beyond"], ascending=False, ignore_index=True)
