"""By how much each store's orders are to be corrected while a drift of the forecasts goes on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.questions.supply_chain.forecast_accuracy.measures import Rows, aggregate_errors

__all__ = ["list_corrections", "say_corrections"]


def list_corrections(rows: Rows, since: pd.Timestamp | None, level: float) -> pd.DataFrame:
    """What each store's forecasts ask for above use since a day, and what to order in place of it.

    ``store_id``, ``value`` (dollars asked for above those used, a share of use; below 0 it is less) with
    ``low`` and ``high`` over weeks, for all stores together at ``level``; ``correct``: the change of an order
    that brings it to use (-0.1: a tenth less), null where the interval holds 0, so that the store orders as
    asked. Empty without a day.
    """
    sums = aggregate_errors(rows, ["store_id", "demand_date"])
    if since is None or sums.empty:
        return pd.DataFrame(columns=["store_id", "value", "low", "high", "n_blocks", "correct"])
    days = pd.to_datetime(sums["demand_date"])
    own = sums.assign(week=(days - since).dt.days // 7)[days >= since]
    each = 1 - (1 - level) / max(own["store_id"].nunique(), 1)
    found = estimate_ratios(own, ["store_id"], "week", "error", "actual", each)
    is_clear = (found["low"] > 0) | (found["high"] < 0)
    found["correct"] = np.where(is_clear, -found["value"] / (1 + found["value"]), np.nan)
    return found.sort_values("value", ascending=False, ignore_index=True)


def say_corrections(corrections: pd.DataFrame) -> str:
    """What to order until the forecasts are mended, as a clause. ``corrections`` with ``store_name``.

    >>> two = pd.DataFrame({"store_name": ["A", "B"], "correct": [-0.1, -0.2]})
    >>> say_corrections(two), say_corrections(two.head(1)), say_corrections(two.head(0))
    ('order 10 to 20 % less in 2 stores, as in the table', 'order 10 % less in A', 'order as foretold')
    """
    clear = corrections.dropna(subset="correct")
    sides = [(clear[clear["correct"] < 0], "less"), (clear[clear["correct"] > 0], "more")]
    said = [_say(own, word) for own, word in sides if len(own)]
    if not said:
        return "order as foretold"
    more = ", as in the table" if len(clear) > 1 else ""
    return f"order {' and '.join(said)}{more}"


def _say(own: pd.DataFrame, word: str) -> str:
    sizes = [f"{100 * size:.0f}" for size in sorted(own["correct"].abs())]
    size = sizes[0] if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"
    where = own["store_name"].iloc[0] if len(own) == 1 else f"{len(own)} stores"
    return f"{size} % {word} in {where}"
