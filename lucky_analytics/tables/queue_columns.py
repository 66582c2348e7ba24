"""The columns of the tables on the page on waits."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "BENCHES",
    "BUSIEST",
    "COMING",
    "FIFTHS",
    "GAINS",
    "HALF_HOURS",
    "MODELS",
    "PEAKS",
    "RULES",
    "UNUSUAL",
    "WORTH",
]

_WHERE = {"store": Column("Store"), "from": Column("From")}
_PLACE = {**_WHERE, "kind": Column("Days")}
_GAIN = {
    "gain": Column("One more takes off", "seconds an order", 1),
    "low": Column("Its interval", "seconds", 1, high="high"),
}
_WORTH = {
    "worth": Column("Worth less its wage", "USD a month", 0),
    "worth_low": Column("Its interval", "USD a month", 0, high="worth_high"),
}

BUSIEST = {
    **_WHERE,
    "orders": Column("Orders", "a half-hour", 1, bar=True),
    "wait": Column("Wait", "minutes", 1),
    "wait_low": Column("Its interval", "minutes", 1, high="wait_high"),
    "people": Column("On shift", "people", 1),
    "servers": Column("Worked on at once", "orders", 0),
    **_GAIN,
    **_WORTH,
}
HALF_HOURS = {
    **_PLACE,
    "n": Column("Tickets", decimals=0),
    "orders": Column("Orders", "a half-hour", 1),
    "queue": Column("Queue", "seconds", 0),
    "making": Column("Making", "seconds", 0),
    "wait": Column("Wait", "minutes", 2, bar=True),
    "low": Column("Its interval", "minutes", 2, high="high"),
    "late": Column("19 of 20 within", "minutes", 1),
    "load": Column("Open tickets met", decimals=1),
    "people": Column("On shift", "people", 1),
}
MODELS = {
    "model": Column("Seen, or model"),
    "rise": Column("Busy over quiet half-hours", "seconds an order", 1, bar=True),
    "share": Column("Of what was seen", "share", 0),
    "error": Column("Off by", "seconds an order", 1),
    "bias": Column("Too long by", "seconds", 1),
    "n": Column("Half-hours", decimals=0),
}
RULES = {
    "most_open": Column("No order from so many open", "tickets", 0),
    "refused": Column("Refused", "orders a week", 0, bar=True),
    "low": Column("Its interval", "orders a week", 0, high="high"),
    "share": Column("Of all orders", "share", 2),
    "dollars": Column("Margin at stake", "USD a week", 0),
    "naive": Column("By counting the log", "orders a week", 0),
    "bound": Column("Binds in", "half-hours a week", 0),
    "saved": Column("Others wait less", "seconds", 2),
    "saved_low": Column("Its interval", "seconds", 2, high="saved_high"),
}
GAINS = {
    **_WHERE,
    "orders": Column("Orders", "a half-hour", 1),
    "people": Column("On shift", "people", 1),
    "more": Column("One more works on", "orders at once", 0),
    "model": Column("Model"),
    **_GAIN,
}
WORTH = {**_WHERE, "orders": Column("Orders", "a half-hour", 1), "people": Column("On shift", "people", 1),
         **_GAIN, **_WORTH}  # fmt: skip
BENCHES = {
    "store": Column("Store"),
    "n": Column("Tickets", decimals=0),
    "servers": Column("Worked on at once", "orders", 0),
    "low": Column("Its interval", "orders", 0, high="high"),
    "people": Column("On shift", "people", 1),
    "service": Column("By itself", "seconds an order", 0),
    "service_spread": Column("Unevenness of making", "1 is chance", 2),
    "arrival_spread": Column("Of arrivals", "1 is chance", 2),
}
PEAKS = {
    "kind": Column("Days"),
    "hour": Column("Hour named", decimals=0),
    "orders": Column("Orders", "a day, all stores", 0),
    "rank": Column("Rank among hours", decimals=0),
    "ratio": Column("To the busier hour beside it", "times", 2),
    "low": Column("Its interval", "times", 2, high="high"),
}
COMING = {
    "store": Column("Store"),
    "date": Column("Day"),
    "hour": Column("Hour", decimals=0),
    "expected": Column("Expected", "orders", 0, bar=True),
    "usual": Column("Usual", "orders", 0),
    "wait": Column("Wait then", "minutes", 1),
    "usual_wait": Column("Usual wait", "minutes", 1),
}
UNUSUAL = {
    **_PLACE,
    "before": Column("Four weeks before", "minutes", 1),
    "now": Column("Last seven days", "minutes", 1),
    "q": Column("False with chance of at most", decimals=3),
}
FIFTHS = {
    "fifth": Column("Fifth, by wait", decimals=0),
    "n": Column("Orders", decimals=0),
    "minutes": Column("Waited", "minutes", 1),
    "later": Column("Orders after", "each", 2, bar=True),
}
