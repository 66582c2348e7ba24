"""The columns of the tables on the page on campaigns."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ACQUIRED", "CAMPAIGN", "DAY", "DEPTH", "SCORE", "TEMPLATE", "TRIAL"]

SCORE = {
    "campaign": Column("Campaign"),
    "n_given": Column("Given", "coupons", 0),
    "n_given_before": Column("A week, four before", "coupons", 0),
    "n_redeemed": Column("Used", "coupons", 0),
    "n_redeemed_before": Column("A week, four before", "coupons", 0),
    "discount": Column("Discount", "USD", 0),
    "discount_before": Column("A week, four before", "USD", 0),
    "margin": Column("Left by their orders", "USD", 0),
    "margin_before": Column("A week, four before", "USD", 0),
    "odd_days": Column("Unusual days", "days", 0),
}
CAMPAIGN = {
    "campaign": Column("Campaign"),
    "n_templates": Column("Templates", "kinds", 0),
    "n_given": Column("In the live table", "coupons", 0),
    "n_redeemed": Column("Used", "coupons", 0),
    "use": Column("Used, where known", "share", 1),
    "use_low": Column("Interval", "share", 1, high="use_high"),
    "depth_taken": Column("Off", "share", 0),
    "discount": Column("Discount", "USD", 0),
    "paid": Column("Last-touch revenue", "USD", 0),
    "margin": Column("Left by these orders", "USD", 0),
    "per_dollar": Column("Left for a dollar off", "USD", 2),
    "chance": Column("Left to chance"),
}
TEMPLATE = {
    "rank": Column("Rank", decimals=0),
    "campaign": Column("Campaign"),
    "template_name": Column("Template"),
    "category": Column("Category"),
    "depth": Column("Off", "share", 0),
    "valid_days": Column("Valid", "days", 0),
    "n_live": Column("In the live table", "coupons", 0),
    "n_shown": Column("Shown by the program", "coupons", 0),
    "n_redeemed": Column("Used", "coupons", 0),
    "use_soon": Column("Used within a week", "share", 1),
    "use_soon_low": Column("Interval", "share", 1, high="use_soon_high"),
    "known": Column("Share used is"),
    "discount": Column("Discount", "USD", 0),
    "paid": Column("Last-touch revenue", "USD", 0),
    "margin": Column("Left by these orders", "USD", 0),
    "per_dollar": Column("Left for a dollar off", "USD", 2),
    "status": Column("Is"),
}
TRIAL = {
    "campaign": Column("Campaign"),
    "n": Column("Audience of four weeks", "customers", 0),
    "n_out": Column("Left out", "customers", 0),
    "shows": Column("Five weeks show, a customer", "USD", 2),
    "weeks": Column("To show what is worth having", "weeks", 0),
    "most_lost": Column("Costs at most", "USD", 0),
    "saved": Column("Brings at most", "USD", 0),
}
DEPTH = {
    "depth": Column("Off", "share", 0),
    "margin": Column("Margin, 100 customers a week", "USD change", 2),
    "margin_low": Column("Interval", "USD", 2, high="margin_high"),
    "other": Column("Margin of other categories", "USD change", 2),
    "other_low": Column("Interval", "USD", 2, high="other_high"),
    "orders": Column("Orders, 100 customers a week", "change in number", 2),
    "orders_low": Column("Interval", decimals=2, high="orders_high"),
    "anyway": Column("Used ones that needed no discount", "share", 0),
    "anyway_low": Column("Interval", "share", 0, high="anyway_high"),
}
ACQUIRED = {
    "campaign": Column("Campaign"),
    "n_new": Column("First orders with its coupon", "customers", 0),
    "discount": Column("Discount", "USD", 0),
    "each": Column("A new customer", "USD", 2),
}
DAY = {
    "campaign": Column("Campaign"),
    "measure": Column("Number"),
    "ds": Column("Day"),
    "y": Column("Was", decimals=0),
    "expected": Column("Usual", decimals=0),
    "low": Column("Usual range", decimals=0, high="high"),
    "is_alarm": Column("Unusual"),
}
