"""The columns of the tables of the briefing."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["AGAINST", "FALSE_ALARMS", "OUTLOOK", "PARTS", "QUIET", "STORES", "THINGS"]

PARTS = {
    "part": Column("Part"),
    "label": Column("Number"),
    "value": Column("That day"),
    "usual": Column("Usual for such a day"),
    "last_week": Column("vs same weekday", "change", 0),
    "thirty": Column("vs 30 days, same weekdays", "change", 0),
    "month": Column("vs last month, same weekday", "change", 0),
    "verdict": Column("Verdict"),
}
THINGS = {
    "what": Column("What"),
    "where": Column("Where"),
    "value": Column("That day"),
    "usual": Column("Usual"),
    "size": Column("Off by", "USD change", 0),
    "cause": Column("Likely cause"),
    "days": Column("In a row", "days", 0),
}
QUIET = {
    "what": Column("What"),
    "where": Column("Where"),
    "value": Column("That day"),
    "last_week": Column("Same weekday before"),
    "change": Column("Change", "change", 0),
    "usual": Column("Usual for such a day"),
    "why": Column("Why one would worry"),
}
STORES = {
    "store": Column("Store"),
    "revenue": Column("Revenue", "USD", 0, bar=True),
    "low": Column("Usual", "USD", 0, high="high"),
    "total": Column("Change", "USD change", 2),
    "stores": Column("Store opened or closed", "USD change", 2),
    "traffic": Column("Orders", "USD change", 2),
    "basket": Column("Items an order", "USD change", 2),
    "price": Column("Prices paid", "USD change", 2),
    "mix": Column("Which products", "USD change", 2),
    "fees": Column("Fees, order discounts", "USD change", 2),
}
AGAINST = {
    "against": Column("Against"),
    "then": Column("Then", "USD", 0),
    "n_days": Column("Days", decimals=0),
    "difference": Column("Difference", "USD change", 0),
    "change": Column("Change", "change", 1),
}
OUTLOOK = {
    "day": Column("Day"),
    "expected": Column("Expected", "USD", 0, bar=True),
    "low": Column("Range", "USD", 0, high="high"),
    "last_week": Column("Same weekday before", "USD", 0),
}
FALSE_ALARMS = {
    "rule": Column("Rule"),
    "n_days": Column("Days watched", decimals=0),
    "n_with": Column("Days with an alarm", decimals=0),
    "n_flags": Column("Alarms", decimals=0),
}
