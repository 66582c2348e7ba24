"""The columns of the tables on the page on levels."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["FRONTIER", "LEVELS", "MINIMUM", "OFF", "STORES", "WEEKS"]

LEVELS = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "delivery": Column("Delivery"),
    "lasts": Column("Until"),
    "need": Column("Needed until then", decimals=0),
    "least": Column("Order below", decimals=0),
    "most": Column("Never above", decimals=0),
    "unit": Column("Unit"),
    "packs": Column("Of an empty shelf", "packs", 0),
    "covered": Column("Least is enough", "share", 0),
    "held": Column("Held back by"),
}
OFF = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "state": Column("Has"),
    "stock": Column("Stock", decimals=0),
    "on_order": Column("On order", decimals=0),
    "least": Column("Order below", decimals=0),
    "most": Column("Never above", decimals=0),
    "off": Column("Off by", decimals=0),
    "unit": Column("Unit"),
    "dollars": Column("At cost", "USD", 2),
}
STORES = {
    "store_name": Column("Store"),
    "expired": Column("Expired", "USD a week", 0),
    "expired_by": Column("By levels", "USD a week", 0),
    "lost": Column("Sales lost", "USD a week", 0),
    "lost_by": Column("By levels", "USD a week", 0),
    "net": Column("Saved in all", "USD a week", 0),
    "net_low": Column("Its range", "USD a week", 0, high="net_high"),
    "than_others": Column("Holds more of what keeps a week than others", "change", 0),
    "low": Column("Its range", "change", 0, high="high"),
}
WEEKS = {
    "week": Column("Week to"),
    "expired": Column("Expired", "USD", 0),
    "expired_by": Column("By levels", "USD", 0),
    "lost": Column("Sales lost", "USD", 0),
    "lost_by": Column("By levels", "USD", 0),
}
FRONTIER = {
    "kind": Column("Orders"),
    "scale": Column("Too little costs, times as much", decimals=1),
    "expired": Column("Expired", "USD a week", 0),
    "lost": Column("Sales lost", "USD a week", 0),
}
MINIMUM = {
    "goods_class": Column("Class"),
    "n": Column("Goods at a store", decimals=0),
    "none": Column("No minimum set", "share", 0),
    "below": Column("Minimum below the need until the delivery after", "share", 0),
    "above": Column("Minimum above the most", "share", 0),
}
