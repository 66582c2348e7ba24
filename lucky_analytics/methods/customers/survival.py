"""Time to an event, some of it not yet seen: Kaplan-Meier and the log-rank test, from counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from lucky_analytics.errors import ParameterError

__all__ = ["LogRank", "compare_survival", "estimate_share", "estimate_survival"]


@dataclass(frozen=True)
class LogRank:
    """Chi-squared statistic of the log-rank test, its degrees of freedom and p-value."""

    chi2: float
    dof: int
    p_value: float


def estimate_survival(counts: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Kaplan-Meier estimate from ``duration``, ``n_event``, ``n_censored`` (any order, durations may repeat).

    A subject censored at t was at risk at t. Returns one row per duration: ``duration``, ``n_at_risk``,
    ``n_event``, ``survival``, ``low``, ``high``. The interval is Greenwood's on the log(-log) scale,
    pointwise at ``level``; null where survival is 0 or 1. Assumes that the censored are like the others.
    Source: Kaplan and Meier (1958); Kalbfleisch and Prentice (1980).

    >>> counts = pd.DataFrame({"duration": [1, 2, 3], "n_event": [1, 0, 1], "n_censored": [0, 1, 1]})
    >>> estimate_survival(counts)["survival"].tolist()
    [0.75, 0.75, 0.375]
    """
    at = _by_duration(counts)
    total = at["n_event"] + at["n_censored"]
    n_at_risk = total[::-1].cumsum()[::-1]
    survival = (1 - at["n_event"] / n_at_risk).cumprod()
    gone = n_at_risk == at["n_event"]
    greenwood = (at["n_event"] / (n_at_risk * (n_at_risk - at["n_event"]).mask(gone))).cumsum()
    log_survival = np.log(survival.where((survival > 0) & (survival < 1)))
    half = norm.ppf(0.5 + level / 2) * np.sqrt(greenwood) / -log_survival
    return pd.DataFrame(
        {
            "duration": at.index,
            "n_at_risk": n_at_risk.to_numpy(),
            "n_event": at["n_event"].to_numpy(),
            "survival": survival.to_numpy(),
            "low": np.exp(log_survival * np.exp(half)).to_numpy(),
            "high": np.exp(log_survival * np.exp(-half)).to_numpy(),
        }
    )


def estimate_share(counts: pd.DataFrame, days: int, level: float = 0.9) -> dict[str, float]:
    """Share to whom the event comes within ``days``: ``share``, ``low``, ``high``, ``n`` (all who count).

    ``counts`` as for ``estimate_survival``: whoever was not seen for ``days`` counts for as long as was seen.
    Null where nobody was seen that long; ends null where it came to all or to nobody.

    >>> seen = pd.DataFrame({"duration": [7, 60], "n_event": [3, 0], "n_censored": [0, 7]})
    >>> found = estimate_share(seen, 60)
    >>> found["n"], round(found["share"], 2), estimate_share(seen, 61)["share"]
    (10, 0.3, nan)
    """
    found = {"share": np.nan, "low": np.nan, "high": np.nan, "n": 0}
    if not len(counts):
        return found
    curve = estimate_survival(counts, level)
    found["n"] = int(counts[["n_event", "n_censored"]].sum().sum())
    known = curve[curve["duration"] <= days].tail(1)
    # Known once somebody was seen that long: then nothing of these days is still to come for all.
    if len(known) and curve["duration"].max() >= days:
        at = known.iloc[0]
        ends = {"share": "survival", "low": "high", "high": "low"}
        found |= {name: 1 - float(at[end]) for name, end in ends.items()}
    return found


def compare_survival(counts: pd.DataFrame, by: str) -> LogRank:
    """Log-rank test that the groups ``by`` have the same hazard at all times.

    ``counts`` as for ``estimate_survival`` with a column ``by``. Sensitive to proportional differences;
    curves that cross may cancel out. Raises ``ParameterError`` for fewer than two groups.

    >>> counts = pd.DataFrame({"g": list("aabb"), "duration": [1, 2, 1, 2], "n_event": 3, "n_censored": 0})
    >>> compare_survival(counts, "g").chi2
    0.0
    """
    groups = sorted(counts[by].dropna().unique())
    if len(groups) < 2:
        raise ParameterError("log-rank test", expected="two groups or more", got=str(len(groups)))
    tables = [_by_duration(counts[counts[by] == group]) for group in groups]
    times = sorted(set().union(*(table.index for table in tables)))
    events = np.array([table["n_event"].reindex(times, fill_value=0) for table in tables], float)
    total = np.array([table.sum(axis=1).reindex(times, fill_value=0) for table in tables], float)
    at_risk = total[:, ::-1].cumsum(axis=1)[:, ::-1]
    n, d = at_risk.sum(axis=0), events.sum(axis=0)
    share = at_risk / n
    difference = (events - d * share).sum(axis=1)
    factor = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    covariance = np.diag((factor * share).sum(axis=1)) - (factor * share) @ share.T
    last = len(groups) - 1
    statistic = float(difference[:last] @ np.linalg.pinv(covariance[:last, :last]) @ difference[:last])
    return LogRank(statistic, last, float(chi2.sf(statistic, last)))


def _by_duration(counts: pd.DataFrame) -> pd.DataFrame:
    columns = ["n_event", "n_censored"]
    valid = counts["duration"].map(lambda value: math.isfinite(value) and value >= 0)
    if not (valid.all() and (counts[columns] >= 0).all(axis=None) and len(counts)):
        raise ParameterError("survival counts", expected="durations and counts of at least 0, none missing")
    return counts.groupby("duration")[columns].sum().sort_index()
