"""The columns of the tables on the page of a store's week."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["AGAINST", "MOVES", "STORES", "WEEKDAYS"]

AGAINST = {
    "against": Column("Against"),
    "dollars": Column("Level", "USD a week", 0),
    "change": Column("Change", "change", 0),
    "note": Column("How sure"),
}
MOVES = {
    "store_name": Column("Store"),
    "product_name": Column("Product"),
    "before": Column("Week before", "USD", 0),
    "dollars": Column("This week", "USD", 0),
    "change": Column("Change", "USD change", 0),
    "cause": Column("Where it comes from"),
    "as_large": Column("Earlier changes as large", decimals=0),
    "n_changes": Column("of", decimals=0),
}
STORES = {
    "store_name": Column("Store"),
    "dollars": Column("Revenue", "USD", 0, bar=True),
    "week_change": Column("Week before", "change", 0),
    "change": Column("Weeks before", "change", 0),
    "verdict": Column("Was it unusual?"),
    "since_best": Column("Last four to best four", "change", 0),
    "growth": Column("Four weeks to the four before", "change", 0),
    "age_growth": Column("Others at its age", "change", 0),
}
WEEKDAYS = {
    "date": Column("Day"),
    "orders": Column("Orders", decimals=0),
    "dollars": Column("Revenue", "USD", 0, bar=True),
    "usual_dollars": Column("Same weekday before", "USD", 0),
    "change": Column("Change", "change", 0),
}
