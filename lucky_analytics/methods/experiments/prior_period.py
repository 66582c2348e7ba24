"""The difference of two branches, net of what customers did before: CUPED (Deng and others 2013)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["Branch", "Difference", "compare_branches"]


class Branch(NamedTuple):
    """Sums over the ``n`` customers of a branch: of the outcome ``y``, of ``x`` before, and of products."""

    n: ArrayLike
    y: ArrayLike
    yy: ArrayLike
    x: ArrayLike
    xx: ArrayLike
    xy: ArrayLike


class Difference(NamedTuple):
    """``value`` of the treated less the control with its error ``se``, as the branches are (``raw``) and net
    of what came before; ``saved``: the share of the raw variance that the past explains (0 to 1). Arrays as
    the sums are; null where a branch has fewer than two customers."""

    value: np.ndarray
    se: np.ndarray
    raw: np.ndarray
    raw_se: np.ndarray
    saved: np.ndarray


def compare_branches(control: Branch, treated: Branch) -> Difference:
    """The difference of means, and the same with the part of ``y`` that ``x`` explains taken out.

    The slope is that within branches, pooled, as in least squares on a branch and ``x``; errors allow the
    branches to differ in spread. ``x`` must be known before anybody was assigned: then both estimate the same
    difference, and one is less noisy. Sums may be arrays: one difference each.

    >>> one = Branch(4, 10.0, 30.0, 8.0, 20.0, 24.0)
    >>> two = Branch(4, 14.0, 54.0, 8.0, 20.0, 32.0)
    >>> found = compare_branches(one, two)
    >>> float(found.value), float(found.raw), round(float(found.saved), 2)
    (1.0, 1.0, 0.8)
    """
    sides = [_centre(control), _centre(treated)]
    within_xx, within_xy = (sum(side[name] for side in sides) for name in ("xx", "xy"))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(within_xx > 0, within_xy / np.where(within_xx > 0, within_xx, 1.0), 0.0)
        raw = sides[1]["y"] - sides[0]["y"]
        value = raw - slope * (sides[1]["x"] - sides[0]["x"])
        errors = []
        for by in (np.zeros_like(slope), slope):
            rest = [side["yy"] - 2 * by * side["xy"] + by**2 * side["xx"] for side in sides]
            spread = [np.maximum(one, 0.0) / (side["n"] - 1) for one, side in zip(rest, sides, strict=True)]
            errors.append(sum(one / side["n"] for one, side in zip(spread, sides, strict=True)))
    few = (sides[0]["n"] < 2) | (sides[1]["n"] < 2)
    raw_se, se = (np.where(few, np.nan, np.sqrt(error)) for error in errors)
    # A drawn x explains some of y by chance; the gap of x itself adds to the error what its slope cannot say.
    gap = np.where(
        within_xx > 0, (sides[1]["x"] - sides[0]["x"]) ** 2 / np.where(within_xx > 0, within_xx, 1), 0
    )
    n = sides[0]["n"] + sides[1]["n"]
    residual = sum(side["yy"] - 2 * slope * side["xy"] + slope**2 * side["xx"] for side in sides)
    se = np.sqrt(se**2 + gap * np.maximum(residual, 0) / np.maximum(n - 2, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        saved = np.where(raw_se > 0, 1 - (se / raw_se) ** 2, 0.0)
    return Difference(*(np.where(few, np.nan, one) for one in (value, se, raw, raw_se, saved)))


def _centre(side: Branch) -> dict[str, np.ndarray]:
    """Means of y and x, and centred sums of squares and products."""
    n, y, yy, x, xx, xy = (np.asarray(part, float) for part in side)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "n": n,
            "y": y / n,
            "x": x / n,
            "yy": yy - y**2 / n,
            "xx": xx - x**2 / n,
            "xy": xy - x * y / n,
        }
