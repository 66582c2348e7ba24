"""What the loops share: the last day that counts, days of zones, money. Nothing of it is the catalog's."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from typing import Any

__all__ = [
    "AS_OF",
    "CURRENCY_ZONES",
    "HOME",
    "Raw",
    "Row",
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


def zones(raw: Raw) -> dict[int, str]:
    return {shop["id"]: shop["time_zone"] for shop in raw("opshop.t_shop_info")}
