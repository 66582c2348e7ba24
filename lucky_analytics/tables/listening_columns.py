"""The columns of the tables on the page on posts."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "CELL",
    "COPY",
    "KIND",
    "NAIVE",
    "PROOF",
    "QUOTE",
    "SITE",
    "SPIKE",
    "STORE",
    "TOPIC",
    "TOPIC_PROOF",
    "WEEK",
]

STORE = {
    "store": Column("Store"),
    "n": Column("Posts", decimals=0),
    "rate": Column("Negative", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "verdict": Column("Against others alike"),
    "worse_on": Column("Worse on"),
    "posts_1000": Column("Posts", "per 1,000 orders", 1),
    "complaints_1000": Column("Complaints to us", "per 1,000 orders", 1),
}
TOPIC = {
    "label": Column("Topic"),
    "n_posts": Column("Posts that name it", decimals=0),
    "share": Column("Share of posts", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "negative": Column("Negative of them", "share", 0),
    "negative_low": Column("Interval", "share", 0, high="negative_high"),
}
SPIKE = {
    "place": Column("Where"),
    "label": Column("Topic"),
    "now": Column("Negative posts, last seven days", decimals=0),
    "before": Column("A week before", decimals=1),
    "verdict": Column("Judged"),
}
PROOF = {
    "against": Column("Held against"),
    "n": Column("Posts", decimals=0),
    "n_negative": Column("negative", decimals=0),
    "accuracy": Column("Same judgement", "share", 0),
    "accuracy_low": Column("Interval", "share", 0, high="accuracy_high"),
    "kappa": Column("Kappa", decimals=2),
    "kappa_low": Column("Interval", decimals=2, high="kappa_high"),
    "order": Column("Area under the curve", decimals=2),
    "order_low": Column("Interval", decimals=2, high="order_high"),
    "found": Column("Negative ones found", "share", 0),
    "false": Column("Others called negative", "share", 0),
}
TOPIC_PROOF = {
    "label": Column("Topic"),
    "n": Column("Posts under it, by people", decimals=0),
    "n_found": Column("Found by its words", decimals=0),
    "share": Column("Share", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "n_others": Column("Found, under another topic by people", decimals=0),
}
CELL = {
    "store": Column("Store"),
    "label": Column("Negative posts on"),
    "n": Column("Posts", decimals=0),
    "events": Column("Negative", decimals=0),
    "expected": Column("Expected", decimals=1),
    "ratio": Column("Times as expected", decimals=2),
    "low": Column("Interval", decimals=2, high="high"),
    "verdict": Column("Beyond chance"),
}
SITE = {
    "source": Column("Site"),
    "n": Column("Posts", decimals=0),
    "n_stars": Column("with stars", decimals=0),
    "n_text": Column("judged by text", decimals=0),
    "n_nothing": Column("not judged", decimals=0),
    "n_unread": Column("text not readable or none", decimals=0),
    "n_no_store": Column("no store named", decimals=0),
    "share": Column("Negative", "share", 0),
}
WEEK = {
    "last_date": Column("Week to"),
    "n_posts": Column("Posts", decimals=0),
    "n": Column("judged", decimals=0),
    "n_negative": Column("negative", decimals=0),
    "share": Column("Share", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
}
COPY = {
    "n": Column("Further times", decimals=0),
    "n_sites": Column("Sites", decimals=0),
    "n_stores": Column("Stores", decimals=0),
    "first": Column("First"),
    "last": Column("Last"),
}
NAIVE = {
    "store": Column("Store"),
    "n": Column("Reviews ever", decimals=0),
    "stars": Column("Mean", "stars", 2),
    "bad": Column("One or two stars", "share", 0),
    "why": Column("Why it misleads"),
}
QUOTE = {"label": Column("Topic"), "store": Column("Store"), "quote": Column("Said")}
KIND = {
    "kind": Column("Complaint"),
    "n": Column("Complaints", decimals=0),
    "share": Column("Share", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "per_1000": Column("Complaints", "per 1,000 orders", 2),
}
