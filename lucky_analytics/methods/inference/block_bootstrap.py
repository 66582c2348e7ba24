"""Resampling whole blocks of time, so that what happens together stays together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError

__all__ = ["draw_block_weights", "quantile_interval"]

Array = NDArray[Any]


def draw_block_weights(n_blocks: int, n_replicates: int = 2000, seed: int = 7) -> Array:
    """How often each block is drawn in each replicate, (n_replicates, n_blocks); rows sum to ``n_blocks``.

    A sum over blocks is then ``weights @ sums`` for all replicates at once: no row is ever copied. Blocks
    (weeks) are drawn with replacement and assumed independent of one another; days inside one need not be.
    Raises ``LuckyError`` with fewer than two blocks: nothing can be learnt about spread from one.

    >>> weights = draw_block_weights(4, 1000)
    >>> weights.shape, weights.sum(axis=1).max().item(), weights.mean().round(3).item()
    ((1000, 4), 4.0, 1.0)
    """
    if n_blocks < 2:
        raise LuckyError("resampling of weeks", expected="at least 2 weeks", got=str(n_blocks))
    share = np.full(n_blocks, 1 / n_blocks)
    return np.random.default_rng(seed).multinomial(n_blocks, share, n_replicates).astype(float)


def quantile_interval(replicates: Array, level: float = 0.9) -> tuple[Array, Array]:
    """Percentile interval over the first axis; nulls (a product not drawn at all) are left out.

    >>> low, high = quantile_interval(np.arange(101.0)[:, None], 0.9)
    >>> round(low.item(), 6), round(high.item(), 6)
    (5.0, 95.0)
    """
    ends = [0.5 - level / 2, 0.5 + level / 2]
    low, high = np.nanquantile(replicates, ends, axis=0)
    return low, high
