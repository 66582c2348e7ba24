"""How long the cash lasts: the first period at whose end less than nothing is left."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["find_runway"]

Array = NDArray[Any]


def find_runway(flows: ArrayLike, cash: float) -> Array:
    """The period, counted from 1, by whose end ``cash`` and the ``flows`` so far first sum to less than 0.

    ``flows``: (n_draws, n_periods), dollars, negative: spent. Infinite where it does not happen within the
    periods, 0 where ``cash`` is below 0 already. Raises ``ParameterError`` for flows of another shape or with
    a missing value.

    >>> find_runway([[-4.0, -4.0, -4.0], [-4.0, 9.0, -4.0]], 8.0).tolist()
    [3.0, inf]
    """
    drawn = np.asarray(flows, float)
    if drawn.ndim != 2 or not drawn.size or np.isnan(drawn).any():
        raise ParameterError(
            "cash flows", expected="draws by periods, none missing", got=f"shape {drawn.shape}"
        )
    below = cash + drawn.cumsum(axis=1) < 0
    period = np.where(below.any(axis=1), below.argmax(axis=1) + 1.0, np.inf)
    return np.where(cash < 0, 0.0, period)
