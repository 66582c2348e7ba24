"""``forecasts`` and ``order_forecasts``: what was predicted, when it could be known, for which day."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.local_time import on_shops_clock

__all__ = ["FORECASTS", "ORDER_FORECASTS"]


def _forecasts(suite: Tables) -> ir.Table:
    made = _made(suite, suite.source("ireplenishment").wh_goods_daily_demand_pred)
    return made.select(
        "forecast_id",
        "store_id",
        goods_id=made.goods_code,
        demand_date=made.demand_date,
        made_date=made.pred_date,
        lead_days=made.demand_date.delta(made.pred_date, unit="day").cast("int64"),
        version=made.version.cast("int64"),
        available_at=made.create_time,
        available_hour=made.available_hour,
        predicted_quantity=made.demand_pred.cast("float64"),
    )


def _order_forecasts(suite: Tables) -> ir.Table:
    made = _made(suite, suite.source("ireplenishment").t_order_predict_alg_v2)
    return made.select(
        "forecast_id",
        "store_id",
        demand_date=made.predict_date,
        local_hour=made.predict_hour.cast("int64"),
        made_date=made.pred_date,
        lead_days=made.predict_date.delta(made.pred_date, unit="day").cast("int64"),
        version=made.version.cast("int64"),
        available_at=made.create_time,
        available_hour=made.available_hour,
        predicted_orders=made.predict_orders.cast("float64"),
    )


def _made(suite: Tables, forecast: ir.Table) -> ir.Table:
    """Forecasts that were made by ``as_of``, with the store-local hours from midnight of the day they were
    made on until they were available."""
    made = forecast.filter(forecast.pred_date <= suite.as_of)
    joined = on_shops_clock(suite, made, "create_time", shop="shop_dept_id")
    local = joined.local_at
    late = local.date().delta(joined.pred_date, unit="day") * 24
    return joined.mutate(
        forecast_id=text(joined.id),
        store_id=text(joined.shop_dept_id),
        available_hour=(late + local.hour() + local.minute() / 60.0).cast("float64"),
    )


_WHEN = {
    "demand_date": Field("date", "store-local business date that is forecast; may lie after as_of"),
    "made_date": Field("date", "store-local date on which it was made, by as_of"),
    "lead_days": Field("int64", "demand_date - made_date; 0 for the day itself", "days"),
    "version": Field("int64", "1 the first run of that day, higher for later ones"),
    "available_at": Field("timestamp", "when it could be read, UTC", "UTC"),
    "available_hour": Field(
        "float64",
        "store-local hours from midnight of made_date to available_at; above 24 a day late; null for an "
        "unknown shop",
        "hours",
        nullable=True,
    ),
}

FORECASTS = Conformed(
    name="forecasts",
    grain="one row per store, good, day forecast, day made and version: demand for goods, not orders",
    key=("forecast_id",),
    columns={
        "forecast_id": Field("string", "text"),
        "store_id": Field("string", "text; joins stores"),
        "goods_id": Field("string", "code of the good, text; joins stock"),
        **_WHEN,
        "predicted_quantity": Field("float64", "demand in base units of the good"),
    },
    build=_forecasts,
)

ORDER_FORECASTS = Conformed(
    name="order_forecasts",
    grain="one row per store, hour forecast, day made and version: completed orders, not goods",
    key=("forecast_id",),
    columns={
        "forecast_id": Field("string", "text"),
        "store_id": Field("string", "text; joins stores"),
        "demand_date": _WHEN["demand_date"],
        "local_hour": Field("int64", "store-local hour that is forecast"),
        **_WHEN,
        "predicted_orders": Field("float64", "completed orders of the hour"),
    },
    build=_order_forecasts,
)
