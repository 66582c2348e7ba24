"""The cards in words: title, answer, points, titles of charts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lucky_analytics.decisions import Decision, wait_for_orders
from lucky_analytics.models.store_growth import RecentWeeks
from lucky_analytics.questions.platform.anomaly_feed.severity import CRITICAL, INFO
from lucky_analytics.questions.platform.anomaly_feed.steps import Found

__all__ = ["describe_answer", "describe_empty", "list_points", "name_critical", "name_finding", "name_strip",
           "name_weeks", "note_off", "plain", "say_past"]  # fmt: skip

_MOST_POINTS = 6  # the last weeks may take one more
_TITLE_WORDS = 14


def plain(text: str) -> str:
    """Text as a part of a template: braces stand for themselves."""
    return text.replace("{", "{{").replace("}", "}}")


def name_finding(found: Found, weeks: RecentWeeks) -> str:
    """The title, as a template for ``report.title``: the cards, and where there is none a fall of the last
    weeks, which no single day shows."""
    n, n_serious = len(found.open), len(found.serious)
    if not found.n_watched and not n:
        return "Too few days to say what is unusual"
    if not n and weeks.has_fallen:
        return (
            "No single day was unusual; older stores sold {weeks_fall:value} less over {weeks_compared:value}"
        )
    if not n:
        return f"Nothing unusual in the last {found.n_days} days"
    if not n_serious:
        return f"Nothing serious is open; {n} small {'card' if n == 1 else 'cards'} to read"
    if n_serious == 1:
        return plain(_one_title(found.serious.iloc[0]))
    if found.count(CRITICAL):
        return f"{n_serious} events need a look, {{critical:value}} now"
    return f"{n_serious} events need a look, none of them critical"


def describe_answer(found: Found) -> str:
    """The answer, as a template for ``report.answer``."""
    if not found.n_watched and not len(found.open):
        return "No number had the 28 days before that say what is usual."
    if not len(found.open):
        text = "None of {watched:value} was unusual on a day, chance aside"
        if found.fall is None:
            return text + ", nor was any in the days before. Smaller changes go unseen."
        return (
            f"{text}. A store's orders would have to fall by {{smallest_fall:value}} in a day to be seen "
            "here: smaller falls show over weeks only."
        )
    parts = (
        "Of what is open {critical:value} critical, {warning:value} to look at today, against what is usual"
    )
    if not len(found.serious):
        parts = "No event is serious: what is unusual is small, good, or not sure to have cost anything"
    if found.off.value is None:
        return f"{parts}. No money can be put on it."
    word = "cost" if found.off.value < 0 else "came with"
    sure = ", which may be nothing" if found.off.holds(0) else ""
    return f"{parts}. Open ones {word} about {{cost}}{sure}."


def say_past(cards: pd.DataFrame, as_of: pd.Timestamp, n_days: int, most: int = 2) -> str:
    """The newest serious events before the last ``n_days``, as a line; empty for none. They are over: what
    lasts has its card among the open ones. ``cards``: all, as from ``list_cards``."""
    before = cards[(cards["last"] < as_of - pd.Timedelta(days=n_days - 1)) & (cards["severity"] != INFO)]
    if before.empty:
        return ""
    named = [
        f"{row['where']}, {row['headline']} {_since(row, is_over=True)}"
        for row in before.sort_values("last", ascending=False).head(most).to_dict("records")
    ]
    n = f"{len(before)} serious events" if len(before) > 1 else "1 serious event"
    return plain(f"Before these {n_days} days: {n}, all over; the newest: {'; '.join(named)}.")


def list_points(found: Found) -> list[str]:
    """One line for each serious open card, as templates for ``report.point``."""
    return [
        plain(f"{row['severity']}: {row['where']}, {row['headline']} {_since(row)} ({row['owner']})")
        for row in found.serious.head(_MOST_POINTS).to_dict("records")
    ]


def name_critical(found: Found) -> dict[str, str]:
    """The open Critical cards by id, in words, for alerts."""
    own = found.open[found.open["severity"] == CRITICAL]
    return {
        str(row["id"]): f"{row['where']}: {row['headline']} {_since(row)}. {row['owner']} looks first."
        for row in own.to_dict("records")
    }


def note_off(found: Found) -> str:
    """Why the headline on dollars has no value, or what it is."""
    if found.off.value is None:
        return (
            "Null: no open event has sales or another number with a worth"
            if len(found.open)
            else "Null: none is open"
        )
    return "What was usual less what came, over the days of the open events that are worse than usual"


def name_strip(strip: pd.DataFrame, n_days: int) -> str:
    """The title of the picture of days. ``strip`` of ``views.show_strip``."""
    odd = strip[strip["state"] != "as usual"]
    if odd.empty:
        return f"No system had an unusual day in {n_days} days"
    n, n_serious = odd["ds"].nunique(), odd.loc[odd["state"] != "Info", "ds"].nunique()
    serious = f"{n_serious} of them something serious" if n_serious else "none of it serious"
    return f"{n} of {n_days} days had something unusual, {serious}"


def name_weeks(weeks: RecentWeeks, grown: pd.DataFrame) -> str:
    """The title of the picture of the last weeks. ``grown`` of ``store_growth.judge_weeks``."""
    n_fell = int((grown["moved"] == "fell").sum())
    single = f"{n_fell} alone fell more than chance" if n_fell else "none alone fell more than chance"
    if weeks.together.value is None:
        return f"Over {weeks.n_weeks} weeks, of stores old enough {single}"
    way = "less" if weeks.together.value < 0 else "more"
    sold = f"{100 * abs(weeks.together.value):.0f} % {way}"
    told = f"The oldest stores together sold {sold} than in the {weeks.n_weeks} weeks before"
    return f"{told}; {single}"


def describe_empty() -> tuple[str, str, Decision]:
    """Title, answer and decision before the first order."""
    return (
        "No store has sold anything yet",
        "Nothing to watch: no store has had a day.",
        wait_for_orders("Operations"),
    )


def _one_title(card: pd.Series) -> str:
    text = f"{card['where']}: {card['headline']} {_since(card)}"
    return text if len(text.split(" ")) <= _TITLE_WORDS else f"{card['where']}: {card['headline']}"


def _since(row: Any, is_over: bool = False) -> str:
    first, last = pd.Timestamp(row["first"]), pd.Timestamp(row["last"])
    if is_over and first != last:
        return f"from {first:%-d %b} to {last:%-d %b}"
    return f"on {first:%-d %b}" if first == last else f"since {first:%-d %b}"
