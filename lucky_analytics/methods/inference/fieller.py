"""An interval for a ratio of two uncertain numbers: what share was pulled forward, how many months pay back.

The usual interval (delta method) is symmetric and always finite, and wrong where the denominator is
uncertain: a numerator over nearly nothing can be anything. Fieller's set holds every ratio r for which
"numerator - r denominator" is within its own error of 0; no ratio of estimates is ever treated as if it were
normal. With a reduced form over a first stage it is the set of Anderson and Rubin (1949).

Where the denominator itself is not clear of 0 the set has no ends: it runs to infinity, or is everything.
Then the ratio cannot be said, at this level, from these data.

References: Fieller (1954), JRSS B 16; Creasy (1954), same volume; von Luxburg and Franz (2009), Statistica
Sinica 19, on its geometry.
"""

from __future__ import annotations

import math

from scipy.stats import t as student

from lucky_analytics.errors import LuckyError

__all__ = ["fieller"]


def fieller(
    numerator: float,
    denominator: float,
    var_num: float,
    var_den: float,
    cov: float = 0.0,
    level: float = 0.9,
    df: float = math.inf,
) -> tuple[float, float] | None:
    """``(low, high)`` of ``numerator / denominator``, or None where it cannot be said.

    ``var_num``, ``var_den``, ``cov``: variances and covariance of the two estimates (not of single rows), in
    their units squared; their errors are normal, or Student's with ``df`` degrees of freedom. None when the
    denominator's own interval at ``level`` holds 0, also when any input is not a number. The interval
    always holds the ratio of the estimates, mostly not in its middle.
    Raises ``LuckyError`` when the variances and the covariance cannot belong together.

    >>> low, high = fieller(10.0, 50.0, var_num=4.0, var_den=25.0)
    >>> round(low, 3), round(high, 3)
    (0.131, 0.28)
    >>> fieller(10.0, 5.0, var_num=4.0, var_den=25.0) is None
    True
    """
    if not all(math.isfinite(x) for x in (numerator, denominator, var_num, var_den, cov)):
        return None
    if min(var_num, var_den) < 0 or cov**2 > var_num * var_den * (1 + 1e-9):
        raise LuckyError(
            "interval of a ratio",
            expected="variances of at least 0 and a covariance that they allow",
            got=f"{var_num:g}, {var_den:g} and {cov:g}",
        )
    quantile = float(student.ppf(0.5 + level / 2, df))
    # All r with (numerator - r denominator)^2 <= quantile^2 (var_num - 2 r cov + r^2 var_den).
    square = denominator**2 - quantile**2 * var_den
    cross = numerator * denominator - quantile**2 * cov
    constant = numerator**2 - quantile**2 * var_num
    if square <= 0:
        return None
    half = math.sqrt(max(cross**2 - square * constant, 0.0))
    return (cross - half) / square, (cross + half) / square
