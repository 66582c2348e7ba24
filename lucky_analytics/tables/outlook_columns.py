"""The columns of the tables on the page of the financial forecast."""

from __future__ import annotations

from collections.abc import Collection

from lucky_analytics.tables.render import Column

__all__ = ["CAUSES", "DRIVERS", "MONTHS", "OPENING", "TESTED", "UNKNOWN", "scenarios"]


def _usd(label: str, high: str = "") -> Column:
    return Column(label, "USD K", 0, high=high)


MONTHS = {
    "month": Column("Month"),
    "revenue_low": _usd("Revenue", "revenue_high"),
    "result_low": _usd("Left", "result_high"),
    "tax_low": _usd("Sales tax", "tax_high"),
    "due": Column("Tax to be paid by"),
}
UNKNOWN = {
    "what": Column("Not in the ledger"),
    "here": Column("What this page does"),
    "ask": Column("Who knows it"),
}
CAUSES = {
    "cause": Column("What may come otherwise"),
    "low": _usd("Left, alone", "high"),
    "width": Column("Width", "USD K", 1),
}
DRIVERS = {"driver": Column("Driver"), "value": Column("As taken"), "source": Column("From")}
OPENING = {
    "age": Column("Week from the opening", "", 0),
    "extra": Column("Bills beyond a settled store's", "USD", 0),
}
TESTED = {
    "cut": Column("Made on"),
    "ahead": Column("Up to", "weeks ahead", 0),
    "low": Column("Foretold", "USD a week", 0, high="high"),
    "naive": Column("Carried on", "USD a week", 0),
    "came": Column("Came", "USD a week", 0),
    "is_inside": Column("Inside"),
}


def scenarios(names: Collection[str]) -> dict[str, Column]:
    """A profit and loss with a column for each scenario."""
    return {"line": Column("A month, on average")} | {name: Column(name, "USD K", 1) for name in names}
