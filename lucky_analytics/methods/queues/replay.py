"""A stream of work as it came, done again another way: more servers, a shared bench with more hands, a door
that closes while too much is open.

Streams (a store's day each) stand side by side in rows, each row in the order in which work came and filled
up with null; all streams step through their pieces at once. Times are seconds of each stream's own clock.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["Replayed", "Streams", "replay_servers", "replay_shared", "stack_streams"]

Floats = NDArray[np.float64]
_NEVER = np.inf


class Streams(NamedTuple):
    """``arrive`` and ``work`` (streams, most pieces), null where a stream has no more; ``row`` and
    ``column``: where each piece stands, in the order in which pieces were given."""

    arrive: Floats
    work: Floats
    row: NDArray[np.int64]
    column: NDArray[np.int64]

    def back(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values of the streams in the order in which pieces were given."""
        return values[self.row, self.column]


class Replayed(NamedTuple):
    """``seconds`` from coming to done, null where nothing came or the door was closed; ``n_open`` that each
    met; ``is_refused``: it met a closed door."""

    seconds: Floats
    n_open: NDArray[np.int64]
    is_refused: NDArray[np.bool_]


def stack_streams(stream: NDArray[Any], arrive: Floats, work: Floats) -> Streams:
    """Pieces of work as rows of streams, each in the order of coming; of one second as they were given.

    >>> stack_streams(np.array([0, 1, 0]), np.array([5.0, 1.0, 2.0]), np.ones(3)).arrive.tolist()
    [[2.0, 5.0], [1.0, nan]]
    """
    code = np.unique(stream, return_inverse=True)[1]
    order = np.lexsort((np.arange(len(code)), arrive, code))
    size = np.bincount(code)
    column = np.empty(len(code), np.int64)
    column[order] = np.arange(len(code)) - (np.cumsum(size) - size)[code[order]]
    shape = (len(size), int(size.max(initial=0)))
    stacked = [np.full(shape, np.nan) for _ in range(2)]
    for place, values in zip(stacked, (arrive, work), strict=True):
        place[code, column] = values
    return Streams(stacked[0], stacked[1], code, column)


def replay_servers(streams: Streams, servers: NDArray[np.int64], slot_seconds: float) -> Floats:
    """Seconds from coming to done, where each piece goes to the server who is free first, in the order of
    coming, and ``work`` is its service; null where a stream has no piece.

    ``servers`` (streams, slots): how many serve in each stretch of ``slot_seconds`` from the clock's 0; after
    the last as in the last. One who leaves ends what they have begun. Nobody serves for good where all slots
    that are left have 0: the piece then takes for ever. Raises ``ParameterError`` for servers below 0.

    >>> one = stack_streams(np.zeros(3), np.array([0.0, 10.0, 20.0]), np.array([60.0, 60.0, 60.0]))
    >>> replay_servers(one, np.array([[1]]), 1800).tolist()
    [[60.0, 110.0, 160.0]]
    >>> replay_servers(one, np.array([[2]]), 1800).tolist()
    [[60.0, 60.0, 100.0]]
    """
    if (servers < 0).any():
        raise ParameterError("servers", expected="0 or more in every slot", got=f"{servers.min()}")
    n_streams, n_pieces = streams.arrive.shape
    most, n_slots = max(int(servers.max(initial=0)), 1), servers.shape[1]
    begins = _next_duty(servers, most, slot_seconds)
    free = np.zeros((n_streams, most))
    every, who = np.arange(n_streams)[:, None], np.arange(most)[None, :]
    done = np.full((n_streams, n_pieces), np.nan)
    for k in range(n_pieces):
        comes = streams.arrive[:, k]
        ready = np.maximum(free, np.nan_to_num(comes)[:, None])
        slot = np.minimum(ready / slot_seconds, n_slots - 1).astype(np.int64)
        starts = np.maximum(ready, begins[every, slot, who])
        first = starts.argmin(axis=1)
        end = starts[every[:, 0], first] + streams.work[:, k]
        is_here = ~np.isnan(comes)
        free[every[is_here, 0], first[is_here]] = end[is_here]
        done[:, k] = end
    return done - streams.arrive


def replay_shared(
    streams: Streams, slope: float, share: Floats | float = 1.0, closes_at: float = _NEVER
) -> Replayed:
    """All that is open shares the bench: a piece takes ``work`` x (1 + ``share`` x open) ** ``slope``.

    ``share``, a number or one for each piece (streams, pieces): how much each open piece counts; 2 thirds
    where three work in place of two. What came in the very second does not count, as in ``count_open``. A
    piece that meets ``closes_at`` or more is refused: it takes no time and loads nobody. Null seconds where a
    stream has no piece and for those refused.

    >>> two = stack_streams(np.zeros(3), np.array([0.0, 10.0, 20.0]), np.full(3, 100.0))
    >>> replay_shared(two, 1.0).seconds.tolist()
    [[100.0, 200.0, 300.0]]
    >>> replay_shared(two, 1.0, closes_at=2).seconds.tolist()
    [[100.0, 200.0, nan]]
    """
    if not closes_at > 0:
        raise ParameterError("closes_at", expected="1 or more open", got=f"{closes_at}")
    n_streams, n_pieces = streams.arrive.shape
    counts = np.broadcast_to(np.asarray(share, float), streams.arrive.shape)
    seconds, n_open = np.full(streams.arrive.shape, np.nan), np.zeros(streams.arrive.shape, np.int64)
    # Begin and end of what may be open; wider when more is.
    begun, ends = (np.full((n_streams, 16), -_NEVER) for _ in range(2))
    every = np.arange(n_streams)
    for k in range(n_pieces):
        comes = streams.arrive[:, k]
        is_open = ends > comes[:, None]
        n_open[:, k] = (is_open & (begun < comes[:, None])).sum(axis=1)
        if is_open.all(axis=1).any():
            begun, ends = (np.hstack([each, np.full_like(each, -_NEVER)]) for each in (begun, ends))
            is_open = np.hstack([is_open, np.zeros_like(is_open)])
        takes = streams.work[:, k] * (1 + counts[:, k] * n_open[:, k]) ** slope
        takes = np.where(n_open[:, k] < closes_at, takes, np.nan)
        seconds[:, k] = takes
        is_here = ~np.isnan(takes)
        place = every[is_here], is_open.argmin(axis=1)[is_here]
        begun[place], ends[place] = comes[is_here], (comes + takes)[is_here]
    is_refused = ~np.isnan(streams.arrive) & np.isnan(seconds)
    return Replayed(seconds, n_open, is_refused)


def _next_duty(servers: NDArray[np.int64], most: int, slot_seconds: float) -> Floats:
    """From when on server ``k`` serves, asked in each slot: (streams, slots, most); never is infinite."""
    n_streams, n_slots = servers.shape
    begins = np.empty((n_streams, n_slots, most))
    later = np.where(np.arange(most) < servers[:, -1:], 0.0, _NEVER)
    for slot in range(n_slots - 1, -1, -1):
        on_duty = np.arange(most) < servers[:, slot, None]
        later = np.where(on_duty, slot * slot_seconds, later)
        begins[:, slot] = later
    return begins
