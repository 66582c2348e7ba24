"""Sentences of the page on posts, none stronger than the interval behind it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names
from lucky_analytics.questions.marketing.social_listening.judged_posts import Judged
from lucky_analytics.questions.marketing.social_listening.places import ANY
from lucky_analytics.questions.marketing.social_listening.spikes import EVERYWHERE, Spikes
from lucky_analytics.questions.marketing.social_listening.views import name_topics

__all__ = [
    "count_compared",
    "count_worse",
    "find_worse",
    "name_alarms",
    "name_cell",
    "name_finding",
    "name_worse",
    "phrase_answer",
]


def name_cell(place: str, topic: str, labels: dict[str, str]) -> str:
    """A place and topic in words.

    >>> name_cell("221 Grand", "wait", {"wait": "long waits"}), name_cell("all stores", "any", {})
    ('on long waits at 221 Grand', 'at all stores')
    """
    where = "at all stores" if place == EVERYWHERE else f"at {place}"
    return where if topic == ANY else f"on {labels[topic]} {where}"


def find_worse(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``compare_stores`` that are called worse, the surest first."""
    return table[table["verdict"] == "worse"].sort_values(["p_value", "store", "topic"])


def count_worse(table: pd.DataFrame) -> int:
    """Stores that are called worse, in all or on a topic."""
    return int(find_worse(table)["store"].nunique())


def count_compared(table: pd.DataFrame) -> int:
    """Comparisons of ``compare_stores`` with enough posts."""
    return int((table["verdict"] != "too few").sum())


def name_alarms(judged: Judged, spikes: Spikes) -> dict[str, str]:
    """What the alarms are of, for alerts: a name that stays, and its words."""
    labels = name_topics(judged)
    return {
        f"{row['place']}, {row['topic']}": f"{row['now']} negative posts "
        + name_cell(row["place"], row["topic"], labels)
        for row in spikes.alarms.to_dict("records")
    }


def name_worse(judged: Judged, table: pd.DataFrame) -> dict[str, str]:
    """Stores of which posts speak worse, for alerts, with what they speak worse on."""
    labels = name_topics(judged)
    worse = find_worse(table)
    return {
        str(store): f"{store}, {join_names(labels[topic] for topic in own['topic'])}"
        for store, own in worse.groupby("store", sort=False)
    }


def name_finding(
    judged: Judged, share: Estimate, change: Estimate, table: pd.DataFrame, spikes: Spikes, is_old: bool
) -> str:
    """The title: what is beyond chance, the newest first, and no more."""
    labels = name_topics(judged)
    if is_old:
        return "The file of posts is old: what people say now is not known"
    if len(spikes.alarms):
        top = spikes.alarms.iloc[0]
        cell = name_cell(top["place"], top["topic"], labels)
        return f"{top['now']} negative posts {cell} last week, {top['before']:.1f} usual"
    if share.value is None:
        return "Too few posts to say whether people speak well or badly of us"
    worse = find_worse(table)
    if count_worse(table) == 1:
        row = worse.iloc[0]
        what = "negative posts" if row["topic"] == ANY else f"negative posts on {labels[row['topic']]}"
        return f"{row['store']}: more {what} than other stores"
    if len(worse):
        return f"{count_worse(table)} stores have more negative posts than others"
    if change.low is not None and change.low > 0:
        return "A larger share of posts is negative than in the weeks before"
    if change.high is not None and change.high < 0:
        return "A smaller share of posts is negative than in the weeks before"
    if not count_compared(table):
        if change.value is None or not spikes.is_watched:
            return "Too few posts to hold stores or weeks against others"
        return "No week stands out; no store has enough posts to be compared"
    if not spikes.is_watched:
        return "No store stands out; for weeks the file of posts is too young"
    return "No store, topic or week stands out in what people post"


def phrase_answer(
    judged: Judged, share: Estimate, change: Estimate, table: pd.DataFrame, spikes: Spikes
) -> str:
    """The answer, as a template over headlines."""
    new = "Last week stands out nowhere" if spikes.is_watched else "The file is too young to watch weeks"
    if len(spikes.alarms):
        top = spikes.alarms.iloc[0]
        new = f"Last week stands out {name_cell(top['place'], top['topic'], name_topics(judged))}"
    if share.value is None:
        return f"Too few posts say whether they are negative to hold stores or weeks against others. {new}."
    if change.value is None:
        moved = "whether that changed is not known"
    elif change.holds(0):
        moved = "{change} against the weeks before, which may be chance"
    else:
        moved = "{change} against the weeks before, beyond chance"
    called = "{worse} spoken of worse than others"
    if not count_worse(table):
        called = "no store is spoken of worse than others, beyond chance"
        if not count_compared(table):
            called = "no store has enough posts to be compared"
    return f"{{negative}} of posts are negative; {moved}. {new}; {called}."
