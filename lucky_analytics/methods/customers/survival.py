"""Time to an event, some of it not yet seen: Kaplan-Meier and the log-rank test, from counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2, norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate

__all__ = ["LogRank", "compare_survival", "estimate_share", "estimate_survival", "estimate_time",
           "shuffle_log_rank"]  # fmt: skip


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


def estimate_time(counts: pd.DataFrame, share: float, level: float = 0.9) -> Estimate:
    """Time within which the event comes to ``share`` (0 to 1) of all: 0.5 is the median.

    ``counts`` as for ``estimate_survival``. The value is the first duration at which the curve is at
    1 - ``share`` or below, its ends those of the curve's pointwise interval (Brookmeyer and Crowley 1982,
    Biometrics 38); an end that the curve does not reach is null, and the value where it does not itself.

    >>> counts = pd.DataFrame({"duration": [1, 2, 3, 9], "n_event": [1, 1, 1, 0], "n_censored": [0, 0, 0, 1]})
    >>> estimate_time(counts, 0.5).value, estimate_time(counts, 0.9).value is None
    (2.0, True)
    """
    n = int(counts[["n_event", "n_censored"]].sum().sum())
    if not counts["n_event"].sum():
        return Estimate(None, n=n)
    curve = estimate_survival(counts, level)
    value, low, high = (_first_below(curve, name, 1 - share) for name in ("survival", "low", "high"))
    if value is None:
        return Estimate(None, n=n)
    return Estimate(value, min(value, value if low is None else low), high, level=level, n=n)


def _first_below(curve: pd.DataFrame, name: str, left: float) -> float | None:
    """The first duration at which at most ``left`` of the curve remains."""
    rest = curve[name].where(curve["survival"] > 0, 0.0)
    reached = curve.loc[rest <= left + 1e-9, "duration"]
    return float(reached.iloc[0]) if len(reached) else None


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


def shuffle_log_rank(
    durations: ArrayLike, is_event: ArrayLike, is_own: ArrayLike, n_draws: int = 1999, seed: int = 7
) -> tuple[float, float]:
    """The log-rank test of one group against all others by shuffling who belongs to it, for few subjects.

    Each subject scores its event (1; 0 where censored) less the cumulative hazard of all up to its duration;
    the group's sum is what came less what was to be expected, negative where the event comes later to it.
    Returns that sum and the two-sided p-value over ``n_draws`` shuffles, which counts the observed one. Holds
    however small the groups, where censoring is the same in both. Source: Peto and Peto (1972), JRSS A 135.
    Raises ``ParameterError`` for durations that are missing or below 0, and for a group of nobody or of all.

    >>> excess, p_value = shuffle_log_rank([9, 8, 7, 9, 1, 2, 1, 2], [1] * 8, [True] * 4 + [False] * 4)
    >>> round(excess, 2), p_value < 0.05
    (-2.33, True)
    """
    days, events, own = np.asarray(durations, float), np.asarray(is_event, float), np.asarray(is_own, bool)
    if not len(days) or not (np.isfinite(days) & (days >= 0)).all() or own.all() or not own.any():
        raise ParameterError("log-rank test", expected="durations of 0 or more, in two groups", got="others")
    times, place = np.unique(days, return_inverse=True)
    n_at_risk = np.bincount(place, minlength=len(times))[::-1].cumsum()[::-1]
    hazard = np.cumsum(np.bincount(place, events, len(times)) / n_at_risk)
    scores = events - hazard[place]
    excess, rng, n_own = float(scores[own].sum()), np.random.default_rng(seed), int(own.sum())
    n_as_far = sum(
        abs(rng.choice(scores, n_own, replace=False, shuffle=False).sum()) >= abs(excess) - 1e-9
        for _draw in range(n_draws)
    )
    return excess, float((1 + n_as_far) / (1 + n_draws))


def _by_duration(counts: pd.DataFrame) -> pd.DataFrame:
    columns = ["n_event", "n_censored"]
    valid = counts["duration"].map(lambda value: math.isfinite(value) and value >= 0)
    if not (valid.all() and (counts[columns] >= 0).all(axis=None) and len(counts)):
        raise ParameterError("survival counts", expected="durations and counts of at least 0, none missing")
    return counts.groupby("duration")[columns].sum().sort_index()
