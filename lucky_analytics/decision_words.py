"""What a leader reads before an action: one word for how a decision is to be taken, the same on its page, on
the home, in mail and in apps. Computed from the recorded decision alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

__all__ = [
    "ACT",
    "BASIS",
    "CALLS",
    "DO",
    "HOLD",
    "IDLE",
    "LEAN",
    "LOOK",
    "NOTHING",
    "OVERDUE",
    "SMALL",
    "STRENGTHS",
    "UNMEASURED",
    "WAIT",
    "is_lost",
    "say_call",
]

DO, LEAN, WAIT = STRENGTHS = ("do", "lean", "do not decide on this yet")
IDLE = "nothing to decide"

OVERDUE, ACT, SMALL, LOOK, UNMEASURED, HOLD, NOTHING = CALLS = (
    "Overdue",
    "Act",
    "Act, small risk",
    "Look first",
    "Act, gain not measured",
    "Wait",
    "Nothing to decide",
)
_SMALL_RISK = 0.1  # what the low end may cost, as a share of what is expected

BASIS = (
    "Overdue: its day has passed. Act: worth it beyond chance. Act, small risk: may cost at most a tenth of "
    "what it may bring. Gain not measured: no sum is known. Look first: cause or gain not known. A month's "
    "sums, by each page's range."
)

# Words of a unit by which a sum is no gain of the action: to look for a cause brings none of it yet.
_LOST = ("lost", "more", "off")


def say_call(decision: Mapping[str, Any], as_of: str = "") -> str:
    """One of ``CALLS`` for a recorded decision (``decisions.Decision.record``); empty where an older run
    recorded no strength. ``as_of``: the day on which it is read (ISO), where that is known: from its due day
    on it is overdue.

    Never stronger than its interval: "Act" needs a strength of ``do``, "Act, small risk" a gain of which the
    low end, if a loss at all, is at most a tenth of the value.

    >>> gain = {"value": 900.0, "low": 200.0, "high": 1600.0, "unit": "USD a week"}
    >>> say_call({"strength": "do", "worth": gain}), say_call({"strength": "lean", "worth": gain})
    ('Act', 'Act, small risk')
    >>> say_call({"strength": "lean", "worth": {**gain, "low": -300.0}})
    'Look first'
    >>> say_call({"strength": "lean", "worth": {**gain, "unit": "USD lost a week"}})
    'Look first'
    >>> say_call({"strength": "lean", "worth": gain, "due": "2026-01-20"}, "2026-02-13")
    'Overdue'
    >>> say_call({"strength": "lean"}), say_call({"strength": WAIT})
    ('Act, gain not measured', 'Wait')
    """
    strength = decision.get("strength")
    if decision.get("is_idle"):
        return NOTHING
    if strength not in (DO, LEAN):
        return HOLD if strength else ""
    due = decision.get("due")
    if due and (
        decision.get("is_overdue") or (as_of and dt.date.fromisoformat(due) <= dt.date.fromisoformat(as_of))
    ):
        return OVERDUE
    if strength == DO:
        return ACT
    worth = decision.get("worth") or {}
    if worth.get("value") is None:
        return UNMEASURED
    low = worth.get("low")
    is_small = low is not None and low >= -_SMALL_RISK * worth["value"]
    return SMALL if is_small and not is_lost(str(worth.get("unit", ""))) else LOOK


def is_lost(unit: str) -> bool:
    """Whether a sum in this unit is lost or off what is usual, not what the action brings.

    >>> is_lost("USD lost a week"), is_lost("USD a month")
    (True, False)
    """
    return any(f" {word} " in f" {unit} " for word in _LOST)
