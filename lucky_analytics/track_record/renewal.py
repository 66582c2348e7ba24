"""The record brought up to date before a portal shows it; a record that cannot be read stops nothing else."""

from __future__ import annotations

from lucky_analytics.errors import LuckyError
from lucky_analytics.settings import Settings
from lucky_analytics.track_record.aftermath import follow_decisions
from lucky_analytics.track_record.resolving import describe_resolved, resolve_due

__all__ = ["renew_record"]


def renew_record(settings: Settings) -> tuple[list[str], list[LuckyError]]:
    """Measure what has fallen due and follow what was decided; lines that say so, and what is wrong.

    Wrong are decisions that were declared by mistake, each by itself, and a record that cannot be read: then
    it is the only fault, and nothing was measured.
    """
    try:
        return describe_resolved(resolve_due(settings)), follow_decisions(settings)
    except LuckyError as error:
        return [], [error]
