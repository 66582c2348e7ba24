"""The columns of the tables on the page on servers."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "ALARMS",
    "COPIES",
    "DISKS",
    "ISSUES",
    "LIMITED",
    "NEXT",
    "RULES",
    "SERVERS",
    "STATEMENTS",
    "TABLES",
    "TESTED",
    "TOPICS",
    "UNKNOWN",
]

_SERVER = Column("Server")
_GROWTH = {
    "growth": Column("Grows a week", "change", 1),
    "growth_low": Column("Range", "change", 1, high="growth_high"),
}

ISSUES = {
    "state": Column("State"),
    "name": _SERVER,
    "what": Column("What is so"),
    "since": Column("Since", "UTC"),
    "fix": Column("What IT does"),
    "due": Column("By"),
}
LIMITED = {
    "name": _SERVER,
    "what": Column("Of its"),
    "now": Column("Used", "share", 1, bar=True),
    **_GROWTH,
    "full": Column("Full in"),
    "in_30": Column("In 30 days", "share", 0),
    "in_30_low": Column("Range", "share", 0, high="in_30_high"),
    "in_60": Column("In 60 days", "share", 0),
    "in_90": Column("In 90 days", "share", 0),
    "in_90_low": Column("Range of 90 days", "share", 0, high="in_90_high"),
}
TABLES = {
    "name": _SERVER,
    "subject": Column("Table"),
    "now": Column("Rows", decimals=0),
    "mib": Column("Size", "MiB", 0),
    **_GROWTH,
    "naive_growth": Column("Newest against a week before", "change", 1),
    "doubles": Column("Doubles in", "days", 0),
    "in_30": Column("Rows in 30 days", decimals=0),
    "in_30_low": Column("Range", decimals=0, high="in_30_high"),
    "in_60": Column("In 60 days", decimals=0),
    "in_90": Column("In 90 days", decimals=0),
    "in_90_low": Column("Range of 90 days", decimals=0, high="in_90_high"),
}
COPIES = {
    "table": Column("Table"),
    "state": Column("State"),
    "last": Column("Last good copy", "UTC"),
    "hours": Column("Old", "hours", 1),
    "every": Column("Copied every", "minutes", 0),
    "seconds": Column("Takes", "seconds", 0),
    "used": Column("Of the time between two", "share", 0),
    "growth": Column("Takes longer a week", "change", 1),
    "growth_low": Column("Range", "change", 1, high="growth_high"),
    "n_failed": Column("Failed in seven days", "runs", 0),
    "n": Column("of", "runs", 0),
}
ALARMS = {
    "at": Column("Hour from", "UTC"),
    "name": _SERVER,
    "label": Column("Of"),
    "value": Column("Came", decimals=0),
    "expected": Column("Usual", decimals=0),
    "low": Column("Usual range", decimals=0, high="high"),
    "times": Column("Times the usual", decimals=1),
}
NEXT = {
    "name": _SERVER,
    "what": Column("Of its"),
    "now": Column("Used now", "share", 1),
    "next": Column("In 15 minutes", "share", 1),
    "next_low": Column("Range", "share", 1, high="next_high"),
    "chance": Column("Chance to be above its line", "share", 1),
}
SERVERS = {
    "kind": Column("Kind"),
    "name": _SERVER,
    "state": Column("State"),
    "issues": Column("Why"),
    "work": Column("Statements", "a second", 1),
    "slow": Column("Slow", "an hour", 1),
    "connections": Column("Connections", "share", 1),
    "memory": Column("Memory", "share", 1),
    "lag": Column("Behind", "seconds", 0),
    "version": Column("Version"),
    "started": Column("Runs since"),
}
TESTED = {
    "what": Column("Of"),
    "server": _SERVER,
    "subject": Column("Table"),
    "inside": Column("Range held"),
    "times": Column("Off, in half ranges", decimals=2),
}
RULES = {
    "rule": Column("Alert rule"),
    "tool": Column("Tool"),
    "state": Column("State"),
    "evaluated_at": Column("Last evaluated", "UTC"),
}
STATEMENTS = {
    "name": _SERVER,
    "verb": Column("Does"),
    "tables": Column("With tables"),
    "share": Column("Of all", "share", 0, bar=True),
    "seconds": Column("Took", "seconds", 0),
    "n": Column("Slow calls", "in 7 days", 0),
    "before": Column("The week before", "seconds", 0),
    "longest": Column("Longest", "seconds", 1),
    "examined": Column("Rows looked at for one", decimals=0),
    "digest": Column("Kind"),
}
DISKS = {
    "machine": Column("Machine"),
    "disk": Column("Disk"),
    "used": Column("Used", "share", 0, bar=True),
    "free_gib": Column("Free", "GiB", 0),
    "before": Column("A week before", "share", 0),
    "said_at": Column("As of", "UTC"),
}
TOPICS = {
    "group": Column("Consumers"),
    "topic": Column("Topic"),
    "behind": Column("Behind", "messages", 0),
    "before": Column("A day before", "messages", 0),
    "n_partitions": Column("Partitions", decimals=0),
    "unread": Column("Partitions never read", decimals=0),
    "said_at": Column("As of", "UTC"),
}
UNKNOWN = {
    "what": Column("What"),
    "said": Column("What documents say"),
    "why": Column("Why it is not here"),
    "ask": Column("Whom to ask, and for what"),
}
