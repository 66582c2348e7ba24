"""What a launch will sell in its first month, from its first days and from launches like it.

Two things are known of a new product after a few days. **Its own start**: units so far, carried on at the
rate of an order, less what launches lose as they stop being new. **Launches like it**: how much products of
its kind sold in their first months. Both are logarithms of units, and off by an amount that past launches
show; each counts by how sure it is (the normal-normal posterior), so that a start of ten units is pulled far
towards its kind and one of three hundred hardly at all. Kinds with few launches are themselves pulled towards
all (credibility, Buehlmann 1967). The interval is as wide as launches left out one day at a time were off
(``leave_out``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.credibility import Credibility, estimate_means

__all__ = ["FEWEST", "LaunchFit", "LeftOut", "fit_launches", "foretell_month", "leave_out", "widen"]

Floats = NDArray[np.float64]
_LEAST = 1e-4  # variance: nothing is known to a hundredth
FEWEST = 5  # launches whose month is known, below which none is foretold


@dataclass(frozen=True)
class LaunchFit:
    """``fade``: mean of ln(month by the first days, at the rate of an order) to ln(month), below 0 where
    launches lose. ``start_var``: variance of a launch about it, beyond counting. ``kinds``: ln units a month
    and expected order, by kind, pulled towards all, ``kind_var`` of a launch about each; ``every`` and
    ``every_var`` of a kind that was not seen."""

    fade: float
    start_var: float
    kinds: dict[str, float]
    kind_var: dict[str, float]
    every: float
    every_var: float


class LeftOut(NamedTuple):
    """Each launch as the others foretell it, (launches,): ``month`` (ln units), ``sd`` of it before widening,
    ``kind`` (ln units by its kind alone), ``weight`` of its own start (0 to 1)."""

    month: Floats
    sd: Floats
    kind: Floats
    weight: Floats


def fit_launches(
    early: ArrayLike, counted: ArrayLike, month: ArrayLike, orders: ArrayLike, kind: ArrayLike
) -> LaunchFit:
    """From past launches, (launches,) each.

    ``early``: the month's units as the first days alone would have it: units of the first days times expected
    ``orders`` of the month by orders of the first days. ``counted``: units of the first days themselves,
    whose counting is Poisson. ``month``: units that came. ``kind``: labels. Raises ``LuckyError`` with fewer
    than ``FEWEST`` launches or numbers that are not above 0.

    >>> fit = fit_launches([200.0] * 6, [20] * 6, [160.0] * 6, [1e4] * 6, ["tea"] * 6)
    >>> round(float(np.exp(fit.fade)), 3), sorted(fit.kinds)
    (0.8, ['tea'])
    """
    e, c, m, o = (np.asarray(each, float) for each in (early, counted, month, orders))
    labels = np.asarray(kind, str)
    if len(m) < FEWEST:
        raise LuckyError("launches", expected=f"{FEWEST} or more with a whole month", got=str(len(m)))
    if not ((e > 0).all() and (c > 0).all() and (m > 0).all() and (o > 0).all()):
        raise LuckyError("launches", expected="units and orders above 0", got="none in a launch")
    off = np.log(m) - np.log(e)
    rate = np.log(m) - np.log(o)
    names, codes = np.unique(labels, return_inverse=True)
    n = np.bincount(codes)
    means = np.bincount(codes, rate) / n
    fit = _spread_of_kinds(rate, codes, n, means)
    pulled = estimate_means(fit, n, means)
    unsure = fit.between * (1 - fit.weight(n))
    every_var = fit.within + fit.between + float(rate.var(ddof=1)) / len(rate)
    return LaunchFit(
        float(off.mean()),
        max(float(off.var(ddof=1)) - float((1 / c).mean()), 0.0),
        dict(zip(names.tolist(), pulled.tolist(), strict=True)),
        dict(zip(names.tolist(), (fit.within + unsure).tolist(), strict=True)),
        fit.mean,
        every_var,
    )


def _spread_of_kinds(
    rate: Floats, codes: NDArray[np.int64], n: NDArray[np.int64], means: Floats
) -> Credibility:
    """Variances within and between kinds by one-way analysis of variance; all within where no kind has
    two."""
    spare = len(rate) - len(n)
    every = float(rate.mean())
    if not spare or len(n) < 2:
        return Credibility(every, max(float(rate.var(ddof=1)), _LEAST), 0.0)
    within = max(float(((rate - means[codes]) ** 2).sum()) / spare, _LEAST)
    spread = float((n * (means - every) ** 2).sum()) - (len(n) - 1) * within
    between = max(spread / (len(rate) - float((n**2).sum()) / len(rate)), 0.0)
    found = Credibility(every, within, between)
    z = found.weight(n)
    return Credibility(float(z @ means / z.sum()), within, between) if between > 0 else found


def foretell_month(
    fit: LaunchFit, early: ArrayLike, counted: ArrayLike, orders: ArrayLike, kind: ArrayLike
) -> LeftOut:
    """Each launch's month from its first days, (launches,) each, as of ``fit_launches``. ``counted``: units
    of the first days; with none of them the kind alone speaks.

    >>> past = ([200.0, 100.0] * 3, [20, 10] * 3, [160.0, 80.0] * 3, [1e4] * 6, ["tea", "cake"] * 3)
    >>> fit = fit_launches(*past)
    >>> found = foretell_month(fit, [400.0, 4.0], [400, 4], [1e4, 1e4], ["pie", "pie"])
    >>> np.exp(found.month).round().tolist(), found.weight.round(2).tolist()
    ([317.0, 18.0], [0.99, 0.51])
    """
    e, c, o = (np.asarray(each, float) for each in (early, counted, orders))
    labels = np.asarray(kind, str).tolist()
    like = np.array([fit.kinds.get(name, fit.every) for name in labels]) + np.log(o)
    like_var = np.maximum([fit.kind_var.get(name, fit.every_var) for name in labels], _LEAST)
    has = (c > 0) & (e > 0)
    own = np.log(np.where(has, e, 1.0)) + fit.fade
    own_var = np.maximum(fit.start_var, _LEAST) + 1 / np.where(has, c, 1.0)
    weight = np.where(has, like_var / (like_var + own_var), 0.0)
    month = weight * own + (1 - weight) * like
    sd = np.sqrt(np.where(has, like_var * own_var / (like_var + own_var), like_var))
    return LeftOut(month, sd, like, weight)


def leave_out(
    early: ArrayLike, counted: ArrayLike, month: ArrayLike, orders: ArrayLike, kind: ArrayLike, day: ArrayLike
) -> LeftOut:
    """Each launch as those that were not launched on its ``day`` foretell it: two that come together would
    tell each other's month. Null where the others are fewer than ``FEWEST``."""
    e, c, m, o = (np.asarray(each, float) for each in (early, counted, month, orders))
    labels, days = np.asarray(kind, str), np.asarray(day)
    found = np.full((4, len(m)), np.nan)
    for each in np.unique(days):
        own, rest = days == each, days != each
        if rest.sum() >= FEWEST:
            fit = fit_launches(e[rest], c[rest], m[rest], o[rest], labels[rest])
            found[:, own] = foretell_month(fit, e[own], c[own], o[own], labels[own])
    return LeftOut(*found)


def widen(left: LeftOut, month: ArrayLike, level: float = 0.9) -> float:
    """By how many ``sd`` an interval at ``level`` reaches each way: Student's t times how far the launches
    left out were off, in their own ``sd``; null with fewer than ``FEWEST``.

    >>> past = LeftOut(np.zeros(9), np.ones(9), np.zeros(9), np.ones(9))
    >>> round(widen(past, np.exp([-1.0, 1.0, -1.0, 1.0, 0.0, 1.0, -1.0, 1.0, -1.0])), 2)
    1.85
    """
    off = (np.log(np.asarray(month, float)) - left.month) / left.sd
    off = off[~np.isnan(off)]
    n = len(off)
    if n < FEWEST:
        return float("nan")
    return float(student.ppf(0.5 + level / 2, n - 1) * np.sqrt(np.mean(off**2)) * np.sqrt(1 + 1 / n))
