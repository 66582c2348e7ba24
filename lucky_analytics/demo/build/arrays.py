"""Array types and named random streams of the generator."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

__all__ = ["Bools", "Floats", "Ints", "largest_remainder", "stream", "times_before"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for each step, so that adding one step leaves the others' draws alone.

    >>> bool(stream(7, "items").random() == stream(7, "items").random())
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def largest_remainder(shares: Floats, total: int) -> Ints:
    """Whole numbers in proportion to ``shares`` that add up to ``total`` exactly.

    Ties go to the earlier position. All-zero shares are an error of the caller (division by zero).

    >>> largest_remainder(np.array([1.0, 1.0, 2.0]), 5).tolist()
    [1, 1, 3]
    """
    exact = np.asarray(shares, dtype=float) * (total / np.sum(shares))
    whole = np.floor(exact + 1e-9).astype(np.int64)
    short = total - int(whole.sum())
    if short > 0:
        whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return whole


def times_before(key: Ints) -> Ints:
    """How often each key has come before.

    >>> times_before(np.array([3, 1, 3, 3])).tolist()
    [0, 0, 1, 2]
    """
    order = np.argsort(key, kind="stable")
    opens = np.r_[True, np.diff(key[order]) != 0]
    turn = np.empty(len(key), np.int64)
    turn[order] = np.arange(len(key)) - np.flatnonzero(opens)[np.cumsum(opens) - 1]
    return turn
