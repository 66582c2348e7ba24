"""How units answer to price, by category and segment: from the coupons whose depth was drawn at random.

What a price is worth is asked by more than one question: all take these estimates, so that none contradicts
another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.shrinkage import Shrunk, shrink_estimates
from lucky_analytics.methods.prices.iv_poisson import fit_iv_poisson
from lucky_analytics.methods.prices.price_response import draw_elasticities
from lucky_analytics.methods.prices.pull_forward import (
    PulledForward,
    covary_with_slope,
    estimate_pull_forward,
)
from lucky_analytics.models.coupon_program import aggregate_program
from lucky_analytics.models.price_terms import load_category_prices

__all__ = [
    "ALL",
    "PriceAnswer",
    "drawn_cells",
    "estimate_cells",
    "estimate_pulled",
    "find_responding",
    "has_drawn_coupons",
    "load_price_answer",
    "make_price_answer",
    "pool_elasticities",
]

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

# A page on which nothing answers to price says once in a hundred times that something does.
_FALSE_CLAIMS = 0.01

_N_POOLED = 3
ALL = ""  # among categories: all of them together


def has_drawn_coupons(shown: ir.Table) -> bool:
    """Whether coupons of two depths at least were drawn at random: without them no response can be told."""
    drawn = shown.filter(shown.assignment == "random")
    return bool(drawn.depth.nunique().execute() >= 2)


def drawn_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells whose depth was drawn at random, with ``log_paid``: the log of what buyers paid over list price.

    ``log_paid`` is measured by category and depth, so that it can be told from the depth that was drawn.
    Raises ``LuckyError`` when no depth was drawn, or only one.
    """
    drawn = cells[cells["assignment"] == "random"]
    if drawn["depth"].nunique() < 2:
        raise LuckyError(
            "price elasticity",
            expected="coupons whose depth was drawn at random, of two depths at least",
            got=f"{drawn['depth'].nunique()} depths in {len(drawn)} cells",
        )
    group = drawn.groupby(["category", "depth"])
    paid, listed = (group[name].transform("sum") for name in ("paid_cents", "list_cents"))
    share = (paid / listed).where((paid > 0) & (listed > 0), np.exp(drawn["log_price"]))
    return drawn.assign(log_paid=np.log(share))


def estimate_cells(drawn: pd.DataFrame) -> pd.DataFrame:
    """Elasticity by ``category`` and ``segment`` from own cells: ``estimate``, ``se``, ``n``, ``n_events``.

    Instrumented (price paid by depth drawn). Null where nobody bought at two depths, or the fit has no root.
    """
    rows = []
    for (category, segment), own in drawn.groupby(["category", "segment"]):
        row = {"category": category, "segment": segment, "n": int(own["n"].sum())}
        row["n_events"] = int(own["y"].sum())
        try:
            fit = fit_iv_poisson(own, ["log_paid"], ["log_price"])
        except LuckyError:
            rows.append(row | {"estimate": np.nan, "se": np.nan})
            continue
        estimate, se = fit.estimate("log_paid")
        rows.append(row | {"estimate": estimate, "se": se})
    return pd.DataFrame(rows)


def pool_elasticities(drawn: pd.DataFrame, level: float = 0.9) -> Shrunk:
    """Elasticities by category and segment, pooled as they are, means weighted by units bought.

    A cell that by chance came out more negative also claims to be surer, because it sold more at the depths
    that tell most. Weights would lean towards it: the errors are therefore taken at the pooled elasticity.
    """
    raw = estimate_cells(drawn)
    pooled, se = shrink_estimates(raw, "category", "segment", weights="n_events", level=level), raw["se"]
    for _ in range(_N_POOLED - 1):
        at = raw.merge(pooled.cells, on=["category", "segment"], how="left", suffixes=("", "_pooled"))
        adjusted = raw.assign(se=se * _relative_errors(drawn, raw, at["estimate_pooled"]))
        pooled = shrink_estimates(adjusted, "category", "segment", weights="n_events", level=level)
    return pooled


def _relative_errors(drawn: pd.DataFrame, raw: pd.DataFrame, pooled: pd.Series) -> list[float]:
    """Standard error of each cell at the pooled elasticity, as a share of that at its own estimate.

    For counts of mean l n exp(b x) the variance of the estimate is proportional to
    (sum n z^2 exp(-b x)) / l, with z the centred x and l the units bought over sum n exp(b x).
    """
    ratios = []
    for category, segment, own_b, b in zip(
        raw["category"], raw["segment"], raw["estimate"], pooled, strict=True
    ):
        own = drawn[(drawn["category"] == category) & (drawn["segment"] == segment)]
        n, x = own["n"].to_numpy(float), own["log_paid"].to_numpy(float)
        z = x - np.average(x, weights=n)
        variance = [(n * z**2) @ np.exp(-at * x) * (n @ np.exp(at * x)) for at in (own_b, b)]
        ratios.append(float(np.sqrt(variance[1] / variance[0])))
    return ratios


def estimate_pulled(drawn: pd.DataFrame, level: float = 0.9) -> PulledForward:
    """Share of the added units that is missing in the four weeks after, over all categories, and how its
    error goes with that of each category's elasticity."""
    followed, strata = drawn[drawn["is_followed"]], ["category", "segment", "week_date"]
    if followed.empty:
        raise LuckyError(
            "purchases pulled forward", expected="coupons followed by four whole weeks", got="none"
        )
    pulled = estimate_pull_forward(followed, "log_price", strata, level)
    return dataclasses.replace(pulled, correlations=_correlate(drawn, followed, pulled, strata))


def _correlate(
    drawn: pd.DataFrame, followed: pd.DataFrame, pulled: PulledForward, strata: list[str]
) -> dict[str, float]:
    """Correlation of the share missing with the elasticity of each category, and of ``ALL``, each weighted by
    units as pooled."""
    raw, parts = estimate_cells(drawn).dropna(), dict(list(followed.groupby(["category", "segment"])))
    raw["together"] = [
        covary_with_slope(parts[category, segment], slope, pulled, "log_price", "log_paid", strata)
        if (category, segment) in parts
        else 0.0
        for category, segment, slope in zip(raw["category"], raw["segment"], raw["estimate"], strict=True)
    ]
    found = {}
    for category, own in [(ALL, raw), *raw.groupby("category")]:
        if own.empty or not own["n_events"].sum():
            continue
        weight = (own["n_events"] / own["n_events"].sum()).to_numpy(float)
        se = float(np.sqrt(weight**2 @ own["se"].to_numpy(float) ** 2))
        shared = float(weight @ own["together"].to_numpy(float)) / (pulled.spread * se)
        found[str(category)] = float(np.clip(shared, -0.99, 0.99))
    return found


def find_responding(rows: pd.DataFrame) -> pd.Series:
    """Whether each of ``rows`` (``estimate``, ``se``) clearly sells more at a lower price.

    Clear of 0 with room for the number of rows (Bonferroni): of eight categories that do not respond one
    would be clear at the level of a page every third time.

    >>> find_responding(pd.DataFrame({"estimate": [-1.5, -0.2, 1.5], "se": 0.1})).tolist()
    [True, False, False]
    """
    quantile = norm.ppf(1 - _FALSE_CLAIMS / max(len(rows), 1))
    return rows["estimate"] < -quantile * rows["se"]


@dataclass(frozen=True)
class PriceAnswer:
    """What a new price needs: draws of the elasticity by category, (draws,), of those that clearly respond;
    of the same, draws of the share ``missing`` later, (draws,); the ``deepest`` depth tried and the smallest
    ``depth_step`` between two (shares of the list price); ``fee_rate`` per dollar; ``prices`` of categories
    today, as ``price_terms.load_category_prices`` has them."""

    draws: dict[str, NDArray[Any]]
    missing: dict[str, NDArray[Any]]
    deepest: float
    fee_rate: float
    depth_step: float
    prices: pd.DataFrame


def load_price_answer(suite: Suite, n_weeks: int, level: float = 0.9) -> PriceAnswer | None:
    """How units answer to price, as the page on price elasticity has it; None without drawn coupons."""
    try:
        drawn = drawn_cells(aggregate_program(suite).cells)
        pooled, pulled = pool_elasticities(drawn, level), estimate_pulled(drawn, level)
    except LuckyError:
        return None
    depths = [float(depth) for depth in sorted(drawn["depth"].unique())]
    prices = load_category_prices(suite, n_weeks, depths[-1])
    return make_price_answer(pooled, pulled, depths, prices)


def make_price_answer(
    pooled: Shrunk, pulled: PulledForward, depths: Sequence[float], prices: pd.DataFrame
) -> PriceAnswer:
    """The answer of estimates that were made before; ``depths`` that were drawn, at least two, ascending."""
    clear = pooled.rows[find_responding(pooled.rows)]
    draws = {row["category"]: draw_elasticities(row["estimate"], row["se"]) for _, row in clear.iterrows()}
    fee_rate = float(prices["fee_rate"].iloc[0]) if len(prices) else 0.0
    depth_step = min(float(gap) for gap in np.diff(depths))
    missing = {category: pulled.draw_along(own, category) for category, own in draws.items()}
    return PriceAnswer(draws, missing, depths[-1], fee_rate, depth_step, prices)
