"""How many spares of each kind to hold so that all last for a time with a stated chance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["choose_spares", "share_enough"]

Array = NDArray[Any]


def choose_spares(needs: Array, level: float, most: int = 100_000) -> Array:
    """The spares of each kind, as few as can be added one by one, that last with the chance ``level``.

    ``needs``: draws x kinds, how many of each kind are needed in each draw. Starting from none, the kind is
    given one more that lifts the chance to have enough of every kind most; where no single one lifts it, the
    one that leaves the fewest wanting. Returns the number by kind. Raises ``ParameterError`` for a level
    outside 0 to 1.

    >>> choose_spares(np.array([[0, 1], [1, 2], [0, 2], [0, 1]]), 0.75).tolist()
    [0, 2]
    """
    if not 0 < level < 1:
        raise ParameterError("chance to have enough", expected="between 0 and 1", got=f"{level:g}")
    needs = np.asarray(needs, np.int64)
    held = np.zeros(needs.shape[1], np.int64)
    for _ in range(most):
        short = np.maximum(needs - held, 0)
        if (short.sum(axis=1) == 0).mean() >= level:
            break
        lacking = short.sum(axis=1, keepdims=True)
        saved = ((short == lacking) & (short == 1)).mean(axis=0)
        left = np.minimum(short, 1).mean(axis=0)
        held[int(np.lexsort((-left, -saved))[0])] += 1
    return held


def share_enough(needs: Array, held: Array) -> float:
    """The share of draws in which ``held`` is enough of every kind.

    >>> share_enough(np.array([[0, 1], [1, 2]]), np.array([0, 2]))
    0.5
    """
    return float((np.asarray(needs) <= held).all(axis=1).mean())
