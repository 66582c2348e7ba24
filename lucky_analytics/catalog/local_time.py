"""From UTC to a store's own clock, as an expression that every engine evaluates alike."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import zoneinfo
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Tables
from lucky_analytics.errors import SnapshotError
from lucky_analytics.estate.markets import MARKETS

__all__ = ["home_date", "local_time", "offsets", "on_shops_clock"]

FIRST_YEAR, LAST_YEAR = 2024, 2035


@functools.cache
def offsets(zone: str) -> tuple[tuple[dt.datetime, int], ...]:
    """When a zone's offset from UTC changes: (from that UTC instant on, minutes to add), oldest first.

    The first entry holds for everything before it too. Covers ``FIRST_YEAR`` to ``LAST_YEAR``.

    >>> offsets("America/New_York")[4:6]
    ((datetime.datetime(2025, 11, 2, 6, 0), -300), (datetime.datetime(2026, 3, 8, 7, 0), -240))
    """
    try:
        info = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise SnapshotError("time zone of a shop", expected="an IANA zone", got=repr(zone)) from error
    instant = dt.datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001 - sources write UTC without a zone
    changes = [(instant, _minutes(instant, info))]
    while instant.year <= LAST_YEAR:
        following = instant + dt.timedelta(days=1)
        if _minutes(following, info) != changes[-1][1]:
            while _minutes(instant, info) == changes[-1][1]:
                instant += dt.timedelta(minutes=15)
            changes.append((instant, _minutes(instant, info)))
        instant = following
    return tuple(changes)


def _minutes(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    shift = instant.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset()
    assert shift is not None
    return int(shift.total_seconds() // 60)


def local_time(utc: ir.TimestampValue, zone: ir.StringValue, zones: Iterable[str]) -> ir.TimestampValue:
    """The wall clock of ``zone`` at ``utc``; null where the zone is null or not among ``zones``."""
    minutes = ibis.null("int64")
    for name in sorted(zones):
        changes = offsets(name)
        # Oldest first: an engine tries the branches in order, and most rows are of the first years.
        until = [
            (utc < ibis.literal(since), ibis.literal(value, "int64"))
            for (_, value), (since, _) in itertools.pairwise(changes)
        ]
        last = ibis.literal(changes[-1][1], "int64")
        shift = ibis.cases(*until, else_=last) if until else last
        minutes = ibis.ifelse(zone == name, shift, minutes)
    return utc + minutes.as_interval("m")


def on_shops_clock(suite: Tables, row: ir.Table, at: str, shop: str = "shop_id") -> ir.Table:
    """``row`` with ``local_at``: what the clock of the shop in column ``shop`` shows at the UTC time ``at``.

    Null for a shop that is not registered.
    """
    known = suite.source("opshop").t_shop_info.select(shop_key="id", zone="time_zone")
    joined = row.left_join(known, row[shop] == known.shop_key)
    return joined.mutate(local_at=local_time(joined[at], joined.zone, suite.zones))


def home_date(utc: ir.TimestampValue) -> ir.DateValue:
    """The business date in the home market at ``utc``, for what happens in no store.

    >>> home_date(ibis.literal("2026-01-01 03:00:00").cast("timestamp")).execute().isoformat()[:10]
    '2025-12-31'
    """
    home = MARKETS[0].time_zone
    return local_time(utc, ibis.literal(home), [home]).date()
