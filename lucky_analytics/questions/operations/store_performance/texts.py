"""The stores in words: title, answer, titles of charts."""

from __future__ import annotations

from typing import TypeVar

import pandas as pd

from lucky_analytics.decisions import Decision, wait_for_orders
from lucky_analytics.formats import format_change, join_names
from lucky_analytics.models.weeks_advice import say_cause
from lucky_analytics.questions.operations.store_performance.steps import Found

__all__ = ["describe_answer", "describe_empty", "name_finding", "name_grid", "name_growth",
           "name_ranks", "name_rules", "note_off", "put_first"]  # fmt: skip

Picture = TypeVar("Picture")


def name_finding(found: Found) -> str:
    """The title of the page."""
    day, n = _day(found), len(found.today)
    if n == 1:
        return f"{found.today['store_name'].iloc[0]} was off its own days on {day}"
    if n == 2:
        return f"{join_names(found.today['store_name'])} were off on {day}"
    if n:
        return f"{n} of {found.n_judged} stores were off their own days on {day}"
    if not found.n_judged:
        return "No store is old enough to say whether its day was off"
    if len(found.fallen) == 1:
        return f"No store was off on {day}; {found.fallen['store_name'].iloc[0]} fell over {_weeks(found)}"
    if len(found.fallen):
        return f"No store was off on {day}; {len(found.fallen)} fell over {_weeks(found)}"
    if found.has_moved:
        change = found.together.value or 0.0
        size, side = 100 * abs(change), "less" if change < 0 else "more"
        return f"The oldest stores sold {size:.0f} % {side} over {_weeks(found)}; no store's day was off"
    return f"No store was off its own days on {day}"


def describe_answer(found: Found) -> str:
    """The answer, as a template for ``report.answer``."""
    day, n = _day(found), len(found.today)
    if not found.n_judged:
        said = f"On {day} no store had the 28 days before that say what is usual"
    elif not n:
        said = f"None of {found.n_judged} stores was off its own days on {day}"
    else:
        who = join_names(found.today["store_name"].head(2)) + (" and others" if n > 2 else "")
        verb = "was" if n == 1 else "were"
        said = f"{who} {verb} off on {day}, more than chance"
        if found.off.value is not None:
            said += f": revenue {{off_by}} {'above' if found.off.value > 0 else 'against'} what is usual"
    if found.together.value is None:
        return f"{said}. No store is old enough to compare its weeks with those before."
    sure = "" if found.has_moved else ", no more than chance"
    more = "less" if (found.together.value or 0.0) < 0 else "more"
    weeks = f"Comparable stores sold {more} than in the weeks before: {{comparable}}"
    if found.has_taken and not n:
        return f"{said}. {weeks}; {say_cause(found)}."
    return f"{said}. {weeks}{sure}."


def describe_empty() -> tuple[str, str, Decision]:
    """Title, answer and decision before the first store has sold anything."""
    return (
        "No store has opened yet",
        "Nothing to compare: no store has had a day.",
        wait_for_orders("Operations"),
    )


def put_first(found: Found, day: Picture, weeks: Picture) -> list[Picture]:
    """The day's picture and that of the weeks, first the one in which something was found."""
    return [weeks, day] if found.has_moved and not len(found.today) else [day, weeks]


def name_grid(found: Found, missing: list[str]) -> str:
    """The title of the chart of lights."""
    n = len(found.today)
    known = f"{found.n_tiles} numbers"
    if not found.n_judged:
        return "No number of any store can be judged yet"
    if not n:
        text = f"None of {known} is off"
    else:
        text = f"{n} {'store is' if n == 1 else 'stores are'} off in at least one of {known}"
    text += f"; {found.n_watch} deserve{'s' if found.n_watch == 1 else ''} a second look"
    return text + (f"; not counted: {join_names(missing).lower()}" if missing else "")


def name_ranks(found: Found) -> str:
    """The title of the chart of ranks."""
    if not found.n_pairs:
        return "Too few stores to compare at one age and place"
    if not found.n_sure:
        return "At the same age and place, no store is surely ahead of another"
    return f"At the same age and place, {found.n_sure} of {found.n_pairs} pairs of stores are in a sure order"


def name_growth(found: Found, grown: pd.DataFrame) -> str:
    """The title of the chart of growth."""
    rose, fell = (int((grown["moved"] == word).sum()) for word in ("rose", "fell"))
    known = int(grown["change"].notna().sum())
    if not known:
        return "No store is old enough to have grown or shrunk"
    if found.together.value is None:
        head = f"Of {known} stores"
    else:
        head = f"Comparable stores together: {format_change(found.together.value)}"
    if not rose + fell:
        return f"{head}; no store alone stands out over these weeks"
    return (
        f"{head}; "
        + " and ".join(f"{n} {word}" for n, word in ((rose, "rose"), (fell, "fell")) if n)
        + " more than chance"
    )


def name_rules(rules: pd.DataFrame) -> str:
    """The title of the chart that holds this page's rule beside the naive one."""
    ours, plain = rules["days_off"]
    n = int(rules["n_days"].max())
    return f"A plain dashboard would have alarmed on {plain} of {n} days, this page on {ours}"


def note_off(found: Found) -> str:
    """Why the headline on dollars has no value, or what it is."""
    if found.off.value is not None:
        return "Revenue of the day less what its planned hours usually bring"
    return (
        "Null: no store is off in orders, revenue or hours" if len(found.today) else "Null: no store is off"
    )


def _day(found: Found) -> str:
    return f"{found.as_of:%-d %b}"


def _weeks(found: Found) -> str:
    return f"{found.n_weeks} weeks"
