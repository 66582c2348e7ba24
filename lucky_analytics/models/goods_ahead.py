"""What each store will use of each good in the days ahead, with how far such forecasts were off before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.goods.demand_spread import Spread, learn_spread
from lucky_analytics.models.goods_demand import load_goods_demand

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["HORIZON", "History", "expect_days", "learn_before", "load_history", "look_ahead"]

Array = NDArray[Any]

HORIZON = 14
_SAME_DAYS = 4
_CORRECTED_DAYS, _LEAST_DAYS = 28, 7
_MOST_CORRECTION = 2.0
_LEARNT_DAYS = 56
_ORDER_HOUR = 24.0


@dataclass(frozen=True)
class History:
    """``days`` (a ``DatetimeIndex``, the last is ``as_of``); ``cells``: a row per store and good with
    ``store_id``, ``goods_id``, ``portion`` (base units of one use), ``weight`` (dollars of a base unit, null
    where unknown); arrays [days, cells]: ``demand`` (null before the store opened and where a stock-out hides
    it); ``forecast`` [days, HORIZON, cells]: what was foretold on a day for 1, 2, ... days later, null where
    nothing was; ``rows``: the frame of ``load_goods_demand`` behind it."""

    days: pd.DatetimeIndex
    cells: pd.DataFrame
    demand: Array
    forecast: Array
    rows: pd.DataFrame


def load_history(suite: Suite, n_days: int) -> History:
    """The last ``n_days`` up to ``as_of`` of every store and good with a row in ``stock``."""
    end = suite.as_of + dt.timedelta(days=1)
    start = end - dt.timedelta(days=n_days)
    rows = load_goods_demand(suite, start, end).execute()
    rows["demand_date"] = pd.to_datetime(rows["demand_date"])
    days = pd.date_range(start, suite.as_of)
    cells = (
        rows[["store_id", "goods_id"]]
        .drop_duplicates()
        .sort_values(["store_id", "goods_id"], ignore_index=True)
    )
    place = pd.MultiIndex.from_frame(cells)
    demand = np.full((len(days), len(cells)), np.nan)
    at = place.get_indexer(pd.MultiIndex.from_frame(rows[["store_id", "goods_id"]]))
    demand[(rows["demand_date"] - days[0]).dt.days, at] = rows["demand_quantity"]
    goods = cells[["goods_id"]].merge(_load_goods(suite), on="goods_id", how="left")
    cells = cells.assign(portion=goods["portion"].to_numpy(), weight=goods["weight"].to_numpy())
    usual = pd.Series(np.nanmax(np.where(demand > 0, demand, np.nan), axis=0, initial=0.0)).clip(lower=1.0)
    cells["portion"] = cells["portion"].fillna(usual)
    return History(days, cells, demand, _load_forecasts(suite, days, place), rows)


def _load_goods(suite: Suite) -> pd.DataFrame:
    """``goods_id``, ``portion`` (median quantity of the default recipes), ``weight``."""
    recipe, cost = suite.recipes.filter("is_default"), suite.costs
    portion = recipe.group_by("goods_id").agg(portion=recipe.quantity.median())
    weight = cost.group_by(cost_goods="goods_id").agg(
        weight=cost.unit_cost_cents.argmax(cost.start_date) / 100
    )
    goods = suite.goods.select("goods_id").left_join(portion, "goods_id").drop("goods_id_right")
    return goods.left_join(weight, goods.goods_id == weight.cost_goods).drop("cost_goods").execute()


def _load_forecasts(suite: Suite, days: pd.DatetimeIndex, place: pd.MultiIndex) -> Array:
    """[days made, lead - 1, cells]; of several versions the last that could be read on the day."""
    cube = np.full((len(days), HORIZON, len(place)), np.nan)
    made = suite.optional("forecasts")
    if made is None or not len(days):
        return cube
    made = made.filter(made.made_date >= days[0].date(), made.lead_days >= 1, made.lead_days <= HORIZON)
    made = made.filter(made.available_hour <= _ORDER_HOUR)
    frame = (
        made.group_by("store_id", "goods_id", "made_date", "lead_days")
        .agg(quantity=made.predicted_quantity.argmax(made.available_hour))
        .execute()
    )
    at = place.get_indexer(pd.MultiIndex.from_frame(frame[["store_id", "goods_id"]]))
    day = (pd.to_datetime(frame["made_date"]) - days[0]).dt.days.to_numpy()
    known = at >= 0
    cube[day[known], frame["lead_days"].to_numpy()[known] - 1, at[known]] = frame["quantity"].to_numpy()[
        known
    ]
    return cube


def expect_days(history: History, day: int) -> Array:
    """Demand expected on the evening of the day in place ``day`` for each of the ``HORIZON`` days after it,
    [HORIZON, cells]: the forecast times how much its store used of what was foretold a day ahead in the four
    weeks before; without a forecast the mean of the same weekdays of four weeks. 0 where there is neither,
    and for what nobody wanted in four weeks, whatever is foretold: it is off the menu."""
    made = history.forecast[day] * correct_stores(history, day)
    recent = history.demand[max(day - _CORRECTED_DAYS + 1, 0) : day + 1]
    simple = np.full_like(made, np.nan)
    for step in range(HORIZON):
        back = [day + step + 1 - 7 * week for week in range(1, _SAME_DAYS + 3)]
        past = history.demand[[at for at in back if max(0, day - _CORRECTED_DAYS) <= at <= day]]
        n = (~np.isnan(past)).sum(axis=0)
        simple[step] = np.where(n > 0, np.nansum(past, axis=0) / np.maximum(n, 1), np.nan)
    is_idle = (np.nansum(recent, axis=0) == 0) & ((~np.isnan(recent)).sum(axis=0) >= 2 * _LEAST_DAYS)
    return np.where(is_idle, 0.0, np.nan_to_num(np.where(np.isnan(made), simple, made)))


def correct_stores(history: History, day: int) -> Array:
    """[cells]: dollars used over dollars foretold one day ahead, by store, up to the day in place ``day``;
    1 with less than a week of both, and at most twice or half."""
    last = np.arange(max(day - _CORRECTED_DAYS + 1, 1), day + 1)
    came, said = history.demand[last], history.forecast[last - 1, 0]
    weight = history.cells["weight"].to_numpy()
    both = ~np.isnan(came) & ~np.isnan(said) & ~np.isnan(weight)
    factor = np.ones(len(history.cells))
    for _, own in history.cells.groupby("store_id").indices.items():
        seen = both[:, own]
        total = (np.where(seen, said[:, own], 0) * np.nan_to_num(weight[own])).sum()
        used = (np.where(seen, came[:, own], 0) * np.nan_to_num(weight[own])).sum()
        if seen.any(axis=1).sum() >= _LEAST_DAYS and total > 0 and used > 0:
            factor[own] = np.clip(used / total, 1 / _MOST_CORRECTION, _MOST_CORRECTION)
    return factor


def learn_before(history: History, day: int, n_days: int = _LEARNT_DAYS) -> Spread | None:
    """How far periods of 1, 2, 3, 5 and 7 days strayed that were over on the day in place ``day``, each
    expected from the evening before it; periods that began in the last ``n_days``. ``None`` before any."""
    parts: list[tuple[Array, Array, Array, Array]] = []
    portion = history.cells["portion"].to_numpy()
    for start in range(max(day - n_days, _LEAST_DAYS), day):
        expected = expect_days(history, start).cumsum(axis=0)
        for length in (1, 2, 3, 5, 7):
            if start + length <= day:
                came = history.demand[start + 1 : start + 1 + length].sum(axis=0)  # null if one day is
                base = expected[length - 1]
                parts.append((base, came, base / portion, np.full(len(base), length)))
    if not any(((base > 0) & ~np.isnan(came)).any() for base, came, _, _ in parts):
        return None
    return learn_spread(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def look_ahead(history: History, spread: Spread, day: int, n_days: int = HORIZON) -> tuple[Array, Array]:
    """Demand from the day after the one in place ``day`` on, added up over ``n_days``: expected [days,
    cells], and its quantiles [levels, days, cells], which never fall with the days."""
    expected = expect_days(history, day)[:n_days].cumsum(axis=0)
    uses = expected / history.cells["portion"].to_numpy()
    lengths = np.arange(1, len(expected) + 1)[:, None]
    return expected, np.maximum.accumulate(spread.quantities(expected, uses, lengths), axis=1)
