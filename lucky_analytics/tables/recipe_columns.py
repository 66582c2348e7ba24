"""The columns of the tables on the page on recipes."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CLAIMS", "CUPS", "GAPS", "HISTORY", "LINES", "SAVINGS", "SHOCKS"]

CUPS = {
    "product_name": Column("Product"),
    "category": Column("Category"),
    "units": Column("Units", decimals=0),
    "cost": Column("Costs", "USD", 2),
    "low": Column("Its range", "USD", 2, high="high"),
    "ingredients": Column("Ingredients", "USD", 2),
    "packaging": Column("Packaging", "USD", 2),
    "paid": Column("Paid", "USD", 2),
    "share": Column("Cost of what is paid", "share", 0),
    "change": Column("Since the first costs", "change", 1),
}
SAVINGS = {
    "product_name": Column("Product"),
    "saving": Column("Saves at most", "USD a month", 0),
    "low": Column("Its range", "USD", 0, high="high"),
    "units": Column("Units", "a month", 0),
    "now": Column("Costs now", "cents", 1),
    "then": Column("Then", "cents", 1),
    "change": Column("What changes, in its most sold size"),
}
SHOCKS = {
    "goods_name": Column("Ingredient"),
    "goods_class": Column("Class"),
    "dollars": Column("Cost", "USD a month", 0),
    "share": Column("Of all", "share", 1),
    "more": Column("If dearer", "USD a month", 0),
    "low": Column("Its range", "USD", 0, high="high"),
    "cents": Column("On a mean cup", "cents", 2),
    "hardest": Column("Hits most"),
    "hardest_cents": Column("There", "cents", 1),
    "change": Column("Its cost since the first", "change", 1),
}
GAPS = {
    "goods_name": Column("Ingredient"),
    "by_recipe": Column("By recipes", "USD a week", 0),
    "beyond": Column("Beyond them", "USD a week", 2),
    "low": Column("Its range", "USD", 2, high="high"),
    "share": Column("Of recipes", "change", 1),
    "wasted": Column("Thrown away beside", "USD a week", 2),
}
LINES = {
    "product_name": Column("Product"),
    "variant_id": Column("Size"),
    "goods_name": Column("Ingredient"),
    "unit": Column("Unit"),
    "now": Column("Now", decimals=2),
    "then": Column("Then", decimals=2),
    "cents": Column("Saves", "cents", 2),
}
HISTORY = {
    "product_name": Column("Product"),
    "since": Column("Costs since"),
    "cost": Column("Costs", "USD", 3),
}
CLAIMS = {
    "what": Column("What"),
    "said": Column("What was promised"),
    "page": Column("This page finds"),
    "why": Column("Why they differ"),
}
