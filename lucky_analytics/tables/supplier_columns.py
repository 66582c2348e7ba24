"""The columns of the tables on the page on suppliers."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "ALERTS",
    "DASHBOARD",
    "OPEN",
    "OTHERS",
    "PRICES",
    "RANKING",
    "SCORES",
    "SETTLED",
    "SHARED",
    "SPEND",
    "TURNS",
]

RANKING = {
    "name": Column("Supplier"),
    "goods_class": Column("Delivers"),
    "n": Column("Orders", decimals=0),
    "rate": Column("Whole and on time", "share", 0),
    "low": Column("Its range", "share", 0, high="high"),
    "raw": Column("Plain share", "share", 0),
    "best": Column("Rank, from", decimals=0, high="last"),
    "few": Column("Few orders"),
    "on_time": Column("Deliveries on time", "share", 0),
    "filled": Column("Packs that came and were kept", "share", 0),
    "refused": Column("Packs refused", "share", 1),
    "lead_usual": Column("Usually here within", "days", 0),
    "lead_slow": Column("Nine of ten within", "days", 0),
    "promised_days": Column("Promised", "days", 0),
}
ALERTS = {
    "kind": Column("What"),
    "name": Column("Supplier"),
    "since": Column("Since"),
    "what": Column("Which"),
}
OTHERS = {
    "instead_of": Column("Instead of"),
    "name": Column("Other supplier of the class"),
    "goods_class": Column("Delivers"),
    "n": Column("Orders", decimals=0),
    "rate": Column("Whole and on time", "share", 0),
    "low": Column("Its range", "share", 0, high="high"),
    "sure": Column("Surely better"),
}
SHARED = {
    "goods_name": Column("Good"),
    "name": Column("Supplier"),
    "price": Column("Price of a unit", "USD", 4),
    "dearer": Column("Above the cheapest", "share", 1),
    "rate": Column("Whole and on time", "share", 0),
    "dollars": Column("Bought", "USD", 0),
    "saving": Column("Less at the cheapest", "USD", 0),
}
SCORES = {
    "name": Column("Supplier"),
    "score": Column("Score", "of 100", 1),
    "on_time": Column("On time", "share", 1),
    "filled": Column("Complete", "share", 1),
    "refused": Column("Refused", "share", 1),
    "steady": Column("Steady price", "share", 1),
    "n": Column("Orders", decimals=0),
    "n_ships": Column("Deliveries", decimals=0),
}
TURNS = {
    "name": Column("Supplier"),
    "what": Column("What"),
    "verdict": Column("Verdict"),
    "day": Column("Since, at the likeliest"),
    "first": Column("At the earliest"),
    "last": Column("At the latest"),
    "before": Column("Before", "share", 1),
    "after": Column("After", "share", 1),
    "step": Column("Change", "change", 1),
    "low": Column("Its range", "change", 1, high="high"),
    "adjusted": Column("p-value, of all", decimals=3),
    "n": Column("Orders", decimals=0),
}
PRICES = {
    "goods_name": Column("Good"),
    "name": Column("Supplier"),
    "n": Column("Prices", decimals=0),
    "first": Column("First price", "USD", 4),
    "before": Column("Mean before", "USD", 4),
    "recent": Column("Mean of late", "USD", 4),
    "last": Column("Last price", "USD", 4),
    "rise": Column("Change", "change", 1),
    "low": Column("Its range", "change", 1, high="high"),
    "dollars": Column("Bought of late", "USD", 0),
}
OPEN = {
    "name": Column("Supplier"),
    "goods": Column("Goods of its order"),
    "ordered": Column("Ordered"),
    "promised": Column("Promised"),
    "overdue": Column("Overdue", "days", 0),
    "packs": Column("Packs", decimals=0),
}
SETTLED = {
    "name": Column("Supplier"),
    "n": Column("Bills", decimals=0),
    "usual_days": Column("Paid after, usually", "days", 0),
    "agreed_days": Column("Agreed", "days", 0),
    "on_time": Column("Paid by their day", "share", 0),
    "overdue": Column("Overdue", decimals=0),
    "overdue_dollars": Column("Overdue", "USD", 0),
}
SPEND = {
    "name": Column("Supplier"),
    "goods_class": Column("Delivers"),
    "dollars": Column("Received", "USD", 0, bar=True),
    "share": Column("Of all", "share", 1),
    "n_orders": Column("Orders", decimals=0),
    "n_goods": Column("Goods", decimals=0),
    "n_alone": Column("Of nobody else", "goods", 0),
}
DASHBOARD = {
    "what": Column("What"),
    "dashboard": Column("A plain dashboard says"),
    "page": Column("This page says"),
    "why": Column("Why they differ"),
}
