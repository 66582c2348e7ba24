"""What stands on the shelves by the age of its delivery: the oldest is used first, what is too old goes."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Ints

__all__ = ["Shelf"]

_OLDEST = 31  # days; of what keeps longer the age is not followed


class Shelf:
    """Quantities [stores, goods, ages]. ``life``: days that a good keeps after its delivery, -1 for ever.

    Goods that keep longer than a month are all in the first age and never expire.
    """

    def __init__(self, n_stores: int, life: Ints):
        self._life = np.where((life > 0) & (life < _OLDEST), life, _OLDEST)
        self._spoils = self._life < _OLDEST
        self._layers = np.zeros((n_stores, len(life), _OLDEST + 1), np.int64)

    def level(self, for_days: Ints | None = None) -> Ints:
        """What is there, or what of it lasts for so many days, today included; [stores, goods]."""
        if for_days is None:
            return self._layers.sum(2)
        ages = np.arange(_OLDEST + 1)
        lasts = ages[None, None, :] + for_days[:, :, None] - 1 <= self._life[None, :, None]
        return np.where(lasts | ~self._spoils[None, :, None], self._layers, 0).sum(2)

    def oldest(self) -> Ints:
        """Age in days of the oldest of each good; 0 where there is none."""
        there = self._layers[:, :, ::-1] > 0
        return np.where(there.any(2), _OLDEST - there.argmax(2), 0)

    def add(self, quantity: Ints) -> None:
        self._layers[:, :, 0] += quantity

    def take(self, quantity: Ints) -> None:
        """Take it from the oldest on. More than is there is an error of the caller and leaves less than 0."""
        reverse = self._layers[:, :, ::-1]
        before = np.cumsum(reverse, axis=2) - reverse
        taken = np.clip(quantity[:, :, None] - before, 0, reverse)
        self._layers = (reverse - taken)[:, :, ::-1]
        self._layers[:, :, 0] -= quantity - taken.sum(2)

    def discard(self) -> Ints:
        """What has reached its shelf life goes; how much that was, [stores, goods]."""
        ages = np.arange(_OLDEST + 1)
        is_old = (ages[None, :] >= self._life[:, None]) & self._spoils[:, None]
        gone = np.where(is_old[None], self._layers, 0)
        self._layers = self._layers - gone
        return gone.sum(2)

    def grow_older(self) -> None:
        """A day passes for what spoils."""
        older = np.zeros_like(self._layers)
        older[:, :, 1:] = self._layers[:, :, :-1]
        older[:, :, -1] += self._layers[:, :, -1]
        self._layers = np.where(self._spoils[None, :, None], older, self._layers)
