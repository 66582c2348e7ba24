"""The last weeks of the stores in words, and whom operations asks: the same on every page that tells it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lucky_analytics.decisions import Decision, add_up, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names
from lucky_analytics.models.calendar import NO_YEAR_BEFORE
from lucky_analytics.models.store_growth import LEVEL, RecentWeeks

__all__ = ["COMPARABLE", "LABEL", "TOGETHER", "ask_about_weeks", "list_weeks", "note_sisters", "say_cause",
           "say_weeks", "show_growth"]  # fmt: skip

# What pages that hold other weeks against each other decide alike of the stores together.
TOGETHER = {"fall of older stores": "look for what they share"}


COMPARABLE = "Comparable stores"
LABEL = "What new stores nearby took of the older ones"


def note_sisters(weeks: RecentWeeks) -> str:
    """What the share of new stores rests on, or why there is none."""
    if weeks.taken.value is None:
        return "Null where no store near them is new, or there are too few to tell"
    return "By distance and age of the stores, as on the page on how fast stores grow"


def show_growth(grown: pd.DataFrame, together: Estimate) -> pd.DataFrame:
    """Each store's change of ``store_growth.judge_weeks`` for its chart: ``store_name``, ``change``, ``low``,
    ``high``; the comparable ones ``together`` first, where that is known; stores too young left out."""
    known = grown.dropna(subset="change")
    columns = ["store_name", "change", "low", "high"]
    if together.value is None:
        return known[columns]
    ends = {"change": together.value, "low": together.low, "high": together.high}
    return pd.concat([pd.DataFrame([{"store_name": COMPARABLE, **ends}]), known])[columns]


def list_weeks(weeks: RecentWeeks) -> list[dict[str, Any]]:
    """What ``report.headline`` takes for each number that ``say_weeks`` and titles name: ``comparable`` (a
    rate), ``weeks_fall`` (the same, either way), ``comparable_stores``, ``weeks_compared``, and
    ``weeks_lost``, the worth of ``ask_about_weeks``."""
    asked = ask_about_weeks(weeks, LEVEL)
    lost = asked.worth if asked else None
    label = f"Comparable stores, last {weeks.n_weeks} weeks against those before"
    stores: dict[str, Any] = {"n": weeks.n_comparable, "n_of": "stores", "is_tile": False}
    early = "Null without a store that is old enough" if weeks.together.value is None else ""
    counted = "Counted, not estimated: it has no interval"
    size = abs(weeks.together.value or 0.0)
    return [
        {"name": "comparable", "label": label, "value": weeks.together, "unit": "rate",
         "note": early} | stores,
        {"name": "weeks_fall", "label": "The same, either way", "value": size, "unit": "rate",
         "note": "Its interval is that of comparable"} | stores,
        {"name": "comparable_stores", "label": "Comparable stores", "value": weeks.n_comparable,
         "unit": "stores", "note": counted} | stores,
        {"name": "weeks_compared", "label": "Weeks held against as many before", "value": weeks.n_weeks,
         "unit": "weeks", "note": counted} | stores,
        {"name": "by_sisters", "label": LABEL, "value": weeks.taken, "unit": "rate",
         "note": note_sisters(weeks)} | stores,
        {"name": "weeks_lost", "label": "What those that fell sell less a week", "value": lost, "unit": "USD",
         "note": "" if lost else "Null where none fell"} | stores,
    ]  # fmt: skip


def say_weeks(weeks: RecentWeeks) -> str:
    """What the last weeks say that no single day does, as a template; empty where they say nothing."""
    if not weeks.has_moved:
        return ""
    more = "less" if weeks.has_fallen else "more"
    told = (
        f"The {{comparable_stores:value}} open longest sold {more} over "
        "{weeks_compared:value} than over as many before, holidays taken off: {comparable}"
    )
    return f"{told}; {say_cause(weeks)}."


def say_cause(weeks: RecentWeeks) -> str:
    """What new stores nearby have to do with it, to end a sentence with, over the headline ``by_sisters``."""
    if not weeks.has_taken:
        return "each store's page has its own"
    rest = "may be chance" if weeks.rest.holds(0) else "is more than chance"
    return f"new stores nearby account for {{by_sisters}}, the rest {rest}"


def ask_about_weeks(weeks: RecentWeeks, level: float) -> Decision | None:
    """Single stores that fell first, then the comparable ones together; null where none fell.

    Its worth is what they are below the weeks before, dollars a week. ``level``: of the intervals of
    ``weeks``.
    """
    if len(weeks.fallen):
        return _ask_stores(weeks, level)
    if not weeks.has_fallen:
        return None
    worth = weeks.together.times(-weeks.before)
    because = f"They sold less than in the {weeks.n_weeks} weeks before, together more than chance"
    if weeks.has_taken:
        rest = "what is left may be chance" if weeks.rest.holds(0) else "what is left is more than chance"
        because += f"; new stores near them are one cause, and {rest}"
    return Decision(
        "look for what the comparable stores share; what a single one does, its own page says",
        "Operations",
        weigh(worth, doubts=[NO_YEAR_BEFORE]),
        f"{because}.",
        "Four more weeks bring the level back, or one store turns out to be the whole of it.",
        worth,
        on=TOGETHER,
        worth_unit="USD lost a week",
    )


def _ask_stores(weeks: RecentWeeks, level: float) -> Decision:
    fallen = weeks.fallen
    worth = add_up(
        [Estimate.of(row, "change", level=level).times(-row["before"]) for row in fallen.to_dict("records")]
    )
    return Decision(
        f"find out why {join_names(fallen['store_name'].head(3))} fell over {weeks.n_weeks} weeks",
        "Operations and the store's manager" if len(fallen) == 1 else "Operations and the stores' managers",
        weigh(worth, doubts=[NO_YEAR_BEFORE]),
        "The fall is more than weeks differ, for all stores together; no single day stands out.",
        f"The next {weeks.n_weeks} weeks bring the level back.",
        worth,
        worth_unit="USD lost a week",
    )
