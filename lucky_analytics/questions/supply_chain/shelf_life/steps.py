"""Small steps of the notebook: whether it can say anything, what is checked, how far it was off before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.demand_spread import Spread
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.shelves import Shelves
from lucky_analytics.questions.supply_chain.shelf_life.batch_chances import Tried

__all__ = ["HISTORY_DAYS", "check_batches", "find_hindrance", "name_labels", "ratio_came"]

# The evenings that are tried, eight weeks from which the forecast learns before them, and four to correct it.
HISTORY_DAYS = 28 + 56 + 28
_CLOSE = 0.02


def find_hindrance(shelves: Shelves | None, spread: Spread | None) -> str:
    """Why nothing can be said, as a clause; empty where something can."""
    if shelves is None:
        return "no perishable good was in stock"
    return "" if spread is not None else "no demand was foretold and seen yet"


def check_batches(shelves: Shelves, batches: pd.DataFrame) -> list[tuple]:
    """What must hold for batches to be right: name, whether it does, detail."""
    prices = shelves.pairs["dollars"].to_numpy()
    on_shelf = float((shelves.closing[:, -1] * prices).sum())
    found = float((batches["left"] * prices[batches["series"]]).sum())
    off = abs(on_shelf - found) <= _CLOSE * max(on_shelf, 1.0)
    unpriced = shelves.pairs.loc[shelves.pairs["dollars"] <= 0, "goods_name"].nunique()
    return [
        ("batches add up to what is in stock", off, f"stock ${on_shelf:,.0f}, batches ${found:,.0f}"),
        ("every perishable good has a cost", unpriced == 0, f"{unpriced} goods have none and count nothing"),
    ]


def ratio_came(tried: Tried, level: float) -> Estimate:
    """Dollars that expired by those that were expected to, over the evenings tried; null without any."""
    own = tried.evenings[tried.evenings["expected"] > 0]
    if own.empty:
        return Estimate(None, n=0)
    found = estimate_ratios(own.assign(group="all"), ["group"], "date", "came", "expected", level).iloc[0]
    value, low, high = (float(found[name]) for name in ("value", "low", "high"))
    return Estimate(value, max(low, 0.0) if np.isfinite(low) else None, high, level=level, n=len(own))


def name_labels(labels: pd.DataFrame) -> dict[str, str]:
    """What is due, by a name of its own, in words."""
    keys = labels["store_id"] + " " + labels["goods_id"] + " " + labels["received"]
    words = labels["goods_name"] + " of " + labels["received"] + " at " + labels["store_name"]
    return dict(zip(keys, words, strict=True))
