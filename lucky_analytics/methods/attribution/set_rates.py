"""How many people order while touched by no channel outside a set: the worth of sets that time cannot fake.

A path is cut off by its order, so those who order have seen fewer channels than those who go on. A plain
share of people who ordered, by the channels that they saw, favours small sets and rare channels even where
no channel matters. So a person counts for a set for as long as no channel outside it came, as somebody who
leaves a study counts until then: the worth is the share that would order in the whole time if it went on so.

References: Kaplan and Meier (1958), JASA 53, on counting those who leave; Holford (1976), Biometrics 32, on
rates that are constant between ages.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.attribution.shapley import sum_within

__all__ = ["STEADY", "add_spells", "value_sets"]

# Orders at everybody's rates that are added to each set: one that hardly anybody was in tells little.
STEADY = 5.0

Floats = NDArray[np.float64]


def add_spells(
    start: Floats,
    end: Floats,
    is_order: NDArray[np.bool_],
    edges: Floats,
    cell: NDArray[np.int64],
    n_cells: int,
) -> tuple[Floats, Floats]:
    """Orders and time of each of ``n_cells`` cells (rows) between each two ``edges`` of age (columns).

    One spell of one path in one state: from age ``start`` to ``end``, in the unit of ``edges``;
    ``is_order``: whether an order ended it; ``cell`` (0 and up): where it counts (a state, or a state and a
    group of people). ``edges`` ascend, from the least to the oldest age. An order at an edge belongs to the
    age before it. Raises ``ParameterError`` for a spell outside the edges, or one that ends before it starts.

    >>> spells = np.array([0.0, 1.0, 0.0]), np.array([1.0, 2.0, 2.0]), np.array([False, True, False])
    >>> orders, time = add_spells(*spells, np.array([0.0, 1.0, 2.0]), np.array([0, 1, 0]), 2)
    >>> orders.tolist(), time.tolist()
    ([[0.0, 0.0], [0.0, 1.0]], [[2.0, 1.0], [0.0, 1.0]])
    """
    if len(start) and not (start.min() >= edges[0] and end.max() <= edges[-1] and (end >= start).all()):
        raise ParameterError(
            "spells of paths", expected=f"ages in order from {edges[0]:g} to {edges[-1]:g}", got="others"
        )
    n_ages = len(edges) - 1
    age = np.clip(np.searchsorted(edges, end[is_order], side="left") - 1, 0, n_ages - 1)
    orders = np.bincount(cell[is_order] * n_ages + age, minlength=n_cells * n_ages)
    time = np.zeros((n_cells, n_ages))
    for place, (low, high) in enumerate(itertools.pairwise(edges)):
        is_in = (start < high) & (end > low)
        stayed = np.minimum(end[is_in], high) - np.maximum(start[is_in], low)
        time[:, place] = np.bincount(cell[is_in], stayed, n_cells)
    return orders.reshape(n_cells, n_ages).astype(float), time


def value_sets(orders: Floats, time: Floats, edges: Floats, steady: float = STEADY) -> Floats:
    """The share (0 to 1) that would order by the last edge while touched by no channel outside each set.

    ``orders`` and ``time``: those of paths whose channels so far were just that set, on the last two axes:
    sets (places as in ``shapley.share_out``), ages between ``edges``. Other axes are games of their own.
    Returned: the same without the last axis; 0 for no channel. ``steady``: that many orders at everybody's
    rates are added to each set, so that a set without anybody is worth what all are.

    >>> edges, time = np.array([0.0, 1.0]), np.array([[0.0], [50.0], [30.0], [20.0]])
    >>> orders = np.array([[0.0], [5.0], [0.0], [5.0]])
    >>> value_sets(orders, time, edges, steady=0.0).round(4).tolist()
    [0.0, 0.0952, 0.0, 0.0952]
    """
    inside, stayed = (np.moveaxis(sum_within(np.moveaxis(x, -1, -2)), -1, -2) for x in (orders, time))
    whole = inside[..., -1:, :].sum(axis=-1, keepdims=True)
    part = np.divide(steady, whole, out=np.zeros_like(whole), where=whole > 0)
    inside, stayed = inside + part * inside[..., -1:, :], stayed + part * stayed[..., -1:, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Who orders in no time at all orders for sure.
        rate = np.where(inside > 0, inside / stayed, 0.0)
    worth = 1 - np.exp(-(rate * np.diff(edges)).sum(axis=-1))
    worth[..., 0] = 0.0
    return np.asarray(worth)
