"""What the page relies on, and small figures that its headlines take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.questions.supply_chain.inventory.past_evenings import Tried

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "check_shelf",
    "count_of",
    "name_cells",
    "name_late_day",
    "pick_simple",
    "share_after",
    "share_unforeseen",
    "sum_of",
]

_ENOUGH = 0.1  # chance by forecasts below which books had enough


def check_shelf(suite: Suite, shelf: Shelf) -> list[tuple[str, bool, str]]:
    """``report.check`` for each: name, whether it holds, detail."""
    rows = shelf.history.rows
    own = rows.sort_values("demand_date").groupby(["store_id", "goods_id"])
    gap = (own["closing_quantity"].shift() - rows["opening_quantity"]).abs()
    jumps = int((gap > 0.01).sum())
    stores = suite.stores.filter("is_trading_store").execute()
    lost = sorted(set(stores["store_id"]) - set(shelf.routes))
    names = ", ".join(stores.loc[stores["store_id"].isin(lost), "store_name"])
    odd = int(((rows["is_stock_out"]) & (rows["closing_quantity"] > 0.01)).sum())
    return [
        ("each day opens with what the day before closed with", jumps == 0, f"{jumps} of {len(rows)} do not"),
        (
            "every trading store has a route of deliveries",
            not lost,
            names or f"{len(shelf.routes)} stores have",
        ),
        ("what ran out closes with nothing", odd == 0, f"{odd} stock-outs close with something"),
        (
            "positions are of this evening",
            shelf.is_now,
            f"{shelf.n_positions:,} positions, {len(shelf.cells):,} with a daily book",
        ),
    ]


def name_cells(rows: pd.DataFrame) -> dict[str, str]:
    """A good at a store by its id in alerts, and how it is told."""
    return {
        f"{row.store_name} {row.goods_name}": f"{row.goods_name} at {row.store_name}"
        for row in rows.itertuples()
    }


def name_late_day(late: pd.DataFrame) -> str:
    """The day of the week on which most of what is on order comes; empty without any."""
    days = late["on_order_day"].dropna()
    return f"{days.mode().iloc[0]:%A}" if len(days) else ""


def share_unforeseen(tried: Tried, level: float) -> Estimate:
    """Of goods that ran out, those whose books had enough the evening before."""
    outs = tried.rows[tried.rows["ran_out"].astype(bool)]
    return _share(int((outs["raw"] <= _ENOUGH).sum()), len(outs), level)


def share_after(tried: Tried, level: float) -> Estimate:
    """Of goods that had run out, those delivered the next morning off the route."""
    return _share(round(tried.after * tried.n_after) if tried.n_after else 0, tried.n_after, level)


def sum_of(kinds: pd.DataFrame, state: str) -> float:
    """Dollars of a kind of surplus; 0 without any."""
    return float(kinds["dollars"].get(state, 0.0))


def count_of(kinds: pd.DataFrame, state: str) -> int:
    """Goods at a store of a kind of surplus."""
    return int(kinds["n"].get(state, 0))


def pick_simple(simple: pd.DataFrame, name: str, limit: float = 1.0) -> float | None:
    """A figure of ``views.compare_simple`` at one limit; null where nothing was named."""
    own = simple.loc[simple["limit"] == limit, name]
    return float(own.iloc[0]) if len(own) else None


def _share(n_event: int, n: int, level: float) -> Estimate:
    if not n:
        return Estimate(None, n=0)
    low, high = wilson_interval(n_event, n, level)
    return Estimate(n_event / n, float(low), float(high), level=level, n=n)
