"""How serious a card is: the thresholds, declared here alone. No document gives any; they are ours."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CRITICAL", "INFO", "MEANINGS", "SEVERITIES", "WARNING", "Thresholds", "grade"]

CRITICAL, WARNING, INFO = SEVERITIES = ("Critical", "Warning", "Info")
MEANINGS = {
    CRITICAL: "act now: it surely cost more than the limit, or records are missing or double",
    WARNING: "look today: it surely cost something, lasts, shows in several numbers, or is of what all share",
    INFO: "read: it is unusual, and small, not sure to have cost anything, or good",
}


class Thresholds(NamedTuple):
    """``critical`` and ``warning``: dollars that a card surely cost, the end of its interval nearest to 0.
    ``days``: that it lasts, and ``numbers`` that are worse, from which it is a warning without any money."""

    critical: float = 500.0
    warning: float = 100.0
    days: int = 2
    numbers: int = 3


def grade(
    off: tuple[float | None, float | None, float | None],
    *,
    n_days: int,
    n_worse: int,
    is_records: bool,
    is_shared: bool,
    limits: Thresholds,
) -> tuple[str, str]:
    """The severity of a card and why, in a clause.

    ``off``: dollars off what was usual with its ends, below 0 a loss; null where no money can be put on it.
    ``n_worse``: of its numbers, those on the bad side, or that should not move at all. ``is_records``: rows
    are missing or double, so that every page that reads them is wrong. ``is_shared``: a bad card of a system
    that all stores depend on. No card is graded by money beyond its interval: where the interval holds 0,
    money grades nothing.

    >>> alone = {"n_days": 1, "n_worse": 1, "is_records": False, "is_shared": False, "limits": Thresholds()}
    >>> grade((-900.0, -1200.0, -600.0), **alone)
    ('Critical', 'it surely cost $500 or more')
    >>> grade((-900.0, -1900.0, 100.0), **alone)
    ('Info', 'what it cost may be nothing')
    """
    if is_records:
        return CRITICAL, "reports that read these rows are wrong"
    if not n_worse:
        return INFO, "nothing is worse than usual"
    _, _, high = off
    sure = -high if high is not None else None
    if sure is not None and sure >= limits.critical:
        return CRITICAL, f"it surely cost ${limits.critical:,.0f} or more"
    if sure is not None and sure >= limits.warning:
        return WARNING, f"it surely cost ${limits.warning:,.0f} or more"
    if is_shared:
        return WARNING, "all stores depend on it"
    if n_days >= limits.days:
        return WARNING, f"it lasts {n_days} days"
    if n_worse >= limits.numbers:
        return WARNING, f"{n_worse} numbers are worse than usual"
    if sure is None:
        return INFO, "no money can be put on it"
    return (
        INFO,
        "what it cost may be nothing" if sure <= 0 else f"it may have cost less than ${limits.warning:,.0f}",
    )
