"""How far a customer's own mean is to be believed: credibility, for values that may be below nought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import LuckyError

__all__ = ["Credibility", "draw_sums", "estimate_means", "fit_credibility"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Credibility:
    """Values of a customer vary with variance ``within`` about an own mean, and these means with variance
    ``between`` about ``mean``; in the unit of the values, squared. ``between`` is 0 where the customers
    differ by no more than chance."""

    mean: float
    within: float
    between: float

    def weight(self, n: ArrayLike) -> Floats:
        """The share (0 to 1) of a customer's own mean of ``n`` values in the estimate of what is to come.

        >>> Credibility(300.0, 40_000.0, 400.0).weight([0, 100, 300]).tolist()
        [0.0, 0.5, 0.75]
        """
        count = np.asarray(n, float)
        return np.asarray(count * self.between / np.where(count > 0, count * self.between + self.within, 1.0))


def fit_credibility(
    n: ArrayLike, mean: ArrayLike, square: ArrayLike, count: ArrayLike | None = None
) -> Credibility:
    """From each customer's ``n`` values, their ``mean`` and the ``square`` sum of their distances from it.

    Where values are means themselves, ``n`` is the sum of their weights, ``square`` weighted, and ``count``
    how many there are. No form of the distribution is assumed. Raises ``LuckyError`` with fewer than 20
    values more than customers. Source: Buehlmann and Straub (1970); Buehlmann and Gisler (2005), "A Course in
    Credibility Theory and its Applications", chapter 4.

    >>> fit_credibility([2] * 30, [1.0, 3.0] * 15, [2.0] * 30).within
    2.0
    """
    w, x, s = (np.asarray(values, float) for values in (n, mean, square))
    spare = float((w if count is None else np.asarray(count, float)).sum() - len(w))
    if spare < 20 or len(w) < 2:
        raise LuckyError(
            "credibility of means", expected="customers with 20 repeated values", got=f"{spare:g} of {len(w)}"
        )
    within, total = float(s.sum()) / spare, float(w.sum())
    usual = float(w @ x) / total
    spread = float(w @ (x - usual) ** 2) - (len(w) - 1) * within
    between = max(spread / (total - float(w @ w) / total), 0.0)
    found = Credibility(usual, within, between)
    z = found.weight(w)
    return Credibility(float(z @ x / z.sum()), within, between) if between > 0 else found


def estimate_means(fit: Credibility, n: ArrayLike, mean: ArrayLike) -> Floats:
    """Expected value of what is to come of each customer, whose ``n`` values so far average ``mean``.

    >>> estimate_means(Credibility(300.0, 40_000.0, 400.0), [0, 100], [0.0, 500.0]).tolist()
    [300.0, 400.0]
    """
    return fit.mean + fit.weight(n) * (np.asarray(mean, float) - fit.mean)


def draw_sums(
    fit: Credibility, n: ArrayLike, mean: ArrayLike, ahead: ArrayLike, chance: np.random.Generator
) -> Floats:
    """One future of the sum of ``ahead`` values of each customer: an own mean as unknown as it is, then the
    values, both taken to be normal. 0 for no values ahead.

    >>> draw_sums(Credibility(3.0, 4.0, 1.0), [2], [2.5], [0], np.random.default_rng(7)).tolist()
    [0.0]
    """
    m = np.asarray(ahead, float)
    expected = m * estimate_means(fit, n, mean)
    spread = m * fit.within + m**2 * fit.between * (1 - fit.weight(n))
    return np.asarray(expected + np.sqrt(spread) * chance.standard_normal(len(m)))
