"""The columns of the tables on the page on waste."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CLAIM", "FRONTIER", "GOODS", "ORDERS", "PAIRS", "RATES", "REASONS", "STORES"]

_PARTS = {
    "past": Column("Past its date", "USD a week", 0),
    "unwanted": Column("For nobody", "USD a week", 0),
    "spilled": Column("Spilled", "USD a week", 0),
}
STORES = {
    "store_name": Column("Store"),
    "of_used": Column("Of what it used", "share", 1, bar=True),
    "dollars": Column("Thrown away, of all weeks", "USD a week", 0),
    "open": Column("A week while open", "USD a week", 0),
    **_PARTS,
    "ratio": Column("Orders, others are 1", decimals=2),
    "low": Column("Its range", decimals=2, high="high"),
    "verdict": Column("Verdict"),
}
PAIRS = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "life": Column("Keeps", "days", 0),
    "dollars": Column("Thrown away", "USD a week", 1, bar=True),
    "past": Column("Of it past its date", "USD a week", 1),
    "kept": Column("Careful orders keep", "USD a week", 1),
    "ratio": Column("How often, elsewhere 1", decimals=2),
    "low": Column("Its range", decimals=2, high="high"),
}
CLAIM = {
    "what": Column("What"),
    "low": Column("A year", "USD", 0, high="high"),
    "why": Column("What it is"),
}
REASONS = {
    "reason": Column("Reason"),
    "value": Column("Thrown away", "USD a week", 0, bar=True),
    "low": Column("Its range", "USD a week", 0, high="high"),
    "share": Column("Of all", "share", 0),
    "n": Column("Containers", decimals=0),
}
RATES = {
    "store_name": Column("Store"),
    "reason": Column("Reason"),
    "n": Column("Containers", decimals=0),
    "days": Column("Days of a good in stock", decimals=0),
    "rate": Column("In 100 such days", decimals=1),
    "ratio": Column("Same goods elsewhere 1", decimals=2),
    "low": Column("Its range", decimals=2, high="high"),
}
ORDERS = {
    "store_name": Column("Store"),
    "keeps": Column("Goods that keep"),
    "n": Column("Deliveries", decimals=0),
    "cover": Column("Meant to have, needs 1", decimals=2),
    "ratio": Column("Others are 1", decimals=2),
    "low": Column("Its range", decimals=2, high="high"),
    "was": Column("Expired", "USD a week", 0),
    "careful": Column("Careful orders", "USD a week", 0),
    "missing": Column("Then lacking", "USD a week", 0),
    "net": Column("Net of lost margin", "USD a week", 0),
    "net_low": Column("Its range", "USD a week", 0, high="net_high"),
    "gain": Column("Ordering as others", "USD a week", 0),
    "gain_low": Column("Its range", "USD a week", 0, high="gain_high"),
}
GOODS = {
    "goods_name": Column("Good"),
    "life": Column("Keeps", "days", 0),
    "dollars": Column("Thrown away", "USD a week", 1, bar=True),
    "share": Column("Of what came", "share", 1),
    **_PARTS,
}
FRONTIER = {
    "kind": Column("Orders"),
    "chance": Column("Aim to cover demand in", "share", 0),
    "expired": Column("Expired", "USD a week", 0),
    "missing": Column("Lacking", "USD a week", 0),
}
