"""What speaks for and against the price experiment: the draw, the first stage, placebos."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.iv_poisson import estimate_first_stage, fit_iv_poisson

__all__ = ["check_draw", "check_experiment", "estimate_first_stages", "estimate_placebos"]


def estimate_first_stages(drawn: pd.DataFrame) -> pd.DataFrame:
    """How the depth drawn moves the price paid: ``category``, ``slope``, ``f``, ``j_p``, ``n``.

    ``slope`` is 1 when buyers pay what they were shown. ``f`` is infinite when the depth determines the
    price. ``j_p``: p-value of "one elasticity fits all depths", Hansen's J with one instrument per depth.
    All three are null where nobody bought at two depths.
    """
    rows = []
    for category, own in drawn.groupby("category"):
        bought = own[own["y"] > 0]
        depths = sorted(own["depth"].unique())[1:]
        dummies = {f"is_{k}": (own["depth"] == depth).astype(float) for k, depth in enumerate(depths)}
        slope = f = j_p = np.nan
        if bought["depth"].nunique() > 1:
            weight = np.sqrt(bought["y"])
            slope = float(np.polyfit(bought["log_price"], bought["log_paid"], 1, w=weight)[0])
            f = estimate_first_stage(own, ["log_paid"], ["log_price"], ["segment"])
            j_p = _surplus_test(own.assign(**dummies), list(dummies))
        rows.append((category, slope, f, j_p, int(own["n"].sum())))
    return pd.DataFrame(rows, columns=["category", "slope", "f", "j_p", "n"])


def _surplus_test(own: pd.DataFrame, instruments: list[str]) -> float:
    """p-value of Hansen's test; null where so little was bought that the moments have no solution."""
    try:
        p = fit_iv_poisson(own, ["log_price"], instruments, ["segment"]).j_p
    except LuckyError:
        return np.nan
    return np.nan if p is None else p


# An outcome that nothing moves fails its check once in a hundred pages, whatever the level of the page.
_PLACEBO_LEVEL = 0.99


def estimate_placebos(drawn: pd.DataFrame, level: float = _PLACEBO_LEVEL) -> pd.DataFrame:
    """Outcomes that the depth cannot have moved, or should not: ``outcome``, ``estimate``, ``low``, ``high``.

    ``week before``: units of the category in the week before the coupon. ``other categories``: units of
    categories without a coupon in the same week; a clear minus means that buyers switch towards the coupon.
    The elasticity is zero where nothing moves.
    """
    rows = []
    z = norm.ppf(0.5 + level / 2)
    for outcome, name in (("week before", "before"), ("other categories", "others")):
        cells = drawn.assign(y=drawn[name], y2=drawn[f"{name}2"])
        fit = fit_iv_poisson(cells, ["log_price"], strata=["category", "segment"])
        estimate, se = fit.estimate("log_price")
        rows.append((outcome, estimate, estimate - z * se, estimate + z * se, fit.n_events))
    return pd.DataFrame(rows, columns=["outcome", "estimate", "low", "high", "n_events"])


def check_draw(drawn: pd.DataFrame) -> tuple[float, int]:
    """p-value of "every depth is as likely" (chi-squared over categories), and decisions counted."""
    counts = drawn.pivot_table(index="category", columns="depth", values="n", aggfunc="sum").to_numpy(float)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    even = counts.sum(axis=0)
    statistic += float(((even - even.mean()) ** 2 / even.mean()).sum())
    degrees = (counts.shape[0] - 1) * (counts.shape[1] - 1) + counts.shape[1] - 1
    return float(chi2.sf(statistic, degrees)), int(counts.sum())


def check_experiment(drawn: pd.DataFrame, stages: pd.DataFrame, placebos: pd.DataFrame) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property."""
    p_draw, n = check_draw(drawn)
    before, others = placebos.set_index("outcome").loc[["week before", "other categories"]].to_dict("records")
    weakest, bent = stages["f"].min(), int((stages["j_p"] < 0.05 / len(stages)).sum())
    facts = [
        ("every depth was drawn as often", p_draw > 0.01, f"p = {p_draw:.2f} over {n:,} coupons shown"),
        ("buyers pay what they were shown", bool(stages["slope"].dropna().between(0.9, 1.1).all()),
         f"slopes from {stages['slope'].min():.2f} to {stages['slope'].max():.2f}"),
        ("the depth moves the price (F above 10)", bool(weakest > 10),
         "the depth determines the price" if weakest > 1e4 else f"F at least {weakest:.0f}"),
        ("the depth is unrelated to the week before it", before["low"] <= 0 <= before["high"],
         f"elasticity {before['estimate']:+.2f} ({before['low']:+.2f} to {before['high']:+.2f})"),
        ("categories without a coupon do not move", others["low"] <= 0 <= others["high"],
         f"elasticity {others['estimate']:+.2f} ({others['low']:+.2f} to {others['high']:+.2f})"),
        ("one elasticity fits all depths", bent == 0, f"{bent} of {len(stages)} categories bend, Hansen's J"),
    ]  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
