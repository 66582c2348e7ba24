"""The columns of the tables on the page on security."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ALARMS", "BLACKLIST", "RULES", "UNKNOWN"]

RULES = {
    "rule_name": Column("Rule"),
    "action": Column("What it does"),
    "records": Column("Events counted", decimals=0),
    "hits": Column("Limit passed", decimals=0, bar=True),
    "platform_share": Column("By delivery accounts", "share", 0),
    "people_hits": Column("By everyone else", decimals=0),
    "people": Column("Other accounts", decimals=0),
    "done_share": Column("Of their orders completed all the same", "share", 0),
    "listed": Column("Blacklist entries by it", decimals=0),
}
BLACKLIST = {
    "subject": Column("Of"),
    "made_by": Column("Made by"),
    "entries": Column("Entries", decimals=0),
    "active": Column("In force", decimals=0),
    "lately": Column("Made in the last 28 days", decimals=0),
}
ALARMS = {
    "ds": Column("Day (UTC)"),
    "name": Column("Of"),
    "y": Column("Came", decimals=0),
    "expected": Column("Usual", decimals=0),
    "low": Column("Usual range", decimals=0, high="high"),
    "times": Column("Times the usual", decimals=1),
}
UNKNOWN = {"what": Column("Not known"), "why": Column("Because"), "ask": Column("Who would know")}
