"""Whether the branches of an experiment have the sizes that they were meant to have."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, xlogy
from scipy.stats import chi2

from lucky_analytics.errors import ParameterError

__all__ = ["BROKEN", "measure_ratio", "weigh_ratio"]

# Branches out of their planned ratio once in a thousand tests by chance compare other customers.
BROKEN = 0.001
_PRIOR = 1000.0  # customers that the belief in the plan weighs as much as: shares a few points off are tried


def measure_ratio(n_control: float, n_treated: float, planned: float) -> float:
    """The chi-square p-value of the two sizes under the ``planned`` share of the treatment (0 to 1).

    For one look at the end. Null for nobody, or where no share was planned. Raises ``ParameterError`` for a
    share outside (0, 1).

    >>> round(measure_ratio(500, 560, 0.5), 4), round(measure_ratio(300, 700, 0.7), 3)
    (0.0653, 1.0)
    """
    n = n_control + n_treated
    if not n or planned != planned:
        return float("nan")
    _require_share(planned)
    square = (n_treated - n * planned) ** 2 / (n * planned * (1 - planned))
    return float(chi2.sf(square, 1))


def weigh_ratio(n_control: ArrayLike, n_treated: ArrayLike, planned: float) -> NDArray[np.float64]:
    """How many times likelier the sizes are under another ratio than under the ``planned`` one.

    The Bayes factor of a beta prior about the plan (Lindon and Malek 2022), for sizes at each look: where
    the plan was kept it ever exceeds 1000 in at most one of a thousand experiments, however often one looks.

    >>> weigh_ratio([10, 5000], [10, 6000], 0.5).round(2).tolist()[0] < 1.1
    True
    """
    _require_share(planned)
    zero, one = np.asarray(n_control, float), np.asarray(n_treated, float)
    a, b = _PRIOR * planned, _PRIOR * (1 - planned)
    log = betaln(a + one, b + zero) - betaln(a, b) - xlogy(one, planned) - xlogy(zero, 1 - planned)
    return np.exp(np.minimum(log, 700.0))


def _require_share(planned: float) -> None:
    if not 0 < planned < 1:
        raise ParameterError("planned share", expected="a share between 0 and 1", got=f"{planned}")
