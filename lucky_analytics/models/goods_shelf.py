"""What every store has of every good this evening, what is on order, and when more can come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.catalog.local_time import home_date
from lucky_analytics.models.goods_ahead import History, load_history
from lucky_analytics.models.goods_deliveries import find_routes, plan_deliveries
from lucky_analytics.models.goods_worth import load_goods_worth

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Shelf", "load_shelf", "spread_days"]

Array = NDArray[Any]
N_DAYS = 140  # eight weeks to try on, eight before them to learn from, four to correct the first by


@dataclass(frozen=True)
class Shelf:
    """``history`` of ``goods_ahead``; ``cells``: its cells with ``store_name``, the columns of
    ``goods_worth``, ``stock``, ``on_order``, ``safety`` (base units, this evening), ``ran_out`` on that day,
    and days from ``today`` (the day after) to the next delivery, to the first that an order placed today is
    in, and to the one after it: ``to_first``, ``to_order``, ``to_next`` (null without a route). ``unused``:
    positions at trading stores of goods that no daily row has, with ``store_name`` and the columns of
    ``goods_worth``. ``n_positions``: rows of the source; ``is_now``: whether positions are of this evening,
    else what is on order is unknown and 0."""

    history: History
    cells: pd.DataFrame
    routes: dict[str, tuple[int, ...]]
    today: dt.date
    unused: pd.DataFrame
    n_positions: int
    is_now: bool
    sql: str

    @property
    def known(self) -> Array:
        """Cells of stores with a route of deliveries."""
        return self.cells["to_order"].notna().to_numpy()


def load_shelf(suite: Suite, lead_days: int) -> Shelf | None:
    """``None`` where no store has a row of stock on ``as_of``."""
    history = load_history(suite, N_DAYS)
    rows = history.rows
    last = rows[rows["demand_date"] == pd.Timestamp(suite.as_of)]
    if last.empty:
        return None
    routes, today = find_routes(rows, suite.as_of), suite.as_of + dt.timedelta(days=1)
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name").execute()
    position, is_now = _load_positions(suite)
    worth = load_goods_worth(suite)
    on_hand = last[["store_id", "goods_id", "closing_quantity", "is_stock_out"]].rename(
        columns={"closing_quantity": "stock", "is_stock_out": "ran_out"}
    )
    cells = (
        history.cells.merge(stores, on="store_id")
        .merge(worth, on="goods_id", how="left")
        .merge(on_hand, on=["store_id", "goods_id"], how="left")
        .merge(position.drop(columns="stock_quantity"), on=["store_id", "goods_id"], how="left")
    )
    cells = cells.fillna({"stock": 0.0, "on_order": 0.0, "safety": 0.0}).assign(
        ran_out=cells["ran_out"].eq(True), pack=cells["pack"].fillna(1.0)
    )
    cells["goods_name"] = cells["goods_name"].fillna(cells["goods_id"])
    days = {
        store: [(day - today).days for day in plan_deliveries(route, today, lead_days)]
        for store, route in routes.items()
    }
    plan = cells["store_id"].map(days)
    for place, name in enumerate(("to_first", "to_order", "to_next")):
        cells[name] = [row[place] if isinstance(row, list) else np.nan for row in plan]
    unused = position.merge(history.cells[["store_id", "goods_id"]], how="left", indicator=True)
    unused = unused[unused["_merge"] == "left_only"].drop(columns="_merge")
    unused = unused.merge(stores, on="store_id").merge(worth, on="goods_id", how="left")
    query = suite.stock.filter(suite.stock.stock_date == suite.as_of)
    n = int(suite.stock_positions.count().execute())
    return Shelf(history, cells, routes, today, unused, n, is_now, suite.sql(query))


def _load_positions(suite: Suite) -> tuple[pd.DataFrame, bool]:
    """Positions of trading stores, and whether they are of this evening."""
    position = suite.stock_positions
    own = position.semi_join(suite.stores.filter("is_trading_store"), "store_id")
    frame = own.select(
        "store_id", "goods_id", "stock_quantity", on_order="on_order_quantity", safety="safety_quantity",
        changed=home_date(own.changed_at),
    ).execute()  # fmt: skip
    is_now = bool(len(frame)) and bool((pd.to_datetime(frame["changed"]) <= pd.Timestamp(suite.as_of)).all())
    if not is_now:
        frame["on_order"] = 0.0
    return frame.drop(columns="changed"), is_now


def spread_days(history: History, name: str) -> Array:
    """A column of ``history.rows`` as [days, cells], null where there is no row."""
    place = pd.MultiIndex.from_frame(history.cells[["store_id", "goods_id"]])
    at = place.get_indexer(pd.MultiIndex.from_frame(history.rows[["store_id", "goods_id"]]))
    table = np.full(history.demand.shape, np.nan)
    table[(history.rows["demand_date"] - history.days[0]).dt.days, at] = history.rows[name].astype(float)
    return table
