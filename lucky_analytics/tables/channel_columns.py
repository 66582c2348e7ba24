"""The columns of the tables on the page on channels."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CHANNEL", "COMPARISON", "COST", "FUNNEL", "MIX", "MONTH", "NAIVE", "PLATFORM", "PLAYED_OFF"]

CHANNEL = {
    "label": Column("Channel"),
    "n": Column("Customers", decimals=0),
    "gap_margin": Column("Margin against others alike", "USD change", 2),
    "low_margin": Column("Interval", "USD change", 2, high="high_margin"),
    "verdict_margin": Column("Beyond chance"),
    "own_again": Column("Order again", "share", 1),
    "low_again": Column("against others alike, interval", "points", 1, high="high_again"),
    "own_aov": Column("Average order", "USD", 2),
    "low_aov": Column("against others alike, interval", "USD change", 2, high="high_aov"),
}
COMPARISON = {
    "label": Column("Channel"),
    "measure_label": Column("Measure"),
    "n": Column("Customers", decimals=0),
    "n_others": Column("Others alike", decimals=0),
    "own": Column("Channel", decimals=3),
    "others": Column("Others alike", decimals=3),
    "gap": Column("Difference", decimals=3),
    "low": Column("Interval", decimals=3, high="high"),
    "p_value": Column("p-value", decimals=3),
    "q_value": Column("of all together", decimals=3),
    "verdict": Column("Beyond chance"),
}
NAIVE = {
    "label": Column("Orders through"),
    "n_customers": Column("Accounts", decimals=0),
    "each": Column("Paid by one so far", "USD", 2),
    "orders_each": Column("Orders of one", decimals=1),
    "aov": Column("Average order", "USD", 2),
    "why": Column("Why not to go by it"),
}
PLAYED_OFF = {
    "label": Column("Channel"),
    "n": Column("Customers ever", decimals=0),
    "age": Column("Here for, on average", "days", 0),
    "so_far": Column("Margin so far", "USD", 2),
    "naive": Column("against all others ever", "USD change", 2),
    "gap": Column("against others alike", "USD change", 2),
    "low": Column("Interval", "USD change", 2, high="high"),
}
FUNNEL = {
    "label": Column("Registered with"),
    "step_label": Column("Step"),
    "n": Column("Could make it", decimals=0),
    "share": Column("Share", "share", 1),
    "low": Column("Interval", "share", 1, high="high"),
}
MONTH = {
    "month_label": Column("Registered in"),
    "n_registered": Column("Registered", decimals=0),
    "share_started": Column("First order within 30 days", "share", 1),
    "share_again": Column("of those who ordered: again within 60 days", "share", 1),
    "share_loyal": Column("5 orders within 90 days", "share", 1),
}
MIX = {
    "month_label": Column("Month"),
    "label": Column("Orders through"),
    "n_orders": Column("Orders", decimals=0),
    "share": Column("Share of orders", "share", 1),
    "dollars": Column("Revenue", "USD", 0),
}
PLATFORM = {"what": Column("Of an order through a platform"), "dollars": Column("An order", "USD", 2)}
COST = {
    "label": Column("Channel"),
    "since": Column("From"),
    "n_months": Column("Months", decimals=0),
    "dollars": Column("Spent", "USD", 0),
    "n": Column("New customers", decimals=0),
    "cost": Column("Cost of one", "USD", 2),
    "verdict": Column("Paid back"),
    "margin_30": Column("Left in 30 days", "USD", 2),
    "low_30": Column("Interval", "USD", 2, high="high_30"),
    "margin_90": Column("in 90 days", "USD", 2),
    "low_90": Column("Interval", "USD", 2, high="high_90"),
    "margin_180": Column("in 180 days", "USD", 2),
    "low_180": Column("Interval", "USD", 2, high="high_180"),
}
