"""How many pieces of work are served at once, where no table says it: read off how long work takes by what
is open when it comes.

With ``c`` servers a piece that meets fewer than ``c`` others begins at once; one that meets ``n`` or more
waits for ``n - c + 1`` to end, which with exponential service takes ``(n - c + 1) / c`` services on average
(M/M/c, whatever the arrivals). So time stays level up to ``c - 1`` open pieces and rises in a straight line
from there: the number of servers is where it bends. Found by least squares over all numbers; its interval by
drawing whole days again. Where service is more even than chance the line is a little flatter than that, and
the number found a little too large (tests say by how much). Where time rises from the first open piece on,
no number of servers fits, which ``bend`` against ``means`` shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights

__all__ = ["InferredServers", "infer_servers", "stretch"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class InferredServers:
    """``servers`` with its interval (no upper end where the most that was looked for is not ruled out);
    ``service``: mean seconds of a piece that does not wait; ``draws`` of servers and ``service_draws``, one
    for each replicate; ``means``: ``n_open``, ``n``, ``seconds`` as they were, ``bend`` as servers have it.
    """

    servers: Estimate
    service: float
    draws: Ints
    service_draws: Floats
    means: pd.DataFrame


def stretch(n_open: NDArray[Any], servers: int | NDArray[Any]) -> Floats:
    """Seconds of work that meets ``n_open`` others, by those of work that does not wait.

    >>> stretch(np.array([0, 1, 2, 5]), 2).tolist()
    [1.0, 1.0, 1.5, 3.0]
    """
    return 1 + np.maximum(np.asarray(n_open) - servers + 1, 0) / np.asarray(servers, float)


def infer_servers(
    n_open: Ints,
    seconds: Floats,
    block: NDArray[Any],
    level: float = 0.9,
    n_replicates: int = 200,
    seed: int = 7,
) -> InferredServers:
    """Servers from ``seconds`` of each piece, what was open when it came, and its day (``block``).

    Looked for are 1 to one more than the most that were open, with which nothing ever waits.
    Raises ``LuckyError`` without pieces, ``ParameterError`` for negative numbers.

    >>> n_open = np.tile(np.arange(6), 40)
    >>> found = infer_servers(n_open, 100 * stretch(n_open, 3), np.repeat(np.arange(24), 10))
    >>> found.servers.value, found.servers.low, round(found.service, 6)
    (3.0, 3.0, 100.0)
    """
    if not len(n_open):
        raise LuckyError("servers", expected="pieces of work with a time", got="none")
    if (n_open < 0).any() or not (seconds >= 0).all():
        raise ParameterError("servers", expected="counts and seconds of 0 or more", got="less, or null")
    tried = np.arange(1, int(n_open.max()) + 2)  # the last is never reached: it never bends
    factor = stretch(n_open[:, None], tried[None, :])
    day, n_days = pd.factorize(block)[0], len(pd.unique(block))
    # Sums of squares and products by day give every replicate's fit without a second look at the rows.
    cross, squares = (_by_day(day, part, n_days) for part in (factor * seconds[:, None], factor**2))
    weights = np.ones((1, n_days))
    if n_days > 1:
        weights = np.vstack([weights, draw_block_weights(n_days, n_replicates, seed)])
    top, bottom = weights @ cross, weights @ squares
    gained = top**2 / np.maximum(bottom, 1e-12)  # the sum of squares that each number explains
    # Of numbers that explain as much the smallest: more are not told apart.
    most = gained.max(axis=1, keepdims=True)
    best = (gained >= most * (1 - 1e-12)).argmax(axis=1)
    rows = np.arange(len(best))
    service = top[rows, best] / np.maximum(bottom[rows, best], 1e-12)
    value, draws = int(tried[best[0]]), tried[best[1:]]
    return InferredServers(
        _with_ends(value, draws, int(tried[-1]), level, len(n_open)),
        float(service[0]),
        draws,
        service[1:],
        _average(n_open, seconds, service[0] * stretch(np.arange(n_open.max() + 1), value)),
    )


def _with_ends(value: int, draws: Ints, most: int, level: float, n: int) -> Estimate:
    if not len(draws):
        return Estimate(value, n=n)
    low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2], method="inverted_cdf")
    # The last number tried fits as any larger one would.
    top = None if max(high, value) >= most else float(max(high, value))
    return Estimate(value, float(min(low, value)), top, level=level, n=n)


def _average(n_open: Ints, seconds: Floats, bend: Floats) -> pd.DataFrame:
    n = np.bincount(n_open)
    means = np.bincount(n_open, seconds) / np.maximum(n, 1)
    table = pd.DataFrame({"n_open": np.arange(len(n)), "n": n, "seconds": means, "bend": bend})
    return table[table["n"] > 0].reset_index(drop=True)


def _by_day(day: NDArray[Any], parts: Floats, n_days: int) -> Floats:
    sums = np.zeros((n_days, parts.shape[1]))
    np.add.at(sums, day, parts)
    return sums
