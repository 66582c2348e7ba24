"""Whether those who are predicted to gain most do: the Qini curve, and the area under it, with an interval.

All are put in the order of their predicted gain. The curve says what giving to the first share of them adds;
by lot it would be that share of the whole. The area between the two (Radcliffe 2007) is what ranking brings,
on average over all shares: 0 where the order says nothing, below 0 where it is the wrong way round. Gains are
scores whose mean is the effect (``off_policy.score_actions``), predictions come from others, and the interval
is by drawing persons, all of whose rows come along, with the order made anew each time.

References: Radcliffe (2007), Direct Marketing Analytics Journal; Yadlowsky, Fleming, Shah, Brunskill and
Wager (2025), JASA 120, on ranks and intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import rankdata

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval

__all__ = ["N_DRAWS", "Qini", "measure_qini", "rank_shares"]

Array = NDArray[Any]
N_DRAWS = 200
STEPS = 100  # shares at which the curve is read; within a step the order is that of a lot


@dataclass(frozen=True)
class Qini:
    """``shares`` (steps + 1,), 0 to 1; ``curve``, ``low``, ``high`` at each: what giving to that share adds,
    per unit of all; ``area``: between curve and lot; ``whole``: what giving to all adds."""

    shares: Array
    curve: Array
    low: Array
    high: Array
    area: Estimate
    whole: Estimate


def rank_shares(predicted: Array) -> Array:
    """Share of all (0 to 1) before each in the order of its prediction, the highest first; ties alike.

    >>> rank_shares(np.array([5.0, 1.0, 3.0, 3.0])).tolist()
    [0.125, 0.875, 0.5, 0.5]
    """
    shares: Array = (rankdata(-predicted, method="average") - 0.5) / len(predicted)
    return shares


def measure_qini(
    predicted: Array,
    gains: Array,
    cluster: Array,
    units: Array,
    level: float = 0.9,
    weights: Array | None = None,
) -> Qini:
    """The Qini curve of ``gains`` (n,), scores of what giving adds, in the order of ``predicted`` (n,).

    ``cluster`` (n,): whose row it is, codes from 0; ``units`` (clusters,): for how many units each stands
    (customers' weeks in hundreds, say), so that values are per unit. ``weights`` (draws, clusters): how often
    each is drawn (``block_bootstrap.draw_block_weights``), 200 draws unless given. Intervals are the middle
    ``level`` of the draws, moved so that their middle is the estimate. Raises ``LuckyError`` for fewer than
    two clusters.

    >>> found = measure_qini(np.arange(4.0), np.array([0.0, 0.0, 0.0, 4.0]), np.arange(4), np.ones(4))
    >>> round(found.area.value, 3), found.curve[[25, 100]].tolist()
    (0.375, [1.0, 1.0])
    """
    if len(units) < 2:
        raise LuckyError("Qini curve", expected="two customers at least", got=str(len(units)))
    step = np.minimum((rank_shares(predicted) * STEPS).astype(int), STEPS - 1)
    shape = (len(units), STEPS)
    worth = csr_matrix((gains, (cluster, step)), shape=shape)
    size = csr_matrix((np.ones(len(gains)), (cluster, step)), shape=shape)
    shares = np.linspace(0.0, 1.0, STEPS + 1)
    curve, area = _read(shares, worth.sum(axis=0), size.sum(axis=0), units.sum())
    if weights is None:
        weights = draw_block_weights(len(units), N_DRAWS)
    curves, areas = _read(shares, (worth.T @ weights.T).T, (size.T @ weights.T).T, weights @ units)
    low, high = (end - np.mean(curves, axis=0) + curve[0] for end in quantile_interval(curves, level))
    least, most = (float(end[0] - areas.mean() + area[0]) for end in quantile_interval(areas[:, None], level))
    n = len(units)
    return Qini(
        shares, curve[0], low, high,
        Estimate(float(area[0]), least, most, level=level, n=n),
        Estimate(float(curve[0, -1]), float(low[-1]), float(high[-1]), level=level, n=n),
    )  # fmt: skip


def _read(shares: Array, worth: Any, size: Any, units: Any) -> tuple[Array, Array]:
    """Curves (draws, steps + 1) at ``shares`` and areas (draws,) of sums (draws, steps) of ordered rows."""
    worth, size = np.atleast_2d(np.asarray(worth)), np.atleast_2d(np.asarray(size))
    units = np.atleast_1d(units).astype(float)
    start = np.zeros((len(worth), 1))
    come = np.hstack([start, np.cumsum(worth, axis=1)]) / units[:, None]
    seen = np.hstack([start, np.cumsum(size, axis=1)])
    seen /= seen[:, -1:]
    areas = (np.diff(seen, axis=1) * (come[:, 1:] + come[:, :-1]) / 2).sum(axis=1) - come[:, -1] / 2
    curves = np.array([np.interp(shares, at, made) for at, made in zip(seen, come, strict=True)])
    return curves, areas
