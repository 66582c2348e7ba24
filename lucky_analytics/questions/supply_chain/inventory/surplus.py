"""The other end: what lasts too long, what will expire, and what nobody uses any more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.models.goods_levels import draw_until
from lucky_analytics.models.goods_shelf import Shelf, spread_days
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Supply

__all__ = ["DEAD", "EXPIRES", "LONG", "UNBOOKED", "find_surplus", "sum_kinds"]

Array = NDArray[Any]
DEAD, EXPIRES, LONG = "not used", "will expire", "lasts too long"
UNBOOKED = "use is not booked"


def find_surplus(shelf: Shelf, supply: Supply, long_days: int, dead_days: int) -> pd.DataFrame:
    """Stock that is too much, the dearest first: ``store_name``, ``goods_name``, ``unit``, ``state``,
    ``stock``, ``surplus`` (base units beyond need), ``dollars`` (at cost, null where unknown), ``lasts``
    (days at the use that is expected, null where none is).

    Not used: nothing was in ``dead_days`` days. Use is not booked: no day has the good at all (equipment,
    spare parts, what no recipe names), so whether it is used cannot be seen; these come last. Will
    expire: what is not expected to be used within the life of the newest delivery (of older ones more will).
    Lasts too long: what is beyond ``long_days`` of use, the last pack aside. Each cell stands under the first
    that applies.
    """
    history, cells = shelf.history, shelf.cells
    there = cells["stock"].to_numpy()
    dead = _is_dead(history.demand, dead_days) & (there > 0)
    age = _days_since(spread_days(history, "received_quantity"))
    left = np.where(cells["life_days"].isna(), np.inf, np.maximum(cells["life_days"] - age, 0))
    used = draw_until(supply.expected, supply.quantities, supply.spread, cells["portion"].to_numpy(), left)
    old = np.maximum(there - used, 0).mean(axis=0)
    daily = supply.expected[-1] / len(supply.expected)
    beyond = np.maximum(there - np.maximum(daily * long_days, cells["pack"].to_numpy()), 0)
    one = cells["portion"].to_numpy()
    state = np.select(
        [dead, (old >= one) & (daily > 0), (beyond >= one) & (daily > 0)], [DEAD, EXPIRES, LONG], ""
    )
    surplus = np.select([state == DEAD, state == EXPIRES, state == LONG], [there, old, beyond], 0.0)
    table = cells.assign(state=state, surplus=surplus, dollars=surplus * cells["cost"])
    table["lasts"] = np.where(daily > 0, there / np.where(daily > 0, daily, 1), np.nan)
    unused = shelf.unused[shelf.unused["stock_quantity"] > 0]
    unused = unused.assign(
        state=UNBOOKED, stock=unused["stock_quantity"], surplus=unused["stock_quantity"],
        dollars=unused["stock_quantity"] * unused["cost"], lasts=np.nan,
    )  # fmt: skip
    columns = [
        "store_name",
        "goods_name",
        "goods_class",
        "unit",
        "state",
        "stock",
        "surplus",
        "dollars",
        "lasts",
    ]
    both = pd.concat([table[table["state"] != ""][columns], unused[columns]], ignore_index=True)
    both["is_last"] = both["state"] == UNBOOKED
    by = ["is_last", "dollars", "surplus"]
    return both.sort_values(by, ascending=[True, False, False], ignore_index=True).drop(columns="is_last")


def sum_kinds(surplus: pd.DataFrame) -> pd.DataFrame:
    """``state``, ``n``, ``dollars``, ``n_unknown`` (without a cost)."""
    groups = surplus.groupby("state", sort=False)
    return groups.agg(
        n=("state", "size"),
        dollars=("dollars", "sum"),
        n_unknown=("dollars", lambda own: int(own.isna().sum())),
    ).reset_index()


def _is_dead(demand: Array, days: int) -> Array:
    recent = demand[-days:]
    return (np.nansum(recent, axis=0) == 0) & ((~np.isnan(recent)).sum(axis=0) >= days)


def _days_since(received: Array) -> Array:
    """Days from the last delivery of each cell to the last evening; the whole time where none is known."""
    came = np.nan_to_num(received)[::-1] > 0
    return np.where(came.any(axis=0), came.argmax(axis=0), len(received))
