"""The stores' day and weeks, judged: the steps in the notebook's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.store_growth import RecentWeeks
from lucky_analytics.models.watched_days.judged_days import LEVEL, WatchedDays, load_watched
from lucky_analytics.questions.operations.store_performance import peer_standing
from lucky_analytics.questions.operations.store_performance.lights import YELLOW

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Found", "add_up", "find", "load"]


@dataclass(frozen=True)
class Found(RecentWeeks):
    """What the texts speak of. ``today``: the events of the last day on their bad side, the dearest first.
    ``n_judged`` stores have a day that can be judged; ``n_tiles`` numbers of theirs were, ``n_watch`` of
    these are yellow. ``off``: dollars that today's events are off by together (negative: less). ``n_sure`` of
    ``n_pairs`` pairs of stores are in a sure order, age and place taken off; ``n_raw`` as they are.
    ``off_peers``: names of stores that are off their peers."""

    as_of: pd.Timestamp
    n_judged: int
    n_tiles: int
    n_watch: int
    today: pd.DataFrame
    off: Estimate
    n_sure: int
    n_raw: int
    n_pairs: int
    off_peers: tuple[str, ...]


def load(suite: Suite, n_weeks: int) -> tuple[pd.DataFrame, WatchedDays]:
    """Trading stores with what peers are compared at, and all that is watched: empty before the first one."""
    watched = load_watched(suite)
    if watched.stores.empty:
        return watched.stores, watched
    as_of = pd.Timestamp(suite.as_of)
    return peer_standing.add_features(watched.stores, as_of, 7 * n_weeks), watched


def find(
    judged: pd.DataFrame, events: pd.DataFrame, weeks: RecentWeeks, days: pd.DataFrame, ranks: pd.DataFrame,
    peers: pd.DataFrame,
) -> Found:  # fmt: skip
    """Everything that is said, in one place. ``judged`` of ``light_stores``, ``days`` of ``load``, the rest
    as the functions of this question return them."""
    last = days["ds"].max()
    own = judged[(judged["ds"] == last) & judged["p_value"].notna()]
    today = events[(events["ds"] == last) & events["is_worse"]].reset_index(drop=True)
    n_sure, n_pairs = peer_standing.count_sure_pairs(ranks["own_n_sure"])
    return Found(
        **vars(weeks),
        as_of=last,
        n_judged=own["store_id"].nunique(),
        n_tiles=len(own),
        n_watch=int((own["light"] == YELLOW).sum()),
        today=today,
        off=add_up(today, LEVEL),
        n_sure=n_sure,
        n_raw=peer_standing.count_sure_pairs(ranks["n_sure"])[0],
        n_pairs=n_pairs,
        off_peers=tuple(dict.fromkeys(peers[peers["is_off"] & (peers["side"] == "worse")]["store_name"])),
    )


def add_up(today: pd.DataFrame, level: float) -> Estimate:
    """The days of several stores as independent ones; null where no event has money."""
    known = today.dropna(subset="off")
    if known.empty:
        return Estimate(None, n=0)
    total = float(known["off"].sum())
    below, above = (
        float(np.sqrt(((known["off"] - known[end]).astype(float) ** 2).sum()))
        for end in ("off_low", "off_high")
    )
    return Estimate(total, total - below, total + above, level=level, n=len(known))
