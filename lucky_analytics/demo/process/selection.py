"""Which candidates become customers: entropy tilting to the published margins, then exact selection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.process.candidates import Pool
from lucky_analytics.demo.process.horizon import N_DAYS, N_WEEKS, WEEK
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.demo.truth.scores import protected_scores
from lucky_analytics.errors import DemoError

__all__ = ["Tilt", "select", "tilt"]

# A plant this far from the published margins would be bent, not selected.
MAX_KL, MIN_EFFECTIVE, MAX_MISS = 0.10, 0.80, 0.01


@dataclass(frozen=True)
class Tilt:
    """Inclusion probability of each candidate, and how far it is from an equal one.

    ``kl`` is nats a selected user, ``effective`` the effective share of the pool.
    """

    inclusion: Floats
    kl: float
    effective: float


def tilt(pool: Pool, recency: Ints, singles: int, daily_orders: Floats, planted: Plants) -> Tilt:
    """Logistic inclusion probabilities that meet the margins in expectation, by Newton steps.

    Margins: users by recency class, users with one order, orders of each day, and zero sums of the scores
    of the MBG/NBD and of the hazard ratios, which keep the estimates on the selected users at the plant.
    Raises ``DemoError`` when the plant is too far from the margins.
    """
    n_users, base = int(recency.sum()), recency.sum() / pool.n
    scores = protected_scores(pool, planted)
    design = sparse.hstack([
        sparse.csr_matrix((np.ones(pool.n), (np.arange(pool.n), pool.recency_class)), shape=(pool.n, 5)),
        sparse.csr_matrix(pool.is_single[:, None].astype(float)),
        sparse.csr_matrix(
            (np.ones(len(pool.order_day)), (pool.order_candidate, pool.order_day)), shape=(pool.n, N_DAYS)
        ),
        sparse.csr_matrix(scores),
    ]).tocsr()  # fmt: skip
    target = np.r_[recency, singles, daily_orders, np.zeros(scores.shape[1])]
    scale = np.where(target == 0, n_users, target)
    transposed, weighted = design.T.tocsr(), design.copy()
    row = np.repeat(np.arange(pool.n), np.diff(design.indptr))
    beta = np.zeros(design.shape[1])
    for _ in range(60):
        inclusion = 1 / (1 + (1 / base - 1) * np.exp(-np.clip(design @ beta, -15, 15)))
        gap = target - transposed @ inclusion
        if np.abs(gap / scale).max() < 1e-6:
            break
        variance = inclusion * (1 - inclusion)
        weighted.data = design.data * variance[row]
        hessian = (transposed @ weighted).toarray()
        step = np.linalg.solve(hessian + 1e-6 * np.diag(np.diag(hessian) + 1e-9), gap)
        beta += step * min(1.0, 1.5 / np.abs(step).max())
    kl = float((inclusion * np.log(inclusion / base)).sum() / n_users)
    effective = float(inclusion.sum() ** 2 / (inclusion**2).sum() / pool.n)
    missed = float(np.abs(gap / scale).max())
    if kl > MAX_KL or effective < MIN_EFFECTIVE or missed > MAX_MISS:
        raise DemoError(
            "customer plant against the published margins",
            expected=f"KL at most {MAX_KL} nats, an effective pool of {MIN_EFFECTIVE} or more, margins met",
            got=f"{kl:.3f}, {effective:.2f}, off by {missed:.1%}",
            remedy="Plant nearer values, or build with calibrate=False (--no-calibrate)",
        )
    return Tilt(inclusion, kl, effective)


def select(pool: Pool, inclusion: Floats, recency: Ints, singles: int, orders: int, seed: int) -> Bools:
    """Exactly the published users: recency classes, one-order users and, by swaps, the order total.

    Systematic sampling on ``inclusion`` inside each class x single cell, in the order of first day and
    count; then selected users with c orders are swapped for unselected ones with one more or one fewer in
    the same class and first week. With a small pool the last few orders may be out of reach; the caller
    compares.
    """
    rng = stream(seed, "selection")
    chosen = np.zeros(pool.n, dtype=bool)
    group, single = pool.recency_class, pool.is_single
    expected = np.array([inclusion[(group == k) & single].sum() for k in range(5)])
    n_single = np.minimum(largest_remainder(expected, singles), recency)
    n_single[-1] += singles - n_single.sum()
    for k in range(5):
        for is_single, size in ((True, n_single[k]), (False, recency[k] - n_single[k])):
            cell = np.flatnonzero((group == k) & (single == is_single))
            order = np.lexsort((rng.random(len(cell)), pool.n_orders[cell], pool.first_day[cell]))
            chosen[_systematic(cell[order], inclusion, int(size), rng)] = True
    _swap_to_total(pool, chosen, orders, rng)
    return chosen


def _systematic(rows: Ints, inclusion: Floats, size: int, rng: np.random.Generator) -> Ints:
    """``size`` of ``rows``, by systematic sampling with probabilities proportional to ``inclusion``."""
    if size >= len(rows):
        if size > len(rows):
            raise DemoError("selection", expected=f"{size} candidates in a cell", got=str(len(rows)))
        return rows
    probability = inclusion[rows].copy()
    for _ in range(20):
        probability = np.minimum(1, probability * size / probability.sum())
    cumulative = np.cumsum(probability) * (size / probability.sum())
    hit = np.diff(np.r_[0, np.floor(cumulative + rng.random() * 0.999999)]) > 0
    short = size - int(hit.sum())
    if short > 0:
        hit[rng.choice(np.flatnonzero(~hit), short, replace=False)] = True
    elif short < 0:
        hit[rng.choice(np.flatnonzero(hit), -short, replace=False)] = False
    return rows[hit]


def _swap_to_total(pool: Pool, chosen: Bools, orders: int, rng: np.random.Generator) -> None:
    """Swap users having c orders for others having c + 1 (or c - 1) until the total is ``orders``."""
    gap = orders - int(pool.n_orders[chosen].sum())
    if gap == 0:
        return
    sign = 1 if gap > 0 else -1
    count = pool.n_orders
    cell = (pool.recency_class * N_WEEKS + WEEK[pool.first_day]) * 64
    out = np.flatnonzero(chosen & (count >= (2 if sign > 0 else 3)) & (count <= 8))
    into = np.flatnonzero(~chosen & (count >= 2) & (count <= 9))
    out_key, into_key = cell[out] + count[out] + sign, cell[into] + count[into]
    _, i, j = np.intersect1d(_ranked(out_key), _ranked(into_key), return_indices=True)
    pick = rng.permutation(len(i))[: abs(gap)]
    chosen[out[i[pick]]] = False
    chosen[into[j[pick]]] = True


def _ranked(key: Ints) -> Ints:
    """A key that is unique: equal keys are numbered in their order."""
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    rank = np.arange(len(key)) - np.searchsorted(sorted_key, sorted_key)
    unique = np.empty(len(key), dtype=np.int64)
    unique[order] = sorted_key * 1_000_000 + rank
    return unique
