"""The columns of the tables on the page on the next action."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ACTION", "GIVES", "GROUP", "OVERLAP", "POLICY", "WIDER"]

POLICY = {
    "policy": Column("Way to give coupons"),
    "gain": Column("Against today's rule", "USD change", 2),
    "gain_low": Column("Interval", "USD", 2, high="gain_high"),
    "over": Column("Against no discount", "USD change", 2),
    "over_low": Column("Interval", "USD", 2, high="over_high"),
    "verdict": Column("Earns"),
    "offers": Column("Coupons with a discount", "share", 0),
    "depth": Column("Mean discount", "share", 0),
}
GIVES = {
    "segment": Column("Customers"),
    "category": Column("Category"),
    "gives": Column("Would get"),
}
ACTION = {
    "action": Column("Action"),
    "contact": Column("Contact"),
    "cost": Column("Cost of a contact", "USD", 3),
    "chance": Column("Tested so far"),
    "adds": Column("Adds in five weeks, a customer", "USD change", 2),
    "adds_low": Column("Interval", "USD", 2, high="adds_high"),
    "verdict": Column("What is known"),
    "needed": Column("A test needs in each half", "customers", 0),
}
OVERLAP = {
    "policy": Column("Way to give coupons"),
    "value": Column("Value, doubly robust", "USD", 2),
    "value_low": Column("Interval", "USD", 2, high="value_high"),
    "ips": Column("By weights alone", "USD", 2),
    "ips_low": Column("Interval", "USD", 2, high="ips_high"),
    "weighted": Column("Weights adding up to 1", "USD", 2),
    "n_alike": Column("Worth as many coupons of its own", decimals=0),
    "alike_share": Column("Share of those drawn", "share", 0),
    "largest": Column("Largest weight", decimals=1),
}
WIDER = {
    "policy": Column("Way to give coupons"),
    "gain": Column("Five weeks, its category", "USD change", 2),
    "gain_low": Column("Interval", "USD", 2, high="gain_high"),
    "week_gain": Column("The coupon's week alone", "USD change", 2),
    "week_gain_low": Column("Interval", "USD", 2, high="week_gain_high"),
    "basket_gain": Column("Five weeks, all categories", "USD change", 2),
    "basket_gain_low": Column("Interval", "USD", 2, high="basket_gain_high"),
}
GROUP = {
    "segment": Column("Customers"),
    "depth": Column("Off", "share", 0),
    "gain": Column("Against no discount, 100 coupons", "USD change", 2),
    "gain_low": Column("Interval", "USD", 2, high="gain_high"),
    "n": Column("Coupons of the group", decimals=0),
}
