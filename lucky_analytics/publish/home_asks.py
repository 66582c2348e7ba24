"""What leadership must act on: of all decisions the few with most money, each with a word that tells them
apart, computed from what the decision records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lucky_analytics.decision_words import DO, LEAN, OVERDUE, is_lost, say_call
from lucky_analytics.formats import format_estimate, keep_together

__all__ = ["LEAST", "Call", "call"]

LEAST = 1_000.0  # dollars a month, or once, below which a decision is its department's

# Words of a unit that say what kind of sum it is.
_KINDS = {
    "avoided": "Avoids",
    "at stake": "At stake",
    "at risk": "At risk",
}
_TIMES = {"a year": 1 / 12, "a week": 365 / 84, "a day": 365 / 12, "a month": 1.0}


@dataclass(frozen=True)
class Call:
    """``word`` is one of ``decision_words.CALLS``, empty where the page advises nothing or not in dollars;
    ``money``: what is at stake, for readers; ``monthly``: dollars a month of it, once as it is."""

    word: str = ""
    money: str = ""
    monthly: float = 0.0

    @property
    def is_gain(self) -> bool:
        """Whether the money is what the action brings; else it is what the matter is about."""
        return self.money.startswith(("Gain", "Avoids"))

    @property
    def is_large(self) -> bool:
        return bool(self.word) and abs(self.monthly) >= LEAST

    @property
    def order(self) -> tuple[bool, float]:
        """What is overdue first, then by money."""
        return self.word != OVERDUE, -abs(self.monthly)


def call(decision: Mapping[str, Any], as_of: str) -> Call:
    """How a recorded decision is put to leadership, on the day ``as_of`` (ISO), in dollars of a month.

    >>> gain = {"value": 900.0, "low": 200.0, "high": 1600.0, "unit": "USD a week"}
    >>> made = call({"strength": "lean", "worth": gain}, "2026-02-13")
    >>> made.word, made.money, round(made.monthly)
    ('Act, small risk', 'Gain: $3,911 a month ($869 to $6,952)', 3911)
    """
    worth = decision.get("worth") or {}
    currency, _, rest = str(worth.get("unit", "")).partition(" ")
    if currency != "USD" or worth.get("value") is None:
        return Call()
    times = next((times for per, times in _TIMES.items() if rest.endswith(per)), None)
    money = _say(worth, rest, times)
    word = say_call(decision, as_of) if decision.get("strength") in (DO, LEAN) else ""
    return Call(word, keep_together(money), float(worth["value"]) * (times or 1.0))


def _kind(rest: str) -> str:
    if is_lost(rest):
        return "Lost"
    words = f" {rest} "
    return next((kind for word, kind in _KINDS.items() if f" {word} " in words), "Gain")


def _say(worth: Mapping[str, Any], rest: str, times: float | None) -> str:
    value, low, high = (worth.get(end) for end in ("value", "low", "high"))
    if times is None:
        kind = _kind(rest)
        if kind == "Gain":  # a sum of its own kind, which its unit says
            return format_estimate(value, low, high, worth["unit"])
        return f"{kind}, once: {format_estimate(value, low, high, 'USD')}"
    value, low, high = (None if end is None else end * times for end in (value, low, high))
    return f"{_kind(rest)}: {format_estimate(value, low, high, 'USD a month')}"
