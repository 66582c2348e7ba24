"""How far a series stands below its best weeks, and how far a steady one seems to."""

from __future__ import annotations

import numpy as np

__all__ = ["fall_of_steady"]

N_DRAWS = 2000


def fall_of_steady(n_weeks: int, sd: float, chance: float, n_best: int = 4, seed: int = 0) -> float:
    """The log fall from the best ``n_best`` weeks in a row to the last that a steady series shows by luck.

    The best weeks are picked after the fact, so a series that only scatters (independent, normal, standard
    deviation ``sd`` of logs) always seems to have fallen. Of such series of ``n_weeks`` a share of ``chance``
    (0 to 1) fall further than what is returned (above 0). By simulation with ``seed``; 0 for fewer weeks than
    twice ``n_best``, which cannot be compared.

    >>> fall_of_steady(20, 0.1, 0.05) > fall_of_steady(20, 0.1, 0.5) > 0
    True
    """
    if n_weeks < 2 * n_best:
        return 0.0
    draws = np.random.default_rng(seed).normal(0, sd, (N_DRAWS, n_weeks))
    total = np.cumsum(np.pad(draws, ((0, 0), (1, 0))), axis=1)
    means = (total[:, n_best:] - total[:, :-n_best]) / n_best
    return float(np.quantile(means.max(axis=1) - means[:, -1], 1 - chance))
