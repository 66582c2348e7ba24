"""What would be lost without a channel if paths were a chain without memory: Markov removal effects.

From each channel a path goes on to another, to an order, or ends, with chances that know only where it is.
Without a channel every path that would come to it ends there. How much rarer orders then are is its removal
effect. Nothing is withheld from anybody: what is computed is a counterfactual of the chain, not of people.

References: Anderl, Becker, von Wangenheim and Schumann (2016), Mapping the customer journey, IJRM 33;
Archak, Mirrokni and Muthukrishnan (2010), Mining advertiser-specific user behavior, WWW.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["find_removal_effects"]

Array = NDArray[np.float64]


def find_removal_effects(steps: Array) -> Array:
    """The share (0 to 1) of orders that the chain loses without each of k channels.

    ``steps``: how often paths went from each row to each column, on the last two axes; k + 1 rows: the start,
    then the channels; k + 2 columns: the channels, an order, the end without one. Other axes are chains of
    their own. Each path must end: whatever comes to a channel leaves it as often. Removal effects do not add
    up to 1. Null where the chain has no order. Raises ``ParameterError`` for another shape.

    >>> steps = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    >>> find_removal_effects(steps).tolist()                  # all paths go through the second
    [0.5, 1.0]
    """
    k = steps.shape[-1] - 2
    if k < 1 or steps.shape[-2] != k + 1:
        raise ParameterError(
            "steps of a chain", expected="k + 1 rows and k + 2 columns", got=f"{steps.shape[-2:]}"
        )
    left = steps.sum(axis=-1, keepdims=True)
    chance = np.divide(steps, left, out=np.zeros(steps.shape), where=left > 0)
    whole = _reach(chance, None)
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = [1 - _reach(chance, channel) / np.where(whole > 0, whole, np.nan) for channel in range(k)]
    return np.stack(lost, axis=-1)


def _reach(chance: Array, without: int | None) -> Array:
    """The chance to come from the start to an order, where what comes to one channel ends."""
    k = chance.shape[-1] - 2
    among = np.array(chance[..., :k])
    if without is not None:
        among[..., without] = 0.0
    inner = np.eye(k) - among[..., 1:, :]
    ordered = np.linalg.solve(inner, chance[..., 1:, k : k + 1])[..., 0]
    return np.asarray(chance[..., 0, k] + (among[..., 0, :] * ordered).sum(axis=-1))
