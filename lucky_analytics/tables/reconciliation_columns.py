"""The columns of the tables on the reconciliation page."""

from __future__ import annotations

from lucky_analytics.tables.payment_columns import FEE_MONTHS
from lucky_analytics.tables.render import Column

__all__ = ["BRIDGE", "CLASSES", "FEE_MONTHS", "SUMS", "days", "exceptions", "fee_days", "largest"]


def days(currency: str) -> dict[str, Column]:
    """Three columns a day with their marks, and the parts that lead from orders to accounting, in one
    currency."""
    return {
        "date": Column("Day"),
        "placed": Column("Orders", currency, 2),
        "paid": Column("Payments", currency, 2),
        "paid_mark": Column("Match"),
        "booked": Column("Accounting", currency, 2),
        "booked_mark": Column("Match"),
        "moved": Column("Posted on another day", currency, 2),
        "classified": Column("Exceptions, net", currency, 2),
        "unexplained": Column("Unexplained", currency, 2),
        "settling": Column("Rounding, and not due yet", currency, 2),
    }


def largest(currency: str) -> dict[str, Column]:
    """The exceptions with most at risk, as few columns as tell them apart."""
    return {
        "date": Column("Day"),
        "label": Column("Kind"),
        "key": Column("Order, batch or bill"),
        "due": Column("Due", currency, 2),
        "recorded": Column("Recorded", currency, 2),
        "at_risk": Column("At risk", currency, 2, bar=True),
        "known": Column("What is known"),
    }


def exceptions(currency: str) -> dict[str, Column]:
    """One exception a row, in one currency."""
    return {
        "leg": Column("Compared"),
        "class": Column("Kind"),
        "nature": Column("Nature"),
        "date": Column("Day"),
        "age_days": Column("Age", "days", 0),
        "key": Column("Order, batch or bill"),
        "row_id": Column("Record"),
        "due": Column("Due", currency, 2),
        "recorded": Column("Recorded", currency, 2),
        "at_risk": Column("At risk", currency, 2),
        "known": Column("What is known"),
    }


CLASSES = {
    "label": Column("Kind"),
    "n": Column("Exceptions", decimals=0),
    "at_risk": Column("At risk", "USD", 2, bar=True),
    "age_0": Column("0 to 7 days", "USD", 2),
    "age_1": Column("8 to 30", "USD", 2),
    "age_2": Column("31 to 90", "USD", 2),
    "age_3": Column("Over 90", "USD", 2),
    "oldest_days": Column("Oldest", "days", 0),
}
SUMS = {
    "leg": Column("Compared"),
    "currency": Column("Currency"),
    "class": Column("Kind"),
    "n_left": Column("Due", "rows", 0),
    "left": Column("Due", "of the currency", 2),
    "n_right": Column("Recorded", "rows", 0),
    "right": Column("Recorded", "of the currency", 2),
    "off": Column("Recorded less due", "of the currency", 2),
}
BRIDGE = {
    "step": Column("From orders to payments"),
    "n_usd": Column("US dollars", "rows", 0),
    "usd": Column("US dollars", "USD", 2),
    "n_nzd": Column("New Zealand dollars", "rows", 0),
    "nzd": Column("New Zealand dollars", "NZD", 2),
    "n": Column("Both", "rows", 0),
}


def fee_days(names: list[str], currency: str) -> dict[str, Column]:
    """Fees a day, one column for each payment method, in one currency."""
    methods = {
        name: Column(name, currency, 2) for name in names if name not in ("date", "all", "rate", "percent")
    }
    return {
        "date": Column("Day"),
        **methods,
        "all": Column("All", currency, 2),
        "percent": Column("Rate", "%", 3),
    }
