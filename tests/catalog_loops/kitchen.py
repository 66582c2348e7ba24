"""Tables of kitchens and shops by plain Python."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, at_home, day, number, seconds, zones

__all__ = ["cups", "machines", "production", "production_units", "programmes", "store_hours", "stores"]


def machines(raw: Raw) -> Iterator[Row]:
    return at_home(raw, _all_machines(raw))


def _all_machines(raw: Raw) -> Iterator[Row]:
    names = {1: "in service", 2: "waiting for repair", 3: "decommissioned"}
    for device in raw("iotplatform.t_device"):
        yield {
            "machine_id": str(device["id"]),
            "serial": device["device_no"],
            "machine_type": device["machine_type_name"],
            "store_id": str(device["shop_id"]),
            "status": names.get(device["status"], "other"),
            "is_online": device["online_status"] == 1,
            "installed_at": device["install_time"],
            "first_failed_at": device["first_fault_time"],
            "decommissioned_at": device["decommission_time"],
            "last_online_at": device["last_online_time"],
        }


def programmes(raw: Raw) -> Iterator[Row]:
    for formula in raw("iotplatform.t_coffee_formula"):
        yield {
            "programme_id": str(formula["id"]),
            "programme": formula["formula_code"],
            "programme_name": formula["formula_name"],
            "product_id": formula["spu_code"],
            "variant_id": formula["sku_code"],
            "version": formula["version"],
            "n_steps": formula["n_steps"],
            "is_loaded": formula["status"] == 1,
        }


def cups(raw: Raw) -> Iterator[Row]:
    return at_home(raw, _all_cups(raw))


def _all_cups(raw: Raw) -> Iterator[Row]:
    for cup in raw("iotplatform.t_cup_order_info"):
        zone = zones(raw).get(cup["shop_id"])
        if zone and (date := day(cup["start_time"], zone)) <= AS_OF:
            item = cup["order_item_id"]
            yield {
                "cup_id": str(cup["id"]),
                "machine_id": str(cup["device_id"]),
                "store_id": str(cup["shop_id"]),
                "order_id": cup["order_id"],
                "item_id": None if item is None else str(item),
                "cup_date": date,
                "programme": cup["formula_code"],
                "started_at": cup["start_time"],
                "poured_for": {1: "order", 2: "poured again", 3: "rinse or test"}.get(
                    cup["cup_type"], "other"
                ),
                "pour_seconds": seconds(cup["start_time"], cup["end_time"]),
            }


def production(raw: Raw) -> Iterator[Row]:
    return at_home(raw, _all_production(raw))


def _all_production(raw: Raw) -> Iterator[Row]:
    names = {10: "opened", 20: "accepted", 30: "done", 40: "void"}
    for ticket in raw("opproduction.t_production"):
        zone = zones(raw).get(ticket["shop_id"])
        if zone and (date := day(ticket["create_time"], zone)) <= AS_OF:
            local = ticket["create_time"].replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(zone))
            yield {
                "production_id": str(ticket["id"]),
                "order_id": ticket["order_id"],
                "store_id": str(ticket["shop_id"]),
                "production_date": date,
                "local_hour": local.hour,
                "is_delivery": ticket["order_type"] == 2,
                "status": names.get(ticket["status"], "other"),
                "n_units": ticket["commodity_count"],
                "opened_at": ticket["create_time"],
                "accepted_at": ticket["accept_time"],
                "done_at": ticket["done_time"],
                "production_seconds": seconds(ticket["accept_time"], ticket["done_time"]),
            }


def production_units(raw: Raw) -> Iterator[Row]:
    tickets = {ticket["production_id"]: ticket for ticket in production(raw)}
    for unit in raw("opproduction.t_commodity"):
        if ticket := tickets.get(str(unit["production_id"])):
            yield {
                "unit_id": str(unit["id"]),
                "production_id": ticket["production_id"],
                "order_id": unit["order_id"],
                "item_id": str(unit["order_item_id"]),
                "store_id": str(unit["shop_id"]),
                "production_date": ticket["production_date"],
                "product_id": unit["spu_code"],
                "variant_id": unit["sku_code"],
                "status": {20: "started", 30: "done", 40: "void"}.get(unit["status"], "other"),
                "started_at": unit["start_time"],
                "done_at": unit["done_time"],
                "unit_seconds": seconds(unit["start_time"], unit["done_time"]),
            }


def store_hours(raw: Raw) -> Iterator[Row]:
    def minutes(clock: str) -> int:
        hour, minute = clock.split(":")
        return 60 * int(hour) + int(minute)

    for row in raw("opshop.t_shop_opening_time"):
        opens, closes = row["open_time"], row["close_time"]
        planned = minutes(closes) - minutes(opens) if opens and closes else 0
        yield {
            "store_id": str(row["shop_id"]),
            "business_date": row["business_date"],
            "is_planned_open": row["is_open"] == 1,
            "planned_open_time": opens,
            "planned_close_time": closes,
            "planned_minutes": planned if planned > 0 else None,
            "opened_at": row["real_open_time"],
            "closed_at": row["real_close_time"],
        }


def stores(raw: Raw) -> Iterator[Row]:
    for shop in raw("opshop.t_shop_info"):
        opened = day(shop["set_up_time"], shop["time_zone"]) if shop["set_up_time"] else None
        is_test = (
            shop["test_flag"] == 1 or shop["currency_code"] != "USD" or shop["tenant"] in ("LKTEST", "LKCN")
        )
        trades = shop["status"] == 1 and shop["internal"] == 0 and not is_test
        yield {
            "store_id": str(shop["id"]),
            "store_code": shop["shop_no"],
            "currency": shop["currency_code"],
            "store_name": shop["shop_name"].strip(),
            "time_zone": shop["time_zone"],
            "opened_date": opened,
            "address": shop["address"],
            "latitude": number(shop["location_latitude"]),
            "longitude": number(shop["location_longitude"]),
            "is_internal": shop["internal"] == 1,
            "is_test": is_test,
            "is_trading_store": bool(trades and opened and opened <= AS_OF),
        }
