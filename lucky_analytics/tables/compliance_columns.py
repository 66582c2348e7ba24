"""The columns of the tables on the compliance page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "CHECKLIST",
    "DECLARED",
    "EVIDENCE",
    "FAILED",
    "HASHES",
    "ISSUES",
    "MONTHS",
    "SCORES",
    "STORES",
    "UNTESTABLE",
]

_TABS = ("Tax", "Payment", "Food", "Financial", "Labour")

FAILED = {
    "exceptions": Column("What fails"),
    "tab": Column("Tab"),
    "owner": Column("Owner"),
    "severity": Column("Severity"),
    "n": Column("In these days", decimals=0),
    "limit": Column("Allowed"),
    "new": Column("Since when"),
    "n_all": Column("Since the first day", decimals=0),
    "at_stake": Column("At stake", "USD", 2),
}
CHECKLIST = {
    "tab": Column("Tab"),
    "title": Column("Control"),
    "outcome": Column("Outcome"),
    "n": Column("Findings", decimals=0),
    "cases": Column("Tested", decimals=0),
    "of": Column("Of"),
    "limit": Column("Allowed"),
    "severity": Column("Severity"),
    "owner": Column("Owner"),
}
UNTESTABLE = {
    "tab": Column("Tab"),
    "title": Column("Control"),
    "severity": Column("Severity"),
    "owner": Column("Owner"),
    "reason": Column("Why no table shows it"),
}
SCORES = {
    "month": Column("Month"),
    "is_whole": Column("Whole month"),
    "score": Column("Score", "share", 0),
    "tested": Column("Tested", decimals=0),
    "passed": Column("Passed", decimals=0),
    "failed": Column("Failed", decimals=0),
    "undecided": Column("Too few to say", decimals=0),
    **{tab: Column(tab, "share", 0) for tab in _TABS},
}
MONTHS = {
    "month": Column("Month"),
    "tab": Column("Tab"),
    "title": Column("Control"),
    "outcome": Column("Outcome"),
    "n": Column("Findings", decimals=0),
    "cases": Column("Tested", decimals=0),
    "share": Column("Share", "share", 2),
    "low": Column("Interval", "share", 2, high="high"),
}
ISSUES = {
    "exceptions": Column("What fails"),
    "owner": Column("Owner"),
    "date": Column("Day"),
    "store": Column("Store"),
    "detail": Column("What is known"),
    "amount": Column("At stake", decimals=2),
    "currency": Column("Currency"),
    "case": Column("Case"),
}
STORES = {
    "store": Column("Store"),
    **{tab: Column(tab, decimals=0) for tab in _TABS},
    "total": Column("Findings", decimals=0),
}
DECLARED = {
    "name": Column("Id"),
    "tab": Column("Tab"),
    "demands": Column("What it demands"),
    "source": Column("Who asks for it"),
    "owner": Column("Owner"),
    "severity": Column("Severity"),
    "limit": Column("Limit"),
    "query": Column("Query"),
    "evidence": Column("Evidence"),
}
EVIDENCE = {
    "control": Column("Control"),
    "part": Column("Part"),
    "case": Column("Case"),
    "date": Column("Day"),
    "store": Column("Store"),
    "detail": Column("Detail"),
    "cents": Column("At stake", "cents", 0),
    "currency": Column("Currency"),
}
HASHES = {
    "control": Column("Control"),
    "lines": Column("Lines", decimals=0),
    "sha256": Column("SHA-256"),
}
