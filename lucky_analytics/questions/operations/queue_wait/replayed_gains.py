"""What one more barista takes off, by replaying the tickets as they came with one more in every second
half-hour: first the even ones, then the odd ones, so that each half-hour is helped alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.queues.replay import replay_servers, replay_shared
from lucky_analytics.questions.operations.queue_wait.benches import Benches
from lucky_analytics.questions.operations.queue_wait.wait_models import (
    MODELS,
    keep_known,
    spread_servers,
    stack_days,
    take_work,
)
from lucky_analytics.questions.operations.queue_wait.wait_tickets import KINDS, SLOT_SECONDS

__all__ = ["replay_with_servers", "replay_with_sharing"]

Floats = NDArray[np.float64]
_N_SLOTS = 50  # of a store's day, with room for what is accepted after midnight
_UNBOUNDED = 2.0  # servers more than the estimate, where no upper end is known


def replay_with_servers(
    rows: pd.DataFrame, cells: pd.DataFrame, benches: Benches, level: float
) -> pd.DataFrame:
    """``cells`` with ``gain``, ``low``, ``high``: seconds an order that ``more`` servers take off. The ends
    hold other days, and both ends of how many orders a store works on at once."""
    kept, table = keep_known(rows, benches), benches.table.set_index("store")
    slots, more = kept["slot"].to_numpy(np.int64), _of_cells(kept, cells, "more").astype(np.int64)
    parts = []
    for name, instead in (("servers", 0.0), ("low", 0.0), ("high", _UNBOUNDED)):
        own = kept["store"].astype(str).map(table[name].fillna(table["servers"] + instead)).to_numpy(float)
        streams = stack_days(kept, take_work(kept, own))
        all_day = spread_servers(streams, kept, own)
        first, again = _find_first(streams.row, slots), []
        for turn in (0, 1):
            by_slot, helped = np.repeat(all_day, _N_SLOTS, axis=1), first & (slots % 2 == turn)
            by_slot[streams.row[helped], slots[helped]] += more[helped]
            again.append(streams.back(replay_servers(streams, by_slot, SLOT_SECONDS)))
        usual = streams.back(replay_servers(streams, all_day, SLOT_SECONDS))
        parts.append(_sum_gains(kept, usual, again, level))
    return _widen(cells, parts, MODELS[2], level)


def replay_with_sharing(
    rows: pd.DataFrame, cells: pd.DataFrame, benches: Benches, level: float
) -> pd.DataFrame:
    """The same for a shared bench: an open ticket counts ``people`` / (``people`` + 1) where one more shares
    the work. The ends hold both ends of the slope."""
    kept, slope = keep_known(rows, benches), benches.slope
    slots = kept["slot"].to_numpy(np.int64)
    people = np.maximum(_of_cells(kept, cells, "people"), 1.0)
    seconds, load = (kept[name].to_numpy(float) for name in ("seconds", "load"))
    parts = []
    for end in (slope.value, slope.low, slope.high):
        power = float((slope.value if end is None else end) or 0.0)
        streams = stack_days(kept, seconds / (1 + load) ** power)
        again = []
        for turn in (0, 1):
            share = np.ones(streams.arrive.shape)
            share[streams.row, streams.column] = np.where(slots % 2 == turn, people / (people + 1), 1.0)
            again.append(streams.back(replay_shared(streams, power, share).seconds))
        parts.append(_sum_gains(kept, seconds, again, level))
    return _widen(cells, parts, MODELS[3], level)


def _find_first(row: NDArray[np.int64], slots: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The first ticket of each stream and half-hour: servers are added once, whoever comes."""
    first = np.zeros(len(row), bool)
    first[np.unique(row * _N_SLOTS + slots, return_index=True)[1]] = True
    return first


def _of_cells(kept: pd.DataFrame, cells: pd.DataFrame, name: str) -> Floats:
    """A column of ``cells`` for each ticket, whatever the day; 0 for half-hours that are no cell."""
    own = cells.set_index(["store", "slot"])[name]
    keys = pd.MultiIndex.from_arrays([kept["store"].astype(str), kept["slot"]])
    return own.reindex(keys).fillna(0).to_numpy(float)


def _sum_gains(kept: pd.DataFrame, usual: Floats, again: Sequence[Floats], level: float) -> pd.DataFrame:
    """``store``, ``slot``, ``value``, ``low``, ``high``: seconds saved in a half-hour and the next one by
    the orders of the half-hour; days hang together."""
    slots = kept["slot"].to_numpy(np.int64)
    own = kept.assign(one=1.0)
    for turn in (0, 1):
        saved = usual - again[turn]
        # What comes in the half-hour after is helped by what was done before it.
        own.loc[slots % 2 == turn, "saved"] = saved[slots % 2 == turn]
        own.loc[slots % 2 != turn, "after"] = saved[slots % 2 != turn]
    own = own[own["kind"] == KINDS[0]]
    sums = (
        own.groupby(["store", "slot", "date"], observed=True)[["saved", "after", "one"]].sum().reset_index()
    )
    late = sums.assign(slot=sums["slot"] - 1).rename(columns={"after": "later"})[
        ["store", "slot", "date", "later"]
    ]
    sums = sums.merge(late, on=["store", "slot", "date"], how="left")
    sums["saved"] += sums["later"].fillna(0.0)
    found = estimate_ratios(sums, ["store", "slot"], "date", "saved", "one", level)
    return found.astype({"store": str})


def _widen(cells: pd.DataFrame, parts: Sequence[pd.DataFrame], model: str, level: float) -> pd.DataFrame:
    """The first part's value; the lowest and the highest end of all parts."""
    keys = ["store", "slot"]
    shown = cells.merge(parts[0][[*keys, "value"]].rename(columns={"value": "gain"}), on=keys, how="left")
    ends = pd.concat(parts).groupby(keys)[["low", "high", "value"]].agg(["min", "max"])
    ends = ends.reindex(pd.MultiIndex.from_frame(cells[keys]))
    shown["low"] = np.fmin(ends["low", "min"].to_numpy(), ends["value", "min"].to_numpy())
    shown["high"] = np.fmax(ends["high", "max"].to_numpy(), ends["value", "max"].to_numpy())
    return shown.assign(model=model, level=level)
