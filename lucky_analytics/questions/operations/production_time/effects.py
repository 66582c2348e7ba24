"""What goes with longer making, each thing net of the others; and the steps of recipes."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.adjusted_effects import AdjustedEffects, fit_effects
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.models.kitchen_tickets import keep_timed
from lucky_analytics.questions.operations.production_time.tickets import MIXED, WRAPPED

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "compare_levels",
    "estimate_number",
    "estimate_steps",
    "fit_making",
    "load_steps",
    "name_days",
    "split_fall",
]

FACTORS = ("product", "units", "store", "hour", "weekday", "machine_type", "week")
_FEWEST_PRODUCTS = 10
_FALSE_SHARE = 0.01  # of what is said to be apart: of ten stores one may be tried out for it


def fit_making(rows: pd.DataFrame) -> AdjustedEffects:
    """ln seconds of tickets that were closed in time, on product, units, store, hour, weekday, machine type
    and week, ln(1 + open tickets) and ln(1 + open tickets of the same product). A store's day is one
    cluster."""
    kept = _with_week(keep_timed(rows))
    y = np.log(kept["seconds"].to_numpy(float))
    return fit_effects(kept, y, FACTORS, ["log_load", "log_same"], "cluster")


def estimate_number(fit: AdjustedEffects, name: str, level: float) -> Estimate:
    """The coefficient of ``log_load`` or ``log_same``; null where it could not be fitted."""
    own = fit.of(name)
    if own.empty:
        return Estimate(None)
    value, se, n = float(own["effect"].iloc[0]), float(own["se"].iloc[0]), int(own["n"].iloc[0])
    half = float(t.ppf(0.5 + level / 2, fit.n_clusters - 1)) * se
    return Estimate(value, value - half, value + half, level=level, n=n)


def compare_levels(
    fit: AdjustedEffects, factor: str, level: float, leave_out: Collection[str] = ()
) -> pd.DataFrame:
    """Levels of a factor but ``leave_out`` against their mean, net of all else, slowest first: ``level``,
    ``n``, ``change`` (share) with ``low``, ``high``, ``effect`` on ln seconds, and ``is_apart``: beyond
    chance, all levels tested together."""
    is_own = (fit.table["factor"] == factor) & ~fit.table["level"].isin(list(leave_out))
    own = fit.table[is_own].copy()
    weights = own["n"].to_numpy(float) / max(own["n"].sum(), 1)
    contrast = np.eye(len(own)) - weights
    own["effect"] = contrast @ own["effect"].to_numpy(float)
    places = np.flatnonzero(is_own)
    covariance = contrast @ fit.covariance[np.ix_(places, places)] @ contrast.T
    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    half = float(t.ppf(0.5 + level / 2, fit.n_clusters - 1)) * se
    chances = 2 * t.sf(np.abs(own["effect"]) / np.maximum(se, 1e-300), fit.n_clusters - 1)
    own["change"] = np.expm1(own["effect"])
    own["low"], own["high"] = np.expm1(own["effect"] - half), np.expm1(own["effect"] + half)
    own["is_apart"] = adjust_p_values(chances) <= _FALSE_SHARE if len(own) > 1 else False
    own["se"] = se
    own = own.sort_values(["effect", "level"], ascending=[False, True], ignore_index=True)
    return own[["level", "n", "change", "low", "high", "effect", "se", "is_apart"]]


def load_steps(suite: Suite) -> pd.DataFrame | None:
    """Steps of each product's usual recipe in force: ``product``, ``category``, ``steps``; null without the
    recipes' table."""
    recipe = suite.optional("recipes")
    if recipe is None:
        return None
    is_now = recipe.end_date.isnull() | (recipe.end_date > suite.as_of)
    now = recipe.filter(recipe.is_default & is_now & (recipe.quantity > 0))
    of_each = now.group_by("product_id", "recipe_id").agg(steps=now.count())
    steps = of_each.group_by("product_id").agg(steps=of_each.steps.mean())
    named = steps.join(suite.products.select("product_id", "product_name", "category"), "product_id")
    listed = named.select("category", "steps", product="product_name").order_by("product", "steps").execute()
    return listed.drop_duplicates("product", ignore_index=True)


def estimate_steps(
    fit: AdjustedEffects, steps: pd.DataFrame | None, level: float
) -> tuple[pd.DataFrame, Estimate, Estimate]:
    """Products with their ``steps`` and how much longer they take (``change``, share of the mean); by how
    much ln seconds rise with one more step within a category, and over all products.

    The latter is the naive one: a blended drink has more steps than a tea, and takes longer for being
    blended. Null with fewer than ten products, or none that differ.
    """
    own = compare_levels(fit, "product", level, (MIXED, WRAPPED)).rename(columns={"level": "product"})
    if steps is None:
        return own.assign(steps=np.nan), Estimate(None), Estimate(None)
    own = own.merge(steps, on="product", how="left")
    known = own.dropna(subset=["steps", "category"])
    alike = known.groupby("category")[["steps", "effect"]]
    within = known[["steps", "effect"]] - alike.transform("mean")
    over = known[["steps", "effect"]] - known[["steps", "effect"]].mean()
    return own, _slope(within, known["category"].nunique(), level), _slope(over, 1, level)


def _slope(centred: pd.DataFrame, n_means: int, level: float) -> Estimate:
    x, y = centred["steps"].to_numpy(float), centred["effect"].to_numpy(float)
    squares, free = float((x**2).sum()), len(x) - n_means - 1
    if len(x) < _FEWEST_PRODUCTS or free < 1 or squares < 1e-9:
        return Estimate(None)
    slope = float((x * y).sum()) / squares
    se = float(np.sqrt(((y - slope * x) ** 2).sum() / free / squares))
    half = float(t.ppf(0.5 + level / 2, free)) * se
    return Estimate(slope, slope - half, slope + half, level=level, n=len(x))


def split_fall(rows: pd.DataFrame, fit: AdjustedEffects, n_days: int) -> dict[str, float]:
    """How much mean ln seconds changed from the first ``n_days`` to the last, as shares: ``raw``, and
    ``rest`` with load, products, stores and all else in the model taken off. Null where the two meet."""
    kept = _with_week(keep_timed(rows))
    span = pd.Timedelta(days=n_days)
    early, late = (
        kept["date"] < kept["date"].min() + span, kept["date"] > kept["date"].max() - span,
    )  # fmt: skip
    if kept.empty or bool((early & late).any()):
        return {"raw": np.nan, "rest": np.nan}
    y = np.log(kept["seconds"].to_numpy(float))
    left = y - fit.predict(kept, skip=("week",))
    return {
        name: float(np.expm1(values[late].mean() - values[early].mean()))
        for name, values in (("raw", y), ("rest", left))
    }


def name_days(rows: pd.DataFrame) -> pd.Series:
    """A number for each store's day: its tickets hang together."""
    day = rows["date"].to_numpy("datetime64[D]").astype(np.int64)
    return pd.Series(pd.factorize(rows["store"])[0] * 100_000 + day, rows.index)


def _with_week(rows: pd.DataFrame) -> pd.DataFrame:
    day = rows["date"].to_numpy("datetime64[D]").astype(np.int64)
    return rows.assign(week=(day - day.max(initial=0)) // 7, cluster=name_days(rows))
