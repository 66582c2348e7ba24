"""How much is ordered for what is needed, where packs hide it: orders are whole packs, or none at all.

Of a delivery one sees what was there and what came. What was meant to be there lies between one pack less and
that, or, where nothing came, at or below what was there. So the logarithm of meant / needed is only known to
lie in an interval. It is taken to be normal about the mean of its group (a store, say), with one spread:
a regression for interval-censored data (Tobin 1958; Peto 1973). Deliveries of one cluster (a store's week)
may hang together: their scores are added up before they are squared (Huber 1967; Liang and Zeger 1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_ndtr
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError

__all__ = ["Covers", "compare_with_others", "draw_covers", "fit_covers"]

Array = NDArray[Any]
# Deliveries and clusters of a group, below which nothing is said of it.
FEWEST, FEWEST_CLUSTERS = 10, 5
_WIDEST = 6.0  # of a mean on the scale of logs: a factor of 400
_LOG_ROOT = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Covers:
    """``log_cover`` by group (mean of ln meant / needed; null with fewer than 10 deliveries or 5 clusters)
    with ``se``, the number ``n`` of deliveries and of ``clusters``, and ``sd``, the spread of single
    deliveries of one group."""

    log_cover: Array
    se: Array
    n: Array
    clusters: Array
    sd: float


def fit_covers(low: Array, high: Array, group: Array, cluster: Array) -> Covers:
    """The mean of each group from intervals ``low`` (may be -inf) to ``high`` of ln meant / needed.

    ``group``: whole numbers from 0 on; ``cluster``: any labels. Raises ``ParameterError`` where an interval
    is empty.

    >>> rng = np.random.default_rng(7)
    >>> meant = rng.normal(np.repeat([0.2, 0.8], 400), 0.1)
    >>> found = fit_covers(np.floor(meant * 4) / 4, np.floor(meant * 4) / 4 + 0.25, np.repeat([0, 1], 400),
    ...                    np.arange(800) // 5)
    >>> found.log_cover.round(1).tolist()
    [0.2, 0.8]
    """
    if len(low) and not (low < high).all():
        raise ParameterError("interval of what was meant", expected="low below high", got="an empty one")
    n = np.bincount(group, minlength=int(group.max(initial=-1)) + 1)
    pairs = np.unique(np.stack([group, np.unique(cluster, return_inverse=True)[1]]), axis=1)
    clusters = np.bincount(pairs[0].astype(int), minlength=len(n))
    names = np.flatnonzero((n >= FEWEST) & (clusters >= FEWEST_CLUSTERS))
    kept = np.isin(group, names)
    mean, se = np.full(len(n), np.nan), np.full(len(n), np.nan)
    if not len(names):
        return Covers(mean, se, n, clusters, float("nan"))
    at = np.searchsorted(names, group[kept])
    lower, upper = low[kept], high[kept]
    start = np.append([np.median(upper[at == place]) for place in range(len(names))], np.log(0.3))
    bounds = [(-_WIDEST, _WIDEST)] * len(names) + [(np.log(0.01), np.log(3.0))]

    def loss(theta: Array) -> tuple[float, Array]:
        log, scores = _score(theta, lower, upper, at)
        return -float(log.sum()), -_add_up(scores, at, len(names))

    found = minimize(loss, np.clip(start, -_WIDEST, _WIDEST), jac=True, bounds=bounds, method="L-BFGS-B")
    mean[names] = found.x[:-1]
    se[names] = _errors(found.x, lower, upper, at, np.unique(cluster[kept], return_inverse=True)[1])
    at_bound = np.abs(mean) > _WIDEST - 0.01  # nothing ever came: no more is known than that
    mean[at_bound], se[at_bound] = np.nan, np.nan
    return Covers(mean, se, n, clusters, float(np.exp(found.x[-1])))


def compare_with_others(covers: Covers, level: float = 0.9) -> pd.DataFrame:
    """Each group's cover against the median of the others: ``cover``, ``others``, ``ratio`` with ``low`` and
    ``high``, ``log_se`` (of the ratio), ``n``.

    Null with fewer than three others. The error of the median is that of a sample's (pi / 2); the interval is
    Student's, by the group's clusters.

    >>> found = Covers(np.log([1.2, 1.2, 1.2, 2.4]), np.full(4, 0.01), np.full(4, 90), np.full(4, 30), 0.1)
    >>> compare_with_others(found)["ratio"].round(2).tolist()
    [1.0, 1.0, 1.0, 2.0]
    """
    rows = []
    for own, (mean, se) in enumerate(zip(covers.log_cover, covers.se, strict=True)):
        others = np.delete(covers.log_cover, own)
        known = np.isfinite(others)
        if known.sum() < 3:
            rows.append((mean, np.nan, np.nan))
            continue
        spread = np.pi / 2 * float((np.delete(covers.se, own)[known] ** 2).mean()) / known.sum()
        rows.append((mean, float(np.median(others[known])), float(np.hypot(se, np.sqrt(spread)))))
    table = pd.DataFrame(rows, columns=["mean", "usual", "log_se"], dtype=float)
    free = np.maximum(covers.clusters - 1, 1)
    away, half = table["mean"] - table["usual"], student.ppf(0.5 + level / 2, free) * table["log_se"]
    ends = {"ratio": np.exp(away), "low": np.exp(away - half), "high": np.exp(away + half)}
    both = {"cover": np.exp(table["mean"]), "others": np.exp(table["usual"])}
    return pd.DataFrame({**both, **ends, "log_se": table["log_se"], "n": covers.n})


def draw_covers(covers: Covers, low: Array, high: Array, group: Array, rng: np.random.Generator) -> Array:
    """What was meant in each delivery, drawn within its interval; ln meant / needed. Null in groups that
    are not known.

    >>> one = Covers(np.array([0.2]), np.array([0.01]), np.array([50]), np.array([20]), 0.1)
    >>> drawn = draw_covers(one, np.array([0.3]), np.array([0.35]), np.array([0]), np.random.default_rng(1))
    >>> bool(0.3 <= drawn[0] <= 0.35)
    True
    """
    mean = covers.log_cover[group]
    a, b = (norm.cdf((end - mean) / covers.sd) for end in (low, high))
    drawn = mean + covers.sd * norm.ppf(np.clip(a + (b - a) * rng.random(len(mean)), 1e-12, 1 - 1e-12))
    return np.asarray(np.clip(drawn, low, high))


def _score(theta: Array, low: Array, high: Array, at: Array) -> tuple[Array, Array]:
    """Log likelihood of each delivery, and its scores for its group's mean and for ln sd."""
    sd = np.exp(theta[-1])
    a, b = (low - theta[at]) / sd, (high - theta[at]) / sd
    flip = a > 0  # in the upper tail the lower one of the mirrored interval is more exact
    lower, upper = np.where(flip, -b, a), np.where(flip, -a, b)
    top, bottom = log_ndtr(upper), log_ndtr(lower)
    log = top + np.log1p(-np.exp(np.minimum(bottom - top, -1e-15)))
    with np.errstate(over="ignore", invalid="ignore"):
        at_a, at_b = (np.exp(-0.5 * end**2 - _LOG_ROOT - log) for end in (a, b))
        far = np.where(np.isfinite(a), a, 0.0)
        scores = np.stack([(at_a - at_b) / sd, far * at_a - b * at_b])
    return log, scores


def _add_up(scores: Array, at: Array, n: int) -> Array:
    return np.append(np.bincount(at, scores[0], n), scores[1].sum())


def _errors(theta: Array, low: Array, high: Array, at: Array, cluster: Array) -> Array:
    """Standard errors of the means that allow deliveries of one cluster to hang together."""
    k, step = len(theta), 1e-4
    bread = np.empty((k, k))
    for place in range(k):
        shift = step * (np.arange(k) == place)
        ends = [_add_up(_score(theta + side * shift, low, high, at)[1], at, k - 1) for side in (1, -1)]
        bread[place] = (ends[0] - ends[1]) / (2 * step)
    scores = _score(theta, low, high, at)[1]
    sums = np.zeros((int(cluster.max()) + 1, k))
    np.add.at(sums, (cluster, at), scores[0])
    np.add.at(sums[:, -1], cluster, scores[1])
    inverse = np.linalg.pinv(bread)
    n = len(sums)
    cov = inverse @ (sums.T @ sums) @ inverse.T * (n / max(n - 1, 1))
    return np.sqrt(np.diag(cov)[:-1])
