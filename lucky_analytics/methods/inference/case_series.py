"""Do events come more often in certain hours of the same person? The self-controlled case series.

Only persons with an event tell something: given that a person had so many events in a week, did more of them
fall into the hours after a message than its share of the week would have? Whatever a person is like drops
out. How busy each hour is for everybody is known, and is the share that the hours of each kind had of the
week.

References: Farrington (1995), Biometrics 51; Whitaker, Farrington, Spiessens and Musonda (2006), Stat.
Med. 25, on the design and on the time before an exposure as a control.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError

__all__ = ["FEWEST_EVENTS", "CaseSeries", "fit_case_series"]

Array = NDArray[Any]
FEWEST_EVENTS = 20  # in hours of a kind, and as many expected there, from which its ratio has an interval
_MOST_STEPS, _CLOSE = 50, 1e-9


@dataclass(frozen=True)
class CaseSeries:
    """``log_ratio`` (k,): of the rate in hours of each kind to that in all other hours, with errors ``se``;
    null where too few events fell or were to be expected there. ``events`` (k,) and all ``n`` of the
    strata."""

    log_ratio: Array
    se: Array
    events: Array
    n: int


def fit_case_series(events: Array, expected: Array, unit: Array) -> CaseSeries:
    """``events``, ``expected`` (strata, 1 + k): what fell, and what was to be expected up to a factor of the
    stratum, in all other hours and in hours of each kind; ``unit`` (strata,): whose stratum it is, codes from
    0, whose errors may hang together.

    Strata without an event say nothing. Raises ``LuckyError`` where an event fell where nothing was expected.

    Twice as many events in the fourth part of the time as in it would be usual:

    >>> found = fit_case_series(np.tile([60, 40], (9, 1)), np.tile([3.0, 1.0], (9, 1)), np.arange(9))
    >>> round(float(np.exp(found.log_ratio[0])), 6)
    2.0
    """
    total = events.sum(axis=1)
    kept = total > 0
    events, expected, unit, total = events[kept], expected[kept].astype(float), unit[kept], total[kept]
    if ((events > 0) & (expected <= 0)).any():
        raise LuckyError("events of a case series", expected="in hours that have a share", got="in others")
    k = events.shape[1] - 1
    usual = expected / expected.sum(axis=1, keepdims=True) * total[:, None]
    told = (events[:, 1:].sum(axis=0) >= FEWEST_EVENTS) & (usual[:, 1:].sum(axis=0) >= FEWEST_EVENTS)
    told &= bool(len(events)) and events[:, 0].sum() >= FEWEST_EVENTS
    log_ratio, se = np.full(k, np.nan), np.full(k, np.nan)
    if told.any():
        # Hours of a kind of which too little is known are left out of the comparison altogether.
        columns = np.r_[True, told]
        log_ratio[told], se[told] = _solve(events[:, columns], expected[:, columns], unit)
    return CaseSeries(log_ratio, se, events[:, 1:].sum(axis=0), int(total.sum()))


def _solve(events: Array, expected: Array, unit: Array) -> tuple[Array, Array]:
    """Newton's steps on the conditional likelihood, which is concave, and errors by unit."""
    total, beta = events.sum(axis=1), np.zeros(events.shape[1] - 1)
    for _ in range(_MOST_STEPS):
        weight = expected * np.r_[1.0, np.exp(beta)]
        share = (weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300))[:, 1:]
        score = (events[:, 1:] - total[:, None] * share).sum(axis=0)
        many = total[:, None] * share
        information = np.diag(many.sum(axis=0)) - many.T @ share
        step = np.clip(np.linalg.pinv(information, hermitian=True) @ score, -2.0, 2.0)
        beta += step
        if np.abs(step).max() < _CLOSE:
            break
    own = events[:, 1:] - total[:, None] * share
    codes = np.unique(unit, return_inverse=True)[1]
    sums = np.column_stack([np.bincount(codes, column) for column in own.T])
    bread = np.linalg.pinv(information, hermitian=True)
    few = len(sums) / max(len(sums) - 1, 1)
    covariance = bread @ (sums.T @ sums) @ bread * few
    return beta, np.sqrt(np.diag(covariance))
