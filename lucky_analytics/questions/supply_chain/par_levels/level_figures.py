"""What the page relies on, and small frames that its headlines take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.models.shelves import Shelves, follow

__all__ = ["check_replay", "first_of", "join_cover", "name_cells", "no_stores", "nothing"]

_PARTS = ("expired", "lost", "expired_by", "lost_by", "kept", "net")
_CLOSE = 0.1  # of what was logged


def check_replay(shelf: Shelf, shelves: Shelves | None) -> list[tuple[str, bool, str]]:
    """``report.check`` for each: name, whether it holds, detail."""
    lost = sorted(set(shelf.cells["store_id"]) - set(shelf.routes))
    found = [
        (
            "every store has a route of deliveries",
            not lost,
            f"{len(shelf.routes)} stores have; {len(lost)} have none",
        )
    ]
    if shelves is None:
        return [*found, ("perishable goods are on record", False, "no row of stock is of one")]
    replayed, logged = (
        float(shelves.dollars(part).sum()) for part in (follow(shelves).expired, shelves.expired)
    )
    return [
        *found,
        (
            "the replay throws away what stores logged as expired",
            abs(replayed - logged) <= _CLOSE * max(logged, 1.0),
            f"${replayed:,.0f} replayed, ${logged:,.0f} logged",
        ),
    ]


def nothing() -> dict[str, Estimate]:
    """The figures of a replay where none could be made."""
    return dict.fromkeys(_PARTS, Estimate(None, n=0))


def no_stores() -> pd.DataFrame:
    """The stores of a replay where none could be made: no row."""
    numbers = [
        *(f"{name}{end}" for name in _PARTS for end in ("", "_low", "_high")),
        "than_others",
        "low",
        "high",
    ]
    table = pd.DataFrame({name: pd.Series(dtype=float) for name in numbers})
    return table.assign(store_name="", saves=False, is_over=False)


def join_cover(stores: pd.DataFrame, cover: pd.DataFrame) -> pd.DataFrame:
    """``compare_stores`` with ``measure_cover`` beside it, and ``is_over``: surely holds more than others."""
    both = stores.merge(cover[["store_name", "than_others", "low", "high"]], on="store_name", how="left")
    return both.assign(is_over=both["low"] > 0)


def first_of(table: pd.DataFrame, name: str) -> float | None:
    """A figure of the first row; null where it is."""
    value = table[name].iloc[0]
    return None if np.isnan(value) else float(value)


def name_cells(rows: pd.DataFrame) -> dict[str, str]:
    """A good at a store by its id in alerts, and how it is told."""
    return {
        f"{row.store_name} {row.goods_name}": f"{row.goods_name} at {row.store_name}"
        for row in rows.itertuples()
    }
