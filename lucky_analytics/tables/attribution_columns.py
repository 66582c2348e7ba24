"""The columns of the tables on the page on attribution."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CAMPAIGN", "CREDIT", "CREDIT_ENDS", "FIRST_TOUCH", "HOLD_OUT", "HOLD_OUT_ENDS", "NEEDED", "PATH"]

CREDIT = {
    "channel": Column("Channel"),
    "n_people": Column("People touched", decimals=0),
    "last": Column("Last touch", "share", 0),
    "first": Column("First touch", "share", 0),
    "shapley": Column("Shared out (Shapley)", "share", 0),
    "shapley_low": Column("Interval", "share", 0, high="shapley_high"),
    "removal": Column("Removal (Markov)", "share", 0),
    "gap": Column("Shared out less last touch", "change", 0),
    "gap_low": Column("Interval", "change", 0, high="gap_high"),
}
CREDIT_ENDS = {
    "channel": Column("Channel"),
    "n_touches": Column("Touches", decimals=0),
    "orders_last": Column("Orders by last touch", decimals=0),
    "orders_shapley": Column("Orders shared out", decimals=0),
    "last_low": Column("Last touch, interval", "share", 1, high="last_high"),
    "first_low": Column("First touch, interval", "share", 1, high="first_high"),
    "removal_low": Column("Removal, interval", "share", 1, high="removal_high"),
    "cost": Column("Cost", "USD", 0),
    "cost_last": Column("Cost of an order by last touch", "USD", 2),
    "cost_last_low": Column("Interval", "USD", 2, high="cost_last_high"),
    "cost_shapley": Column("Cost of an order shared out", "USD", 2),
    "cost_shapley_low": Column("Interval", "USD", 2, high="cost_shapley_high"),
    "verdict": Column("Against an even part, beyond chance"),
}
HOLD_OUT = {
    "channel": Column("Channel"),
    "n_out": Column("Held out", "people", 0),
    "n_in": Column("Not", "people", 0),
    "credited_100": Column("Last touch credits", "orders of 100 people", 1),
    "adds_100": Column("It adds", "orders of 100 people", 1),
    "low_100": Column("Interval", "orders of 100 people", 1, high="high_100"),
    "cost_added": Column("Cost of an added order", "USD", 2),
    "cost_added_low": Column("Interval", "USD", 2, high="cost_added_high"),
    "net_100": Column("Left after its cost", "USD change", 0),
    "net_low_100": Column("Interval, of 100 people", "USD change", 0, high="net_high_100"),
    "found": Column("Beyond chance"),
}
HOLD_OUT_ENDS = {
    "channel": Column("Channel"),
    "out_100": Column("Ordered, held out", "of 100", 1),
    "in_100": Column("Ordered, not held out", "of 100", 1),
    "spent": Column("Spent on a person", "USD", 3),
    "margin": Column("Margin added, a person", "USD change", 3),
    "margin_low": Column("Interval", "USD change", 3, high="margin_high"),
    "n_mixed": Column("Rows of both kinds", "people", 0),
    "ratio_p": Column("Chance of such sizes", decimals=3),
    "past_p": Column("Chance of such a past", decimals=3),
}
PATH = {
    "path": Column("Path"),
    "n": Column("Journeys", decimals=0),
    "n_people": Column("People", decimals=0),
    "n_orders": Column("Ended in an order", decimals=0),
    "rate": Column("Share", "share", 1),
    "days": Column("Until the order", "days", 1),
}
CAMPAIGN = {
    "channel": Column("Channel"),
    "campaign": Column("Campaign"),
    "n_touches": Column("Touches", decimals=0),
    "n_people": Column("People", decimals=0),
    "n_last": Column("Orders by last touch", decimals=0),
}
FIRST_TOUCH = {
    "label": Column("First touch"),
    "n": Column("Registered people", decimals=0),
    "share": Column("Share", "share", 1),
}
NEEDED = {"column": Column("Column"), "what": Column("What it holds"), "needed": Column("Needed")}
