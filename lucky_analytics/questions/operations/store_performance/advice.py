"""Whom operations asks for an explanation, and how strongly."""

from __future__ import annotations

from lucky_analytics.decisions import Decision, add_up, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names
from lucky_analytics.models.calendar import NO_YEAR_BEFORE
from lucky_analytics.models.watched_days.event_causes import SHARED
from lucky_analytics.models.watched_days.store_events import NO_CAUSE
from lucky_analytics.questions.operations.store_performance.steps import Found
from lucky_analytics.questions.operations.store_performance.texts import moved_together

__all__ = ["decide"]

_OWNER = "Operations"


def decide(found: Found, level: float) -> Decision:
    """The day first, then the weeks of single stores, then those of the comparable ones together; where none
    of them is off, nothing. Its worth is what they are below what was usual."""
    if len(found.today):
        return _ask_today(found)
    if len(found.fallen):
        return _ask_fallen(found, level)
    if moved_together(found) and (found.together.value or 0) < 0:
        worth = found.together.times(-found.before)
        return Decision(
            "look for what the comparable stores share before asking a single one",
            _OWNER,
            weigh(worth, doubts=[NO_YEAR_BEFORE]),
            f"They sold less than in the {found.n_weeks} weeks before, together more than chance.",
            "Four more weeks bring the level back, or one store turns out to be the whole of it.",
            worth,
            worth_unit="USD a week",
        )
    why = "no store is off, so there is nothing to decide"
    return Decision(
        f"ask no store to explain {found.as_of:%-d %b}",
        _OWNER,
        weigh(None, problems=[why if found.n_judged else "no store is old enough to be judged"]),
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


def _ask_fallen(found: Found, level: float) -> Decision:
    fallen = found.fallen
    worth = add_up(
        [Estimate.of(row, "change", level=level).times(-row["before"]) for row in fallen.to_dict("records")]
    )
    return Decision(
        f"find out why {join_names(fallen['store_name'].head(3))} fell over {found.n_weeks} weeks",
        "Operations and the store's manager" if len(fallen) == 1 else "Operations and the stores' managers",
        weigh(worth, doubts=[NO_YEAR_BEFORE]),
        "The fall is more than weeks differ, for all stores together; no single day stands out.",
        f"The next {found.n_weeks} weeks bring the level back.",
        worth,
        worth_unit="USD a week",
    )
