"""The columns of the tables on the page on caches."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ACTIONS", "CACHES", "ODD_KEYS", "PREFIXES", "TRIED"]

_CACHE = Column("Cache")

ACTIONS = {
    "what": Column("What IT does"),
    "name": _CACHE,
    "size": Column("Memory now", "GiB", 1),
    "new": Column("Then", "GiB", 1),
    "saves": Column("Saves a month", "USD", 0),
    "saves_low": Column("Range", "USD", 0, high="saves_high"),
    "risk": Column("Risk"),
    "undo": Column("How to take it back"),
}
CACHES = {
    "name": _CACHE,
    "what": Column("What to do"),
    "size": Column("Memory", "GiB", 1),
    "filled": Column("Used", "share", 1, bar=True),
    "peak_share": Column("Highest seen", "share", 1),
    "keys": Column("Keys", decimals=0),
    "asked": Column("Statements", "a second", 1),
    "hits": Column("Found of what was asked", "share", 1),
    "hits_before": Column("28 days before", "share", 1),
    "evicted": Column("Keys thrown out", "a day", 0),
    "fragmentation": Column("Memory taken over used", decimals=2),
    "wasted": Column("Lost to that", "MiB", 0),
    "connections": Column("Connections", decimals=0),
    "quiet": Column("Days without use", decimals=0),
    "cost": Column("Costs a month", "USD", 0),
    "cost_low": Column("Range", "USD", 0, high="cost_high"),
}
ODD_KEYS = {
    "name": _CACHE,
    "prefix": Column("Keys that begin with"),
    "keys": Column("Keys", decimals=0),
    "keys_low": Column("Range", decimals=0, high="keys_high"),
    "mib": Column("Memory", "MiB", 0),
    "share": Column("Expire", "share", 0),
    "others": Column("Other caches where they do"),
}
PREFIXES = {
    "name": _CACHE,
    "prefix": Column("Keys that begin with"),
    "type": Column("Type"),
    "keys": Column("Keys", decimals=0),
    "keys_low": Column("Range", decimals=0, high="keys_high"),
    "mib": Column("Memory", "MiB", 0, bar=True),
    "share": Column("Expire", "share", 0),
    "hours": Column("Median life left", "hours", 1),
}
TRIED = {
    "cut": Column("Chosen", "days ago", 0),
    "n": Column("Made smaller", decimals=0),
    "missed": Column("Ran over within 90 days", decimals=0),
    "low": Column("Share, range", "share", 1, high="high"),
}
