"""Spatial choice with an outside option: who goes where, and what a new store takes from whom.

Huff (1963), with attraction as in the multiplicative competitive interaction model of Nakanishi and Cooper
(1974): a demand point i chooses store j with probability

    P_ij = A_j exp(-cost_ij / decay_km) / (outside + sum_k A_k exp(-cost_ik / decay_km))

``outside`` is everything that is not one of ours: other shops, the office machine, no coffee. Without it
(outside = 0) every order of a new store would come from a sister store, so losses to it are overstated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from lucky_analytics.errors import LuckyError

__all__ = [
    "NOTHING_TAKEN",
    "choice_shares",
    "divert_one_by_one",
    "estimate_diversion",
    "expected_demand",
    "fit_outside",
]

Array = NDArray[Any]

# So much else to choose from that stores take nothing from each other: the limit of the model.
NOTHING_TAKEN = float(np.exp(20.0))


def choice_shares(cost_km: ArrayLike, attraction: ArrayLike, decay_km: float, outside: float) -> Array:
    """P (n demand points, m stores); rows sum to at most 1, to exactly 1 without an outside option.

    ``cost_km`` (n, m), ``attraction`` (m,) > 0. A demand point out of everybody's reach has shares of 0, and
    so has a store at a distance that is not known (NaN).

    >>> choice_shares([[0.0, 0.0]], [1.0, 1.0], decay_km=1.0, outside=2.0).tolist()
    [[0.25, 0.25]]
    """
    pull = np.nan_to_num(np.asarray(attraction, float) * np.exp(-np.asarray(cost_km, float) / decay_km))
    total = outside + pull.sum(axis=1, keepdims=True)
    return np.divide(pull, total, out=np.zeros_like(pull), where=total > 0)


def estimate_diversion(
    demand: ArrayLike,
    cost_km: ArrayLike,
    new_cost_km: ArrayLike,
    *,
    decay_km: float,
    outside: float,
    attraction: ArrayLike | None = None,
    new_attraction: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Share of its demand that each store loses when new ones open together, (m,), and what those gain, (k,).

    ``demand`` (n,) counts of people, ``cost_km`` (n, m) to the stores there are, ``new_cost_km`` (n, k) to
    the new ones; attractions are 1 unless given. The gain is in units of demand: the part of it that exceeds
    the stores' losses came from the outside option.
    """
    people, cost, new_cost = (np.asarray(v, float) for v in (demand, cost_km, new_cost_km))
    m, k = cost.shape[1], new_cost.shape[1]
    old = np.ones(m) if attraction is None else np.asarray(attraction, float)
    new = np.ones(k) if new_attraction is None else np.asarray(new_attraction, float)
    before = people @ choice_shares(cost, old, decay_km, outside)
    after = people @ choice_shares(np.hstack([cost, new_cost]), np.concatenate([old, new]), decay_km, outside)
    lost = np.divide(before - after[:m], before, out=np.zeros(m), where=before > 0)
    return lost, after[m:]


def divert_one_by_one(
    demand: ArrayLike, cost_km: ArrayLike, new_cost_km: ArrayLike, *, decay_km: float, outside: float
) -> tuple[Array, Array]:
    """The same for each new store opening alone: shares lost (k, m), and what each gains (k,).

    All attractions are 1. One pass over k sites, where ``estimate_diversion`` would take k.

    >>> lost, gained = divert_one_by_one([8.0], [[0.0]], [[0.0, 0.0]], decay_km=1.0, outside=2.0)
    >>> lost.round(3).tolist(), gained.tolist()
    ([[0.25], [0.25]], [2.0, 2.0])
    """
    people, cost, new_cost = (np.asarray(v, float) for v in (demand, cost_km, new_cost_km))
    pull, new_pull = (np.nan_to_num(np.exp(-km / decay_km)) for km in (cost, new_cost))
    total = outside + pull.sum(axis=1)
    weight = 1 / np.maximum(total[:, None] + new_pull, np.finfo(float).tiny)
    before = (people / np.maximum(total, np.finfo(float).tiny)) @ pull
    after = weight.T @ (people[:, None] * pull)
    lost = np.divide(before - after, before, out=np.zeros_like(after), where=before > 0)
    return lost, people @ (new_pull * weight)


def expected_demand(demand: ArrayLike, cost_km: ArrayLike, *, decay_km: float, outside: float) -> Array:
    """People that each place would draw if it stood alone, (m,), in units of ``demand`` (n,).

    ``cost_km`` (n, m). As a share of what the largest place could draw it means little; ratios between places
    are what the model foretells. With a large ``outside`` they become those of a gravity model: people
    weighed by distance. Null for a place at an unknown distance.

    >>> expected_demand([6.0, 6.0], [[0.0], [0.0]], decay_km=1.0, outside=2.0).tolist()
    [4.0]
    """
    people, cost = np.asarray(demand, float), np.asarray(cost_km, float)
    pull = np.exp(-cost / decay_km)
    drawn: Array = people @ (pull / (outside + pull))
    return drawn


def fit_outside(
    demand: ArrayLike, cost_km: ArrayLike, pairs: ArrayLike, losses: ArrayLike, *, decay_km: float
) -> float:
    """The outside option at which the mean diversion between pairs of stores equals the mean observed loss.

    ``pairs`` (p, 2): store, and the sister whose opening took ``losses`` (p,) of its orders. Each pair is
    judged by removing the sister from all stores. Raises ``LuckyError`` when even without an outside option
    the model's diversion is below what was observed, and when nothing was lost on average (or gained): then
    no outside option is large enough, and ``NOTHING_TAKEN`` is the limit.
    """
    people, cost = np.asarray(demand, float), np.asarray(cost_km, float)
    both, lost_on_average = np.asarray(pairs, int), np.asarray(losses, float)
    target = float(lost_on_average.mean()) if len(both) else 0.0

    pull = np.nan_to_num(np.exp(-cost / decay_km))
    # What draws a demand point besides each store: summed up, not taken off, so that small parts stay exact.
    besides = pull @ (1 - np.eye(pull.shape[1]))

    def excess(log_outside: float) -> float:
        without = besides + np.exp(log_outside)  # (n, m): the total without each store
        after = (people / (without + pull)[:, 0]) @ pull
        before = (people[:, None] / without).T @ pull  # (m, m): of all stores, without each
        store, sister = both.T
        was = before[sister, store]
        lost = np.divide(was - after[store], was, out=np.zeros_like(was), where=was > 0)
        return float(lost.mean()) - target

    if not len(both) or not target > 0 or excess(20.0) > 0:
        raise LuckyError(
            "outside option",
            expected="losses to sister stores above zero",
            got="none" if not len(both) else f"a mean loss of {target:.1%}",
            remedy="Read the losses from the openings alone",
        )
    if excess(-20.0) < 0:
        raise LuckyError(
            "outside option",
            expected="losses to sister stores that a choice among stores can explain",
            got=f"a mean loss of {target:.0%}",
            remedy="Choose a shorter decay",
        )
    return float(np.exp(brentq(excess, -20.0, 20.0, xtol=1e-6)))
