"""Whether orders are behind the waste: what stores order for their needs, and shelves replayed with less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.methods.goods.order_cover import Covers, compare_with_others, draw_covers, fit_covers
from lucky_analytics.methods.goods.order_packs import find_level
from lucky_analytics.methods.goods.shelf_replay import Replay, replay_orders
from lucky_analytics.models.shelves import Shelves

__all__ = ["KEEPS", "SHORT_LIFE", "Deliveries", "careful_levels", "compare_orders", "find_deliveries",
           "price_excess", "replay_careful"]  # fmt: skip

Array = NDArray[Any]

SHORT_LIFE = 7
KEEPS = ("a week at most", "longer")  # shelf lives up to ``SHORT_LIFE`` days, and the others
# The draws that stand for demand: quantiles from 1 to 99 percent.
_QUANTILES = norm.ppf((np.arange(99) + 1) / 100)
_FEWEST_DAYS = 7


@dataclass(frozen=True)
class Deliveries:
    """Deliveries whose need is known: arrays of one length. ``series`` and ``day`` say where, ``need`` is
    what was taken until the next one, ``low`` and ``high`` bound ln (meant / needed), ``group`` numbers store
    and shelf life (the rows of ``groups``: ``store_id``, ``store_name``, ``keeps``)."""

    series: Array
    day: Array
    need: Array
    low: Array
    high: Array
    group: Array
    groups: pd.DataFrame


def find_deliveries(shelves: Shelves, followed: Replay) -> Deliveries:
    """Left out: deliveries for which nothing was needed, whose period is not over, or in which a good ran
    out, so that need is not known."""
    need, hidden = shelves.taken.copy(), shelves.is_out.copy()
    n_days = need.shape[1]
    is_over = np.zeros(need.shape, bool)
    for at in range(n_days - 2, -1, -1):
        goes_on = ~shelves.arrives[:, at + 1]
        need[:, at] += np.where(goes_on, need[:, at + 1], 0.0)
        hidden[:, at] |= goes_on & hidden[:, at + 1]
        is_over[:, at] = ~goes_on | is_over[:, at + 1]
    there = followed.lasting + shelves.received
    series, day = np.nonzero(shelves.arrives & is_over & ~hidden & (need > 0) & (there > 0))
    had, came = followed.lasting[series, day], shelves.received[series, day]
    needed = need[series, day]
    least = np.where(came > 0, had + came - shelves.pack[series], 0.0)
    with np.errstate(divide="ignore"):
        low, high = np.log(np.maximum(least, 0.0) / needed), np.log((had + came) / needed)
    pairs = shelves.pairs.assign(keeps=np.where(shelves.life <= SHORT_LIFE, *KEEPS))
    groups = pairs[["store_id", "store_name", "keeps"]].drop_duplicates(["store_id", "keeps"])
    groups = groups.sort_values(["keeps", "store_id"], ignore_index=True)
    place = pd.MultiIndex.from_frame(groups[["store_id", "keeps"]])
    group = place.get_indexer(pd.MultiIndex.from_frame(pairs[["store_id", "keeps"]]))
    return Deliveries(series, day, needed, low, high, group[series], groups)


def compare_orders(
    deliveries: Deliveries, shelves: Shelves, smallest: float, level: float
) -> tuple[pd.DataFrame, dict[str, Covers]]:
    """What each store orders for what it needs, against the other stores, by how long goods keep.

    ``store_id``, ``store_name``, ``keeps``, ``cover`` (times the need), ``others``, ``ratio`` with ``low``,
    ``high`` for all rows together, ``log_se``, ``n`` (deliveries), ``is_over``: surely more than ``smallest``
    (0.1: a tenth) above the others. And the fits, by ``keeps``; their groups are the rows' stores in order.
    """
    each = 1 - (1 - level) / max(len(deliveries.groups), 1)
    parts, fits = [], {}
    week = deliveries.day // 7
    for keeps, own in deliveries.groups.groupby("keeps", sort=False):
        mine = np.isin(deliveries.group, own.index)
        at = deliveries.group[mine] - own.index[0]
        cluster = at * (int(week.max(initial=0)) + 1) + week[mine]
        fit = fit_covers(deliveries.low[mine], deliveries.high[mine], at, cluster)
        lacking = len(own) - len(fit.n)  # the last stores may have no delivery
        if lacking:
            blank = np.full(lacking, np.nan)
            none = np.zeros(lacking, int)
            fit = Covers(np.append(fit.log_cover, blank), np.append(fit.se, blank), np.append(fit.n, none),
                         np.append(fit.clusters, none), fit.sd)  # fmt: skip
        fits[str(keeps)] = fit
        parts.append(own.reset_index(drop=True).join(compare_with_others(fit, each)))
    if not parts:
        columns = [
            "store_id",
            "store_name",
            "keeps",
            "cover",
            "others",
            "ratio",
            "low",
            "high",
            "log_se",
            "n",
        ]
        return pd.DataFrame(columns=[*columns, "is_over"]), fits
    table = pd.concat(parts, ignore_index=True)
    return table.assign(is_over=table["low"] > 1 + smallest), fits


def price_excess(
    shelves: Shelves, followed: Replay, deliveries: Deliveries, orders: pd.DataFrame, fits: dict[str, Covers],
    weeks: int, level: float, n_draws: int = 100, seed: int = 7,
) -> pd.DataFrame:  # fmt: skip
    """What expired only because a store ordered more than the others: for each row of ``orders`` that is
    over, ``store_id``, ``keeps``, dollars ``excess`` of the last ``weeks`` times seven days with
    ``excess_low``, ``excess_high``, and dollars a week ``gain`` with ``gain_low``, ``gain_high``: what less
    would bring, less the margin of what would then be lacking.

    Shelves are replayed with what was meant, and with it divided by the store's ratio to the others; both
    with the same draws of what packs hide and of the ratio's error. Deliveries whose need is not known
    are taken as they came. The interval of the excess knows these draws; that of the gain also how weeks
    differ, as it is of weeks to come.
    """
    rng = np.random.default_rng(seed)
    recent = slice(max(len(shelves.days) - 7 * weeks, 0), None)
    kind = np.where(shelves.life <= SHORT_LIFE, *KEEPS)
    rows = []
    place = orders.groupby("keeps")["store_id"].transform(lambda own: np.arange(len(own)))
    for number, (_, over) in zip(place[orders["is_over"]], orders[orders["is_over"]].iterrows(), strict=True):
        mine = np.flatnonzero((shelves.pairs["store_id"] == over["store_id"]) & (kind == over["keeps"]))
        own = np.isin(deliveries.series, mine)
        low, high = (np.tile(end[own], n_draws) for end in (deliveries.low, deliveries.high))
        log = draw_covers(fits[over["keeps"]], low, high, np.full(len(low), number), rng)
        came = np.where(shelves.received[mine] > 0, (followed.lasting + shelves.received)[mine], np.nan)
        meant = np.tile(came, (n_draws, 1, 1))
        series, day = np.searchsorted(mine, deliveries.series[own]), deliveries.day[own]
        meant[:, series, day] = np.exp(log.reshape(n_draws, -1)) * deliveries.need[own]
        ratio = np.exp(np.log(over["ratio"]) + over["log_se"] * rng.standard_normal(n_draws))
        expired, missed = _replay_both(shelves, mine, meant, meant / ratio[:, None, None])
        kept, lost = expired[0] - expired[1], missed[1] - missed[0]  # draws x days, dollars
        excess = kept[:, recent].sum(axis=1)
        gain = (kept - lost)[:, recent]
        value, half = _a_week(gain, level)
        ends = np.quantile(excess, [(1 - level) / 2, (1 + level) / 2])
        rows.append(
            (over["store_id"], over["keeps"], excess.mean(), *ends, value, value - half, value + half)
        )
    names = ["excess", "excess_low", "excess_high", "gain", "gain_low", "gain_high"]
    return pd.DataFrame(rows, columns=["store_id", "keeps", *names])


def _replay_both(shelves: Shelves, mine: Array, meant: Array, less: Array) -> tuple[Array, Array]:
    """Dollars expired, and of margin missed, with either order: (2, draws, days) each."""
    both = np.concatenate([meant, less])
    many, n, n_days = both.shape
    parts = (shelves.taken, shelves.until, shelves.counted, shelves.emptied)
    taken, until, counted, emptied = (np.tile(part[mine], (many, 1)) for part in parts)
    pack, life = (np.tile(part[mine], many) for part in (shelves.pack, shelves.life))
    found = replay_orders(
        both.reshape(-1, n_days), taken, pack, life, until, counted=counted, emptied=emptied
    )
    expired, missed = (
        np.einsum("mnd,n->md", part.reshape(many, n, n_days), shelves.pairs[name].to_numpy()[mine])
        for part, name in ((found.expired, "dollars"), (found.short, "margin"))
    )
    return expired.reshape(2, -1, n_days), missed.reshape(2, -1, n_days)


def _a_week(days: Array, level: float) -> tuple[float, float]:
    """Mean a week of (draws, days), and half its interval: what draws and weeks leave open."""
    n_weeks = max(days.shape[1] // 7, 1)
    whole = days[:, days.shape[1] - 7 * n_weeks :].reshape(len(days), n_weeks, -1).sum(axis=2)
    by_week = whole.mean(axis=0)
    variance = by_week.var(ddof=1) / n_weeks if n_weeks > 1 else np.inf
    half = student.ppf(0.5 + level / 2, max(n_weeks - 1, 1)) * np.sqrt(variance + whole.mean(axis=1).var())
    return float(by_week.mean()), float(half)


def careful_levels(
    shelves: Shelves, followed: Replay, weeks: int, weeks_before: int, chance: float | None = None
) -> Array:
    """What the newsvendor would have on the shelf after each delivery of the last ``weeks`` times seven days,
    and what was there after those before; (series, days), null on other days.

    Demand of a day has the mean and the scatter of the ``weeks_before`` before the delivery, as normal; a
    unit too few loses its margin, one too many its cost if it expires (``order_packs.find_level``). Or, with
    ``chance`` (0 to 1), what they are to each other is such that a good that spoils at once is covered so
    often. With less than a week of days before, what was there.
    """
    n, n_days = shelves.used.shape
    levels = np.full((n, n_days), np.nan)
    place = np.arange(n_days)
    known = place[None, :] >= shelves.pairs["first"].to_numpy()[:, None]
    wanted = np.where(known, shelves.demand + shelves.other, 0.0)
    sums = [np.cumsum(np.pad(part, ((0, 0), (1, 0))), axis=1) for part in (known * 1.0, wanted, wanted**2)]
    since = np.maximum(place - 7 * weeks_before, 0)
    count, total, square = (part[:, place] - part[:, since] for part in sums)
    is_told = (place >= n_days - 7 * weeks)[None, :] & (count >= _FEWEST_DAYS)
    series, day = np.nonzero(shelves.arrives & is_told)
    days = count[series, day]
    mean = total[series, day] / days
    sd = np.sqrt(np.maximum(square[series, day] - days * mean**2, 0.0) / (days - 1))
    until = shelves.until[series, day].astype(float)
    whole = np.maximum(shelves.life[series] + 1.0, until)
    need, life = (
        np.maximum(mean * span + sd * np.sqrt(span) * _QUANTILES[:, None], 0.0) for span in (until, whole)
    )
    cost, margin = (shelves.pairs[name].to_numpy(float)[series] for name in ("dollars", "margin"))
    underage = margin if chance is None else cost * chance / (1 - chance)
    levels[series, day] = find_level(need, life, underage, cost, 0.0)
    there = followed.lasting + shelves.received
    return np.where((shelves.received > 0) & ~is_told, there, levels)


def replay_careful(shelves: Shelves, levels: Array) -> Replay:
    """The shelves filled up to ``levels`` for what was wanted: what keeps a week to the nearest pack, the
    rest, of which hardly any expires, to the pack that reaches it."""
    return replay_orders(
        levels, shelves.demand + shelves.other, shelves.pack, shelves.life, shelves.until,
        counted=shelves.counted, rounds_up=shelves.life > SHORT_LIFE,
    )  # fmt: skip
