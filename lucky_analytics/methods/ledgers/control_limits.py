"""Does a control hold? Exceptions among its cases, held against the most that there may be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scipy.stats import beta

from lucky_analytics.errors import ParameterError

__all__ = [
    "FAILED",
    "NO_CASE",
    "OUTCOMES",
    "PASSED",
    "UNDECIDED",
    "UNTESTABLE",
    "Limit",
    "bound_share",
    "judge",
]

PASSED, FAILED, UNDECIDED = "passed", "failed", "too few to say"
NO_CASE, UNTESTABLE = "no case", "not testable"
OUTCOMES = (FAILED, UNDECIDED, PASSED, NO_CASE, UNTESTABLE)
_FORM = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<percent>%)?")


@dataclass(frozen=True)
class Limit:
    """The most exceptions that a control allows: ``cases``, a number, or ``share`` of the cases (0 to 1)."""

    cases: int | None = None
    share: float | None = None

    @classmethod
    def read(cls, text: str) -> Limit:
        """A limit as it is written: ``"0"`` exceptions, or ``"0.1 %"`` of the cases. Raises
        ``ParameterError`` for another form, and for a share above 100 %.

        >>> Limit.read("0.5 %"), Limit.read("3")
        (Limit(cases=None, share=0.005), Limit(cases=3, share=None))
        """
        form = _FORM.fullmatch(text.strip())
        expected = "a whole number of exceptions, or a share such as 0.1 %"
        if form is None or (form["percent"] is None and "." in form["number"]):
            raise ParameterError("limit", expected=expected, got=repr(text))
        if form["percent"] is None:
            return cls(cases=int(form["number"]))
        share = float(form["number"]) / 100
        if share > 1:
            raise ParameterError("limit", expected="at most 100 %", got=repr(text))
        return cls(share=share)

    def __str__(self) -> str:
        return f"{self.cases:,}" if self.cases is not None else f"{100 * (self.share or 0):g} %"


def bound_share(n: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The exact binomial interval of a share ``n / of`` (Clopper and Pearson 1934); 0 to 1 without a case.

    >>> [round(end, 4) for end in bound_share(1, 10)]
    [0.0025, 0.445]
    """
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, n, of - n + 1)) if n else 0.0
    high = float(beta.ppf(1 - tail, n + 1, of - n)) if n < of else 1.0
    return low, high


def judge(n: int, of: int, limit: Limit, level: float = 0.95) -> str:
    """One of ``OUTCOMES`` but *not testable*, for ``n`` exceptions among ``of`` cases.

    A number of exceptions is a fact: more than ``limit.cases`` fail, fewer pass. A share is held against its
    exact interval, as the rate at which the process errs: it *failed* where all of the interval lies above
    the limit, *passed* where none of it does, and is *too few to say* in between. Without a case: *no case*.

    >>> judge(0, 10, Limit(share=0.05)), judge(0, 100, Limit(share=0.05)), judge(1, 10, Limit(cases=0))
    ('too few to say', 'passed', 'failed')
    """
    if limit.cases is not None:
        return FAILED if n > limit.cases else PASSED if of else NO_CASE
    if not of:
        return NO_CASE
    low, high = bound_share(n, of, level)
    share = limit.share or 0.0
    return FAILED if low > share else PASSED if high <= share else UNDECIDED
