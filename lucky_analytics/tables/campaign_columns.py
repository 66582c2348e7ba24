"""The columns of the tables on the page on campaigns."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ACQUIRED", "ARCHIVED", "CAMPAIGN", "DAY", "DEPTH", "SCORE", "TEMPLATE", "TRIAL"]

SCORE = {
    "campaign": Column("Campaign"),
    "n_given": Column("Given", "coupons", 0),
    "n_given_before": Column("Given, usual week", "coupons", 0),
    "n_redeemed": Column("Used", "coupons", 0),
    "n_redeemed_before": Column("Used, usual week", "coupons", 0),
    "discount": Column("Discount", "USD", 0),
    "discount_before": Column("Discount, usual week", "USD", 0),
    "margin": Column("Margin of their orders", "USD", 0),
    "margin_before": Column("Margin, usual week", "USD", 0),
    "odd_days": Column("Unusual days", "days", 0),
}
CAMPAIGN = {
    "campaign": Column("Campaign"),
    "n_templates": Column("Kinds of coupon", "kinds", 0),
    "n_given": Column("Given, still on record", "coupons", 0),
    "n_redeemed": Column("Used", "coupons", 0),
    "use": Column("Share used, where known", "share", 1),
    "use_low": Column("Interval", "share", 1, high="use_high"),
    "depth_taken": Column("Off", "share", 0),
    "discount": Column("Discount", "USD", 0),
    "paid": Column("Last-touch revenue", "USD", 0),
    "margin": Column("Margin of these orders", "USD", 0),
    "per_dollar": Column("Margin for a dollar off", "USD", 2),
    "chance": Column("What was tested"),
}
TEMPLATE = {
    "rank": Column("Rank", decimals=0),
    "campaign": Column("Campaign"),
    "template_name": Column("Template"),
    "category": Column("Category"),
    "depth": Column("Off", "share", 0),
    "valid_days": Column("Valid", "days", 0),
    "n_live": Column("Given, still on record", "coupons", 0),
    "n_shown": Column("Shown by the program", "coupons", 0),
    "n_redeemed": Column("Used", "coupons", 0),
    "use_soon": Column("Used within a week", "share", 1),
    "use_soon_low": Column("Interval", "share", 1, high="use_soon_high"),
    "known": Column("Share used is"),
    "discount": Column("Discount", "USD", 0),
    "paid": Column("Last-touch revenue", "USD", 0),
    "margin": Column("Margin of these orders", "USD", 0),
    "per_dollar": Column("Margin for a dollar off", "USD", 2),
    "status": Column("Is"),
}
ARCHIVED = {
    "campaign": Column("Campaign"),
    "n_kinds": Column("Kinds of coupon", "kinds", 0),
    "n_given": Column("Given", "coupons", 0),
    "n_used": Column("Used", "coupons", 0),
    "share": Column("Share used", "share", 2),
    "n_expired": Column("Ran out, at no cost", "coupons", 0),
    "discount": Column("Discount", "USD", 0),
}
TRIAL = {
    "campaign": Column("Campaign"),
    "n": Column("Customers given one in four weeks", "customers", 0),
    "n_out": Column("Without a coupon", "customers", 0),
    "shows": Column("Smallest difference it shows, a customer", "USD", 2),
    "weeks": Column("Lasts", "weeks", 0),
    "most_lost": Column("Costs at worst", "USD", 0),
    "saved": Column("Saves at best", "USD", 0),
}
DEPTH = {
    "depth": Column("Off", "share", 0),
    "margin": Column("Margin, 100 customers a week", "USD change", 2),
    "margin_low": Column("Interval", "USD", 2, high="margin_high"),
    "other": Column("Margin of other categories", "USD change", 2),
    "other_low": Column("Interval", "USD", 2, high="other_high"),
    "orders": Column("Orders, 100 customers a week", "change in number", 2),
    "orders_low": Column("Interval", decimals=2, high="orders_high"),
    "anyway": Column("Used, would have bought without a discount", "share", 0),
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
