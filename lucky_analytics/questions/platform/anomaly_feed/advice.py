"""Who looks at what first, or that there is nothing to do."""

from __future__ import annotations

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.store_growth import RecentWeeks
from lucky_analytics.models.watched_days.judged_days import LEVEL
from lucky_analytics.questions.platform.anomaly_feed.steps import Found
from lucky_analytics.questions.platform.anomaly_feed.systems import SYSTEMS

__all__ = ["decide"]

_ELSEWHERE = " What to do about the fall over weeks is decided on the page of stores that are off."


def decide(found: Found, weeks: RecentWeeks) -> Decision:
    """The first step of the most serious open card, by its owner; where none is open, nothing is
    to do for a single day; a fall of the last weeks is decided on the page of the stores, and named. Worth:
    what the card likely cost."""
    if not len(found.serious):
        return Decision(
            "look at nothing today" if not len(found.open) else "read what is small when there is time",
            "Operations",
            idle("nothing serious is open")
            if found.n_watched
            else weigh(None, problems=["no number can be judged yet"]),
            "No number was further from usual than chance explains."
            + (_ELSEWHERE if weeks.has_fallen else "")
            if not len(found.open)
            else "What is unusual is small, good, or not sure to have cost anything.",
            "A card that is Warning or Critical comes.",
        )
    card = found.serious.iloc[0]
    system = next(system for system in SYSTEMS if system.name == card["system"])
    off = Estimate.of(card.to_dict(), "off", level=LEVEL)
    worth = off.times(-1) if off.value is not None and off.value < 0 else None
    return Decision(
        f"look first at {card['where']} ({card['headline']}): {system.steps[0].what}",
        str(card["owner"]),
        weigh(worth),
        f"{card['severity']}: {card['why']}.",
        "The next day is back in its range, or the card is dismissed.",
        worth,
        worth_unit="USD",
    )
