"""The columns of the tables on the page on lifetime value."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "ACCOUNT",
    "ANSWER",
    "FEW",
    "GROWTH",
    "NEW",
    "ONE",
    "PARAMETER",
    "RULE",
    "SEGMENT",
    "TEST",
    "WORTH",
]

SEGMENT = {
    "segment": Column("Class"),
    "n": Column("Customers", decimals=0),
    "n_unsure": Column("Of them near a border", decimals=0),
    "each": Column("Margin in a year, each", "USD", 2),
    "each_low": Column("Interval", "USD", 2, high="each_high"),
    "total": Column("All of them", "USD", 0),
    "stay": Column("Keeping one who would leave brings", "USD", 2),
    "back": Column("One order more brings", "USD", 2),
    "contact": Column("A contact may cost", "USD", 2),
}
ONE = {
    "segment": Column("Class"),
    "p_alive": Column("Chance still here", "share", 0),
    "total_low": Column("Margin of all of them, interval", "USD", 0, high="total_high"),
    "stay_low": Column("Keeping one, interval", "USD", 2, high="stay_high"),
    "back_low": Column("One more order, interval", "USD", 2, high="back_high"),
    "one_low": Column("A single customer's own interval", "USD", 2, high="one_high"),
}
NEW = {
    "days": Column("Within", "days", 0),
    "value": Column("Margin expected", "USD", 2),
    "low": Column("Interval", "USD", 2, high="high"),
    "seen": Column("Orders seen so far, at today's margin", "USD", 2),
    "seen_low": Column("Interval", "USD", 2, high="seen_high"),
    "n": Column("Customers seen that long", decimals=0),
}
WORTH = {
    "worth": Column("Bringing one back is worth"),
    "n": Column("Lapsed customers", decimals=0, bar=True),
    "low": Column("Interval", decimals=0, high="high"),
    "each": Column("On average", "USD", 2),
    "spend": Column("Where a contact costs", "USD", 0),
    "needed": Column("it pays if more come back for it than", "share", 0),
}
TEST = {
    "cut": Column("Foretold on"),
    "n": Column("Customers", decimals=0),
    "predicted": Column("Foretold", "USD", 0),
    "low": Column("Interval by the other dates", "USD", 0, high="high"),
    "came": Column("Came", "USD", 0),
    "ratio": Column("Came, of foretold", "share", 0),
    "held": Column("Inside"),
    "naive": Column("Had all gone on as so far", "USD", 0),
}
GROWTH = {
    "period": Column("Foretold for", "days", 0),
    "off": Column("Off by", "share", 1),
    "n": Column("Dates", decimals=0),
}
FEW = {
    "who": Column("Customers"),
    "paid": Column("Of what was paid so far", "share", 1),
    "paid_low": Column("Interval", "share", 1, high="paid_high"),
    "year": Column("Of the margin expected in the year ahead", "share", 0),
}
ACCOUNT = {
    "who": Column("Accounts"),
    "n": Column("How many", decimals=0),
    "n_orders": Column("Orders", decimals=0),
    "dollars": Column("Paid, tax and fees included", "USD", 0),
}
ANSWER = {
    "step": Column("Counted as"),
    "dollars": Column("Today's customers in a year", "USD", 0),
    "low": Column("Interval", "USD", 0, high="high"),
}
RULE = {
    "rule": Column("Rule"),
    "low": Column("Lowest fifth, foretold", "USD an order", 2),
    "low_came": Column("Came", "USD an order", 2),
    "high": Column("Highest fifth, foretold", "USD an order", 2),
    "high_came": Column("Came", "USD an order", 2),
    "error": Column("Off by, customer by customer", "USD an order", 2),
}
PARAMETER = {
    "name": Column("Parameter"),
    "value": Column("Value", decimals=3),
    "low": Column("Interval", decimals=3, high="high"),
}
