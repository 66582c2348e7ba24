"""The columns of the tables on the page of recommendations."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CLAIM", "FAVOURITE", "GAIN", "GROUP", "PAIR", "RULE", "SPLIT", "STORE"]

CLAIM = {
    "claim": Column("Promised"),
    "dollars": Column("More an order", "USD", 2),
    "added_share": Column("Orders that need one product more", "share", 0),
    "of_today": Column("Of those with a second one now", "times", 1),
    "n": Column("A trial that shows it", "customers a group", 0),
    "reach": Column("In four weeks"),
}
PAIR = {
    "pair": Column("Pair"),
    "n": Column("Orders", "", 0),
    "expected": Column("By chance", "orders", 0),
    "lift": Column("Times chance", "", 2),
    "lift_low": Column("Interval", "", 2, high="lift_high"),
}
STORE = {
    "store_name": Column("Store, as if new"),
    "chain": Column("Highlights of all others", "share of units", 3),
    "alike": Column("Of the most alike store", "share of units", 3),
    "own": Column("Own best, known afterwards", "share of units", 3),
    "alike_name": Column("Most alike"),
}
FAVOURITE = {
    "store_name": Column("Store"),
    "product_name": Column("Product"),
    "n": Column("Orders", "", 0),
    "expected": Column("Expected", "orders", 0),
    "ratio": Column("Times expected", "", 2),
    "low": Column("Interval", "", 2, high="high"),
    "found": Column("Beyond chance"),
}
GAIN = {
    "what": Column("Compared"),
    "rule_label": Column("List"),
    "against_label": Column("Against"),
    "points": Column("More found", "of 100 orders", 1),
    "points_low": Column("Interval", "of 100 orders", 1, high="points_high"),
    "n": Column("Orders", "", 0),
    "verdict": Column("Verdict"),
}
RULE = {
    "label": Column("List"),
    "recall": Column("Found", "share", 1),
    "recall_low": Column("Interval", "share", 1, high="recall_high"),
    "ndcg": Column("Found, earlier places count more", "0 to 1", 3),
    "repeat": Column("Of products bought before", "share", 1),
    "new": Column("Of first purchases", "share", 1),
    "first": Column("If it shows new ones alone", "share", 1),
    "older_recall": Column("Found on older dates", "share", 1),
    "setting": Column("Setting"),
}
_SPLIT = {
    "own": Column("Own products first", "points", 1),
    "own_low": Column("Interval", "points", 1, high="own_high"),
    "recommender": Column("Best recommender", "points", 1),
    "recommender_low": Column("Interval", "points", 1, high="recommender_high"),
    "first": Column("For first purchases", "points", 1),
    "first_low": Column("Interval", "points", 1, high="first_high"),
    "n": Column("Orders", "", 0),
}
SPLIT = {
    "dates": {"group": Column("Known until")} | _SPLIT,
    "customers": {"group": Column("Customers who had")} | _SPLIT,
}
GROUP = {
    "category": Column("Buys most of"),
    "n": Column("Customers", "", 0),
    "n_orders": Column("Orders each", "", 1),
    "order_dollars": Column("An order", "USD", 2),
    "share": Column("Of purchases in it", "share", 0),
    "sugar_level": Column("Sugar", "0 none to 4 full", 1),
}
