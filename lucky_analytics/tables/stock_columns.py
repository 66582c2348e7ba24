"""The columns of the tables on the page on stock."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["GRID", "LEAKS", "PROPOSALS", "RISKS", "SIMPLE", "STORES", "SURPLUS", "SURPLUS_KINDS", "TRIED"]

PROPOSALS = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "packs": Column("Order", "packs", 0),
    "dollars": Column("At cost", "USD", 0),
    "arrives": Column("Comes"),
    "reason": Column("Why"),
    "worth": Column("Saves until the delivery after", "USD", 0),
}
RISKS = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "state": Column("State"),
    "here": Column("Stock lasts", "days", 1),
    "share": Column("Of such that ran out", "share", 0),
    "low": Column("Its range", "share", 0, high="high"),
    "lost": Column("Margin lost if it does", "USD", 0),
    "on_order_day": Column("On order for"),
    "arrives": Column("An order of today comes"),
    "lender": Column("Most to spare"),
}
SURPLUS = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "state": Column("State"),
    "stock": Column("Stock", decimals=0),
    "unit": Column("Unit"),
    "lasts": Column("Lasts", "days", 0),
    "surplus": Column("Too much", decimals=0),
    "dollars": Column("At cost", "USD", 2),
}
SURPLUS_KINDS = {
    "state": Column("Stock that"),
    "n": Column("Goods at a store", decimals=0),
    "dollars": Column("At cost", "USD", 0),
    "n_unknown": Column("Without a known cost", decimals=0),
}
STORES = {
    "store_name": Column("Store"),
    "out": Column("Ran out", decimals=0),
    "risk": Column("May run out", decimals=0),
    "much": Column("Too much", decimals=0),
    "packs": Column("To order", "packs", 0),
    "dollars": Column("At cost", "USD", 0),
    "value": Column("Stock at cost", "USD", 0),
    "days": Column("Middle good lasts", "days", 1),
    "next": Column("Next delivery"),
    "arrives": Column("An order of today comes"),
}
LEAKS = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "beyond": Column("Beyond recipes", "USD a week", 2),
    "low": Column("Its range", "USD a week", 2, high="high"),
    "by_recipe": Column("Recipes take", "USD a week", 2),
    "share": Column("Of that", "change", 1),
    "is_leak": Column("Chance aside"),
}
TRIED = {
    "said": Column("Chance by forecasts", "share", 0, high="to"),
    "n": Column("Goods at a store on an evening", decimals=0),
    "raw": Column("Mean chance", "share", 1),
    "outs": Column("Ran out", decimals=0),
    "share": Column("Share", "share", 1),
    "low": Column("Its range", "share", 1, high="high"),
}
SIMPLE = {
    "limit": Column("Named below", "days of mean use", 1),
    "named": Column("Named", "an evening", 1),
    "simple": Column("Of those named, ran out", "share", 0),
    "ours": Column("Of as many by this page", "share", 0),
    "simple_found": Column("Of all that ran out, named", "share", 0),
    "found": Column("By this page", "share", 0),
}
GRID = {
    "goods_name": Column("Good"),
    "goods_class": Column("Class"),
    "store_name": Column("Store"),
    "state": Column("State"),
    "stock": Column("Stock", decimals=0),
    "on_order": Column("On order", decimals=0),
    "safety": Column("Minimum set", decimals=0),
    "unit": Column("Unit"),
    "here": Column("Stock lasts", "days", 1),
    "days": Column("With what is on order", "days", 1),
    "low": Column("Its range", "days", 1, high="high"),
}
