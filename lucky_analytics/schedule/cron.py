"""Cron expressions in a market's local time, with every hour of a daylight-saving day accounted for."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator

from cronsim import CronSim, CronSimError

from lucky_analytics.errors import ParameterError

__all__ = ["first_real_minute", "require_valid", "times_between"]

_ANY_TIME = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def require_valid(expression: str) -> None:
    """Raise ``ParameterError`` for text that is no cron expression of five fields, or never comes."""
    n_fields = len(expression.split())
    if n_fields != 5:
        raise ParameterError(
            f"cron {expression!r}",
            expected="five fields: minute hour day month weekday",
            got=str(n_fields),
        )
    try:
        next(CronSim(expression, _ANY_TIME))
    except CronSimError as error:
        raise ParameterError(
            f"cron {expression!r}", expected="minute hour day month weekday", got=str(error).lower()
        ) from error
    except StopIteration as error:
        raise ParameterError(f"cron {expression!r}", expected="a time that comes", got="none") from error


def times_between(
    expression: str, zone: zoneinfo.ZoneInfo, start: dt.datetime, end: dt.datetime
) -> Iterator[dt.datetime]:
    """The instants (UTC) at which a cron expression strikes in ``zone``, after ``start`` up to ``end``.

    An hour that is named strikes once each day by the wall clock: times that the clock skips in spring
    strike at the first minute after the gap, once however many they are; in the hour that autumn repeats,
    only the first passage counts. With every hour (``*``) time is real: nothing is skipped or held back,
    and the repeated hour counts twice, because it is two hours long.

    >>> new_york = zoneinfo.ZoneInfo("America/New_York")
    >>> start = dt.datetime(2026, 3, 8, tzinfo=dt.UTC)
    >>> [f"{at:%d %H:%M}" for at in times_between("30 2 * * *", new_york, start, start + dt.timedelta(2))]
    ['08 07:00', '09 06:30']
    """
    rewritten = _named_hours_by_the_wall_clock(expression)
    # A day earlier, because a time pushed out of a gap may come after ``start`` although its own is before.
    times = CronSim(rewritten, (start - dt.timedelta(days=1)).astimezone(zone))
    last = start
    for local in times:
        at = local.astimezone(dt.UTC)
        if at > end:
            return
        if at > last:
            yield at
            last = at


def first_real_minute(local: dt.datetime) -> dt.datetime:
    """A local time as an instant (UTC); one that the clock skips becomes the first minute after the gap."""
    while local.astimezone(dt.UTC).astimezone(local.tzinfo) != local:
        local += dt.timedelta(minutes=1)
    return local.astimezone(dt.UTC)


def _named_hours_by_the_wall_clock(expression: str) -> str:
    """cronsim keeps wall-clock time only where neither minute nor hour begins with a star."""
    minute, hour, *rest = expression.split()
    if len(CronSim(expression, _ANY_TIME).hours) == 24:
        return " ".join([minute, "*", *rest])
    stars = (re.sub(r"\*", "0-59", minute), re.sub(r"\*", "0-23", hour))
    return " ".join([*stars, *rest])
