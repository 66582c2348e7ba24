"""The data on which EconML's learners were run once: drawn here by its seed, so that no file is needed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Data", "make_data"]

Array = NDArray[Any]


class Data(NamedTuple):
    """Three actions of unequal chances, two features of which one moves the effects, three folds."""

    action: Array
    reward: Array
    features: Array
    modifiers: Array
    folds: Array
    chances: Array


def make_data(n: int = 400, seed: int = 20260214) -> Data:
    rng = np.random.Generator(np.random.PCG64(seed))
    one, other = rng.standard_normal(n), rng.standard_normal(n)
    chances = np.array([0.5, 0.3, 0.2])
    action = np.searchsorted(np.cumsum(chances), rng.random(n))
    effect = np.column_stack([np.zeros(n), 1 + one, 0.5 - one])[np.arange(n), action]
    reward = 2 + one - other + effect + rng.standard_normal(n)
    features = np.column_stack([np.ones(n), one, other, one * other])
    modifiers = np.column_stack([np.ones(n), one])
    return Data(action, reward, features, modifiers, np.arange(n) % 3, chances)
