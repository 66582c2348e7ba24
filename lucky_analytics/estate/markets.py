"""The markets whose business days the estate holds."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

__all__ = ["MARKETS", "Market", "last_closed_day"]


@dataclass(frozen=True)
class Market:
    """A market: its zone decides when a business day closes (at local midnight).

    ``country`` (ISO code) and ``subdivision`` say whose public holidays it keeps.
    """

    name: str
    time_zone: str
    currency: str
    country: str = ""
    subdivision: str | None = None


MARKETS = (
    Market("New York", "America/New_York", "USD", "US", "NY"),
    Market("Cook Islands (test)", "Pacific/Rarotonga", "NZD", "CK"),
)


def last_closed_day(cut: dt.datetime) -> dt.date:
    """The last business day that is over in every market when ``cut`` (UTC) strikes.

    >>> last_closed_day(dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC))
    datetime.date(2026, 2, 13)
    """
    today = (cut.astimezone(zoneinfo.ZoneInfo(market.time_zone)).date() for market in MARKETS)
    return min(today) - dt.timedelta(days=1)
