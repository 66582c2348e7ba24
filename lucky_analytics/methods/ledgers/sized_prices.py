"""What things of several sizes cost of a bill that names only their sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["fits_into", "split_bill"]


def split_bill(bill: float, sizes: ArrayLike, power: float) -> tuple[NDArray[np.float64], float]:
    """The part of each of ``sizes`` (above 0) in ``bill``, where a price goes with size to the ``power``.

    Power 0 charges all alike, 1 by size. Returns the parts, which add up to the bill, and the price of size
    1: one of size s costs that times s ** power. Assumes that nothing else is in the bill. Raises
    ``ParameterError`` for a size that is not above 0.

    >>> parts, unit = split_bill(90.0, [1.0, 2.0, 6.0], 1.0)
    >>> parts.tolist(), unit
    ([10.0, 20.0, 60.0], 10.0)
    >>> split_bill(90.0, [1.0, 2.0, 6.0], 0.0)[0].tolist()
    [30.0, 30.0, 30.0]
    """
    size = np.asarray(sizes, float)
    if len(size) == 0:
        return size, 0.0
    if not (size > 0).all():
        raise ParameterError("sizes", expected="all above 0", got=f"{size.min():g}")
    weight = size**power
    unit = float(bill) / float(weight.sum())
    return weight * unit, unit


def fits_into(needs: ArrayLike, sizes: ArrayLike, most_filled: float) -> NDArray[np.float64]:
    """The smallest of ``sizes`` that each of ``needs`` (same unit) fills to at most ``most_filled``.

    NaN where none is large enough, or where the need is null.

    >>> fits_into([0.1, 0.31, 9.0], [0.5, 1.5, 3.0], 0.6).tolist()
    [0.5, 1.5, nan]
    """
    need, steps = np.asarray(needs, float), np.sort(np.asarray(sizes, float))
    place = np.searchsorted(steps * most_filled, need * (1 - 1e-12))
    found = np.append(steps, np.nan)[np.minimum(place, len(steps))]
    return np.where(np.isnan(need), np.nan, found)
