"""Least and most of each good after each delivery of the coming week."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.goods.demand_spread import Spread
from lucky_analytics.methods.goods.order_packs import find_order_point
from lucky_analytics.models.goods_ahead import expect_days
from lucky_analytics.models.goods_levels import Rules, draw_span, price_units
from lucky_analytics.models.goods_shelf import Shelf

__all__ = ["STATES", "find_points", "list_off", "plan_week", "show_weekdays"]

Array = NDArray[Any]
STATES = MORE, LESS = "more than the most", "less than until the delivery"


def find_points(
    shelf: Shelf,
    spread: Spread,
    day: int,
    start: int,
    gap: Array,
    rules: Rules,
    *,
    own: Array,
    scales: tuple[float, ...] = (1.0,),
) -> tuple[list[Array], Array]:
    """Order points of the cells ``own`` (places) for a delivery ``start`` days after the day in place ``day``
    (1: the next day), of what was known on its evening, that must last ``gap`` days (of those cells), one
    array for each of ``scales``, which multiply what too little costs; and the draws of need behind them.
    """
    cells = shelf.cells.iloc[own]
    days, portion = expect_days(shelf.history, day)[:, own], cells["portion"].to_numpy()
    begin = np.full(len(own), start - 1)
    need = draw_span(days, spread, portion, begin, gap)
    keeps = np.where(cells["life_days"].isna(), np.inf, cells["life_days"] + 1)
    life = np.maximum(draw_span(days, spread, portion, begin, np.maximum(keeps, gap)), need)
    costs = price_units(cells, rules, gap)
    pack = cells["pack"].to_numpy()
    points = [
        find_order_point(pack, need, life, costs.underage * scale, costs.waste, costs.holding)
        for scale in scales
    ]
    return points, need


def plan_week(shelf: Shelf, spread: Spread, rules: Rules) -> pd.DataFrame:
    """A row a store, good and delivery of the next seven days: ``day``, ``weekday``, ``until`` (the next),
    ``least`` (base units: below it one more pack pays), ``most`` (least and a pack, never reached),
    ``packs`` (that an empty shelf would get), ``need`` (expected until the next delivery), ``covered``
    (chance that the least lasts), ``is_held`` (the shelf life keeps it below 19 in 20).

    Goods that nobody is expected to use have no row.
    """
    last = len(shelf.history.days) - 1
    routes = shelf.cells["store_id"].map(shelf.routes)
    parts = []
    for ahead in range(7):
        date = shelf.today + dt.timedelta(days=ahead)
        own = np.flatnonzero([isinstance(route, tuple) and date.weekday() in route for route in routes])
        if not len(own):
            continue
        gap = np.array([_gap(routes.iloc[place], date.weekday()) for place in own])
        (least,), need = find_points(shelf, spread, last, ahead + 1, gap, rules, own=own)
        cells = shelf.cells.iloc[own]
        table = cells.assign(
            day=date,
            weekday=date.weekday(),
            until=[date + dt.timedelta(days=int(days)) for days in gap],
            least=least,
            most=least + cells["pack"],
            packs=np.ceil(least / cells["pack"] - 1e-6),
            need=need.mean(axis=0),
            covered=(need <= least + 1e-9).mean(axis=0),
        )
        table["is_held"] = (table["covered"] < 0.95) & table["life_days"].notna()
        parts.append(table[table["need"] > 0])
    empty = shelf.cells.iloc[:0].assign(day=None, least=0.0, most=0.0, is_held=False, covered=0.0, packs=0)
    return pd.concat(parts, ignore_index=True) if parts else empty


def list_off(shelf: Shelf, plan: pd.DataFrame) -> pd.DataFrame:
    """Goods that stand off their levels this evening, the dearest first: ``state``, ``stock``, ``on_order``,
    ``least``, ``most``, ``off`` (base units beyond the most, or short of what must last until the delivery),
    ``dollars`` at cost.

    More: stock and what is on order, less what is expected to be used before the next delivery, is above the
    most of that delivery. Below: stock is less than what is expected to be used until it comes.
    """
    first = plan.sort_values("day").drop_duplicates(["store_id", "goods_id"])
    keys = ["store_id", "goods_id"]
    table = shelf.cells.merge(first[[*keys, "day", "least", "most"]], on=keys)
    days = expect_days(shelf.history, len(shelf.history.days) - 1).cumsum(axis=0)
    place = pd.MultiIndex.from_frame(shelf.cells[keys]).get_indexer(pd.MultiIndex.from_frame(table[keys]))
    ahead = np.array([(day - shelf.today).days for day in table["day"]])
    before = np.where(ahead > 0, days[np.maximum(ahead, 1) - 1, place], 0.0)
    then = table["stock"] + table["on_order"] - before
    over = np.maximum(then - table["most"], 0)
    short = np.maximum(before - table["stock"], 0)
    table["state"] = np.select([over > 0, short > 0], [MORE, LESS], "")
    table["off"] = np.where(over > 0, over, short)
    table["dollars"] = table["off"] * table["cost"]
    own = table[table["state"] != ""]
    return own.sort_values("dollars", ascending=False, ignore_index=True)


def show_weekdays(plan: pd.DataFrame) -> pd.DataFrame:
    """``plan`` as readers see it: names of days, the least and most in whole packs where a pack is more than
    one unit."""
    shown = plan.assign(
        delivery=[f"{day:%a %-d %b}" for day in plan["day"]],
        lasts=[f"{day:%a %-d %b}" for day in plan["until"]],
        held=np.where(plan["is_held"], "shelf life", ""),
    )
    order = ["store_name", "goods_name", "day"]
    return shown.sort_values(order, ignore_index=True)


def _gap(route: tuple[int, ...], weekday: int) -> int:
    """Days from a delivery on this weekday to the next one."""
    return min((other - weekday - 1) % 7 + 1 for other in route)
