"""The columns of the tables on the production page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CAUSES", "KEPT", "LEVERS", "LOAD", "MACHINES", "PARTS", "PRODUCTS", "WEEKS", "groups"]

_NET = {
    "change": Column("All else alike", "change", 1),
    "low": Column("Its interval", "change", 1, high="high"),
}


def groups(label: str, **more: Column) -> dict[str, Column]:
    """Times by store, product or weekday."""
    return {
        "name": Column(label),
        "n": Column("Tickets", decimals=0),
        "mean": Column("Mean", "minutes", 1, bar=True),
        "p50": Column("Half within", "minutes", 1),
        "p95": Column("19 of 20 within", "minutes", 1),
        "queue": Column("Queue", "seconds", 0),
        "load": Column("Open tickets met", decimals=1),
        "over": Column("Over the limit", "tickets", 0),
        **more,
        **_NET,
    }


PRODUCTS = groups("Product", steps=Column("Steps", decimals=0))
LEVERS = {
    "lever": Column("Change"),
    "gain": Column("Would take off", "seconds", 1),
    "low": Column("Its interval", "seconds", 1, high="high"),
    "end": Column("Then left", "minutes", 2),
}
KEPT = {
    "name": Column("Hour or product"),
    "n": Column("Tickets", decimals=0),
    "quote": Column("Usual promise", "minutes", 1),
    "share": Column("Kept", "share", 1),
    "kept_low": Column("Its interval", "share", 1, high="kept_high"),
    "inside": Column("Inside the range", "share", 1),
    "low": Column("Interval of that", "share", 1, high="high"),
    "expected": Column("Promised inside", "share", 0),
}
CAUSES = {
    "cause": Column("Seen with the ticket"),
    "n": Column("Tickets over", decimals=0),
    "share": Column("Of those over", "share", 1),
    "share_others": Column("Of all others", "share", 1),
    "times": Column("Times as often", decimals=2),
    "low": Column("Its interval", decimals=2, high="high"),
}
MACHINES = {
    "name": Column("Machine type"),
    "machines": Column("In service", decimals=0),
    "cups": Column("Cups for orders", decimals=0),
    "again": Column("Poured again", "share", 1),
    "rinses": Column("Rinses and tests", "share", 1),
    "pour": Column("Half poured within", "seconds", 0),
    **_NET,
}
LOAD = {
    "load": Column("Open tickets", decimals=0),
    "n": Column("Tickets", decimals=0),
    "minutes": Column("Mean", "minutes", 2),
    "expected": Column("By the model", "minutes", 2),
}
PARTS = {
    "part": Column("Part"),
    "level": Column("Of"),
    "times": Column("Factor", decimals=3),
    "n": Column("Tickets", decimals=0),
}
WEEKS = {
    "ds": Column("From"),
    "n": Column("Tickets", decimals=0),
    "minutes": Column("Mean of all", "minutes", 2),
    "trimmed_minutes": Column("Without the longest", "minutes", 2),
}
