"""How many packs to order: the newsvendor for what keeps longer than one delivery, in whole packs.

What is there and on order, and the packs that come, must last until the delivery after theirs; what of them
is not used within the shelf life is thrown away. A level S costs

    underage x E(need - S)+  +  waste x E(S - use within its life)+  +  holding x E(S - need)+

and is best where one more unit brings as much as it costs. Where the life ends with the need this is the
newsvendor; where nothing spoils, the level of a store reviewed at intervals. That the oldest is used first
and each order is judged by itself is an approximation (Nahmias 1976, "Myopic approximations for the
perishable inventory problem"); tests hold it to the best level of a simulated shelf.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["choose_packs", "cost_of_level", "find_level"]

Array = NDArray[Any]
_STEPS = 40


def cost_of_level(
    level: ArrayLike, need: Array, life: Array, underage: ArrayLike, waste: ArrayLike, holding: ArrayLike
) -> Any:
    """Money that a level costs on average; ``need`` and ``life`` are draws x items, costs are of a unit.

    >>> need = np.array([[2.0], [4.0]])
    >>> cost_of_level(3.0, need, need, underage=2.0, waste=1.0, holding=0.0).tolist()
    [1.5]
    """
    amount = np.asarray(level, float)
    short = np.maximum(need - amount, 0).mean(axis=0)
    old = np.maximum(amount - life, 0).mean(axis=0)
    left = np.maximum(amount - need, 0).mean(axis=0)
    return np.asarray(underage) * short + np.asarray(waste) * old + np.asarray(holding) * left


def find_level(need: Array, life: Array, underage: ArrayLike, waste: ArrayLike, holding: ArrayLike) -> Array:
    """The level of least cost of each item, in units; costs of a unit, above 0 for ``underage``.

    ``need``: draws x items, what is used until the delivery after; ``life``: the same until what comes has
    reached its shelf life (infinite where it does not spoil). With need and life alike it is the newsvendor:

    >>> draws = np.arange(1, 101, dtype=float)[:, None]
    >>> find_level(draws, draws, underage=80.0, waste=20.0, holding=0.0).round().tolist()
    [80.0]

    Raises ``ParameterError`` where draws differ in shape or a cost is below 0.
    """
    need, life = np.asarray(need, float), np.asarray(life, float)
    if need.shape != life.shape or need.ndim != 2 or not len(need):
        raise ParameterError(
            "draws of need and life", expected="both draws x items", got=f"{need.shape}, {life.shape}"
        )
    under, old, held = (
        np.broadcast_to(np.asarray(cost, float), need.shape[1:]) for cost in (underage, waste, holding)
    )
    if (np.stack([under, old, held]) < 0).any():
        raise ParameterError("costs of a unit", expected="0 or more", got="one below 0")
    low, high = np.zeros(need.shape[1]), need.max(axis=0)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        gain = under * (need > middle).mean(axis=0)
        loss = old * (life < middle).mean(axis=0) + held * (need < middle).mean(axis=0)
        more = gain > loss
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return high


def choose_packs(
    position: ArrayLike,
    pack: ArrayLike,
    need: Array,
    life: Array,
    underage: ArrayLike,
    waste: ArrayLike,
    holding: ArrayLike,
) -> Array:
    """Whole packs to order on top of ``position`` (stock and what is on order): those of least cost.

    As the cost is convex in the level, they are the last pack below the best level or the first above it.

    >>> draws = np.arange(1, 101, dtype=float)[:, None]
    >>> choose_packs(10.0, 25.0, draws, draws, 80.0, 20.0, 0.0).tolist()
    [3]
    """
    size = np.asarray(pack, float)
    if (size <= 0).any():
        raise ParameterError("pack", expected="above 0 units", got=f"{size.min():g}")
    held = np.asarray(position, float)
    best = find_level(need, life, underage, waste, holding)
    fewer = np.maximum(np.floor((best - held) / size), 0)
    costs = [
        cost_of_level(
            held + n * size, np.asarray(need, float), np.asarray(life, float), underage, waste, holding
        )
        for n in (fewer, fewer + 1)
    ]
    more = (costs[1] < costs[0]) & (best > held)
    return (fewer + more).astype(np.int64)
