"""Alarms: negative posts of the newest week by store and topic, against the weeks before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.count_excess import estimate_dispersion, find_excess
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.questions.marketing.social_listening.judged_posts import Judged
from lucky_analytics.questions.marketing.social_listening.places import ANY, MOST_FALSE
from lucky_analytics.questions.marketing.social_listening.posts import NO_STORE

__all__ = ["EVERYWHERE", "Spikes", "find_alarms"]

EVERYWHERE = "all stores"


@dataclass(frozen=True)
class Spikes:
    """``table``: one row a place (a store, or ``EVERYWHERE``) and topic with a negative post in these weeks:
    ``place``, ``topic``, ``now``, ``before`` (a week, on average), ``p_value``, ``q_value``, ``is_alarm``;
    the most surprising first. ``young``: sites that the file has for too short a time, ``young_stores``:
    stores that opened too lately; neither is watched. ``dispersion`` by kind of place;
    ``is_watched``: whether any site is old enough."""

    table: pd.DataFrame
    young: tuple[str, ...]
    young_stores: tuple[str, ...]
    dispersion: dict[str, float]
    is_watched: bool = True

    @property
    def alarms(self) -> pd.DataFrame:
        return self.table[self.table["is_alarm"]]


def find_alarms(judged: Judged, first_dates: Mapping[str, dt.date], opened: Mapping[str, dt.date]) -> Spikes:
    """Where more negative posts came in the newest seven days than the ``n_weeks`` weeks before lead to
    expect. ``first_dates``: the first post of each site in the file; ``opened``: when each store opened.

    A site that the file has only since some of these weeks would look like a spike, and so would a store that
    opened in them: they are left out. Alarms are those of all places and topics together of which at most
    ``MOST_FALSE`` are false on average; where nothing changed, a week has one with at most that chance.
    """
    n_weeks = judged.n_weeks
    rows = judged.known[judged.known["week"] <= n_weeks]
    empty = pd.DataFrame(columns=["place", "topic", "now", "before", "p_value", "q_value", "is_alarm"])
    if judged.rows.empty:
        return Spikes(empty, (), (), {}, is_watched=False)
    until = judged.rows["date"].max()
    # The oldest of these weeks need not be whole: a site's first post there says that it was collected then.
    oldest = until - pd.Timedelta(days=7 * n_weeks)
    start = until - pd.Timedelta(days=7 * (n_weeks + 1) - 1)
    young = tuple(sorted(name for name, day in first_dates.items() if pd.Timestamp(day) > oldest))
    young_stores = tuple(sorted(name for name, day in opened.items() if pd.Timestamp(day) > start))
    rows = rows[~rows["source"].isin(young) & (rows["is_negative"] == 1)]
    found, dispersion = [], {}
    for kind in ("chain", "store"):
        own = (
            rows if kind == "chain" else rows[(rows["store"] != NO_STORE) & ~rows["store"].isin(young_stores)]
        )
        place = pd.Series(EVERYWHERE, own.index) if kind == "chain" else own["store"]
        counts = _count(own, place, judged)
        if counts.empty:
            continue
        number = counts.to_numpy(float)
        dispersion[kind] = estimate_dispersion(number[:, 1:])
        found.append(
            counts.index.to_frame(index=False).assign(
                now=number[:, 0].astype(int),
                before=number[:, 1:].mean(axis=1),
                p_value=find_excess(number[:, 0], number[:, 1:], dispersion[kind]),
            )
        )
    is_watched = len(young) < len(first_dates)
    if not found:
        return Spikes(empty, young, young_stores, dispersion, is_watched)
    table = pd.concat(found, ignore_index=True)
    q = adjust_p_values(table["p_value"].to_numpy(float))
    table = table.assign(q_value=q, is_alarm=q <= MOST_FALSE)
    # Of a place and its parts that are as surprising, the part says more.
    table = table.assign(is_any=table["topic"] == ANY)
    order = ["p_value", "is_any", "place", "topic"]
    table = table.sort_values(order, ignore_index=True).drop(columns="is_any")
    return Spikes(table, young, young_stores, dispersion, is_watched)


def _count(rows: pd.DataFrame, place: pd.Series, judged: Judged) -> pd.DataFrame:
    """Negative posts by place and topic (index) and week (columns, 0 the newest); none without a post."""
    frames = []
    for topic in (ANY, *(topic.name for topic in judged.topics)):
        about = np.ones(len(rows), bool) if topic == ANY else (rows[f"about_{topic}"] == 1).to_numpy()
        frames.append(pd.DataFrame({"place": place[about], "topic": topic, "week": rows["week"][about]}))
    long = pd.concat(frames, ignore_index=True)
    if long.empty:
        return pd.DataFrame()
    counts = long.groupby(["place", "topic", "week"]).size().unstack("week", fill_value=0)
    return counts.reindex(columns=range(judged.n_weeks + 1), fill_value=0)
