"""Had perishable goods been ordered by these levels: waste and lost sales against what was ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.shelf_replay import Replay, replay_orders
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.goods_ahead import learn_before
from lucky_analytics.models.goods_levels import Rules
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.models.shelves import Shelves, follow
from lucky_analytics.questions.supply_chain.par_levels.levels import find_points

__all__ = [
    "SCALES",
    "Tried",
    "compare_stores",
    "compare_whole",
    "draw_frontier",
    "measure_cover",
    "replay_levels",
]

Array = NDArray[Any]
SCALES = (0.1, 0.3, 1.0, 10.0)
TRIED_DAYS = 56
_FRESH = 7


@dataclass(frozen=True)
class Tried:
    """``days``: the last days of the shelves that were tried. Arrays (series, days) in dollars: ``expired``
    and ``lost`` (margin) as it was, and by levels (``expired_by``, ``lost_by``). ``points`` (series, days of
    the shelves): order points on the days of a delivery, null on others. ``was``, ``found``: the replays."""

    days: slice
    expired: Array
    lost: Array
    expired_by: Array
    lost_by: Array
    points: Array
    was: Replay
    found: Replay

    @property
    def n_weeks(self) -> int:
        return self.expired.shape[1] // 7


def replay_levels(
    shelf: Shelf,
    shelves: Shelves,
    rules: Rules,
    lead_days: int,
    scales: tuple[float, ...] = (1.0,),
    n_days: int = TRIED_DAYS,
) -> list[Tried] | None:
    """The last ``n_days`` (whole weeks) replayed by levels of what was known ``lead_days`` before the eve of
    each delivery, one for each of ``scales`` of what too little costs; before them as it was. How far
    forecasts stray is learnt anew each week. ``None`` before two weeks of use are on record.

    Both sides see the same demand (on days that ran out what would have been wanted), the same counts and the
    same days of delivery, those after a stock-out included. On a day whose count found nothing although the
    books had enough no order explains what was missing: both sides sell what was sold, and lose the rest of
    the shelf.
    """
    n_all, last = len(shelves.days), len(shelf.history.days) - 1
    n_days -= n_days % 7
    begin = n_all - n_days
    if n_days <= 0 or begin < 0 or learn_before(shelf.history, last - n_days) is None:
        return None
    cell = pd.MultiIndex.from_frame(shelf.history.cells[["store_id", "goods_id"]]).get_indexer(
        pd.MultiIndex.from_frame(shelves.pairs[["store_id", "goods_id"]])
    )
    books = shelves.emptied
    taken = np.where(books, shelves.used, shelves.demand) + shelves.other
    was = follow(shelves)
    points = np.full((len(scales), *taken.shape), np.nan)
    comes = shelves.arrives | (shelves.received > 0)
    for place in range(begin, n_all):
        known = last - (n_all - 1 - place) - 1 - lead_days
        if (place - begin) % 7 == 0:
            spread = learn_before(shelf.history, known)
        rows = np.flatnonzero(comes[:, place])
        if spread is not None and len(rows):
            gap = shelves.until[rows, place]
            found, _ = find_points(
                shelf, spread, known, lead_days + 1, gap, rules, own=cell[rows], scales=scales
            )
            points[:, rows, place] = found
    told = np.arange(n_all) >= begin
    there = np.where(shelves.received > 0, was.lasting + shelves.received, np.nan)
    part = slice(begin, None)
    stays = 1 - rules.switch_share
    lost = stays * shelves.margin(np.where(books, 0.0, shelves.demand - shelves.used))[:, part]
    tried = []
    for own in points:
        by = replay_orders(
            np.where(told, own, there), taken, shelves.pack, shelves.life, shelves.until,
            counted=shelves.counted, emptied=books,
        )  # fmt: skip
        expired, short = shelves.dollars(by.expired)[:, part], stays * shelves.margin(by.short)[:, part]
        tried.append(Tried(part, shelves.dollars(was.expired)[:, part], lost, expired, short, own, was, by))
    return tried


def compare_whole(tried: Tried, shelves: Shelves, level: float) -> dict[str, Estimate]:
    """Dollars a week over the weeks tried: ``expired``, ``lost`` (as it was), ``expired_by``, ``lost_by`` (by
    levels), ``kept`` (less expired), ``net`` (less expired and less lost, positive is a gain)."""
    own = _weeks(tried, np.full(len(shelves.pairs), "all")).assign(one=1.0)
    return {name: _estimate(own, name, level) for name in _PARTS}


def compare_stores(tried: Tried, shelves: Shelves, level: float) -> pd.DataFrame:
    """The same by store, the intervals for all stores together (each at 1 - (1 - level) / stores), and
    ``cover``: what stood there after deliveries over what was used until the next, of what keeps a week."""
    names = shelves.pairs["store_name"].to_numpy()
    each = 1 - (1 - level) / max(len(set(names)), 1)
    weeks = _weeks(tried, names).assign(one=1.0)
    table = pd.DataFrame({"store_name": sorted(set(names))})
    for name in _PARTS:
        found = estimate_ratios(weeks, ["who"], "week", name, "one", each).set_index("who")
        for end, column in (("value", name), ("low", f"{name}_low"), ("high", f"{name}_high")):
            table[column] = table["store_name"].map(found[end])
    table["saves"] = table["net_low"] > 0
    return table.sort_values("net", ascending=False, ignore_index=True)


def measure_cover(tried: Tried, shelves: Shelves, level: float) -> pd.DataFrame:
    """By store, of what keeps a week: how much more was there after deliveries than the levels say, in whole
    (``over``: 0.8 is 80 % more), with ``low`` and ``high`` for all stores together, against the mean of the
    others (``than_others``)."""
    fresh = shelves.life <= _FRESH
    comes = (shelves.received > 0)[:, tried.days] & fresh[:, None]
    there = (tried.was.lasting + shelves.received)[:, tried.days]
    # An order ends between the least and a pack above it: half a pack on average.
    target = np.nan_to_num(tried.points[:, tried.days]) + shelves.pack[:, None] / 2
    value = shelves.pairs["dollars"].to_numpy()[:, None]
    rows = pd.DataFrame(
        {
            "store_name": np.repeat(shelves.pairs["store_name"].to_numpy(), there.shape[1]),
            "week": np.tile(np.arange(there.shape[1]) // 7, len(there)),
            "there": np.where(comes, there * value, 0.0).ravel(),
            "target": np.where(comes, target * value, 0.0).ravel(),
        }
    )
    each = 1 - (1 - level) / max(rows["store_name"].nunique(), 1)
    found = estimate_ratios(rows, ["store_name"], "week", "there", "target", each)
    sums = rows.groupby("store_name")[["there", "target"]].sum()
    rest = (sums["there"].sum() - sums["there"]) / (sums["target"].sum() - sums["target"]).replace(0, np.nan)
    others = found["store_name"].map(rest)
    for name in ("value", "low", "high"):
        found[name] = found[name] / others - 1
    return found.rename(columns={"value": "than_others"}).sort_values("than_others", ascending=False)


def draw_frontier(each: list[Tried], scales: tuple[float, ...] = SCALES) -> pd.DataFrame:
    """Dollars a week that expire and that are lost in sales as too little is taken to cost more or less:
    ``scale``, ``expired``, ``lost``, ``kind`` ("levels", "as it was", "these levels"). ``each`` of
    ``replay_levels`` at ``scales``."""
    weeks = each[0].n_weeks
    rows = [("as it was", np.nan, each[0].expired.sum() / weeks, each[0].lost.sum() / weeks)]
    for scale, own in zip(scales, each, strict=True):
        kind = "these levels" if scale == 1.0 else "levels"
        rows.append((kind, scale, own.expired_by.sum() / weeks, own.lost_by.sum() / weeks))
    return pd.DataFrame(rows, columns=["kind", "scale", "expired", "lost"])


_PARTS = ("expired", "lost", "expired_by", "lost_by", "kept", "net")


def _weeks(tried: Tried, who: Array) -> pd.DataFrame:
    week = np.arange(tried.expired.shape[1]) // 7
    sums = {}
    for name in _PARTS[:4]:
        days = pd.DataFrame(getattr(tried, name), index=who, columns=week)
        sums[name] = days.T.groupby(level=0).sum().T.groupby(level=0).sum().stack()
    table = pd.DataFrame(sums).rename_axis(["who", "week"]).reset_index()
    table["kept"] = table["expired"] - table["expired_by"]
    table["net"] = table["kept"] + table["lost"] - table["lost_by"]
    return table


def _estimate(weeks: pd.DataFrame, name: str, level: float) -> Estimate:
    table = weeks.assign(all="all")
    found = estimate_ratios(table, ["all"], "week", name, "one", level).iloc[0]
    return Estimate.of(found.to_dict(), "value", level=level, n=int(weeks["week"].nunique()))
