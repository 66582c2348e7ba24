"""The columns of the tables on the page on whose behaviour a coupon changes."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.tables.render import Column

__all__ = ["DEPTH", "FIFTH", "GROUP", "LEARNER", "POLICY", "TYPE", "VOUCHER", "WIDER", "name_given"]

DEPTH = {
    "depth": Column("Off", "share", 0),
    "orders": Column("Extra orders a week, 100 customers", decimals=2),
    "orders_low": Column("Interval", "orders", 2, high="orders_high"),
    "margin": Column("Extra margin a week, 100 customers", "USD change", 2),
    "margin_low": Column("Interval", "USD", 2, high="margin_high"),
    "anyway": Column("Of those used, would be used without a discount", "share", 0),
    "anyway_low": Column("Interval", "share", 0, high="anyway_high"),
}
TYPE = {
    "what": Column("Of 100 coupons"),
    "least": Column("At least", "coupons", 1),
    "most": Column("At most", "coupons", 1),
    "simple": Column("If a discount keeps nobody away", "coupons", 1),
}
POLICY = {
    "policy": Column("Way to give coupons"),
    "over": Column("Against no discount, a week for 100 customers", "USD change", 2),
    "over_low": Column("Interval", "USD", 2, high="over_high"),
    "gain": Column("Against today's rule", "USD change", 2),
    "gain_low": Column("Interval", "USD", 2, high="gain_high"),
    "lead": Column("Predicted best for each customer, against it", "USD change", 2),
    "lead_low": Column("Interval", "USD", 2, high="lead_high"),
    "verdict": Column("Earns, against no discount"),
    "offers": Column("Coupons with a discount", "share", 0),
}
FIFTH = {
    "fifth": Column("Fifth, by predicted extra orders"),
    "orders": Column("Extra orders, 100 coupons of 30 % off", decimals=2),
    "orders_low": Column("Interval", "orders", 2, high="orders_high"),
    "margin": Column("Extra margin", "USD change", 2),
    "margin_low": Column("Interval", "USD", 2, high="margin_high"),
    "verdict": Column("What is known"),
    "base": Column("Orders without a discount, 100 coupons", decimals=1),
    "before": Column("Margin of eight weeks before, a customer", "USD", 2),
}
GROUP = {
    "segment": Column("Customers"),
    "depth": Column("Off", "share", 0),
    "orders": Column("Extra orders, 100 coupons", decimals=2),
    "orders_low": Column("Interval", "orders", 2, high="orders_high"),
    "margin": Column("Extra margin, 100 coupons", "USD change", 2),
    "margin_low": Column("Interval", "USD", 2, high="margin_high"),
    "n": Column("Coupons of the group", decimals=0),
}
LEARNER = {
    "outcome": Column("Of"),
    "learner": Column("Learner"),
    "slope": Column("Slope of what came on what was predicted", decimals=2),
    "slope_low": Column("Interval", "", 2, high="slope_high"),
    "p": Column("Chance of such a slope without differences", decimals=4),
    "area": Column("Area of the Qini curve, 100 customers a week", decimals=2),
    "area_low": Column("Interval", "", 2, high="area_high"),
}
WIDER = {
    "depth": Column("Off", "share", 0),
    "used": Column("More coupons used a week, 100 customers", decimals=2),
    "used_low": Column("Interval", "coupons", 2, high="used_high"),
    "all_orders": Column("Extra orders of any category, five weeks", decimals=2),
    "all_orders_low": Column("Interval", "orders", 2, high="all_orders_high"),
    "other": Column("Margin of all other categories, five weeks", "USD change", 2),
    "other_low": Column("Interval", "USD", 2, high="other_high"),
}
VOUCHER = {
    "kind": Column("By"),
    "group": Column("Group"),
    "again": Column("More who order again within 30 days", "change", 1),
    "again_low": Column("Interval", "share", 1, high="again_high"),
    "margin": Column("Margin in five weeks, a customer", "USD change", 2),
    "margin_low": Column("Interval", "USD", 2, high="margin_high"),
    "verdict": Column("Sure"),
    "n": Column("Customers", decimals=0),
}


def name_given(given: pd.DataFrame) -> dict[str, Column]:
    """Columns of what a policy would give: a share for each depth of ``given``."""
    depths = [str(name) for name in given.columns if name not in ("segment", "n")]
    shares = {name: Column(name[0].upper() + name[1:], "share", 0) for name in depths}
    return {"segment": Column("Customers"), **shares, "n": Column("Coupons", decimals=0)}
