"""The error for a covariate that separates: with one of its values the event always comes, or never."""

from __future__ import annotations

from lucky_analytics.errors import LuckyError

__all__ = ["separated"]


def separated(model: str, covariate: str) -> LuckyError:
    """What to raise when the ratio of ``covariate`` grows without end in ``model``.

    >>> separated("hazard model", "is_near").remedy
    'Leave is_near out, or join it with another group'
    """
    alike = f"{covariate} separates those with an event from those without"
    return LuckyError(
        model,
        expected="events with every value of a covariate",
        got=f"{alike}: its ratio has no finite best value",
        remedy=f"Leave {covariate} out, or join it with another group",
    )
