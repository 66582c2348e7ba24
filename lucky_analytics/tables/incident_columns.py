"""The columns of the tables on the page on incidents."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["FACTS", "OPEN", "READING", "RUNBOOKS", "SERVERS", "STEPS", "THRESHOLDS", "TIMES"]

STEPS = {
    "step": Column("Step", decimals=0),
    "title": Column("What it does"),
    "would_run": Column("What a person would run"),
    "changes": Column("What it changes"),
    "checks": Column("What must be so"),
    "undo": Column("How to undo it"),
}
RUNBOOKS = {
    "label": Column("Incident"),
    "title": Column("Runbook"),
    "owner": Column("Owner"),
    "n_steps": Column("Steps", decimals=0),
    "n_changing": Column("that change something", decimals=0),
    "not_for": Column("Not for"),
}
FACTS = {"what": Column("What"), "told": Column("What is known"), "ask": Column("Whom to ask")}
OPEN = {
    "incident_id": Column("Incident"),
    "opened_at": Column("Since"),
    "hours": Column("Open for", "hours", 1),
    "server": Column("Server"),
    "label": Column("Kind"),
    "by": Column("Kind by"),
    "runbook": Column("Runbook"),
    "usual": Column("Half of its kind solved within", "hours", 1),
}
TIMES = {
    "label": Column("Kind"),
    "n": Column("Incidents", decimals=0),
    "n_open": Column("open", decimals=0),
    "hours": Column("Half solved within", "hours", 1),
    "low": Column("Interval", "hours", 1, high="high"),
    "naive": Column("Mean of the solved alone", "hours", 1),
    "verdict": Column("Against all others"),
}
READING = {
    "kind": Column("Kind"),
    "n": Column("Texts", decimals=0),
    "right": Column("Put under it", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "n_wrong": Column("Others put under it", decimals=0),
}
THRESHOLDS = {
    "sure": Column("Likelier than", "share", 0),
    "n_named": Column("Put under a kind", decimals=0),
    "n_wrong": Column("of them under a wrong one", decimals=0),
    "n_none": Column("Not classed", decimals=0),
}
SERVERS = {
    "server": Column("Server"),
    "n": Column("Incidents", decimals=0),
    "n_open": Column("open", decimals=0),
    "hours": Column("In all", "hours", 1),
    "now": Column("Now"),
}
