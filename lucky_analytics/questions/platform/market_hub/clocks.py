"""The clocks of the markets: when days close, how many hours lie between, what is open at one moment."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.catalog.local_time import offsets
from lucky_analytics.estate.markets import Market
from lucky_analytics.methods.calendars.business_days import (
    count_hours,
    count_open,
    find_hours_apart,
    find_midnight,
)

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Clocks", "list_apart", "list_changes", "read_clocks", "show_hours", "show_spans"]

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Clocks:
    """The markets at one ``moment`` (UTC), and their days of one date, ``date``: that of the first market
    (``home``) at the moment.

    ``days``: one row a market in their order: ``market``, ``starts_at``, ``ends_at`` (UTC, its day of
    ``date``), ``hours``, ``local`` (its clock at the moment), ``opens_at``, ``closes_at`` (UTC, first shop to
    last on ``date``), ``n_open`` (at the moment) of ``n_shops`` (with hours on its date at the moment), both
    null without opening hours. ``both_hours``: hours of home's day in which every market has an open shop.
    ``first``, ``last``: which market's days close first and last, and ``gap_hours`` between. ``next_change``:
    the UTC instant, within 400 days, at which that gap changes, and ``next_gap_hours`` after it.
    """

    home: Market
    moment: dt.datetime
    date: dt.date
    days: pd.DataFrame
    both_hours: float | None
    first: Market
    last: Market
    gap_hours: float
    next_change: dt.datetime | None
    next_gap_hours: float | None

    @property
    def days_to_change(self) -> int | None:
        """Whole days from the moment to the next change."""
        return None if self.next_change is None else (self.next_change - self.moment).days


def read_clocks(suite: Suite, markets: Sequence[Market], hours: pd.DataFrame | None) -> Clocks:
    """The clocks when the data was read; for an earlier ``as_of``, when that day had closed everywhere.

    ``hours``: of ``data.load_hours``.
    """
    ends = [find_midnight(suite.as_of + DAY, market.time_zone) for market in markets]
    is_newest = suite.as_of == suite.snapshot.last_closed_day
    moment = suite.snapshot.cut.astimezone(dt.UTC) if is_newest else max(ends)
    home = markets[0]
    date = moment.astimezone(zoneinfo.ZoneInfo(home.time_zone)).date()
    days = pd.DataFrame([_describe_day(market, date, moment, hours) for market in markets])
    first, last = (markets[int(at)] for at in (days["ends_at"].argmin(), days["ends_at"].argmax()))
    gap = _gap(moment, first, last)
    changes = (at for market in (first, last) for at in _change_instants(market.time_zone))
    coming = sorted(
        at for at in changes if moment < at <= moment + 400 * DAY and _gap(at, first, last) != gap
    )
    after = _gap(coming[0], first, last) if coming else None
    both = None
    if hours is not None and {market.name for market in markets} <= set(hours["market"]):
        both = _count_both(days, markets, hours)
    return Clocks(home, moment, date, days, both, first, last, gap, coming[0] if coming else None, after)


def list_changes(markets: Sequence[Market], start: dt.date, end: dt.date) -> pd.DataFrame:
    """Every change of a market's clocks from ``start`` up to ``end``, the earliest first.

    ``market``, ``at`` (UTC), ``date`` (on its clocks), ``day_hours`` (of that day), ``before_utc``,
    ``after_utc`` (hours that the clocks show more than UTC), ``against`` (the first market, or the second for
    the first), ``before``, ``after`` (hours that its clocks show more than those of ``against``).
    """
    rows = []
    for market in markets:
        against = next((other for other in markets if other is not market), None)
        for at in _change_instants(market.time_zone):
            date = at.astimezone(zoneinfo.ZoneInfo(market.time_zone)).date()
            if not start <= date < end:
                continue
            ends = [(at - MINUTE), at]
            utc = [find_hours_apart(each, "UTC", market.time_zone) for each in ends]
            apart = [
                None if against is None else find_hours_apart(each, against.time_zone, market.time_zone)
                for each in ends
            ]
            name = None if against is None else against.name
            rows.append((market.name, at, date, count_hours(date, market.time_zone), *utc, name, *apart))
    columns = ["market", "at", "date", "day_hours", "before_utc", "after_utc", "against", "before", "after"]
    return pd.DataFrame(rows, columns=columns).sort_values(["at", "market"], ignore_index=True)


def list_apart(home: Market, zones: dict[str, str], start: dt.date, end: dt.date) -> pd.DataFrame:
    """By how many hours clocks show more than those of ``home``: ``label``, ``at``, ``hours``, as steps.

    ``zones``: time zone by label. A row where each begins, at each change (UTC), and at the end.
    """
    begin, until = (find_midnight(day, home.time_zone) for day in (start, end))
    rows = []
    for label, zone in zones.items():
        changes = {*_change_instants(home.time_zone), *_change_instants(zone)}
        inside = sorted(at for at in changes if begin < at < until)
        instants = [begin, *inside, until]
        rows += [(label, at, find_hours_apart(at, home.time_zone, zone)) for at in instants]
    steps = pd.DataFrame(rows, columns=["label", "at", "hours"])
    is_step = steps.groupby("label")["hours"].diff() != 0
    is_end = steps["at"] == until
    return steps[is_step | is_end].reset_index(drop=True)


def show_hours(clocks: Clocks, markets: Sequence[Market], hours: pd.DataFrame | None) -> pd.DataFrame:
    """Home's day hour by hour: ``utc``, each market's clock (``clock_0`` ...), and ``open``: who is.

    As many rows as the day has hours begun; ``open`` is null without opening hours.
    """
    start, end = _home_day(clocks.days)
    n_hours = -(-int((end - start).total_seconds()) // 3600)
    at = [start + dt.timedelta(hours=number) for number in range(n_hours)]
    shown = pd.DataFrame({"utc": [f"{each:%H:%M}" for each in at]})
    for number, market in enumerate(markets):
        zone = zoneinfo.ZoneInfo(market.time_zone)
        shown[f"clock_{number}"] = [f"{each.astimezone(zone):%a %H:%M}" for each in at]
    if hours is None:
        return shown.assign(open=None)
    return shown.assign(open=_say_open(clocks, markets, hours)[::60])


def show_spans(clocks: Clocks, markets: Sequence[Market], hours: pd.DataFrame) -> pd.DataFrame:
    """Home's day cut where a market's first shop opens or its last one closes: ``open`` (who is), ``utc`` and
    each market's clock (``clock_0`` ...) from and to, ``hours`` long."""
    start, _ = _home_day(clocks.days)
    said = _say_open(clocks, markets, hours)
    cuts = [0, *(at for at in range(1, len(said)) if said[at] != said[at - 1]), len(said)]
    rows = []
    for begins, ends in itertools.pairwise(cuts):
        ends_at = [start + begins * MINUTE, start + ends * MINUTE]
        row: dict[str, object] = {"open": said[begins], "hours": (ends - begins) / 60}
        for name, zone in [("utc", "UTC"), *((f"clock_{n}", m.time_zone) for n, m in enumerate(markets))]:
            row[name] = " to ".join(f"{at.astimezone(zoneinfo.ZoneInfo(zone)):%H:%M}" for at in ends_at)
        rows.append(row)
    return pd.DataFrame(rows)


def _say_open(clocks: Clocks, markets: Sequence[Market], hours: pd.DataFrame) -> list[str]:
    """Who has a shop open, in words, in each minute of home's day."""
    start, end = _home_day(clocks.days)
    states = [_is_open(hours, market, start, end) for market in markets]
    everyone = "all" if len(markets) > 2 else "both" if len(markets) == 2 else markets[0].name
    words = {True: everyone, False: "none"}
    return [
        words[all(open_now)] if len(set(open_now)) == 1
        else ", ".join(market.name for market, is_open in zip(markets, open_now, strict=True) if is_open)
        for open_now in zip(*states, strict=True)
    ]  # fmt: skip


def _home_day(days: pd.DataFrame) -> tuple[dt.datetime, dt.datetime]:
    start, end = (days[name].iloc[0].to_pydatetime() for name in ("starts_at", "ends_at"))
    return start, end


def _describe_day(
    market: Market, date: dt.date, moment: dt.datetime, hours: pd.DataFrame | None
) -> dict[str, object]:
    zone = market.time_zone
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    row: dict[str, object] = {
        "market": market.name,
        "starts_at": find_midnight(date, zone),
        "ends_at": find_midnight(date + DAY, zone),
        "hours": count_hours(date, zone),
        "local": f"{local:%a %-d %b %H:%M}",
        "opens_at": None,
        "closes_at": None,
        "n_open": None,
        "n_shops": None,
    }
    own = None if hours is None else hours[hours["market"] == market.name]
    if own is None or own.empty:  # nothing says when its shops are open
        return row
    of_date = own[own["date"] == pd.Timestamp(date)]
    now = own[own["date"] == pd.Timestamp(local.date())]
    counted = count_open(_spans(own, moment, moment + MINUTE), moment, moment + MINUTE)
    row |= {"n_open": int(counted[0]), "n_shops": int(now["store_id"].nunique())}
    if len(of_date):
        row |= {"opens_at": of_date["opens_at"].min(), "closes_at": of_date["closes_at"].max()}
    return row


def _count_both(days: pd.DataFrame, markets: Sequence[Market], hours: pd.DataFrame) -> float:
    start, end = _home_day(days)
    states = [_is_open(hours, market, start, end) for market in markets]
    return float(pd.DataFrame(states).all().sum()) / 60


def _is_open(hours: pd.DataFrame, market: Market, start: dt.datetime, end: dt.datetime) -> list[bool]:
    """Whether a shop of the market is open, minute by minute."""
    own = hours[hours["market"] == market.name]
    return (count_open(_spans(own, start, end), start, end) > 0).tolist()


def _spans(own: pd.DataFrame, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    near = own[(own["opens_at"] < end) & (own["closes_at"] > start)]
    return [(opens.to_pydatetime(), closes.to_pydatetime())
            for opens, closes in zip(near["opens_at"], near["closes_at"], strict=True)]  # fmt: skip


def _gap(at: dt.datetime, first: Market, last: Market) -> float:
    """Hours from the close of one market to that of the other, clocks as they are at the instant."""
    return abs(find_hours_apart(at, last.time_zone, first.time_zone))


def _change_instants(zone: str) -> list[dt.datetime]:
    return [at.replace(tzinfo=dt.UTC) for at, _ in offsets(zone)[1:]]
