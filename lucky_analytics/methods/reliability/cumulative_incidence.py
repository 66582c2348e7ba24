"""Which of several ends comes first, and by when: the Aalen-Johansen estimate of each cause's share.

One minus Kaplan-Meier, with the other ends taken for censored, answers another question: what would be if the
others never came. It is larger, and the shares of all causes would add up to more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from lucky_analytics.errors import ParameterError

__all__ = ["estimate_incidence"]

Array = NDArray[Any]


def estimate_incidence(
    durations: ArrayLike, causes: Sequence[str] | Array, level: float = 0.9
) -> pd.DataFrame:
    """Share to which each cause has come by each duration, when every cause is there.

    ``durations``: 0 or more; ``causes``: what ended each, "" where it is still to come (censored; at risk at
    its own duration). One row for each cause and duration at which something ended: ``cause``, ``duration``,
    ``n_at_risk``, ``n_event``, ``share``, ``low``, ``high``, ``naive`` (one minus Kaplan-Meier with the other
    causes censored). The interval is pointwise at ``level``, on the log(-log) scale, of the variance of
    Gaynor et al. (1993, eq. 4), null where the share is 0 or 1. Source: Aalen and Johansen (1978). Raises
    ``ParameterError`` for durations that are missing or below 0.

    >>> found = estimate_incidence([1, 2, 3, 4], ["failed", "out", "failed", ""])
    >>> found.loc[found["cause"] == "failed", ["share", "naive"]].iloc[-1].round(3).tolist()
    [0.5, 0.625]
    """
    days, why = np.asarray(durations, float), np.asarray(causes, dtype=object)
    if len(days) != len(why) or not (np.isfinite(days) & (days >= 0)).all():
        raise ParameterError("durations", expected="one of 0 or more for each cause", got="others")
    names = sorted({str(each) for each in why if each})
    times = np.unique(days[why != ""])
    at_risk = (days[:, None] >= times).sum(axis=0).astype(float)
    events = np.array(
        [((days[:, None] == times) & (why == name)[:, None]).sum(axis=0) for name in names], float
    ).reshape(len(names), len(times))
    every = events.sum(axis=0)
    after = np.cumprod(1 - every / at_risk)
    before = np.r_[1.0, after[:-1]] if len(after) else after
    parts = []
    for name, own in zip(names, events, strict=True):
        share = np.cumsum(before * own / at_risk)
        half = norm.ppf(0.5 + level / 2) * np.sqrt(_variance(share, before, own, every, at_risk))
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = (share > 0) & (share < 1)
            away = np.where(inside, half / (share * np.abs(np.log(share))), np.nan)
            low, high = share ** np.exp(away), share ** np.exp(-away)
        parts.append(
            pd.DataFrame(
                {
                    "cause": name,
                    "duration": times,
                    "n_at_risk": at_risk.astype(int),
                    "n_event": own.astype(int),
                    "share": share,
                    "low": low,
                    "high": high,
                    "naive": 1 - np.cumprod(1 - own / at_risk),
                }
            )
        )
    columns = ["cause", "duration", "n_at_risk", "n_event", "share", "low", "high", "naive"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _variance(share: Array, before: Array, own: Array, every: Array, at_risk: Array) -> Array:
    """Of the cumulative share at each time: Gaynor and others (1993), JASA 88, equation (4)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        any_end = np.where(at_risk > every, every / (at_risk * (at_risk - every)), 0.0)
    this = before**2 * own * (at_risk - own) / at_risk**3
    both = before * own / at_risk**2
    sums = [np.cumsum(part) for part in (any_end, share * any_end, share**2 * any_end)]
    first = share**2 * sums[0] - 2 * share * sums[1] + sums[2]
    shared = share * np.cumsum(both) - np.cumsum(share * both)
    return np.maximum(first + np.cumsum(this) - 2 * shared, 0.0)
