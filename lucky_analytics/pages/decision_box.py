"""A decision as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lucky_analytics.decision_words import say_call
from lucky_analytics.decisions import WAIT, say_strength, say_worth
from lucky_analytics.formats import keep_together
from lucky_analytics.pages.sentences import keep_brief
from lucky_analytics.proposed_trials import say_trial

__all__ = ["OPEN_WORDS", "show_decision"]

# Reasons that stand open beside the action; further sentences are folded, so that the first picture is near.
OPEN_WORDS = 32


def show_decision(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the page shows of a decision's record (``decisions.Decision.record``).

    All texts of the record under their own keys with numbers and units glued, and ``call``, ``strength``,
    ``waits``, ``worth``, ``doubts``, ``trials``; ``because`` is cut into what stands open and ``more``. A
    record of an older run has its text alone, which is then the action.

    >>> shown = show_decision({"text": "Act. IT: stop it.", "because": "It is idle. " * 20, "strength": "do"})
    >>> len(shown["because"].split()), len(shown["more"].split())
    (30, 30)
    """
    own = {key: keep_together(value) for key, value in record.items() if isinstance(value, str)}
    because, more = keep_brief(own.get("because", ""), OPEN_WORDS)
    doubts = [keep_together(doubt) for doubt in record.get("doubts", [])]
    return {
        "action": own["text"],
        **own,
        "because": because,
        "more": more,
        "worth": keep_together(say_worth(record)),
        "strength": say_strength(record),
        "call": record.get("call") or say_call(record),
        "waits": say_strength(record) == WAIT,
        "doubts": [] if record.get("is_idle") else doubts,
        "trials": [keep_together(say_trial(trial)) for trial in record.get("trials", [])],
    }
