"""The frames that the page shows: labels in words, each market's money in its own currency."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence

import numpy as np
import pandas as pd

from lucky_analytics.estate.markets import Market
from lucky_analytics.questions.platform.market_hub.clocks import Clocks
from lucky_analytics.questions.platform.market_hub.data import NO_MARKET, Sold
from lucky_analytics.questions.platform.market_hub.steps import MarketDays, list_holidays

__all__ = [
    "draw_day",
    "name_ticks",
    "place_moment",
    "say_day",
    "show_apart",
    "show_changes",
    "show_closes",
    "show_days",
    "show_holidays",
    "show_moved",
    "show_others",
    "show_shops",
    "show_zones",
]

HOUR = pd.Timedelta(hours=1)
DAY_BAR, OPEN_BAR = "its day, midnight to midnight", "open"


def draw_day(clocks: Clocks, names: Sequence[str]) -> pd.DataFrame:
    """The bars of the main chart: the business day of one date of each market in ``names`` and of home, and
    its open hours.

    ``market``, ``kind`` ("open", or the day), ``start``, ``end`` (hours after home's midnight), ``shown`` (of
    open hours: on home's clock, as the axis). A market without opening hours has no open bar.
    """
    origin = clocks.days["starts_at"].iloc[0]
    rows = []
    for day in clocks.days.to_dict("records"):
        if day["market"] not in {*names, clocks.home.name}:
            continue
        whole = (day["starts_at"], day["ends_at"])
        rows.append((day["market"], DAY_BAR, *_from(origin, whole), f"{day['hours']:g} hours"))
        if not pd.isna(day["opens_at"]):
            ends = [pd.Timestamp(day[end]) for end in ("opens_at", "closes_at")]
            shown = " to ".join(f"{at.tz_convert(clocks.home.time_zone):%H:%M}" for at in ends)
            rows.append((day["market"], OPEN_BAR, *_from(origin, ends), shown))
    return pd.DataFrame(rows, columns=["market", "kind", "start", "end", "shown"])


def place_moment(clocks: Clocks) -> float:
    """The moment of the clocks in hours after home's midnight."""
    return float((pd.Timestamp(clocks.moment) - clocks.days["starts_at"].iloc[0]) / HOUR)


def name_ticks(clocks: Clocks, every: int = 6) -> dict[float, str]:
    """Hours after home's midnight at which its clocks show a multiple of ``every`` hours, with that time."""
    zone = zoneinfo.ZoneInfo(clocks.home.time_zone)
    start, end = clocks.days["starts_at"].min(), clocks.days["ends_at"].max()
    origin = clocks.days["starts_at"].iloc[0]
    ticks = {}
    for at in pd.date_range(start, end, freq="h"):
        local = at.tz_convert(zone)
        if local.hour % every == 0:
            ticks[float((at - origin) / HOUR)] = f"{local:%H:%M}"
    return ticks


def show_closes(found: Sequence[MarketDays], clocks: Clocks) -> pd.DataFrame:
    """Each market's last closed business day, in the order of closing."""
    home = zoneinfo.ZoneInfo(clocks.home.time_zone)
    rows = [
        {
            "market": each.market.name,
            "day": each.last["date"],
            "starts": f"{each.last['starts_at']:%-d %b %H:%M}",
            "ends": f"{each.last['ends_at']:%-d %b %H:%M}",
            "ends_home": f"{each.last['ends_at'].tz_convert(home):%-d %b %H:%M}",
            "hours": each.last["hours"],
            "holiday": each.last["holiday"],
            "orders": int(each.last["orders"]),
            "currency": each.market.currency,
            "money": each.last["money"],
            "low": each.usual.low,
            "high": each.usual.high,
            "verdict": say_day(each),
            "at": each.last["ends_at"],
        }
        for each in found
    ]
    table = pd.DataFrame(rows).astype({"low": float, "high": float})
    return table.sort_values("at", ignore_index=True, kind="stable").drop(columns="at")


def say_day(each: MarketDays) -> str:
    """Whether the last day was usual, in words.

    Of steady days one in twenty is called unusual at a level of 0.95.
    """
    if each.is_inside is None or each.usual.value is None:
        return "too few days before"
    if each.is_inside:
        return "as usual"
    return "more than usual" if each.last["money"] > each.usual.value else "less than usual"


def show_holidays(found: Sequence[MarketDays], as_of: dt.date, ahead: int) -> pd.DataFrame:
    """Public holidays of every market, the next first, then those gone by, the newest first.

    ``date``, ``market``, ``holiday``, ``orders`` and ``usual`` (of the shops that were there all the time),
    ``change``, ``low``, ``high``, ``verdict`` (words).
    """
    parts = []
    for each in found:
        listed = list_holidays(each.market, each.days, as_of, ahead).assign(market=each.market.name)
        measured = each.holidays.rename(columns={"ds": "date", "y": "orders"})
        parts.append(listed.merge(measured.drop(columns="name"), on="date", how="left"))
    table = pd.concat(parts, ignore_index=True)
    table["verdict"] = [_say_holiday(row) for row in table.to_dict("records")]
    is_to_come = table["is_to_come"]
    coming = table[is_to_come].sort_values(["date", "market"], kind="stable")
    past = table[~is_to_come].sort_values(["date", "market"], ascending=[False, True], kind="stable")
    columns = ["date", "market", "holiday", "orders", "usual", "change", "low", "high", "verdict"]
    return pd.concat([coming, past], ignore_index=True)[columns]


def _say_holiday(row: dict) -> str:
    if row["is_to_come"]:
        return "to come"
    if pd.isna(row["low"]):
        return "too few weeks around it"
    if not row["differs"]:
        return "no difference to be seen"
    return "more" if row["change"] > 0 else "less"


def show_others(found: Sequence[MarketDays]) -> pd.DataFrame:
    """Days that are no public holiday and differ from their weekday around them; ``name``: what is known."""
    columns = ["market", "date", "name", "orders", "usual", "change", "low", "high"]
    parts = [each.others.rename(columns={"ds": "date", "y": "orders"}).assign(market=each.market.name)
             for each in found]  # fmt: skip
    return pd.concat(parts, ignore_index=True)[columns].sort_values(["date", "market"], ignore_index=True)


def show_days(found: Sequence[MarketDays]) -> pd.DataFrame:
    """Every business day of every market, the newest first; its beginning and end in UTC."""
    parts = [
        each.days.assign(market=each.market.name, currency=each.market.currency).drop(columns="is_within")
        for each in found
    ]
    days = pd.concat(parts, ignore_index=True)
    days = days.sort_values(["date", "market"], ascending=[False, True], ignore_index=True, kind="stable")
    columns = ["date", "market", "starts_at", "ends_at", "hours", "holiday", "orders", "currency", "money"]
    return days[columns]


def show_moved(moved: pd.DataFrame, names: Sequence[str], labels: dict[str, str]) -> pd.DataFrame:
    """What each other clock would date otherwise: ``market``, ``clock`` (words), ``orders``, ``moved``,
    ``share``, ``money`` (moved, own currency). A market's own clock is left out."""
    own = moved[moved["market"].isin(names)].assign(clock=moved["clock"].map(labels))
    own = own[own["clock"] != own["market"]].assign(
        share=own["moved"] / own["orders"].where(own["orders"] > 0), money=own["moved_cents"] / 100
    )
    return own.sort_values(["market", "moved"], ascending=[True, False], ignore_index=True)[
        ["market", "clock", "orders", "moved", "share", "money"]
    ]


def show_changes(changes: pd.DataFrame) -> pd.DataFrame:
    """Changes of clocks with the instant in words, for a table."""
    return changes.assign(
        date=pd.to_datetime(changes["date"]), at=[f"{at:%-d %b %Y %H:%M}" for at in changes["at"]]
    )


def show_zones(shops: pd.DataFrame) -> pd.DataFrame:
    """What zones the registry states: ``zone``, ``currency``, ``market``, ``shops``, ``flagged`` (as tests),
    ``tenants``, ``selling`` (with an order), ``orders``, those with most orders first."""
    by = shops.assign(selling=shops["orders"] > 0).groupby(["zone", "currency", "market"], as_index=False)
    zones = by.agg(
        shops=("store_id", "count"), flagged=("is_flagged", "sum"), selling=("selling", "sum"),
        orders=("orders", "sum"), tenants=("tenant", lambda names: ", ".join(sorted(set(names)))),
    )  # fmt: skip
    return zones.sort_values(["orders", "zone"], ascending=[False, True], ignore_index=True)


def show_shops(shops: pd.DataFrame, markets: Sequence[Market]) -> pd.DataFrame:
    """Every shop of the markets, with what the registry says of it, those with most orders first."""
    names = [market.name for market in markets]
    own = shops[shops["market"].isin(names)].assign(money=shops["cents"].astype("int64") / 100)
    own = own.assign(
        what=np.select(
            [own["is_flagged"], own["is_trading_store"], own["is_counted"]],
            ["flagged as a test", "open to the public", "not flagged, nor a store that trades"],
            "internal, pop-up or not yet open",
        )
    )
    own = own.sort_values(["market", "orders"], ascending=[True, False], ignore_index=True, kind="stable")
    columns = ["market", "store", "what", "tenant", "orders", "currency", "money", "first_date", "last_date"]
    return own[columns].astype({"orders": "int64"})


def show_apart(sold: Sold, names: Sequence[str]) -> pd.DataFrame:
    """Completed orders that are in no market's figures, and why; those of no market always."""
    apart = sold.apart[sold.apart["market"].isin([*names, NO_MARKET])]
    return (
        apart.assign(money=apart["cents"].astype("int64") / 100).drop(columns="cents").reset_index(drop=True)
    )


def _from(origin: pd.Timestamp, ends: Sequence[pd.Timestamp]) -> list[float]:
    return [float((pd.Timestamp(at) - origin) / HOUR) for at in ends]
