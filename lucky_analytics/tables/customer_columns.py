"""The columns of the tables on the page on customers."""

from __future__ import annotations

from collections.abc import Iterable

from lucky_analytics.tables.render import Column

__all__ = ["BAND", "FIRST", "GROUP", "OVERLAP", "REGISTRATION", "STATEMENT", "coverage"]

GROUP = {
    "group": Column("Group"),
    "n": Column("Customers", decimals=0, bar=True),
    "share": Column("Of all", "share", 1),
    "paid": Column("Paid so far, each", "USD", 2),
    "year": Column("Margin expected in a year, each", "USD", 2),
    "year_share": Column("Of all margin expected", "share", 0),
    "here": Column("Chance still here", "share", 0),
    "n_active": Column("Ordered in the last 60 days", decimals=0),
    "n_at_risk": Column("Of them at risk", decimals=0),
}
STATEMENT = {
    "system": Column("Said by"),
    "kind": Column("What"),
    "what": Column("Value"),
    "wrong_if": Column("Contradicted where the customer"),
    "n": Column("People", decimals=0),
    "n_wrong": Column("Contradicted", decimals=0),
    "share": Column("Of them", "share", 2),
}
REGISTRATION = {
    "month": Column("Registered in"),
    "n_registered": Column("People", decimals=0),
    "a_day": Column("A day", decimals=0),
    "never_share": Column("Never ordered", "share", 0),
    "started_share": Column("Of those here for 30 days: ordered within them", "share", 0),
}
FIRST = {
    "month": Column("Registered in"),
    "n": Column("People", decimals=0),
    "within_7": Column("Ordered within 7 days", "share", 1),
    "within_30": Column("30 days", "share", 1),
    "within_30_low": Column("Interval", "share", 1, high="within_30_high"),
    "within_90": Column("90 days", "share", 1),
}
BAND = {
    "reading": Column("Read as"),
    "band": Column("Band"),
    "n": Column("Customers", decimals=0),
    "value": Column("Mean", "dollars, or share of 1", 2),
    "low": Column("Interval", "dollars, or share of 1", 2, high="high"),
    "against": Column("Against all", "share", 0),
}
OVERLAP = {
    "down": Column("Group"),
    "across": Column("And"),
    "n": Column("Customers", decimals=0, bar=True),
    "share": Column("Of the group", "share", 0),
}


def coverage(names: Iterable[str]) -> dict[str, Column]:
    """The columns of the table of systems: one for each of ``names``."""
    fixed = {
        "system": Column("System"),
        "n": Column("People", decimals=0),
        "n_unknown": Column("Not registered", decimals=0),
    }
    return fixed | {name: Column(f"Also in: {name}", "share", 0) for name in names}
