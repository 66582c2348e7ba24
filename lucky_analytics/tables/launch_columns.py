"""The columns of the tables on the page of launches."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["AHEAD", "DAYS", "LAUNCHES", "PAST", "SISTERS", "WEEKS"]

AHEAD = {
    "product_name": Column("Product"),
    "category": Column("Category"),
    "launched": Column("First sold"),
    "age": Column("Days known", "days", 0),
    "so_far": Column("Sold so far", "units", 0),
    "value": Column("First month", "units", 0),
    "low": Column("Range", "units", 0, high="high"),
    "naive": Column("First days continued", "units", 0),
    "due": Column("Month ends"),
}
PAST = {
    "product_name": Column("Product"),
    "category": Column("Category"),
    "launched": Column("First sold"),
    "counted": Column("First days", "units", 0),
    "month": Column("Month", "units", 0, bar=True),
    "value": Column("Forecast", "units", 0),
    "low": Column("Range", "units", 0, high="high"),
    "off": Column("Off", "change", 0),
    "off_naive": Column("First days continued", "change", 0),
    "off_kind": Column("By its category alone", "change", 0),
}
SISTERS = {
    "product_name": Column("Launch"),
    "category": Column("Category"),
    "launched": Column("First sold"),
    "units": Column("Its units", "in 28 days", 0),
    "sisters": Column("Rest of its category", "products", 0),
    "others": Column("Held against", "products", 0),
    "change": Column("Its change", "change", 1),
    "lost": Column("It lost", "units", 0),
    "low": Column("Range", "units", 0, high="high"),
}
LAUNCHES = {
    "product_name": Column("Product"),
    "category": Column("Category"),
    "added_date": Column("Listed"),
    "launched": Column("First sold"),
    "lead": Column("Days between", "days", 0),
    "age": Column("Days known", "days", 0),
    "state": Column("Now"),
}
WEEKS = {
    "week": Column("Week", decimals=0),
    "value": Column("Of the first", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "n": Column("Launches", decimals=0),
}
DAYS = {
    "days": Column("Days known", decimals=0),
    "value": Column("Off by", "share", 1),
    "low": Column("Interval", "share", 1, high="high"),
    "naive": Column("First days continued", "share", 1),
    "n": Column("Launches", decimals=0),
}
