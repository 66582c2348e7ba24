"""The columns of the tables on the page of a store's week."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["AGAINST", "HOURS", "MACHINES", "MOVES", "SOLD_OUT", "STORES", "WEEKDAYS"]

AGAINST = {
    "against": Column("Against"),
    "dollars": Column("Level", "USD a week", 0),
    "change": Column("Change", "change", 0),
    "note": Column("How sure"),
}
HOURS = {
    "hour": Column("Hour", "from", 0),
    "orders": Column("Orders", decimals=0, bar=True),
    "usual": Column("Same weekday before", "median", 0),
    "low": Column("Least to most before", decimals=0, high="high"),
    "open_orders": Column("Open orders", "on average", 1),
    "most_open": Column("Open at most", "orders", 0),
}
MACHINES = {
    "machine_type": Column("Machine"),
    "serial": Column("Serial number"),
    "state": Column("State"),
    "last_online_at": Column("Last in touch (UTC)"),
    "cups": Column("Cups", "on the day", 0),
}
MOVES = {
    "store_name": Column("Store"),
    "product_name": Column("Product"),
    "before": Column("Week before", "USD", 0),
    "dollars": Column("This week", "USD", 0),
    "change": Column("Change", "USD change", 0),
    "cause": Column("Where it comes from"),
    "rarity": Column("Earlier weeks that changed as much"),
}
SOLD_OUT = {
    "goods_name": Column("Sold out"),
    "ran_out_at": Column("Since"),
    "days_out": Column("Days out", "of 28", 0),
}
STORES = {
    "store_name": Column("Store"),
    "verdict": Column("This week"),
    "dollars": Column("Revenue", "USD", 0, bar=True),
    "week_change": Column("vs last week", "change", 0),
    "change": Column("vs usual week", "change", 0),
    "since_best": Column("Last 4 weeks vs best 4", "change", 0),
    "growth": Column("Last 4 weeks vs 4 before", "change", 0),
    "age_growth": Column("Others at that age", "change", 0),
}
WEEKDAYS = {
    "date": Column("Day"),
    "orders": Column("Orders", decimals=0),
    "dollars": Column("Revenue", "USD", 0, bar=True),
    "usual_dollars": Column("Same weekday before", "USD", 0),
    "change": Column("Change", "change", 0),
}
