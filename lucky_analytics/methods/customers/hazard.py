"""Discrete-time hazards from counts: who has the event in each interval among those still at risk."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.separation import separated

__all__ = ["fit_hazard"]

# A log ratio over the whole range of a covariate that is this uncertain has run away: it says nothing.
_ENDLESS = 20.0


def fit_hazard(
    cells: pd.DataFrame,
    covariates: Sequence[str],
    *,
    factors: Sequence[str] = ("interval",),
    level: float = 0.9,
) -> pd.DataFrame:
    """Hazard ratios of ``covariates``, with an own level for each value of every one of ``factors``.

    ``cells``: ``n_at_risk``, ``n_event``, the covariates (numeric) and the factors; cells with nobody at risk
    are ignored. A binomial model with a complementary log-log link: the grouped form of proportional hazards,
    so ratios mean the same as Cox's. Returns ``name``, ``log_ratio``, ``se``, ``ratio``, ``low``, ``high``.
    Raises ``LuckyError`` when there is no event, when a covariate does not vary, and when one separates those
    with an event from those without, so that its ratio has no finite best value. Source: Prentice and
    Gloeckler (1978), Biometrics 34.

    >>> fit_hazard(cells, ["is_near_opening"])["ratio"]              # doctest: +SKIP
    0    0.85
    """
    kept = cells[cells["n_at_risk"] > 0]
    # A level without any event, or with nothing but events, has an infinite hazard: it informs no ratio.
    for factor in factors:
        sums = kept.groupby(factor)[["n_event", "n_at_risk"]].transform("sum")
        kept = kept[(sums["n_event"] > 0) & (sums["n_event"] < sums["n_at_risk"])]
    X = kept[list(covariates)].astype(float)
    if kept.empty or (X.nunique() < 2).any():
        raise LuckyError("hazard model", expected=f"events, and variation in {', '.join(covariates)}")
    dummies = [
        pd.get_dummies(kept[factor], prefix=factor, dtype=float, drop_first=position > 0)
        for position, factor in enumerate(factors)
    ]
    design = pd.concat([X, *dummies], axis=1)
    outcome = np.column_stack([kept["n_event"], kept["n_at_risk"] - kept["n_event"]]).astype(float)
    family = sm.families.Binomial(link=sm.families.links.CLogLog())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sm.tools.sm_exceptions.PerfectSeparationWarning)
        fit = sm.GLM(outcome, design.to_numpy(), family=family).fit()
    log_ratio, se = fit.params[: len(covariates)], fit.bse[: len(covariates)]
    endless = ~(se * np.ptp(X.to_numpy(), axis=0) < _ENDLESS)
    if endless.any():
        raise separated("hazard model", list(covariates)[int(endless.argmax())])
    half = norm.ppf(0.5 + level / 2) * se
    return pd.DataFrame(
        {
            "name": list(covariates),
            "log_ratio": log_ratio,
            "se": se,
            "ratio": np.exp(log_ratio),
            "low": np.exp(log_ratio - half),
            "high": np.exp(log_ratio + half),
        }
    )
