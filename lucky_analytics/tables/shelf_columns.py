"""The columns of the tables on the page on shelf lives."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["BREACHES", "CALIBRATION", "CONTAINERS", "DUE", "EVENINGS", "HOURS", "LABELS"]

LABELS = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "received": Column("Delivered"),
    "use_by": Column("To be gone by the evening of"),
    "left": Column("Left last evening", decimals=0),
    "unit": Column("Unit"),
    "expected": Column("Likely left over", decimals=0),
    "dollars": Column("That is", "USD", 2),
}
DUE = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "received": Column("Delivered"),
    "use_by": Column("Last day"),
    "left": Column("Left", decimals=0),
    "unit": Column("Unit"),
    "chance": Column("Some of it expires", "share", 0),
    "expected": Column("Of it expires", decimals=0),
    "dollars": Column("That is", "USD", 2, bar=True),
}
HOURS = {
    "goods_name": Column("Good"),
    "n": Column("Containers", decimals=0),
    "median": Column("Stands open, as a rule", "hours", 1),
    "most": Column("95 of 100 less than", "hours", 1),
    "long": Column("Longer than the label rule", "share", 1),
}
CONTAINERS = {
    "store_name": Column("Store"),
    "n": Column("Containers", decimals=0),
    "breaches": Column("Opened before an older one", decimals=0),
    "share": Column("Share", "share", 2),
    "low": Column("Its range", "share", 2, high="high"),
    "late": Column("Opened or kept past use-by", decimals=0),
}
BREACHES = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "received": Column("Delivered"),
    "opened": Column("Opened, UTC"),
    "use_by": Column("Use-by, UTC"),
    "what": Column("What"),
}
CALIBRATION = {
    "told": Column("Chance told", "share", 0),
    "came": Column("Expired", "share", 0),
    "low": Column("Its error", "share", 0, high="high"),
    "n": Column("Batches", decimals=0),
}
EVENINGS = {
    "date": Column("Evening"),
    "n": Column("Batches due", decimals=0),
    "expected": Column("Expected to expire", "USD", 0),
    "came": Column("Expired", "USD", 0),
}
