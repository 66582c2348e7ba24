"""The columns of the tables on the page of unusual things."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ANSWERED", "CARDS", "COUNTS", "EVERY", "LIMITS", "QUIETED", "RATES", "STEPS", "SYMPTOMS",
           "WATCHED", "WEIGHTS"]  # fmt: skip

CARDS = {
    "severity": Column("Severity"),
    "where": Column("Where"),
    "event": Column("What"),
    "first": Column("First seen"),
    "n_days": Column("For", "days", 0),
    "off": Column("Against usual", "USD change", 0),
    "off_low": Column("Range", "USD change", 0, high="off_high"),
    "cause": Column("Likely cause"),
    "owner": Column("Who"),
    "id": Column("Card"),
}
STEPS = {
    "where": Column("Where"),
    "event": Column("What"),
    "no": Column("Step", decimals=0),
    "what": Column("Do"),
    "system": Column("In which system"),
    "who": Column("Who"),
    "id": Column("Card"),
}
WATCHED = {
    "label": Column("Number"),
    "system": Column("System"),
    "of": Column("Of"),
    "n": Column("Watched", "series", 0),
    "usual": Column("Usual"),
    "way": Column("Seen from a"),
    "change": Column("Smallest seen", "share", 0),
    "where": Column("Also on"),
    "drift": Column("Slow drift"),
}
ANSWERED = {
    "state": Column("Answer"),
    "severity": Column("Severity"),
    "where": Column("Where"),
    "event": Column("What"),
    "first": Column("First seen"),
    "last": Column("Last seen"),
    "off": Column("Against usual", "USD change", 0),
    "who": Column("By"),
    "reason": Column("Reason"),
    "note": Column("Note"),
    "id": Column("Card"),
}
SYMPTOMS = {
    "ds": Column("Day"),
    "where": Column("Where"),
    "number": Column("Number"),
    "value": Column("The day"),
    "usual": Column("Usual"),
    "id": Column("Card"),
}
EVERY = {
    "first": Column("First seen"),
    "last": Column("Last seen"),
    "severity": Column("Severity"),
    "why": Column("Because"),
    "where": Column("Where"),
    "event": Column("What"),
    "what": Column("Numbers"),
    "n_numbers": Column("Numbers", "off", 0),
    "off": Column("Against usual", "USD change", 0),
    "systems": Column("Systems"),
    "state": Column("Answer"),
    "id": Column("Card"),
}
QUIETED = {
    "ds": Column("Day"),
    "where": Column("Where"),
    "number": Column("Number"),
    "value": Column("The day"),
    "usual": Column("Usual"),
    "weight": Column("Budget kept", "share", 0),
}
WEIGHTS = {
    "where": Column("Where"),
    "number": Column("Number"),
    "weight": Column("Budget kept", "share", 0),
}
RATES = {
    "control": Column("What is watched"),
    "rate": Column("Stated where nothing is wrong"),
    "n_days": Column("Days judged", decimals=0),
    "expected": Column("Expected false", "days", 1),
    "n_with": Column("With an alarm", "days", 0),
}
COUNTS = {
    "ds": Column("Day"),
    "outside": Column("Outside their range", "numbers", 0),
    "alarms": Column("Alarms", decimals=0),
    "cards": Column("Cards that began", decimals=0),
}
LIMITS = {
    "severity": Column("Severity"),
    "means": Column("Means"),
    "from": Column("From"),
}
