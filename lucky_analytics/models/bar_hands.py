"""How many orders one person at the bar can carry: what rosters and tickets bound, and what they cannot say.

Nobody recorded how long an order keeps a pair of hands busy. Two things bound it. **At most**: in busy
half-hours people on duty took so many orders each; had an order kept hands busy for longer than the time
between two of them, tickets would have piled up without end. **As it slows**: making takes longer in busier
half-hours; were all of that a wait for hands, as at Erlang's counter, an order would keep them busy for so
long. Whether more people shorten making is measured, not assumed (``estimate_relief``).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from lucky_analytics.catalog.local_time import local_time
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights
from lucky_analytics.methods.queues.erlang_c import estimate_mean_wait
from lucky_analytics.models.more_people import estimate_one_more

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Hands", "count_heads", "estimate_relief", "load_half_hours", "load_shifts", "measure_hands"]

Floats = NDArray[np.float64]
_SLOT_MINUTES, _SLOT_SECONDS = 30, 1_800.0
_LONGEST = 1_800  # seconds: tickets left open say nothing of work
_BUSY = 0.95  # of half-hours: what was carried in the busiest one in twenty
_FEWEST, _FEWEST_DAYS = 100, 14  # half-hours and days from which hands are judged
_N_DRAWS = 100
_GRID = np.arange(5.0, 151.0, 1.0)  # seconds that an order may keep hands busy


class Hands(NamedTuple):
    """Seconds that an order keeps a pair of hands busy: ``slows`` (were all slowing a wait for hands) and
    ``most`` (no longer than that), each with its interval over days, null where it cannot be said.
    ``carried``: orders an hour for each person in the busiest half-hours."""

    slows: Estimate
    most: Estimate
    carried: Estimate

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The shortest and the longest it can be, ends of both intervals; null without data."""
        if self.most.value is None:
            return None
        longest = self.most.high or self.most.value
        ends = (self.slows.low, self.slows.value, self.most.low, self.most.value)
        shortest = min(end for end in ends if end is not None)
        return min(shortest, longest), longest


def load_shifts(suite: Suite, start: dt.date) -> pd.DataFrame:
    """Rostered shifts of the trading stores since ``start``: ``shift_id``, ``store_id``, ``employee_id``,
    ``date``, ``begins``, ``ends`` (minutes after that day's local midnight), ``is_worked``, ``status``,
    ``notice_days`` (from being told to the shift's begin)."""
    store = suite.stores.filter(_.is_trading_store).select(of="store_id", zone="time_zone")
    shift = suite.rosters.filter(_.shift_date >= start)
    shift = shift.join(store, shift.store_id == store.of)
    begins, ends = (local_time(shift[name], shift.zone, suite.zones) for name in ("start_at", "end_at"))

    def minutes(at: Any) -> Any:
        days = at.date().delta(shift.shift_date, unit="day")
        return days * 1_440 + at.hour().cast("int64") * 60 + at.minute().cast("int64")

    notice = (shift.start_at.epoch_seconds() - shift.published_at.epoch_seconds()) / 86_400
    found = shift.select(
        "shift_id", "store_id", "employee_id", "status", "is_worked", date="shift_date",
        begins=minutes(begins).cast("int64"), ends=minutes(ends).cast("int64"),
        notice_days=notice.cast("float64"),
    ).order_by("date", "store_id", "begins", "shift_id").execute()  # fmt: skip
    return found.assign(date=pd.to_datetime(found["date"]))


def count_heads(shifts: pd.DataFrame) -> pd.DataFrame:
    """People on duty by half-hour: ``store_id``, ``date``, ``slot``, ``heads`` (whole, by who is there for
    most of it) of the ``shifts`` that were worked.

    >>> one = pd.DataFrame({"store_id": ["a"], "date": [pd.Timestamp("2026-02-02")], "begins": [420],
    ...     "ends": [490], "is_worked": [True]})
    >>> count_heads(one)[["slot", "heads"]].values.tolist()
    [[14, 1], [15, 1]]
    """
    own = shifts[shifts["is_worked"] & (shifts["ends"] > shifts["begins"])]
    first, last = own["begins"] // _SLOT_MINUTES, (own["ends"] - 1) // _SLOT_MINUTES
    n = (last - first + 1).to_numpy(int)
    row = np.repeat(np.arange(len(own)), n)
    slot = np.repeat(first.to_numpy(int), n) + np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    begins, ends = (own[name].to_numpy(int)[row] for name in ("begins", "ends"))
    there = np.minimum(ends, (slot + 1) * _SLOT_MINUTES) - np.maximum(begins, slot * _SLOT_MINUTES)
    cells = pd.DataFrame({
        "store_id": own["store_id"].to_numpy()[row], "date": own["date"].to_numpy()[row], "slot": slot,
        "heads": there / _SLOT_MINUTES,
    })  # fmt: skip
    found = cells.groupby(["store_id", "date", "slot"], as_index=False)["heads"].sum()
    found["heads"] = np.floor(found["heads"] + 0.5).astype(int)
    return found[found["heads"] > 0].reset_index(drop=True)


def load_half_hours(suite: Suite, heads: pd.DataFrame, start: dt.date) -> pd.DataFrame:
    """Half-hours with people on duty: ``store_id``, ``date``, ``slot``, ``heads``, ``n`` (tickets accepted),
    ``seconds`` (sum of the making of those closed in half an hour) and ``n_timed`` of them."""
    ticket = suite.production.filter(_.accepted_at.notnull(), _.production_date >= start)
    store = suite.stores.filter(_.is_trading_store).select(of="store_id")
    ticket = ticket.semi_join(store, ticket.store_id == store.of)
    # Accepted seconds after it was opened: the half-hour of the day is that of the local hour it stands in.
    late = (ticket.accepted_at.hour() != ticket.opened_at.hour()).cast("int64")
    slot = (ticket.local_hour + late) * 2 + (ticket.accepted_at.minute() >= _SLOT_MINUTES).cast("int64")
    is_timed = ticket.production_seconds.between(1, _LONGEST).fill_null(False)
    cells = ticket.group_by("store_id", date="production_date", slot=slot).agg(
        n=_.count(),
        seconds=ibis.ifelse(is_timed, ticket.production_seconds, 0.0).sum().round(3),
        n_timed=is_timed.cast("int64").sum(),
    )
    found = cells.execute()
    found["date"] = pd.to_datetime(found["date"])
    both = heads.merge(found, on=["store_id", "date", "slot"], how="inner")
    return both.sort_values(["store_id", "date", "slot"], ignore_index=True)


def measure_hands(cells: pd.DataFrame, level: float = 0.9) -> Hands:
    """Both bounds from half-hours (``load_half_hours``), with intervals over days drawn again.

    ``slows`` is fitted in half-hours with one person: the mean making of each store and number of orders is
    the store's own time plus Erlang's wait at one server; the time at hands with the least squares is taken.
    """
    if len(cells) < _FEWEST or cells["date"].nunique() < _FEWEST_DAYS:
        return Hands(Estimate(None), Estimate(None), Estimate(None))
    day, days = pd.factorize(cells["date"], sort=True)
    weights = np.vstack([np.ones(len(days)), draw_block_weights(len(days), _N_DRAWS, seed=1)])
    rate = (cells["n"] / cells["heads"]).to_numpy(float) * 3_600 / _SLOT_SECONDS
    carried = _draw_quantiles(rate, weights, day)
    fitted = _fit_slowing(cells[cells["heads"] == 1], days, weights)
    n = len(cells)
    most = Estimate(*_ends(3_600 / np.maximum(carried, 1e-9), level), level=level, n=n)
    slows = Estimate(None) if fitted is None else Estimate(*_ends(fitted, level), level=level, n=n)
    return Hands(slows, most, Estimate(*_ends(carried, level), level=level, n=n))


def estimate_relief(cells: pd.DataFrame, level: float = 0.9) -> Estimate:
    """By what share making changes with one person more, as ``more_people.estimate_one_more`` has it; below 0
    it is shorter. Null where the number of people never changed so."""
    own = cells[(cells["n_timed"] > 0) & (cells["seconds"] > 0)]
    if len(own) < _FEWEST:
        return Estimate(None)
    halves = own.assign(
        store=pd.factorize(own["store_id"])[0], people=own["heads"],
        log=np.log((own["seconds"] / own["n_timed"]).to_numpy(float)),
    )  # fmt: skip
    found = estimate_one_more(halves, level)
    if found.value is None or found.low is None or found.high is None:
        return Estimate(None)
    value, low, high = (float(np.expm1(end)) for end in (found.value, found.low, found.high))
    return Estimate(value, low, high, level=level, n=len(own))


def _ends(draws: Floats, level: float) -> tuple[float, float, float]:
    value = float(draws[0])
    low, high = np.quantile(draws[1:], [(1 - level) / 2, (1 + level) / 2])
    return value, min(float(low), value), max(float(high), value)


def _draw_quantiles(values: Floats, weights: Floats, day: NDArray[np.int64]) -> Floats:
    """The busy quantile of ``values`` in each draw of days."""
    order = np.argsort(values, kind="stable")
    own = weights[:, day[order]]
    reached = np.cumsum(own, axis=1)
    place = (reached < _BUSY * reached[:, -1:]).sum(axis=1)
    return values[order][np.minimum(place, len(values) - 1)]


def _fit_slowing(single: pd.DataFrame, days: Any, weights: Floats) -> Floats | None:
    """The time at hands with the least squares in each draw of days; null with too few half-hours."""
    own = single[single["n_timed"] > 0]
    if len(own) < _FEWEST:
        return None
    day = days.get_indexer(pd.Index(own["date"]))
    cell, keys = pd.factorize(pd.MultiIndex.from_frame(own[["store_id", "n"]]), sort=True)
    n_cells = len(keys)
    sums = np.zeros((len(days), n_cells))
    timed = np.zeros((len(days), n_cells))
    np.add.at(sums, (day, cell), own["seconds"].to_numpy(float))
    np.add.at(timed, (day, cell), own["n_timed"].to_numpy(float))
    weight = weights @ timed
    mean = (weights @ sums) / np.maximum(weight, 1e-9)
    store = pd.factorize(keys.get_level_values(0), sort=True)[0]
    load = keys.get_level_values(1).to_numpy(float) / _SLOT_SECONDS
    by_store = np.eye(int(store.max()) + 1)[store]
    losses, whole = [], np.maximum(weight @ by_store, 1e-9)
    for hands in _GRID:
        left = mean - np.minimum(estimate_mean_wait(load * hands, 1, hands), _SLOT_SECONDS)
        base = (weight * left) @ by_store / whole
        # A sum of squares around means, without the differences themselves.
        losses.append((weight * left**2).sum(axis=1) - (base**2 * whole).sum(axis=1))
    return _GRID[np.argmin(np.array(losses), axis=0)]
