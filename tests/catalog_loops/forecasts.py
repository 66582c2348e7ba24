"""Tables of forecasts by plain Python."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, number, zones

__all__ = ["forecasts", "order_forecasts"]


def forecasts(raw: Raw) -> Iterator[Row]:
    for made in raw("ireplenishment.wh_goods_daily_demand_pred"):
        if made["pred_date"] <= AS_OF:
            yield {
                **known(raw, made, made["demand_date"]),
                "goods_id": made["goods_code"],
                "predicted_quantity": number(made["demand_pred"]),
            }


def order_forecasts(raw: Raw) -> Iterator[Row]:
    for made in raw("ireplenishment.t_order_predict_alg_v2"):
        if made["pred_date"] <= AS_OF:
            yield {
                **known(raw, made, made["predict_date"]),
                "local_hour": made["predict_hour"],
                "predicted_orders": number(made["predict_orders"]),
            }


def known(raw: Raw, made: Row, demand_date: dt.date) -> Row:
    zone = zones(raw).get(made["shop_dept_id"])
    hour = None
    if zone:
        local = made["create_time"].replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(zone))
        hour = 24 * (local.date() - made["pred_date"]).days + local.hour + local.minute / 60
    return {
        "forecast_id": str(made["id"]),
        "store_id": str(made["shop_dept_id"]),
        "demand_date": demand_date,
        "made_date": made["pred_date"],
        "lead_days": (demand_date - made["pred_date"]).days,
        "version": made["version"],
        "available_at": made["create_time"],
        "available_hour": hour,
    }
