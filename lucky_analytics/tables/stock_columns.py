"""The columns of the tables on the page on stock."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["GRID", "LEAKS", "PROPOSALS", "RISKS", "SIMPLE", "STORES", "SURPLUS", "SURPLUS_KINDS", "TRIED"]

PROPOSALS = {
    "what": Column("Good and store"),
    "packs": Column("Order", "packs", 0),
    "dollars": Column("At cost", "USD", 0),
    "arrives": Column("Comes"),
    "reason": Column("Why"),
    "store_name": Column("Store"),
}
RISKS = {
    "what": Column("Good and store"),
    "chance": Column("Chance to run out", "share", 0),
    "lost": Column("Margin at stake", "USD", 0),
    "here": Column("Stock lasts", "days", 1),
    "state": Column("State"),
    "on_order_day": Column("On order for"),
    "arrives": Column("An order of today comes"),
    "lender": Column("Most to spare"),
    "store_name": Column("Store"),
}
SURPLUS = {
    "what": Column("Good and store"),
    "dollars": Column("Too much, at cost", "USD", 2),
    "state": Column("State"),
    "lasts": Column("Lasts", "days", 0),
    "stock": Column("Stock", decimals=0),
    "surplus": Column("Too much", decimals=0),
    "unit": Column("Unit"),
    "store_name": Column("Store"),
}
SURPLUS_KINDS = {
    "state": Column("Stock that"),
    "n": Column("Goods, store by store", decimals=0),
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
    "what": Column("Good and store"),
    "beyond": Column("Beyond recipes", "USD a week", 2),
    "low": Column("Its range", "USD a week", 2, high="high"),
    "by_recipe": Column("Recipes take", "USD a week", 2),
    "share": Column("Of that", "change", 1),
    "is_leak": Column("Chance aside"),
    "store_name": Column("Store"),
}
TRIED = {
    "said": Column("Chance told", "share", 0, high="to"),
    "share": Column("Ran out", "share", 1),
    "low": Column("Its range", "share", 1, high="high"),
    "chance": Column("Mean chance told", "share", 1),
    "raw": Column("By forecasts alone", "share", 1),
    "n": Column("Goods at a store on an evening", decimals=0),
    "outs": Column("Of them ran out", decimals=0),
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
