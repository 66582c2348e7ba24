"""The columns of the tables on the page on notifications."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ASSOCIATION", "CHANNEL", "GROUP", "HOUR", "NAIVE", "PERSON", "RATIO", "SIZE", "STEP", "TRIAL"]

HOUR = {
    "hour": Column("Sent at"),
    "sent": Column("Sent", "notifications", 0),
    "failed": Column("Failed", "share", 1),
    "share": Column("Opened, as they are", "share", 1),
    "value": Column("Opened, same customer, against the mean hour", "points", 2),
    "low": Column("Interval", "points", 2, high="high"),
    "ratio": Column("Orders after, against other hours", "times as many", 2),
    "ratio_low": Column("Interval", "times as many", 2, high="ratio_high"),
}
GROUP = {
    "group": Column("Group"),
    "gets": Column("Gets"),
    "n": Column("Customers", decimals=0),
    "weeks": Column("For", "weeks", 0),
}
SIZE = {
    "weeks": Column("Test of", "weeks", 0),
    "orders": Column("Orders of 100 customers now", decimals=1),
    "least_orders": Column("Smallest gain shown", "orders", 2),
    "orders_share": Column("of orders now", "share", 1),
    "margin": Column("Margin of 100 customers now", "USD", 0),
    "least_margin": Column("Smallest gain shown", "USD", 2),
    "margin_share": Column("of margin now", "share", 1),
    "needed": Column("A gain worth having needs in each group", "customers", 0),
}
TRIAL = {
    "branch": Column("Branch"),
    "n": Column("Customers", decimals=0),
    "margin": Column("Margin of a customer, five weeks", "USD", 2),
    "gain": Column("Gain over the reference", "USD change", 2),
    "low": Column("Interval", "USD", 2, high="high"),
    "plain": Column("Difference of plain means", "USD change", 2),
}
PERSON = {
    "what": Column("Customers"),
    "n": Column("People", decimals=0),
    "share": Column("Share", "share", 1),
}
CHANNEL = {
    "kind": Column("Channel"),
    "sent": Column("Sent", "rows", 0),
    "failed": Column("Failed", "rows", 0),
    "failed_share": Column("Failed", "share", 1),
    "delivered": Column("Delivered", "rows", 0),
    "opened": Column("Opened", "rows", 0),
    "opened_share": Column("Opened of delivered", "share", 1),
}
NAIVE = {
    "what": Column("What a dashboard would show"),
    "value": Column("Share", "share", 1),
    "why": Column("Why it misleads, or not"),
}
ASSOCIATION = {
    "group": Column("Of"),
    "label": Column("Notifications"),
    "value": Column("Opened, same customer", "points", 2),
    "low": Column("Interval", "points", 2, high="high"),
    "share": Column("Opened, as they are", "share", 1),
    "n": Column("Sends", decimals=0),
}
STEP = {
    "label": Column("Others in the week before"),
    "value": Column("Opened, same customer, against none", "points", 2),
    "low": Column("Interval", "points", 2, high="high"),
    "n": Column("Sends", decimals=0),
}
RATIO = {
    "label": Column("Hours"),
    "group": Column("Which"),
    "value": Column("Orders, against the customer's other hours", "times as many", 2),
    "low": Column("Interval", "times as many", 2, high="high"),
    "n": Column("Orders in them", decimals=0),
    "n_sends": Column("Sends", decimals=0),
}
