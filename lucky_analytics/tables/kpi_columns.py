"""The columns of the tables on the KPI page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["DAYS", "MEMBERS", "METRICS", "MONTHS", "TARGETS", "TREE", "WEEKS"]

METRICS = {
    "label": Column("Figure"),
    "said_value": Column("Last seven days"),
    "said_step": Column("Against the four weeks before"),
    "said_usual": Column("Usual"),
    "said_state": Column("State"),
    "way": Column("Way"),
    "owner": Column("Owner"),
}
TARGETS = {
    "label": Column("Figure"),
    "value": Column("Last seven days", decimals=2),
    "target": Column("Target", decimals=2),
    "shown_unit": Column("Unit"),
    "target_met": Column("Target is"),
    "source": Column("Who set it"),
    "owner": Column("Owner"),
}
TREE = {
    "label": Column("Factor"),
    "said_before": Column("A week of the four before"),
    "said_after": Column("Last seven days"),
    "percent": Column("Change, %", decimals=1),
    "dollars": Column("Moved revenue by", "USD", 0),
}
MEMBERS = {
    "label": Column("Figure"),
    "dimension": Column("By"),
    "member": Column("Which"),
    "value": Column("Last seven days", decimals=2),
    "before": Column("A week of the four before", decimals=2),
    "shown_unit": Column("Unit"),
    "percent": Column("Change, %", decimals=1),
}
WEEKS = {
    "label": Column("Figure"),
    "ds": Column("Seven days up to"),
    "y": Column("Value", decimals=2),
    "unit": Column("Unit"),
}
DAYS = WEEKS | {"ds": Column("Day")}
MONTHS = WEEKS | {"ds": Column("Month from")}
