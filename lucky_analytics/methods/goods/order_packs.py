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

__all__ = ["choose_packs", "cost_of_level", "find_level", "find_order_point"]

Array = NDArray[Any]
_STEPS = 24  # to less than a millionth of the largest draw


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
    of_need, of_life = _Sorted(need), _Sorted(life)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        used = of_need.count(middle) / len(need)
        more = under * (1 - used) > old * of_life.count(middle) / len(life) + held * used
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


def find_order_point(
    pack: ArrayLike, need: Array, life: Array, underage: ArrayLike, waste: ArrayLike, holding: ArrayLike
) -> Array:
    """The position of each item below which one more pack pays; 0 where none ever does.

    So an order brings the position to this point or beyond, and never a whole pack beyond it:
    ``choose_packs`` of any position below is as many packs as reach it.

    >>> draws = np.arange(1, 101, dtype=float)[:, None]
    >>> find_order_point(25.0, draws, draws, 80.0, 20.0, 0.0).round(1).tolist()
    [68.0]
    """
    size = np.broadcast_to(np.asarray(pack, float), need.shape[1:])
    if (size <= 0).any():
        raise ParameterError("pack", expected="above 0 units", got=f"{size.min():g}")
    low, high = np.zeros(need.shape[1]), need.max(axis=0)
    of_need, of_life = _Sorted(need), _Sorted(life)
    under, old, held = (np.asarray(cost, float) for cost in (underage, waste, holding))

    def gain(level: Array) -> Array:
        """Dollars that one more pack brings on top of this level."""
        left = of_need.left(level + size) - of_need.left(level)
        aged = of_life.left(level + size) - of_life.left(level)
        return np.asarray(under * (size - left) - old * aged - held * left)

    for _ in range(_STEPS):
        middle = (low + high) / 2
        pays = gain(middle) > 0
        low, high = np.where(pays, middle, low), np.where(pays, high, middle)
    return high


class _Sorted:
    """Draws of items, sorted, so that what is left of a level takes no pass over all of them."""

    def __init__(self, draws: Array):
        self._ranked = np.sort(np.asarray(draws, float), axis=0, kind="stable")  # mostly sorted already
        self._total = np.concatenate([np.zeros((1, draws.shape[1])), np.cumsum(self._ranked, axis=0)])
        self._items = np.arange(draws.shape[1])

    def count(self, level: Array) -> Array:
        """How many draws do not exceed the level, by item; comparing all of them at once is quicker than a
        search by halves, step by step, for as few draws as there are."""
        return np.asarray(np.count_nonzero(self._ranked <= level, axis=0))

    def left(self, level: Array) -> Array:
        """Mean of what the level exceeds the draws by, by item."""
        n = self.count(level)
        return np.asarray((n * level - self._total[n, self._items]) / len(self._ranked))
