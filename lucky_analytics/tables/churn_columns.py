"""The columns of the tables on the churn page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["BAND", "CELL", "HORIZON", "ORDER", "RATIO", "RECENCY", "REGISTRATION", "SEGMENT", "TEST", "TRIAL"]

REGISTRATION = {
    "month": Column("Registered in"),
    "n_registered": Column("People", decimals=0),
    "a_day": Column("A day", decimals=0),
    "never_share": Column("Never ordered", "share", 0),
    "started_share": Column("Of those here for 30 days: ordered within them", "share", 0),
    "n_seen": Column("People with 30 days", decimals=0),
}
RECENCY = {
    "days": Column("Days since last order"),
    "n_customers": Column("Customers", decimals=0, bar=True),
    "share": Column("Share", "share", 1),
    "n_once": Column("Ordered once", decimals=0),
}
BAND = {
    "band": Column("Score"),
    "n": Column("Customers", decimals=0, bar=True),
    "expected_gone": Column("Expected to leave", decimals=0),
    "dollars": Column("Their spend", "USD K", 0),
    "reason": Column("Most common reason"),
}
SEGMENT = {
    "segment": Column("Segment"),
    "n": Column("Customers", decimals=0),
    "dollars_each": Column("Margin a contact", "USD", 2),
    "dollars": Column("Margin", "USD", 0),
    "low": Column("Interval", "USD", 0, high="high"),
    "n_weeks": Column("Customer-weeks of the trial", decimals=0),
    "n_buyers": Column("Customers who ordered in them", decimals=0),
}
TRIAL = {
    "silence": Column("Silent for"),
    "base": Column("Order in the week, no discount", "share", 2),
    "value": Column("More with the coupon", "share", 2),
    "low": Column("Interval", "share", 2, high="high"),
    "coupon_dollars": Column("Discount an order", "USD", 2),
    "n": Column("Customer-weeks", decimals=0),
}
TEST = {
    "cut": Column("Cut date"),
    "model": Column("Model"),
    "auc": Column("Rank quality", "AUC", 3),
    "brier": Column("Squared error", decimals=3),
    "predicted": Column("Predicted", "share", 1),
    "observed": Column("Came", "share", 1),
    "n": Column("Customers", decimals=0),
}
HORIZON = {
    "horizon": Column("In", "days", 0),
    "expected_gone": Column("Active who do not order", decimals=0),
    "share": Column("Share of them", "share", 0),
    "orders": Column("Orders of today's customers", decimals=0),
    "orders_low": Column("Interval", decimals=0, high="orders_high"),
    "all_orders": Column("All orders, new customers included", decimals=0),
    "all_low": Column("Interval", decimals=0, high="all_high"),
}
ORDER = {
    "cut": Column("Forecast made on"),
    "period": Column("For", "days", 0),
    "whose": Column("Orders of"),
    "predicted": Column("Forecast", decimals=0),
    "low": Column("Interval", decimals=0, high="high"),
    "came": Column("Came", decimals=0),
    "held": Column("Inside"),
}
RATIO = {
    "what": Column("What"),
    "label": Column("When"),
    "ratio": Column("Times as likely", decimals=2),
    "low": Column("Interval", decimals=2, high="high"),
    "naive": Column("Not adjusted", decimals=2),
}
CELL = {
    "cohort_label": Column("First order in"),
    "period": Column("30 days", "number", 0),
    "retained": Column("Ordered", "share", 1),
    "n_active": Column("Customers who ordered", decimals=0),
    "n_complete": Column("Customers observed", decimals=0),
    "n_customers": Column("Cohort", decimals=0),
}
