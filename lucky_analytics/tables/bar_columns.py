"""The columns of the busiest hour at the bar, as the pages of stores and of sites show it."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["BUSIEST_HOUR"]

BUSIEST_HOUR = {
    "y": Column("Orders", "a week", 0),
    "peak": Column("Busiest hour", "orders", 0),
    "peak_low": Column("Interval", "orders", 0, high="peak_high"),
    "busy": Column("One such hour in 20 has", "orders or more", 0),
    "in_progress": Column("In the making at once", "orders", 1),
    "machines": Column("Machines", "at the busiest pace seen", 0, high="machines_high"),
}
