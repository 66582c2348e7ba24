"""How long the stock lasts, and the chance that it runs out before more can come, tried on past evenings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.methods.goods.demand_spread import Spread
from lucky_analytics.models.goods_ahead import HORIZON, History, learn_before, look_ahead
from lucky_analytics.models.goods_deliveries import plan_deliveries
from lucky_analytics.models.goods_shelf import Shelf, spread_days

__all__ = ["Supply", "Tried", "expect_outs", "expect_this_evening", "find_supply", "try_evenings"]

Array = NDArray[Any]
_EDGES = np.array([0.02, 0.1, 0.3, 0.6, 0.9])
TRIED_DAYS = 56
_LOW, _MIDDLE, _HIGH = 9, 99, 189  # places of 5, 50 and 95 % among demand_spread.LEVELS


@dataclass(frozen=True)
class Supply:
    """By cell: ``low``, ``days``, ``high``: days of supply by stock and what is on order, 5 %, middle and
    95 % (at most ``HORIZON``, which means as much or more); ``raw``: the chance by forecasts that it runs out
    before an order placed today is there; ``here``: days that the stock alone lasts; ``simple``: stock over
    the mean use of four weeks, in days. ``expected`` and ``quantities`` of ``look_ahead``; ``spread`` behind
    them."""

    low: Array
    days: Array
    high: Array
    raw: Array
    here: Array
    simple: Array
    expected: Array
    quantities: Array
    spread: Spread


@dataclass(frozen=True)
class Tried:
    """Past evenings: ``groups`` by what forecasts said (``said`` from, ``to``, ``n``, ``raw`` mean, ``outs``,
    ``share`` that ran out, which never falls from group to group, ``low``, ``high``); ``rows`` a store and
    good on an evening: ``raw``, ``ran_out``, ``simple``; ``n_evenings``; ``after``: of those that had run out
    by the evening, the share that was delivered the next morning, off the route; ``n_after`` of them."""

    groups: pd.DataFrame
    rows: pd.DataFrame
    n_evenings: int
    after: float
    n_after: int

    def share(self, raw: Array, name: str = "share") -> Array:
        """What came of those with such a chance by forecasts."""
        return self.groups[name].to_numpy()[np.searchsorted(_EDGES, raw, side="right")]


def find_supply(shelf: Shelf) -> Supply | None:
    """Days of supply and chances of this evening; ``None`` before any demand was foretold and came."""
    history, cells = shelf.history, shelf.cells
    day = len(history.days) - 1
    spread = learn_before(history, day)
    if spread is None:
        return None
    expected, quantities = look_ahead(history, spread, day)
    there = cells["stock"].to_numpy()
    position = there + cells["on_order"].to_numpy()
    days = _lasts(quantities, position)
    first, until = (cells[name].fillna(0).to_numpy(int) for name in ("to_first", "to_order"))
    raw = np.maximum(
        _chance(quantities, there, first),
        _chance(quantities, np.where(until > first, position, there), until),
    )
    simple = _simple_days(history, day, there)
    # Much is wanted where few days are left.
    here = _lasts(quantities, there)[_MIDDLE]
    return Supply(days[_HIGH], days[_MIDDLE], days[_LOW], raw, here, simple, expected, quantities, spread)


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
            raw = _chance(quantities[:, :, own], closing[day, own], np.full(len(own), length))
            keep = ~gone & (expected[length - 1, own] > 0)
            came = np.nan_to_num(outs[part, own]).max(axis=0) > 0
            simple = _simple_days(history, day, closing[day])[own]
            found.append(pd.DataFrame({"evening": day, "raw": raw, "ran_out": came, "simple": simple})[keep])
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(
        {"evening": [], "raw": [], "ran_out": [], "simple": []}, dtype=float
    )  # fmt: skip
    morning = np.concatenate(after) if after else np.array([], bool)
    share = float(morning.mean()) if len(morning) else float("nan")
    return Tried(_group(rows, level), rows, int(rows["evening"].nunique()), share, len(morning))


def expect_outs(raw: Array, tried: Tried, level: float, n_draws: int = 2000) -> Estimate:
    """How many of these will run out, from what came of such before: mean, and range of what may come.

    Each group's share is uncertain (Beta with half an event of each kind added), then each cell by chance.
    Null before any evening was tried.
    """
    group = np.searchsorted(_EDGES, raw, side="right")
    counts = np.bincount(group, minlength=len(_EDGES) + 1)
    n, outs = (tried.groups[name].to_numpy(float) for name in ("n", "outs"))
    if not n.sum():
        return Estimate(None, n=len(raw))
    random = np.random.default_rng(1)
    share = random.beta(outs + 0.5, n - outs + 0.5, (n_draws, len(n)))
    draws = random.binomial(counts, share).sum(axis=1)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(
        float(draws.mean().round()), float(np.floor(low)), float(np.ceil(high)), level=level, n=len(raw)
    )


def expect_this_evening(shelf: Shelf, found: Supply, tried: Tried, level: float) -> Estimate:
    """``expect_outs`` of goods that are there and for which an order placed today comes after a day of sales:
    what comes the next morning cannot run out before, however often those called safe did."""
    cells = shelf.cells
    waits = shelf.known & ~cells["ran_out"].to_numpy(bool) & (cells["to_order"].to_numpy(float) > 0)
    return expect_outs(found.raw[waits], tried, level)


def _longest_gap(route: tuple[int, ...]) -> int:
    """Days without a delivery in a row, at most."""
    following = [*route[1:], route[0] + 7]
    return max(1, *(later - day for day, later in zip(route, following, strict=True)))


def _group(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    group = np.searchsorted(_EDGES, rows["raw"].to_numpy(float), side="right")
    n = np.bincount(group, minlength=len(_EDGES) + 1)
    outs = np.bincount(group, rows["ran_out"].to_numpy(float), minlength=len(_EDGES) + 1)
    total = np.bincount(group, rows["raw"].to_numpy(float), minlength=len(_EDGES) + 1)
    low, high = wilson_interval(outs, n, level)
    share = np.divide(outs, n, out=np.zeros(len(n)), where=n > 0)
    return pd.DataFrame(
        {
            "said": np.r_[0.0, _EDGES],
            "to": np.r_[_EDGES, 1.0],
            "n": n,
            "outs": outs.astype(int),
            "raw": np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0),
            "share": np.maximum.accumulate(share),
            "low": low,
            "high": high,
        }
    )


def _chance(quantities: Array, there: Array, days: Array) -> Array:
    """The share of draws in which more than is there is wanted within ``days``, by cell; 0 for 0 days."""
    cells = np.arange(len(there))
    wanted = quantities[:, np.clip(days, 1, HORIZON) - 1, cells]
    return np.where(days > 0, (wanted > there + 1e-9).mean(axis=0), 0.0)


def _lasts(quantities: Array, position: Array) -> Array:
    """Days until the position is used up, by level and cell: whole days covered and the part of the next."""
    before = np.concatenate([np.zeros_like(quantities[:, :1]), quantities[:, :-1]], axis=1)
    step = quantities - before
    part = np.clip((position - before) / np.where(step > 0, step, 1), 0, 1)
    return np.where(step > 0, part, 1.0 * (position >= quantities)).sum(axis=1)


def _simple_days(history: History, day: int, there: Array) -> Array:
    use = history.demand[max(day - 27, 0) : day + 1]
    n = (~np.isnan(use)).sum(axis=0)
    mean = np.nansum(use, axis=0) / np.maximum(n, 1)
    return np.where(mean > 0, there / np.where(mean > 0, mean, 1), np.inf)
