"""What the loops share: the last day that counts, days of zones, money. Nothing of it is the catalog's."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

__all__ = [
    "AS_OF",
    "CURRENCY_ZONES",
    "HOME",
    "Raw",
    "Row",
    "at_home",
    "cents",
    "day",
    "key",
    "local_day",
    "number",
    "seconds",
    "zones",
]

Row = dict[str, Any]
Raw = Callable[[str], list[Row]]

AS_OF = dt.date(2026, 2, 13)
HOME = "America/New_York"
CURRENCY_ZONES = {"USD": HOME, "NZD": "Pacific/Rarotonga"}


def day(utc: dt.datetime, zone: str = HOME) -> dt.date:
    return utc.replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(zone)).date()


def local_day(utc: dt.datetime, zone: str | None) -> dt.date | None:
    """Of a shop that nobody knows, no day."""
    return day(utc, zone) if zone else None


def key(id_: int | None) -> str | None:
    return None if id_ is None else str(id_)


def cents(money: Decimal | None) -> int | None:
    return None if money is None else int(money * 100)


def number(value: Any) -> float | None:
    return None if value is None else float(value)


def seconds(start: dt.datetime | None, end: dt.datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end and end >= start else None


def at_home(raw: Raw, rows: Iterable[Row]) -> Iterator[Row]:
    """Rows whose order is no foreign one, and whose shop is none, unless the order stands in it in doubt."""

    def is_foreign(labels: Row) -> bool:
        other = labels.get("tenant") in ("LKTEST", "LKCN") or labels.get("test_flag") == 1
        return other or labels["currency_code"] not in ("USD", None)

    shops = {str(shop["id"]) for shop in raw("opshop.t_shop_info") if is_foreign(shop)}
    orders = {str(order["id"]): order for order in raw("salesorder.t_order")}
    for row in rows:
        order = orders.get(row.get("order_id") or "")
        if order and is_foreign(order):
            continue
        if (order and str(order["shop_id"]) in shops) or row["store_id"] not in shops:
            yield row


def zones(raw: Raw) -> dict[int, str]:
    return {shop["id"]: shop["time_zone"] for shop in raw("opshop.t_shop_info")}
