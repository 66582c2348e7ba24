"""How does volume respond to price? Steps over the cells of ``price_decisions``, in the notebook's order."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.shrinkage import Shrunk, shrink_estimates
from lucky_analytics.methods.prices.iv_poisson import (
    CountResponse,
    estimate_robust_interval,
    fit_iv_poisson,
)
from lucky_analytics.methods.prices.pull_forward import PulledForward, estimate_pull_forward
from lucky_analytics.methods.prices.two_stage import fit_two_stage

__all__ = [
    "compare_estimates",
    "drawn_cells",
    "estimate_cells",
    "estimate_naive",
    "estimate_pulled",
    "estimate_salience",
    "pool_elasticities",
]


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


_N_POOLED = 3


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


def _by_category(cells: pd.DataFrame, x: str, z: str | None = None) -> dict[str, CountResponse]:
    fits = {}
    for category, own in cells.groupby("category"):
        try:
            fits[str(category)] = fit_iv_poisson(own, [x], [z] if z else None, ["segment"])
        except LuckyError:
            continue
    return fits


def compare_estimates(cells: pd.DataFrame, drawn: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Each category's elasticity by several roads: ``category``, ``method``, ``estimate``, ``low``, ``high``.

    ``IV-Poisson`` (price paid, instrumented by the depth drawn), ``reduced form`` (the depth drawn itself),
    ``two-stage least squares`` (logs of cell means), ``weak-instrument interval`` (around IV-Poisson) and
    ``naive`` (depths chosen by the targeting rule, taken at face value); ``n_events`` units bought.
    """
    rows = []
    z = norm.ppf(0.5 + level / 2)
    iv, reduced = _by_category(drawn, "log_paid", "log_price"), _by_category(drawn, "log_price")
    for category, fit in iv.items():
        own = drawn[drawn["category"] == category]
        estimate, se = fit.estimate("log_paid")
        rows.append((category, "IV-Poisson", estimate, estimate - z * se, estimate + z * se, fit.n_events))
        low, high = estimate_robust_interval(own, "log_paid", "log_price", ["segment"], level)
        rows.append((category, "weak-instrument interval", estimate, low, high, fit.n_events))
        estimate, se = reduced[category].estimate("log_price")
        rows.append((category, "reduced form", estimate, estimate - z * se, estimate + z * se, fit.n_events))
        estimate, se = _two_stage(own)
        rows.append(
            (
                category,
                "two-stage least squares",
                estimate,
                estimate - z * se,
                estimate + z * se,
                fit.n_events,
            )
        )
    columns = ["category", "method", "estimate", "low", "high", "n_events"]
    return pd.concat([pd.DataFrame(rows, columns=columns), estimate_naive(cells, level)], ignore_index=True)


def estimate_naive(cells: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """What targeted coupons say when taken at face value; columns as in ``compare_estimates``."""
    z = norm.ppf(0.5 + level / 2)
    rows = []
    for category, fit in _by_category(cells[cells["assignment"] == "rule"], "log_price").items():
        estimate, se = fit.estimate("log_price")
        rows.append((category, "naive", estimate, estimate - z * se, estimate + z * se, fit.n_events))
    return pd.DataFrame(rows, columns=["category", "method", "estimate", "low", "high", "n_events"])


def _two_stage(own: pd.DataFrame) -> tuple[float, float]:
    """Logs of the mean purchases by segment and depth, weighted by what was bought."""
    keys = ["segment", "depth"]
    sums = own.groupby(keys, as_index=False).agg(
        n=("n", "sum"), y=("y", "sum"), log_paid=("log_paid", "first"), log_price=("log_price", "first")
    )
    sums = sums[sums["y"] > 0]
    dummies = pd.get_dummies(sums["segment"], drop_first=True, dtype=float)
    frame = sums.assign(log_rate=np.log(sums["y"] / sums["n"])).join(dummies)
    fit = fit_two_stage(frame, "log_rate", "log_paid", ["log_price"], dummies.columns.tolist(), weights="y")
    return fit.estimate("log_paid")


def estimate_pulled(drawn: pd.DataFrame, level: float = 0.9) -> PulledForward:
    """Share of the added units that is missing in the four weeks after, over all categories."""
    followed = drawn[drawn["is_followed"]]
    if followed.empty:
        raise LuckyError(
            "purchases pulled forward", expected="coupons followed by four whole weeks", got="none"
        )
    return estimate_pull_forward(followed, "log_price", ["category", "segment", "week_date"], level)


def estimate_salience(drawn: pd.DataFrame, not_shown: pd.DataFrame, level: float = 0.9) -> dict[str, float]:
    """How much more is bought where a coupon is shown without a discount than where none is.

    ``value``, ``low``, ``high`` as a rate (.1 is a tenth more), ``n`` decisions. It compares what was shown,
    not prices: where no coupon is shown, customers may pay less than the list price (``describe_salience``).
    """
    shown = drawn[["category", "segment", "n", "y", "y2", "log_price"]].assign(is_shown=1.0)
    control = not_shown.assign(log_price=0.0, is_shown=0.0)
    fit = fit_iv_poisson(
        pd.concat([shown, control]), ["log_price", "is_shown"], strata=["category", "segment"]
    )
    estimate, se = fit.estimate("is_shown")
    z = norm.ppf(0.5 + level / 2)
    value, low, high = (float(np.expm1(estimate + side * z * se)) for side in (0, -1, 1))
    return {"value": value, "low": low, "high": high, "n": float(fit.n)}
