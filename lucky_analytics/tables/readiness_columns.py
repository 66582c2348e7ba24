"""The columns of the tables on the data readiness page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CASES", "FAULTS", "GAPS", "JOINS", "PREREQUISITES", "SCORES", "SYSTEMS", "TABLES", "TOTALS"]

CASES = {
    "name": Column("Question"),
    "department": Column("Department"),
    "priority": Column("Priority"),
    "measured": Column("Data today"),
    "said": Column("Catalog says"),
    "why": Column("Why"),
    "tables": Column("Tables there, filled, not late"),
    "joined": Column("Joins that hold"),
    "page": Column("Answered by"),
}
GAPS = {
    "gap": Column("What is lacking"),
    "tables": Column("Tables"),
    "cases": Column("Questions that need it"),
    "n_cases": Column("How many", decimals=0),
    "n_alone": Column("With no other gap", decimals=0),
    "priority": Column("Highest priority"),
    "score": Column("Sum of their scores", decimals=2),
}
FAULTS = {
    "title": Column("Known fault"),
    "severity": Column("Severity"),
    "state": Column("State"),
    "today": Column("Today"),
    "where": Column("Where"),
}
PREREQUISITES = {
    "title": Column("What must come first"),
    "state": Column("State"),
    "today": Column("Today"),
    "for": Column("Needed for"),
}
SYSTEMS = {
    "title": Column("System"),
    "state": Column("Its table"),
    "n_rows": Column("Rows", decimals=0),
    "newest": Column("Newest day"),
    "reason": Column("Why"),
    "gap": Column("What the catalog misses in it"),
    "where": Column("Where"),
}
TABLES = {
    "table": Column("Table"),
    "state": Column("State"),
    "n_rows": Column("Rows", decimals=0),
    "of_published": Column("Of the documents' count", "share", 0),
    "newest": Column("Newest day"),
    "age_days": Column("Age", "days", 0),
    "usual_gap": Column("Longest quiet before", "days", 0),
    "reason": Column("Why"),
}
JOINS = {
    "child": Column("Rows of"),
    "parent": Column("Found in"),
    "share": Column("Share found", "share", 2),
    "n": Column("Rows with a key", decimals=0),
    "state": Column("State"),
    "key_types": Column("Types of the key"),
    "said": Column("Catalog says"),
}
TOTALS = {
    "what": Column("Total"),
    "stated": Column("Stated", decimals=0),
    "counted": Column("Counted", decimals=0),
}
SCORES = {
    "name": Column("Question"),
    "score": Column("Printed score", decimals=2),
    "added_up": Column("By its own weights", decimals=2),
    "rank": Column("Rank printed", decimals=0),
    "rank_now": Column("Rank by weights", decimals=0),
}
