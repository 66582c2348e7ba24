"""The columns of the tables on the page on invitations."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["GENERATION", "MEASURE", "MONTH", "NAIVE", "REPRODUCTION", "REWARD", "RULE", "TOPS", "TRIAL"]

MEASURE = {
    "label": Column("Measure"),
    "unit": Column("Unit"),
    "n": Column("Invited", "customers", 0),
    "own": Column("Invited ones", decimals=2),
    "others": Column("Comparable ones", decimals=2),
    "gap": Column("Difference", decimals=2),
    "low": Column("Interval", decimals=2, high="high"),
    "verdict": Column("Told from chance"),
}
TRIAL = {
    "question": Column("What is not known"),
    "how": Column("The test that would tell"),
    "size": Column("How large"),
}
MONTH = {
    "month_label": Column("Month"),
    "n_accepted": Column("Invitations accepted", decimals=0),
    "n_inviters": Column("People who invited", decimals=0),
    "n_new": Column("New customers", decimals=0),
    "n_brought": Column("Invited ones", decimals=0),
    "share": Column("Share", "share", 1),
}
REPRODUCTION = {
    "days": Column("Since the first order", "days", 0),
    "n": Column("Customers here for so long", decimals=0),
    "brought": Column("One customer brings", "customers", 4),
    "low": Column("Interval", "customers", 4, high="high"),
}
GENERATION = {
    "label": Column("Who"),
    "n": Column("Registered", "people", 0),
    "n_bought": Column("Have ordered", "people", 0),
}
TOPS = {
    "what": Column("Who"),
    "share": Column("Share of invitations", "share", 1),
    "low": Column("Interval", "share", 1, high="high"),
    "why": Column("What it means"),
}
REWARD = {
    "what": Column("Coupons"),
    "coupons": Column("Used", "coupons", 0),
    "dollars": Column("Taken off", "USD", 0),
    "each": Column("For an invited customer", "USD", 2),
}
RULE = {
    "label": Column("Rule"),
    "n": Column("Invitations", decimals=0),
    "inviters": Column("Inviters", decimals=0),
    "innocent": Column("Innocent reason"),
    "then": Column("On this page"),
}
NAIVE = {
    "label": Column("Customers"),
    "n": Column("Ever", "customers", 0),
    "age": Column("Here for, on average", "days", 0),
    "orders": Column("Orders so far", decimals=1),
    "so_far": Column("Margin so far", "USD", 2),
}
