"""The columns of the tables on the page on the cloud's bill."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["ACTIONS", "MACHINES", "MONTHS", "PLAN"]

_MACHINE = {
    "name": Column("Machine"),
    "service": Column("Of"),
    "environment": Column("For"),
    "type": Column("Type"),
}

ACTIONS = {
    "what": Column("What to do"),
    **_MACHINE,
    "new_type": Column("Then"),
    "now": Column("Saves a month now", "USD", 0),
    "full": Column("Once plans ended", "USD", 0),
    "risk": Column("Risk"),
    "undo": Column("How to take it back"),
}
MACHINES = {
    **_MACHINE,
    "paid_by": Column("Paid by"),
    "what": Column("What to do"),
    "mean": Column("Processor, mean", "share", 1),
    "most": Column("Busiest moment", "share", 0),
    "watched": Column("Days watched", decimals=0),
    "quiet": Column("Days since busy", decimals=0),
    "hour": Column("An hour", "USD", 2),
}
PLAN = {
    "service": Column("Service"),
    "nodes": Column("In use", "nodes", 0),
    "covered": Column("Bought ahead", "share", 1),
    "discount": Column("Cheaper ahead", "share", 0),
    "buy": Column("Buy more", "nodes", 0),
    "saves": Column("Saves a month", "USD", 0),
    "saves_low": Column("Range", "USD", 0, high="saves_high"),
    "idle": Column("Of it unused", "share", 1),
    "all_in": Column("If all were bought and kept", "USD", 0),
}
MONTHS = {
    "label": Column("Month"),
    "bill": Column("Bill", "USD", 0),
    "orders": Column("Orders", decimals=0),
    "stores": Column("Stores", decimals=0),
    "per_order": Column("An order", "USD", 2),
    "per_store": Column("A store", "USD", 0),
}
