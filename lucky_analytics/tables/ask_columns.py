"""The columns of the tables on the page about Ask Lucky."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ASKABLE", "DEPARTMENTS", "FORMS", "OTHERS", "PARTS", "QUESTIONS"]

ASKABLE = {
    "label": Column("What can be asked"),
    "kind": Column("Kind"),
    "by": Column("By"),
    "owner": Column("Owner"),
    "about": Column("What it is"),
}
_COUNTS = {
    "n": Column("Asked", decimals=0),
    "right": Column("Right", decimals=0),
    "wrong": Column("Wrong", decimals=0),
    "asked_back": Column("Asked back", decimals=0),
    "refused": Column("Not answered", decimals=0),
    "share": Column("Right", "share", 2),
    "low": Column("At least", "share", 2),
    "high": Column("At most", "share", 2),
}
PARTS = {"part": Column("Questions"), **_COUNTS}
FORMS = {"form": Column("Form"), **_COUNTS}
DEPARTMENTS = {"of": Column("Department"), **_COUNTS}
OTHERS = {
    "name": Column("Set"),
    "day": Column("Asked on"),
    "questions": Column("Questions", decimals=0),
    "n": Column("Forms of them", decimals=0),
    "right": Column("Right", decimals=0),
    "wrong": Column("Wrong", decimals=0),
    "silent": Column("Not answered", decimals=0),
    "share": Column("Right", "share", 2),
    "low": Column("At least", "share", 2),
    "high": Column("At most", "share", 2),
    "kept_back": Column("Kept back where it must be", "share", 2),
}
QUESTIONS = {
    "question": Column("Question"),
    "of": Column("From"),
    "form": Column("Form"),
    "part": Column("Part"),
    "should": Column("Should"),
    "outcome": Column("Outcome"),
}
