"""How many act only with an offer, either way, never, or only without it: what a trial can say of them.

Nobody is seen both with an offer and without, so a trial knows two shares: who acts with it, and who acts
without. How many are of each kind follows only within bounds: those of Frechet (1935) for the joint
distribution of two events, which no data can narrow. If an offer keeps nobody away, two of them meet.

References: Frechet (1951); Manski (1997), Econometrica 65, for the case that nobody is kept away.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = ["KINDS", "bound_types"]

KINDS = ("only with it", "either way", "never", "only without it")


def bound_types(without: float, given: float, covariance: NDArray[Any], level: float = 0.9) -> pd.DataFrame:
    """``kind``, ``least`` and ``most`` (shares), ``if_none_deterred``: the share if nobody is kept away.

    ``without``, ``given``: shares (0 to 1) who act without and with the offer; ``covariance`` (2, 2) of the
    two. ``least`` and ``most`` reach out by their errors, so that the true share of each kind lies between
    them with ``level`` confidence. Where fewer act with the offer than without, somebody is kept away, and
    the last column is null.

    >>> bound_types(0.2, 0.3, np.zeros((2, 2)))[["least", "most"]].round(2).to_numpy().tolist()
    [[0.1, 0.3], [0.0, 0.2], [0.5, 0.7], [0.0, 0.2]]
    """
    # Each end is one of a few sums of the two shares: the tightest that holds, moved out by its own error.
    z = norm.ppf(0.5 + level / 2)

    def end(a: float, b: float, constant: float, side: int) -> float:
        weights = np.array([a, b])
        error = float(np.sqrt(max(weights @ covariance @ weights, 0.0)))
        return float(a * without + b * given + constant + side * z * error)

    least = [end(-1, 1, 0, -1), end(1, 1, -1, -1), end(-1, -1, 1, -1), end(1, -1, 0, -1)]
    most = [
        (end(0, 1, 0, 1), end(-1, 0, 1, 1)), (end(1, 0, 0, 1), end(0, 1, 0, 1)),
        (end(-1, 0, 1, 1), end(0, -1, 1, 1)), (end(1, 0, 0, 1), end(0, -1, 1, 1)),
    ]  # fmt: skip
    simple = [given - without, without, 1 - given, 0.0] if given >= without else [np.nan] * 4
    rows = pd.DataFrame({"kind": KINDS, "least": np.clip(least, 0, 1)})
    return rows.assign(most=np.clip(np.min(most, axis=1), 0, 1), if_none_deterred=simple)
