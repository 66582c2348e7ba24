"""What stands around the charts of the page on posts: the arguments of ``report.figure``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_interval, format_value, join_names

__all__ = ["stores", "topics", "weeks"]

_SOURCE = "the file of posts and reviews that was handed in"


def weeks(shown: pd.DataFrame, change: Estimate, level: float) -> dict[str, str]:
    """``shown`` as from ``count_weeks``."""
    known = shown[shown["n"] > 0]
    finding = "Too few posts to say whether the share of negative ones changed"
    if change.value is not None:
        moved = "above" if change.value > 0 else "below"
        finding = f"The share of negative posts is {moved} that of the weeks before"
        if change.holds(0):
            finding = "Whether the share of negative posts changed cannot be told from chance"
    return {
        "finding": finding,
        "subtitle": "Share of negative posts by week, of those of which stars or a proven reading say it; "
        f"lines: {100 * level:.0f} % intervals, each of its week alone; grey: the weeks before",
        "alt": "; ".join(
            f"week to {row['last_date']:%-d %b %Y}: {100 * row['share']:.0f} % of {row['n']}"
            for row in known.to_dict("records")
        )
        or "no week has such a post",
        "source": _SOURCE,
    }


def stores(shown: pd.DataFrame, mean: float | None, level: float) -> dict[str, str]:
    """``shown`` as from ``assemble_stores``; ``mean``: share of negative posts of all stores."""
    worse = shown.loc[shown["verdict"] == "worse", "store"].tolist()
    finding = "No store has more negative posts than others beyond chance"
    if worse:
        finding = f"{join_names(worse)}: more negative posts than others, beyond chance"
    if (shown["verdict"] == "too few").all():
        finding = "No store has enough posts to be compared"
    usual = "" if mean is None else f"; line: all stores, {format_value(mean, 'share')}"
    return {
        "finding": finding,
        "subtitle": "Share of negative posts by store over both times, drawn towards what stores share the "
        f"more the fewer posts it has; lines: {100 * level:.0f} % intervals{usual}",
        "alt": "; ".join(
            f"{row['store']}: {format_value(row['rate'], 'share')} "
            f"{format_interval(row['low'], row['high'], 'share')}, {row['n']} posts"
            for row in shown.to_dict("records")
            if row["n"]
        )
        or "no store has a post",
        "source": f"{_SOURCE}; stores",
    }


def topics(shown: pd.DataFrame, level: float) -> dict[str, str]:
    """``shown`` as from ``measure_topics``."""
    named = shown[shown["n_posts"] > 0]
    finding = "No post names a topic"
    if len(named):
        first, rest = named.iloc[0], named.iloc[1:]
        share = format_value(float(first["share"]), "share")
        is_first = rest.empty or first["low"] > rest["high"].max()
        most = "named most often" if is_first else "among the topics named most often"
        finding = f"{first['label'][0].upper()}{first['label'][1:]}: {most}, by {share} of posts"
    return {
        "finding": finding,
        "subtitle": "Share of posts with a text that name each topic by one of its words, good or bad; "
        f"lines: {100 * level:.0f} % intervals",
        "alt": "; ".join(
            f"{row['label']}: {format_value(row['share'], 'share')}" for row in shown.to_dict("records")
        ),
        "source": f"{_SOURCE}; words of each topic as declared",
    }
