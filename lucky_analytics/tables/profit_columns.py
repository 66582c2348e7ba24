"""The columns of the tables on the page of the stores' profit."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["AGREES", "MONTHS", "PACE", "STORES", "WEEKS"]

_LINES = {
    "net": Column("Sales before tax", "USD", 0),
    "goods": Column("Goods", "USD", 0),
    "wages": Column("Wages", "USD", 0),
    "rent": Column("Rent", "USD", 0),
    "other": Column("Other bills", "USD", 0),
    "fee": Column("Card fees", "USD", 0),
}
STORES = {
    "store_name": Column("Store"),
    "profit": Column("Profit", "USD change", 0),
    "margin": Column("Margin", "change", 0),
    "margin_before": Column("Margin, month before", "change", 0),
    "last_week": Column("Newest week of bills", "USD change", 0),
    "needed": Column("Sales that pay its bills", "USD a week", 0),
    "newest": Column("Sold in the newest week", "USD", 0),
    "pays": Column("Pays its bills?"),
    **_LINES,
}
MONTHS = {
    "label": Column("Month"),
    "profit": Column("Profit", "USD change", 0),
    "margin": Column("Margin", "change", 0),
    "n_stores": Column("Stores", "selling", 0),
    **_LINES,
    "office": Column("Head office, less its sales", "USD", 0),
    "left": Column("Left after it", "USD change", 0),
}
AGREES = {
    "what": Column("What"),
    "here": Column("This page", "USD", 2),
    "there": Column("Elsewhere", "USD", 2),
    "difference": Column("Apart", "USD", 2),
    "where": Column("Where"),
}
PACE = {
    "store_name": Column("Store"),
    "verdict": Column("At this pace"),
    "a_week_usd": Column("Profit a week", "USD change", 0),
    "margin": Column("Margin", "change", 0),
    "low": Column("Range", "change", 0, high="high"),
    "opened": Column("Opened"),
}
WEEKS = {
    "week_end": Column("Week to"),
    "store_name": Column("Store"),
    "profit": Column("Profit", "USD change", 0),
    "margin": Column("Margin", "change", 0),
    "age": Column("Weeks open", decimals=0),
    "orders": Column("Orders", decimals=0),
    **_LINES,
}
