"""What is said of each store and topic, held against the other stores on the same site in the same week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.methods.inference.cell_counts import compare_counts
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.matched_groups import FEWEST
from lucky_analytics.methods.inference.period_change import compare_periods
from lucky_analytics.methods.inference.shrunken_rates import fit_rates, shrink_rates
from lucky_analytics.questions.marketing.social_listening.judged_posts import Judged
from lucky_analytics.questions.marketing.social_listening.posts import NO_STORE

__all__ = [
    "ANY",
    "FEWEST_POSTS",
    "MOST_FALSE",
    "compare_stores",
    "count_weeks",
    "measure_change",
    "measure_share",
    "measure_topics",
    "shrink_shares",
]

ANY = "any"  # the topic of a comparison of all negative posts
MOST_FALSE = 0.05  # of the comparisons called beyond chance, on average
FEWEST_POSTS = 20  # of a store, below which nothing is said of it
_CELL = ["source", "by", "week"]


def measure_share(judged: Judged, level: float = 0.9) -> Estimate:
    """Share of negative posts in the later window; weeks hang together. Where all or none are negative, no
    week tells of another's chance: Wilson's interval of as many single posts."""
    late = judged.known[judged.known["is_late"]]
    if len(late) < FEWEST:
        return Estimate(None, n=len(late))
    found = estimate_mean(late["is_negative"].to_numpy(float), late["week"].to_numpy(), level=level).mean
    if found.value in (0.0, 1.0):
        low, high = wilson_interval(found.value * len(late), len(late), level)
        return Estimate(found.value, float(low), float(high), level=level, n=found.n)
    if found.low is None or found.value is None:
        return found
    return Estimate(found.value, max(found.low, 0.0), min(found.high or 1.0, 1.0), level=level, n=found.n)


def measure_change(judged: Judged, level: float = 0.9) -> Estimate:
    """How much that share changed against the window before, on the same sites (0.01 is one point)."""
    return compare_periods(judged.known, ["source", "by"], "is_negative", "week", "is_late", level)


def count_weeks(judged: Judged, level: float = 0.9) -> pd.DataFrame:
    """Week by week, the oldest first: ``week``, ``last_date``, ``n_posts``, ``n`` (of which something says
    whether they are negative), ``n_negative``, ``share`` with ``low``, ``high`` (Wilson; null without any),
    ``is_late``."""
    rows = judged.rows
    weeks = pd.DataFrame({"week": range(2 * judged.n_weeks)[::-1]})
    known = judged.known
    counted = {
        "n_posts": rows.groupby("week").size(),
        "n": known.groupby("week").size(),
        "n_negative": known.groupby("week")["is_negative"].sum(),
    }
    for name, series in counted.items():
        weeks[name] = weeks["week"].map(series).fillna(0).astype(int)
    weeks["last_date"] = rows["date"].max() - pd.to_timedelta(7 * weeks["week"], unit="D")
    low, high = wilson_interval(weeks["n_negative"], weeks["n"], level)
    share = weeks["n_negative"] / weeks["n"].where(weeks["n"] > 0)
    return weeks.assign(share=share, low=low, high=high, is_late=weeks["week"] < judged.n_weeks)


def shrink_shares(rows: pd.DataFrame, value: str, level: float = 0.9) -> pd.DataFrame:
    """Share of ``value`` (1, 0) by store, drawn towards what stores share: ``store``, ``n``, ``n_events``,
    ``raw``, ``rate``, ``low``, ``high``; posts of no store are left out."""
    known = rows[(rows["store"] != NO_STORE) & rows[value].notna()]
    by = known.groupby("store")[value].agg(n="size", n_events="sum").reset_index()
    if by.empty:
        return by.assign(raw=[], rate=[], low=[], high=[])
    spread = fit_rates(by["n"], by["n_events"])
    made = shrink_rates(by["n"], by["n_events"], spread, level)
    return by.assign(raw=by["n_events"] / by["n"], **{name: made[name] for name in ("rate", "low", "high")})


def compare_stores(judged: Judged, level: float = 0.9) -> pd.DataFrame:
    """Each store's negative posts, and its negative posts on each topic, against what all stores on the same
    site in the same week lead to expect of as many posts: one row a store and ``topic`` (``ANY`` first).

    ``n`` posts, ``events`` (negative ones), ``expected``, ``ratio``, ``low``, ``high``, ``p_value`` as from
    ``compare_counts``; ``q_value`` among stores alone, and among stores and topics; ``verdict``: worse,
    better, not shown, too few (below ``FEWEST_POSTS``), where each of the two may have half of
    ``MOST_FALSE``. Posts with stars alone have no topic.
    """
    known = judged.known[judged.known["store"] != NO_STORE]
    frames = []
    for topic in (ANY, *(topic.name for topic in judged.topics)):
        own = known
        if topic != ANY:
            own = known.assign(is_negative=known["is_negative"] * known[f"about_{topic}"])
        found = compare_counts(own, "store", _CELL, "is_negative", "week", level)
        frames.append(found.rename(columns={"group": "store"}).assign(topic=topic))
    table = pd.concat(frames, ignore_index=True)
    is_few = (table["n"] < FEWEST_POSTS).to_numpy(bool)
    p = np.where(is_few, np.nan, table["p_value"].to_numpy(float))
    q, is_any = np.full(len(table), np.nan), (table["topic"] == ANY).to_numpy(bool)
    for family in (is_any, ~is_any):
        q[family] = adjust_p_values(p[family])
    clear = q <= MOST_FALSE / 2
    is_more = (table["events"] > table["expected"]).to_numpy(bool)
    verdict = np.select([is_few, clear & is_more, clear], ["too few", "worse", "better"], "not shown")
    return table.assign(q_value=q, verdict=verdict)


def measure_topics(judged: Judged, level: float = 0.9) -> pd.DataFrame:
    """How much each topic is talked of over both windows, most often first: ``topic``, ``label``, ``n_read``,
    ``n_posts`` that name it, ``share`` of those read with ``low``, ``high`` (weeks hang together);
    ``n_judged``, ``negative`` (share of negative posts among those that name it; null below ten) with
    ``negative_low``, ``negative_high``."""
    rows = judged.rows[judged.rows["is_read"]]
    found = []
    for topic in judged.topics:
        about = rows[f"about_{topic.name}"].to_numpy(float)
        share = estimate_mean(about, rows["week"].to_numpy(), level=level).mean
        own = rows[(about == 1) & rows["is_negative"].notna().to_numpy()]
        bad = int(own["is_negative"].sum())
        low, high = wilson_interval(bad, len(own), level) if len(own) >= 10 else (np.nan, np.nan)
        found.append(
            {"topic": topic.name, "label": topic.label, "n_read": len(rows),
             "n_posts": int(about.sum()), "share": _number(share.value),
             "low": max(_number(share.low), 0.0), "high": min(_number(share.high), 1.0),
             "n_judged": len(own), "negative": bad / len(own) if len(own) >= 10 else np.nan,
             "negative_low": float(low), "negative_high": float(high)}
        )  # fmt: skip
    return pd.DataFrame(found).sort_values(["n_posts", "topic"], ascending=[False, True], ignore_index=True)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
