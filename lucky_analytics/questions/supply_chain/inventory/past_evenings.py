"""The chances that goods run out, put right by what came on past evenings, and how many will."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.methods.forecasts.recalibration import cross_fit, draw_recalibrated, recalibrate
from lucky_analytics.models.goods_ahead import learn_before, look_ahead
from lucky_analytics.models.goods_deliveries import plan_deliveries
from lucky_analytics.models.goods_shelf import Shelf, spread_days
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Supply, count_days, find_chance

__all__ = ["AT_RISK", "Tried", "expect_outs", "expect_this_evening", "try_evenings", "waits"]

Array = NDArray[Any]
AT_RISK = 0.2  # chance from which a good is named
TRIED_DAYS = 56
_EDGES = np.array([0.02, 0.1, 0.3, 0.6, 0.9])


@dataclass(frozen=True)
class Tried:
    """Past evenings. ``rows``: a store and good on an evening: ``evening``, ``raw`` (chance by forecasts),
    ``chance`` (put right by evenings of other weeks), ``ran_out``, ``simple``. ``groups`` of them by chance:
    ``said`` from, ``to``, ``n``, ``chance`` and ``raw`` (means), ``outs``, ``share`` that ran out, ``low``,
    ``high``. ``n_evenings``; ``after``: of those that had run out by the evening, the share that was
    delivered the next morning, off the route; ``n_after`` of them."""

    groups: pd.DataFrame
    rows: pd.DataFrame
    n_evenings: int
    after: float
    n_after: int

    def chance(self, raw: Array) -> Array:
        """The chance shown for a chance by forecasts: what came of such on all evenings tried."""
        return recalibrate(self.rows["raw"], self.rows["ran_out"], raw)


def try_evenings(shelf: Shelf, level: float, n_days: int = TRIED_DAYS) -> Tried:
    """The same chances from what was known on each of the last ``n_days`` evenings, and what came.

    The spread is learnt before the first of them. Only stores without a delivery the next morning are asked,
    because what was on order is kept for this evening alone; what had run out is apart, because a delivery
    follows.
    """
    history = shelf.history
    closing, outs, received = (
        spread_days(history, name) for name in ("closing_quantity", "is_stock_out", "received_quantity")
    )
    last = len(history.days) - 1
    begin = max(last - n_days, 15)
    places = history.cells.groupby("store_id").indices
    found, after = [], []
    longest = max((_longest_gap(route) for route in shelf.routes.values()), default=1)
    spread = learn_before(history, begin) if begin < last else None
    for day in range(begin, last) if spread else ():
        assert spread is not None
        expected, quantities = look_ahead(history, spread, day, longest)
        today = (history.days[day] + pd.Timedelta(days=1)).date()
        for store, route in shelf.routes.items():
            own = places[store]
            length = (plan_deliveries(route, today, 0)[0] - today).days
            if length == 0 or day + length > last or np.isnan(closing[day, own]).any():
                continue
            gone = outs[day, own] == 1
            after.append(received[day + 1, own][gone] > 0)
            part = slice(day + 1, day + 1 + length)
            raw = find_chance(quantities[:, :, own], closing[day, own], np.full(len(own), length))
            keep = ~gone & (expected[length - 1, own] > 0)
            came = np.nan_to_num(outs[part, own]).max(axis=0) > 0
            simple = count_days(history, day, closing[day])[own]
            found.append(pd.DataFrame({"evening": day, "raw": raw, "ran_out": came, "simple": simple})[keep])
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(
        {"evening": [], "raw": [], "ran_out": [], "simple": []}, dtype=float
    )  # fmt: skip
    morning = np.concatenate(after) if after else np.array([], bool)
    share = float(morning.mean()) if len(morning) else float("nan")
    rows["chance"] = cross_fit(rows["raw"], rows["ran_out"], rows["evening"])
    return Tried(_group(rows, level), rows, int(rows["evening"].nunique()), share, len(morning))


def expect_outs(raw: Array, tried: Tried, level: float, n_draws: int = 200) -> Estimate:
    """How many of these will run out: the sum of their chances, and the range of what may come.

    The chances are learnt anew from evenings drawn with replacement, each good runs out by its chance, and
    evenings stray as much more than that as those tried strayed from what was told of them. Null before any
    evening was tried.
    """
    rows = tried.rows
    if not tried.n_evenings:
        return Estimate(None, n=len(raw))
    chance = tried.chance(raw)
    drawn = draw_recalibrated(rows["raw"], rows["ran_out"], rows["evening"], raw, n_draws)
    count = np.random.default_rng(1).binomial(1, drawn).sum(axis=1)
    stray = (count - chance.sum()) * _widen(rows)
    low, high = np.quantile(chance.sum() + stray, [(1 - level) / 2, (1 + level) / 2])
    value = float(chance.sum().round())
    ends = min(max(float(np.floor(low)), 0.0), value), max(min(float(np.ceil(high)), float(len(raw))), value)
    return Estimate(value, *ends, level=level, n=len(raw))


def waits(shelf: Shelf) -> Array:
    """Cells that are there and for which an order placed today comes after a day of sales: what comes the
    next morning cannot run out before, however often those called safe did."""
    cells = shelf.cells
    return shelf.known & ~cells["ran_out"].to_numpy(bool) & (cells["to_order"].to_numpy(float) > 0)


def expect_this_evening(shelf: Shelf, found: Supply, tried: Tried, level: float) -> Estimate:
    """``expect_outs`` of the goods that wait (``waits``)."""
    return expect_outs(found.raw[waits(shelf)], tried, level)


def _widen(rows: pd.DataFrame) -> float:
    """By how much more the counts of evenings stray from what was told than chances alone let them."""
    spread = (rows["chance"] * (1 - rows["chance"])).groupby(rows["evening"]).sum()
    told = (rows["ran_out"] - rows["chance"]).groupby(rows["evening"]).sum()
    own = spread > 0
    return float(np.sqrt(max((told[own] ** 2 / spread[own]).mean(), 1.0))) if own.any() else 1.0


def _longest_gap(route: tuple[int, ...]) -> int:
    """Days without a delivery in a row, at most."""
    following = [*route[1:], route[0] + 7]
    return max(1, *(later - day for day, later in zip(route, following, strict=True)))


def _group(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    group, size = np.searchsorted(_EDGES, rows["chance"].to_numpy(float), side="right"), len(_EDGES) + 1
    n = np.bincount(group, minlength=size)
    outs, chance, raw = (
        np.bincount(group, rows[name].to_numpy(float), minlength=size)
        for name in ("ran_out", "chance", "raw")
    )
    low, high = wilson_interval(outs, n, level)
    outs_of, chance_of, raw_of = (
        np.divide(part, n, out=np.full(size, np.nan), where=n > 0) for part in (outs, chance, raw)
    )
    return pd.DataFrame(
        {
            "said": np.r_[0.0, _EDGES],
            "to": np.r_[_EDGES, 1.0],
            "n": n,
            "outs": outs.astype(int),
            "chance": chance_of,
            "raw": raw_of,
            "share": outs_of,
            "low": low,
            "high": high,
        }
    )
