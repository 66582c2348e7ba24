"""The columns of the tables on the page of the markets; money is in the currency of its row."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.tables.render import Column

__all__ = [
    "APART",
    "CHANGES",
    "DAYS",
    "HOLIDAYS",
    "MOVED",
    "OTHERS",
    "SHOPS",
    "WEEKS",
    "ZONES",
    "clocks",
    "closes",
    "spans",
]  # fmt: skip

_MARKET, _CURRENCY = Column("Market"), Column("Currency")
_MONEY = Column("Sales", "in its currency", 2)
_ORDERS = Column("Orders", decimals=0)

HOLIDAYS = {
    "date": Column("Day"),
    "holiday": Column("Holiday"),
    "market": _MARKET,
    "verdict": Column("So"),
    "change": Column("Change", "change", 0),
    "low": Column("Range", "change", 0, high="high"),
    "orders": _ORDERS,
    "usual": Column("Usual", "orders", 0),
}
OTHERS = {
    "market": _MARKET,
    "date": Column("Day"),
    "name": Column("Known of it"),
    "orders": _ORDERS,
    "usual": Column("Usual", "orders", 0),
    "change": Column("Change", "change", 0),
    "low": Column("Range", "change", 0, high="high"),
}
WEEKS = {
    "week": Column("Week from"),
    "market": _MARKET,
    "hours": Column("Length", "hours", 0),
    "holidays": Column("Holidays", "days", 0),
    "orders": _ORDERS,
    "change": Column("Against the week before", "change", 0),
    "index": Column("Of its mean", "share", 0),
    "currency": _CURRENCY,
    "money": _MONEY,
}
DAYS = {
    "date": Column("Business day"),
    "market": _MARKET,
    "starts_at": Column("Begins"),
    "ends_at": Column("Closes"),
    "hours": Column("Length", "hours", 1),
    "holiday": Column("Holiday"),
    "orders": _ORDERS,
    "currency": _CURRENCY,
    "money": _MONEY,
}
MOVED = {
    "market": _MARKET,
    "clock": Column("Dated by the clock of"),
    "orders": _ORDERS,
    "moved": Column("On another day", "orders", 0),
    "share": Column("On another day", "share", 1),
    "money": Column("Of sales", "in its currency", 2),
}
CHANGES = {
    "date": Column("Day"),
    "market": Column("Whose clocks change"),
    "at": Column("At", "UTC"),
    "day_hours": Column("Length of the day", "hours", 1),
    "before_utc": Column("Before", "hours from UTC", 1),
    "after_utc": Column("After", "hours from UTC", 1),
    "against": Column("Held against"),
    "before": Column("Apart before", "hours", 1),
    "after": Column("Apart after", "hours", 1),
}
ZONES = {
    "zone": Column("Zone that shops state"),
    "currency": _CURRENCY,
    "market": _MARKET,
    "shops": Column("Shops", decimals=0),
    "flagged": Column("Flagged as tests", "shops", 0),
    "selling": Column("That sold", "shops", 0),
    "orders": _ORDERS,
    "tenants": Column("Tenants"),
}
SHOPS = {
    "market": _MARKET,
    "store": Column("Shop"),
    "what": Column("The registry says"),
    "tenant": Column("Tenant"),
    "orders": _ORDERS,
    "currency": _CURRENCY,
    "money": _MONEY,
    "first_date": Column("First order"),
    "last_date": Column("Last order"),
}
APART = {
    "market": _MARKET,
    "because": Column("Left out because"),
    "orders": _ORDERS,
    "currency": _CURRENCY,
    "money": _MONEY,
}


def closes(home: str) -> dict[str, Column]:
    """Each market's last day; ``home`` is the market on whose clock the closes are told as well."""
    return {
        "market": _MARKET,
        "day": Column("Day"),
        "ends": Column("Closed", "UTC"),
        "ends_home": Column("Closed", f"in {home}"),
        "hours": Column("Length", "hours", 0),
        "orders": _ORDERS,
        "currency": _CURRENCY,
        "money": Column("Sales", decimals=0),
        "low": Column("Usual", decimals=0, high="high"),
        "verdict": Column("So"),
    }


def spans(names: Sequence[str]) -> dict[str, Column]:
    """Which shops are open from when to when, on each market's clock."""
    shown = {f"clock_{number}": Column(f"In {name}") for number, name in enumerate(names)}
    return {"open": Column("Open"), "hours": Column("For", "hours", 1), **shown, "utc": Column("UTC")}


def clocks(names: Sequence[str]) -> dict[str, Column]:
    """Hour by hour the clock of each market, and who is open."""
    shown = {f"clock_{number}": Column(name) for number, name in enumerate(names)}
    return {**shown, "utc": Column("UTC"), "open": Column("Open")}
