"""What careful orders would have saved, store by store, and what they would have cost in sales."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.decisions import add_up
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.shelf_replay import Replay
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.shelves import Shelves
from lucky_analytics.questions.supply_chain.waste.claim import WEEKS_A_YEAR
from lucky_analytics.questions.supply_chain.waste.order_levels import (
    KEEPS,
    SHORT_LIFE,
    careful_levels,
    replay_careful,
)

__all__ = [
    "add_savings",
    "compare_careful",
    "draw_frontier",
    "find_acting",
    "save_pairs",
    "sum_excess",
]

_CHANCES = (0.5, 0.7, 0.8, 0.9, 0.95)  # to cover demand, along the frontier
Array = NDArray[Any]


def compare_careful(
    shelves: Shelves, careful: Replay, orders: pd.DataFrame, weeks: int, level: float
) -> pd.DataFrame:
    """The rows of ``orders`` (store, and how long goods keep), in dollars a week: ``was`` (expired),
    ``careful`` (would have), ``kept`` (was less careful), ``missing`` (goods that would have been lacking
    beyond those that were) and ``net`` (kept less the margin of what was missing). ``kept`` and ``net`` have
    ``_low`` and ``_high``, for all rows together.

    ``careful``: the shelves replayed.
    """
    recent = slice(max(len(shelves.days) - 7 * weeks, 0), None)
    lack = careful.short - (shelves.demand - shelves.used)
    expired, replayed, missing = (
        shelves.dollars(part)[:, recent] for part in (shelves.expired, careful.expired, lack)
    )
    kept = expired - replayed
    parts = {"was": expired, "careful": replayed, "kept": kept, "missing": missing,
             "net": kept - shelves.margin(lack)[:, recent]}  # fmt: skip
    week = (np.arange(expired.shape[1]) - expired.shape[1]) // 7
    by = ["store_id", "keeps"]
    keys = pd.MultiIndex.from_arrays(
        [shelves.pairs["store_id"], np.where(shelves.life <= SHORT_LIFE, *KEEPS)], names=by
    )
    frames = []
    for values in parts.values():
        days = pd.DataFrame(values, index=keys, columns=week).T.groupby(level=0).sum().T
        frames.append(days.groupby(level=[0, 1]).sum().stack())
    cells = (
        pd.concat(frames, axis=1, keys=list(parts)).rename_axis([*by, "week"]).reset_index().assign(one=1.0)
    )
    each = 1 - (1 - level) / max(len(orders), 1)
    table = orders
    for name in parts:
        found = estimate_ratios(cells, by, "week", name, "one", each).drop(columns="n_blocks")
        names = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
        table = table.merge(found.rename(columns=names), on=by, how="left")
    return table


def find_acting(table: pd.DataFrame, excess: pd.DataFrame) -> pd.DataFrame:
    """``compare_careful`` with the columns of ``order_levels.price_excess`` and ``acts``: the store orders
    more than others, and less would surely bring something."""
    whole = table.merge(excess, on=["store_id", "keeps"], how="left")
    return whole.assign(acts=whole["is_over"] & (whole["gain_low"] > 0))


def add_savings(table: pd.DataFrame, level: float) -> tuple[Estimate, Estimate]:
    """Of the rows that act: dollars a year that careful orders would have kept from expiring, and dollars a
    year that ordering as the others do would bring.

    Without such a row both are 0; the first may be as much as the intervals of all rows allow.

    >>> one = {"kept": 9.0, "kept_low": 5.0, "kept_high": 13.0, "gain": 5.0, "gain_low": -1.0,
    ...        "gain_high": 11.0, "acts": False}
    >>> add_savings(pd.DataFrame([one]), 0.9)[0]
    Estimate(value=0.0, low=0.0, high=678.3214285714286, level=0.9, n=None)
    """
    own = table[table["acts"]]

    def total(name: str) -> Estimate:
        ends = own[[name, f"{name}_low", f"{name}_high"]].to_numpy(float) * WEEKS_A_YEAR
        return add_up([Estimate(value, low, high, level=level) for value, low, high in ends])

    if own.empty:
        most = WEEKS_A_YEAR * float(table["kept_high"].clip(lower=0.0).sum())
        return Estimate(0.0, 0.0, most, level=level), Estimate(0.0)
    return total("kept"), total("gain")


def sum_excess(excess: pd.DataFrame, level: float) -> Estimate:
    """Dollars that expired only because of orders above the others' (``price_excess``); 0 without."""
    ends = excess[["excess", "excess_low", "excess_high"]].to_numpy(float)
    parts = [Estimate(value, low, high, level=level) for value, low, high in ends]
    return add_up(parts) if parts else Estimate(0.0)


def save_pairs(shelves: Shelves, careful: Replay, weeks: int) -> pd.Series:
    """Dollars a week that careful orders would have kept from expiring, by store and good."""
    recent = slice(max(len(shelves.days) - 7 * weeks, 0), None)
    kept = shelves.dollars(shelves.expired - careful.expired)[:, recent].sum(axis=1) / weeks
    return pd.Series(kept, pd.MultiIndex.from_frame(shelves.pairs[["store_id", "goods_id"]]), name="kept")


def draw_frontier(
    shelves: Shelves, followed: Replay, careful: Replay, weeks: int, weeks_before: int
) -> pd.DataFrame:
    """Dollars a week that expire (``expired``) and that are lacking (``missing``, at cost) as orders aim at
    one chance to cover demand for all goods (``chance``). Without one: what happened, and careful orders,
    which aim at each good's own. ``kind`` names a row."""
    recent = slice(max(len(shelves.days) - 7 * weeks, 0), None)

    def a_week(kind: str, chance: float, expired: Array, short: Array) -> tuple[str, float, float, float]:
        sums = [float(shelves.dollars(part)[:, recent].sum() / weeks) for part in (expired, short)]
        return kind, chance, sums[0], sums[1]

    rows = [a_week("as it was", np.nan, shelves.expired, shelves.demand - shelves.used),
            a_week("careful orders", np.nan, careful.expired, careful.short)]  # fmt: skip
    for chance in _CHANCES:
        found = replay_careful(shelves, careful_levels(shelves, followed, weeks, weeks_before, chance))
        rows.append(a_week("one chance for all", chance, found.expired, found.short))
    return pd.DataFrame(rows, columns=["kind", "chance", "expired", "missing"])
