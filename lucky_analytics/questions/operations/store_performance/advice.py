"""Whom operations asks for an explanation, and how strongly."""

from __future__ import annotations

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.formats import join_names
from lucky_analytics.models.watched_days.event_causes import SHARED
from lucky_analytics.models.watched_days.store_events import NO_CAUSE
from lucky_analytics.models.weeks_advice import ask_about_weeks
from lucky_analytics.questions.operations.store_performance.steps import Found

__all__ = ["decide"]

_OWNER = "Operations"


def decide(found: Found, level: float) -> Decision:
    """The day first, then the weeks of single stores, then those of the comparable ones together; where none
    of them is off, nothing. Its worth is what they are below what was usual."""
    if len(found.today):
        return _ask_today(found)
    weeks = ask_about_weeks(found, level)
    if weeks is not None:
        return weeks
    unknown = ["no store is old enough to be judged"]
    return Decision(
        f"ask no store to explain {found.as_of:%-d %b}",
        _OWNER,
        idle("no store is off") if found.n_judged else weigh(None, problems=unknown),
        "No number of any store is further from its own days than chance puts one now and then.",
        "A store is off its own days.",
    )


def _ask_today(found: Found) -> Decision:
    today = found.today
    names = join_names(today["store_name"].head(3)) + (" and others" if len(today) > 3 else "")
    is_shared = today["hints"].str.contains(SHARED, regex=False).all()
    known = [f"{row.store_name}: {row.cause}" for row in today.head(2).itertuples() if row.cause != NO_CAUSE]
    below = found.off.value is not None and found.off.value < 0
    worth = found.off.times(-1) if below else None
    action = (
        f"look first at {names}"
        if not is_shared
        else f"look at what all stores shared on {found.as_of:%-d %b}"
    )
    return Decision(
        action,
        _OWNER,
        weigh(worth, doubts=[] if known else ["no table shows a cause"]),
        "; ".join(known) + "." if known else "No other table was unusual with it.",
        "The next day is back in its range.",
        worth,
        worth_unit="USD a day",
    )
