"""The markets whose business days the estate holds, and the tenant codes that rows of them carry."""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from dataclasses import dataclass

__all__ = [
    "FOREIGN_TENANTS",
    "HOME",
    "MARKETS",
    "TENANTS",
    "Market",
    "Tenant",
    "last_closed_day",
    "public_holidays",
]


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
HOME = MARKETS[0]


@dataclass(frozen=True)
class Tenant:
    """A tenant code: what its shops sell in and which clock they keep. ``is_home``: reports of the home
    market count its rows."""

    code: str
    about: str
    currency: str
    time_zone: str
    is_home: bool = False


# Every code that a row may carry. One that is not here is no error of a report: the tenant audit names it.
TENANTS = (
    Tenant("LKUS", "the United States", "USD", "America/New_York", is_home=True),
    Tenant("LKTEST", "the test market in the Cook Islands", "NZD", "Pacific/Rarotonga"),
    Tenant("LKCN", "the parent company, whose shops came with the registry", "CNY", "Asia/Shanghai"),
)
FOREIGN_TENANTS = tuple(tenant.code for tenant in TENANTS if not tenant.is_home)


def last_closed_day(cut: dt.datetime) -> dt.date:
    """The last business day that is over in every market when ``cut`` (UTC) strikes.

    >>> last_closed_day(dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC))
    datetime.date(2026, 2, 13)
    """
    today = (cut.astimezone(zoneinfo.ZoneInfo(market.time_zone)).date() for market in MARKETS)
    return min(today) - dt.timedelta(days=1)


@functools.cache
def public_holidays(market: Market, year: int) -> dict[dt.date, str]:
    """The public holidays of a market in a year, by date, with their English names.

    >>> public_holidays(HOME, 2025)[dt.date(2025, 11, 27)]
    'Thanksgiving Day'
    """
    import holidays  # hundreds of countries: only who asks for one needs it

    found = holidays.country_holidays(market.country, subdiv=market.subdivision, years=year, language="en_US")
    return dict(found)
