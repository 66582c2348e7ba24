"""The columns of the tables on the menu page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["APART", "CLASS", "HISTORY", "LADDER", "PAIR", "PRODUCT", "RECIPES"]

PRODUCT = {
    "product_name": Column("Product"),
    "menu_class": Column("Class"),
    "action": Column("What to do"),
    "margin": Column("Earns now", "USD K a month", 1, bar=True),
    "net_price": Column("Paid", "USD", 2),
    "new_price": Column("New price", "USD", 2),
    "new_gain": Column("Gain a month", "USD", 0),
    "new_gain_low": Column("Interval", "USD", 0, high="new_gain_high"),
    "condition": Column("What it hangs on"),
    "category": Column("Category"),
    "units": Column("Units", "a month", 0),
    "seconds": Column("To make", "seconds", 0),
}
CLASS = {
    "product_name": Column("Product"),
    "category": Column("Category"),
    "menu_class": Column("Class"),
    "probability": Column("Probability", "share", 0),
    "n_units": Column("Units", "", 0),
    "share": Column("Share of category", "share", 1),
    "share_low": Column("Interval", "share", 1, high="share_high"),
    "unit_margin": Column("Margin a unit", "USD", 2),
    "unit_margin_low": Column("Interval", "USD", 2, high="unit_margin_high"),
    "margin_cut": Column("Category's mean", "USD", 2),
}
LADDER = {
    "category": Column("Category"),
    "list_price": Column("List", "USD", 2),
    "discount": Column("Discount", "USD", 2),
    "net_price": Column("Paid", "USD", 2),
    "ingredients": Column("Ingredients", "USD", 2),
    "packaging": Column("Packaging", "USD", 2),
    "fee": Column("Payment fee", "USD", 2),
    "margin": Column("Margin", "USD", 2, bar=True),
    "margin_rate": Column("Of the price paid", "share", 0),
}
PAIR = {
    "pair": Column("Pair"),
    "n": Column("Orders", "", 0),
    "expected": Column("By chance", "orders", 0),
    "lift": Column("Times chance", "", 2),
    "lift_low": Column("Interval", "", 2, high="lift_high"),
    "pooled_lift": Column("All orders mixed", "", 2),
    "verdict": Column("Verdict"),
}
HISTORY = {
    "product_name": Column("Product"),
    "list_first": Column("List, first", "USD", 2),
    "list_last": Column("List, now", "USD", 2),
    "net_first": Column("Paid, first", "USD", 2),
    "net_last": Column("Paid, now", "USD", 2),
    "change": Column("Change", "change", 0),
    "deep_first": Column("Half price, first", "share", 0),
    "deep_last": Column("Half price, now", "share", 0),
}
RECIPES = {
    "product_name": Column("Product"),
    "gap": Column("Earns less a unit by", "USD", 2),
    "gain": Column("At its category's margin", "USD a month", 0, bar=True),
    "gain_low": Column("Its interval", "USD", 0, high="gain_high"),
}
APART = {
    "product_name": Column("Product"),
    "category": Column("Category"),
    "n_units": Column("Units", "", 0),
    "dollars": Column("Revenue", "USD", 0),
}
