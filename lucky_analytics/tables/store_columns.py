"""The columns of the tables on the page of the stores."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["EVENTS", "GRID", "GROWTH", "PEERS", "RANGES", "RANKS", "RULES", "SOLD_OUT"]

GRID = {
    "store_name": Column("Store"),
    "off": Column("Off", decimals=0),
    "watch": Column("Look again", decimals=0),
    "orders_hour": Column("Orders", "an hour", 1),
    "revenue_hour": Column("Revenue an hour", "USD", 0),
    "aov": Column("Average order", "USD", 2),
    "making": Column("Making", "minutes", 1),
    "fulfilled": Column("Orders made", "share", 1),
    "uptime": Column("Machines up", "share", 0),
    "sold_out": Column("Goods sold out", "share", 1),
    "refunds": Column("Refunded", "share", 1),
    "complaints": Column("Complaints", "per 1,000 orders", 0),
    "hours_kept": Column("Hours kept", "share", 1),
}
EVENTS = {
    "ds": Column("Day"),
    "store_name": Column("Store"),
    "what": Column("What was off"),
    "off": Column("Revenue vs usual", "USD change", 0),
    "cause": Column("What other tables show"),
}
RANKS = {
    "store_name": Column("Store"),
    "weeks_open": Column("Open", "weeks", 0),
    "revenue_hour": Column("Revenue an hour", "USD", 0, bar=True),
    "rank": Column("Rank", decimals=0),
    "best": Column("Possible", "rank", 0, high="last"),
    "own": Column("vs its age and place", "change", 0),
    "own_rank": Column("Rank for age and place", decimals=0),
    "own_best": Column("Possible", "rank", 0, high="own_last"),
    "week_rank": Column("Rank this week", decimals=0),
    "week_rank_before": Column("Week before", decimals=0),
}
GROWTH = {
    "store_name": Column("Store"),
    "moved": Column("Moved"),
    "before": Column("Weeks before", "USD a week", 0),
    "recent": Column("Last weeks", "USD a week", 0),
    "change": Column("Change", "change", 0),
    "low": Column("Range", "change", 0, high="high"),
    "orders_part": Column("From orders", "change", 0),
    "value_part": Column("From order value", "change", 0),
}
PEERS = {
    "store_name": Column("Store"),
    "label": Column("Number"),
    "unit": Column("Unit"),
    "verdict": Column("Among its peers"),
    "value": Column("Store", decimals=2),
    "expected": Column("Peers", decimals=2),
    "low": Column("Peers, range", decimals=2, high="high"),
    "chance": Column("Chance", "in 1,000", 0),
}
RANGES = {
    "store_name": Column("Store"),
    "label": Column("Number"),
    "unit": Column("Unit"),
    "state": Column("Light"),
    "value": Column("The day", decimals=2),
    "low": Column("Usual", decimals=2, high="high"),
    "chance": Column("Chance of it", "days in 1,000", 1),
}
RULES = {
    "rule": Column("Rule"),
    "today": Column("Alarms on the day", decimals=0),
    "tiles": Column("Numbers looked at", decimals=0),
    "days_off": Column("Days with an alarm", decimals=0),
    "n_days": Column("Of days", decimals=0),
    "a_day": Column("Alarms", "a day", 2),
}
SOLD_OUT = {
    "store_name": Column("Store"),
    "goods_name": Column("Sold out"),
    "ran_out_at": Column("Since"),
    "days_out": Column("Days out", "of the last weeks", 0),
}
