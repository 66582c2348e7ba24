"""The batches that stand on the shelves, when each is to be gone, and what of it will not be used by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.batches import expire_batches, list_batches
from lucky_analytics.methods.goods.demand_spread import Spread
from lucky_analytics.models.goods_ahead import HORIZON, History, learn_before, look_ahead
from lucky_analytics.models.shelves import Shelves

__all__ = ["Tried", "foretell", "interval_of_sum", "learn", "see_batches", "sum_ahead", "try_evenings"]

Array = NDArray[Any]
_FEWEST = 10  # evenings, below which nothing is said of how far it is off


@dataclass(frozen=True)
class Tried:
    """The same forecast made on evenings gone by. ``evenings``: ``date``, ``expected`` with ``sd``, ``came``
    (dollars that expired of batches then on the shelf, within the days ahead) and ``n`` batches.
    ``batches``: a row a batch and evening with ``chance``, ``is_expired`` and ``evening``."""

    evenings: pd.DataFrame
    batches: pd.DataFrame


def see_batches(shelves: Shelves, day: int) -> pd.DataFrame:
    """Batches left on the evening of ``day`` (a place of ``shelves.days``), those of a series in the order in
    which they expire: ``series``, ``day`` of delivery, ``left`` (base units), ``ahead`` (days to the evening
    on which it is to be gone, 1 is tomorrow)."""
    came = shelves.received + np.maximum(shelves.corrected, 0.0)
    gone = shelves.taken + shelves.expired + np.maximum(-shelves.corrected, 0.0)
    table = list_batches(came, gone, day)
    ahead = table["day"] + shelves.life[table["series"]] - day
    # What should be gone and is not for a fault of the books is not foretold.
    return table.assign(ahead=ahead)[ahead > 0].reset_index(drop=True)


def learn(history: History, day: int) -> Spread | None:
    """How far demand strays from what was expected, from what was known on the evening of ``day``."""
    return learn_before(history, day)


def foretell(
    shelves: Shelves, batches: pd.DataFrame, history: History, spread: Spread, day: int
) -> pd.DataFrame:
    """``batches`` due within the horizon of the forecast, with ``chance`` (that some of it expires),
    ``expected`` quantity and ``dollars`` of it that do, and ``sd`` of the dollars; ``day`` is a place of
    ``shelves.days``."""
    own = batches[batches["ahead"] <= HORIZON].reset_index(drop=True)
    if own.empty:
        return own.assign(chance=0.0, expected=0.0, dollars=0.0, sd=0.0)
    offset = int((shelves.days[day] - history.days[0]).days)
    wanted = look_ahead(history, spread, offset)[1]  # quantiles of demand added up: levels, days, cells
    place = pd.MultiIndex.from_frame(history.cells[["store_id", "goods_id"]])
    cell = place.get_indexer(pd.MultiIndex.from_frame(shelves.pairs[["store_id", "goods_id"]]))
    at = cell[own["series"]]
    drawn = np.where(at >= 0, wanted[:, own["ahead"] - 1, at], 0.0)
    gone = expire_batches(own["series"].to_numpy(), own["left"].to_numpy(), drawn)
    # Less than a hundredth of a pack, or of what is left, is no batch that expires.
    some = np.minimum(shelves.pack[own["series"]], own["left"].to_numpy()) / 100
    prices = shelves.pairs["dollars"].to_numpy()[own["series"]]
    expected = gone.mean(axis=0)
    return own.assign(
        chance=(gone > some).mean(axis=0), expected=expected, dollars=expected * prices,
        sd=gone.std(axis=0) * prices,
    )  # fmt: skip


def try_evenings(shelves: Shelves, history: History, ahead_days: int, n_days: int) -> Tried:
    """The forecast of ``ahead_days`` made on every evening of the ``n_days`` before the last that can
    be judged, each from what was known then; how demand strays was learnt before the first of them."""
    last = len(shelves.days) - 1
    start = max(last - ahead_days - n_days + 1, 0)
    origins = np.arange(start, last - ahead_days + 1)
    offset = int((shelves.days[0] - history.days[0]).days)
    spread = learn(history, int(origins[0]) + offset) if len(origins) and origins[0] + offset > 0 else None
    evenings, kept = [], []
    for day in origins.tolist():
        if spread is None:
            break
        batches = see_batches(shelves, int(day))
        told = foretell(shelves, batches[batches["ahead"] <= ahead_days], history, spread, int(day))
        gone = shelves.expired[told["series"], told["day"] + shelves.life[told["series"]]]
        dollars = gone * shelves.pairs["dollars"].to_numpy()[told["series"]]
        some = np.minimum(shelves.pack[told["series"]], told["left"].to_numpy()) / 100
        sums = told["dollars"].sum(), _spread_of_sum(told), dollars.sum()
        evenings.append((shelves.days[day], *sums, len(told)))
        kept.append(told[["chance"]].assign(is_expired=gone > some, evening=shelves.days[day]))
    columns = ["chance", "is_expired", "evening"]
    batches = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)
    return Tried(pd.DataFrame(evenings, columns=["date", "expected", "sd", "came", "n"]), batches)


def interval_of_sum(told: pd.DataFrame, ahead_days: int, tried: Tried, level: float) -> Estimate:
    """Dollars that will expire within so many days, with the range in which they lie by how far the forecast
    was off on evenings gone by, in its own standard deviations, as split conformal intervals take them (Lei
    and others 2018). No range with too few evenings.

    >>> past = pd.DataFrame({"expected": 10.0, "came": np.linspace(6, 15.5, 20), "sd": 2.0})
    >>> told = pd.DataFrame({"series": [0], "ahead": [2], "dollars": [20.0], "sd": [3.0]})
    >>> found = interval_of_sum(told, 3, Tried(past, pd.DataFrame()), 0.9)
    >>> found.value, found.low, found.high
    (20.0, 14.0, 28.25)
    """
    due = told[told["ahead"] <= ahead_days]
    expected, sd = float(due["dollars"].sum()), _spread_of_sum(due)
    past = tried.evenings[tried.evenings["sd"] > 0]
    if len(past) < _FEWEST:
        return Estimate(expected, n=len(past))
    away = np.sort(((past["came"] - past["expected"]) / past["sd"]).to_numpy())
    n, tail = len(away), (1 - level) / 2
    first, last = (int(np.floor(tail * (n + 1))) - 1, int(np.ceil((1 - tail) * (n + 1))) - 1)
    low, high = (expected + sd * away[place] for place in (max(first, 0), min(last, n - 1)))
    return Estimate(expected, max(min(low, expected), 0.0), max(high, expected), level, n)


def _spread_of_sum(due: pd.DataFrame) -> float:
    """Standard deviation of the dollars of batches: those of a series go together, series apart."""
    return float(np.sqrt((due.groupby("series")["sd"].sum() ** 2).sum()))


def sum_ahead(told: pd.DataFrame, ahead_days: int) -> float:
    """Dollars expected to expire within so many days."""
    return float(told.loc[told["ahead"] <= ahead_days, "dollars"].sum())
