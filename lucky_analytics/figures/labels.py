"""Where the labels of points on a map go, so that they hide each other least."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["MOST_MOVED", "SIDES", "find_free", "place_labels"]

# Where the text stands beside its point, in the order of preference: its alignment, and the way to it
# (right, down) in distances from the point.
SIDES = {
    "right": ("left", 1, 0),
    "left": ("right", -1, 0),
    "below": ("center", 0, 1),
    "above": ("center", 0, -1),
    "below right": ("left", 0.4, 1),
    "above right": ("left", 0.4, -1),
    "below left": ("right", -0.4, 1),
    "above left": ("right", -0.4, -1),
}
# A pixel of text over a mark or outside the frame is worse than one over other text.
_OVER_MARK, _OUTSIDE, _LATER_SIDE = 4.0, 3.0, 1e-3
MOST_MOVED = 80  # labels, beyond which they cannot all be read, and pairs take minutes
Box = tuple[float, float, float, float]
Array = NDArray[Any]


def place_labels(points: pd.DataFrame, frame: Box) -> list[str]:
    """The side of each point on which its label stands, so that labels hide each other and the marks least.

    ``points``: ``x``, ``y`` (pixels, y down), ``radius`` of the mark, ``width`` and ``height`` of the label's
    text. ``frame``: left, top, right, bottom. Labels are moved two at a time while that hides less;
    of sides alike the first of ``SIDES`` is taken. Where points crowd, some overlap can remain; of more than
    ``MOST_MOVED`` each label minds the marks alone. No value may be missing.

    >>> two = pd.DataFrame({"x": [0, 20], "y": [0, 0], "radius": 4, "width": 40, "height": 12})
    >>> place_labels(two, (-100, -100, 100, 100))
    ['left', 'right']
    """
    n = len(points)
    rows = points[["x", "y", "radius", "width", "height"]].to_numpy(float)
    boxes = np.array([[_text_box(row, side) for side in SIDES] for row in rows])
    x, y, radius = rows[:, 0], rows[:, 1], rows[:, 2]
    marks = np.column_stack([x - radius, y - radius, x + radius, y + radius])
    over_marks = _overlap(boxes[:, :, None], marks)
    over_marks[np.arange(n), :, np.arange(n)] = 0
    area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    alone = _OVER_MARK * over_marks.sum(axis=2) + _OUTSIDE * (area - _overlap(boxes, np.array(frame)))
    alone = alone + _LATER_SIDE * np.arange(len(SIDES))
    side = alone.argmin(axis=1)
    if n > MOST_MOVED:
        return [list(SIDES)[chosen] for chosen in side]
    together = _overlap(boxes[:, :, None, None], boxes[None, None])
    while any(_move_pair(i, j, side, alone, together) for i, j in itertools.combinations(range(n), 2)):
        pass
    return [list(SIDES)[chosen] for chosen in side]


def find_free(names: pd.DataFrame, points: pd.DataFrame, sides: list[str], frame: Box) -> list[bool]:
    """Which names fit in between: over no mark, no label, no earlier name, and inside the frame.

    ``names``: ``x``, ``y`` (of their middle), ``width``, ``height``; ``points``, ``sides`` and ``frame`` as
    of ``place_labels``.

    >>> names = pd.DataFrame({"x": [0, 30, 60], "y": [30, 32, 0], "width": 50, "height": 10})
    >>> point = pd.DataFrame({"x": [40], "y": [0], "radius": 4, "width": 40, "height": 12})
    >>> find_free(names, point, ["right"], (-100, -100, 100, 100))
    [True, False, False]
    """
    rows = points[["x", "y", "radius", "width", "height"]].to_numpy(float)
    taken = [_text_box(row, side) for row, side in zip(rows, sides, strict=True)]
    taken += [(x - radius, y - radius, x + radius, y + radius) for x, y, radius, *_ in rows]
    free = []
    for x, y, width, height in names[["x", "y", "width", "height"]].to_numpy(float):
        box = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
        is_inside = _overlap(box, np.array(frame)) >= width * height - 1e-9
        free.append(bool(is_inside and not _overlap(np.array(taken).reshape(-1, 4), box).any()))
        taken += [tuple(box)] if free[-1] else []
    return free


def _move_pair(i: int, j: int, side: Array, alone: Array, together: Array) -> bool:
    """Gives two labels the sides that hide least with all others as they stand; whether that moved any."""
    rest = [k for k in range(len(side)) if k not in (i, j)]
    own, other = (alone[at] + together[at][:, rest, side[rest]].sum(axis=1) for at in (i, j))
    cost = own[:, None] + other + together[i, :, j]
    best = np.unravel_index(cost.argmin(), cost.shape)
    if cost[best] >= cost[side[i], side[j]] - 1e-9:
        return False
    side[i], side[j] = best
    return True


def _text_box(row: Array, side: str) -> Box:
    x, y, radius, width, height = row
    align, right, down = SIDES[side]
    left = x + right * (radius + 2) - {"left": 0.0, "center": width / 2, "right": width}[align]
    top = {0: y - height / 2, 1: y + radius + 1, -1: y - radius - 1 - height}[down]
    return left, top, left + width, top + height


def _overlap(a: Array, b: Array) -> Array:
    """Area that boxes (..., 4) share, broadcast."""
    wide = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    high = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    shared: Array = np.maximum(wide, 0) * np.maximum(high, 0)
    return shared
