"""The forecasting database: ``wh_goods_daily_demand_pred`` and ``t_order_predict_alg_v2``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Bools, Floats, Ints
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.horizon import day_of
from lucky_analytics.demo.process.predictions import FIRST_HOUR, Forecasts, forecast_goods, forecast_orders
from lucky_analytics.demo.tables.shops import LIVE_TENANT
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["note", "tables"]

_ALGORITHMS = {"goods": "demand_gbm_v3", "orders": "order_alg_v2"}


def tables(world: World) -> Iterator[NamedTable]:
    """Both grains of forecasts, each row with the time from which it could be read."""
    declared = estate.load().database("luckyus_ireplenishment")
    made = _goods(world)
    yield (
        declared.name,
        "wh_goods_daily_demand_pred",
        table(
            declared.table("wh_goods_daily_demand_pred").schema,
            {
                **_common(made, world, 910_000_000_001, "goods"),
                "goods_code": choose(made.unit, world.recipes.goods.codes),
                "demand_date": dates(made.target),
                "demand_pred": decimals(np.rint(made.value).astype(np.int64), pa.decimal128(16, 3)),
            },
        ),
    )
    made = forecast_orders(world.book, world.planted, world.seed)
    yield (
        declared.name,
        "t_order_predict_alg_v2",
        table(
            declared.table("t_order_predict_alg_v2").schema,
            {
                **_common(made, world, 920_000_000_001, "orders"),
                "predict_date": dates(made.target),
                "predict_hour": made.unit + FIRST_HOUR,
                "predict_orders": decimals(np.rint(made.value * 1000).astype(np.int64), pa.decimal128(10, 3)),
            },
        ),
    )


def _goods(world: World) -> Forecasts:
    stocked = world.consumption
    return forecast_goods(stocked, world.recipes.goods, world.targets, world.planted, world.seed)


def _common(made: Forecasts, world: World, first_id: int, kind: str) -> dict[str, object]:
    n = len(made.store)
    return {
        "id": first_id + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "shop_dept_id": world.shops.ids[made.store],
        "pred_date": dates(made.made),
        "version": made.version,
        "algorithm": same(_ALGORITHMS[kind], n, pa.string()),
        "create_time": datetimes(made.available),
    }


def _shift(error: Floats, store: Ints, before: Bools, after: Bools) -> tuple[float, float]:
    """How much more is forecast ``after`` than ``before``, mean over stores, and its standard error."""
    stores, n = np.unique(store[after], return_counts=True)
    gap = [error[after & (store == s)].mean() - error[before & (store == s)].mean() for s in stores]
    se = np.sqrt(error[after].var() / after.sum() + error[before].var() / before.sum())
    return float(np.expm1(np.average(gap, weights=n))), float(se)


def note(world: World, truth: Realised) -> None:
    """Biases and sds of ln(forecast / demand) as drawn, demand that stock-outs cut short counted in full.

    Sds, biases and the drift are of the first lead; the growth by lead is the mean step of the sd per day.
    """
    made, goods, plant = _goods(world), world.recipes.goods, world.planted["forecasts"]
    lead = made.target - made.made
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.log(made.value / made.demand)
    known = np.isfinite(error)
    before = made.target < day_of(plant["drift_date"])
    plain = known & (made.store == 1) & before
    classes = np.array(goods.classes)[made.unit]
    for name in sorted(set(goods.classes)):
        rows = plain & (lead == 1) & (classes == name)
        if rows.sum() > 1:
            sd = float(error[rows].std())
            truth.note("forecasts", name, sd, sd / float(np.sqrt(2 * rows.sum())))
    by_lead = np.array([error[plain & (lead == k)].std() for k in range(1, int(lead.max()) + 1)])
    truth.note("forecasts", "sigma_per_lead_day", float(np.diff(by_lead).mean()))

    def mean_ratio(rows: np.ndarray) -> float:
        return float((made.value[rows] / made.demand[rows]).mean()) if rows.any() else float("nan")

    first = known & (lead == 1)
    opened = world.shops.opened_day[made.store]
    is_new = (opened > 0) & (made.target - opened < 7 * plant["new_store_weeks"])
    truth.note("forecasts", "bias_flagship", mean_ratio(first & before & (made.store == 0)) - 1)
    truth.note("forecasts", "bias_new_stores", mean_ratio(first & before & is_new) - 1)
    # Over stores that were settled before it: their usual bias, the flagship's too, cancels.
    settled = first & ~is_new
    drifted = settled & ~before & np.isin(made.store, np.unique(made.store[settled & before]))
    usual = settled & before & np.isin(made.store, np.unique(made.store[drifted]))
    if drifted.any():
        truth.note("forecasts", "drift", *_shift(error, made.store, usual, drifted))
    stocked = world.consumption
    truth.note("forecasts", "stock_out_share", float(stocked.is_out.sum() / (stocked.used > 0).sum()))
    lost = 1 - (stocked.used / np.maximum(stocked.demand, 1e-9))[stocked.is_out]
    truth.note("forecasts", "lost_share_of_a_stock_out_day", float(lost.mean()) if len(lost) else 0.0)
