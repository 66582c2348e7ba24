"""The columns of the tables on the tax page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "ADVISER",
    "BOOKED_CLASSES",
    "BOOKED_ROWS",
    "CLASSES",
    "DAYS",
    "ERRORS",
    "EXPOSURE",
    "LEDGER",
    "NAIVE",
    "RETURNS",
    "RULES",
    "WORKSHEET",
    "groups",
]


def _usd(label: str, *, bar: bool = False) -> Column:
    return Column(label, "USD", 2, bar=bar)


CLASSES = {
    "class": Column("Kind"),
    "n": Column("Lines", decimals=0),
    "receipt": _usd("Sold before tax"),
    "due": _usd("Due"),
    "charged": _usd("Charged"),
    "under": _usd("Due, not charged"),
    "over": _usd("Charged, not due"),
}
RETURNS = {
    "period": Column("Period"),
    "form": Column("Form"),
    "due_date": Column("Due on"),
    "taxable": _usd("Taxable receipts"),
    "due": _usd("Due by line"),
    "charged": _usd("Charged"),
    "booked": _usd("Booked"),
    "remitted": _usd("Remitted"),
    "to_pay": _usd("To pay"),
}
WORKSHEET = {
    "period": Column("Period"),
    "form": Column("Form"),
    "due_date": Column("Due on"),
    "receipt": _usd("Sold before tax"),
    "exempt": _usd("Exempt or elsewhere"),
    "taxable": _usd("Taxable receipts"),
    "state": _usd("State"),
    "city": _usd("City"),
    "district": _usd("District"),
    "tax": _usd("Tax on receipts"),
    "due": _usd("Due by line"),
    "charged": _usd("Charged"),
    "to_pay": _usd("To pay"),
    "booked": _usd("Booked"),
    "remitted": _usd("Remitted"),
    "under": _usd("Due, not charged"),
    "over": _usd("Charged, not due"),
    "fee": _usd("Fees without tax"),
    "fee_tax": _usd("Tax if taxable"),
}
EXPOSURE = {
    "quarter": Column("Quarter"),
    "period": Column("Return"),
    "due_date": Column("Due on"),
    "owed": _usd("Due, not charged"),
    "owed_interest": _usd("Interest at most"),
    "owed_penalty": _usd("Penalty at most"),
    "fees": _usd("On fees, if taxable"),
    "fees_interest": _usd("Interest at most"),
    "fees_penalty": _usd("Penalty at most"),
    "all": _usd("Not known to be paid"),
    "all_interest": _usd("Interest at most"),
    "all_penalty": _usd("Penalty at most"),
}
DAYS = {
    "date": Column("Day"),
    "n": Column("Lines", decimals=0),
    "receipt": _usd("Sold before tax"),
    "taxable": _usd("Taxable"),
    "due": _usd("Due"),
    "charged": _usd("Charged"),
    "booked": _usd("Booked that day"),
    "under": _usd("Due, not charged"),
    "over": _usd("Charged, not due"),
    "n_errors": Column("Wrong lines", decimals=0),
}
LEDGER = {
    "date": Column("Day"),
    "store": Column("Store"),
    "jurisdiction": Column("Jurisdiction"),
    "taxability": Column("Taxability"),
    "n": Column("Lines", decimals=0),
    "receipt": _usd("Sold before tax"),
    "taxable": _usd("Taxable"),
    "due": _usd("Due"),
    "charged": _usd("Charged"),
    "gap": _usd("Due less charged"),
}
ERRORS = {
    "date": Column("Day"),
    "class": Column("Kind"),
    "store": Column("Store"),
    "product": Column("Product"),
    "receipt": _usd("Before tax"),
    "rate": Column("Rate on file", "%", 3),
    "charged_rate": Column("Rate recorded", "%", 3),
    "due": _usd("Due"),
    "charged": _usd("Charged"),
    "gap": _usd("Due less charged"),
    "order_id": Column("Order"),
}
BOOKED_CLASSES = {
    "class": Column("Kind"),
    "n_left": Column("Batches charged", decimals=0),
    "left": _usd("Charged"),
    "n_right": Column("Bills", decimals=0),
    "right": _usd("Booked"),
    "off": _usd("Booked less charged"),
}
BOOKED_ROWS = {
    "date": Column("Day"),
    "class": Column("Kind"),
    "key": Column("Batch or order"),
    "charged": _usd("Charged"),
    "booked": _usd("Booked"),
    "off": _usd("Charged less booked"),
}
NAIVE = {"step": Column("From revenue to what was not charged"), "amount": _usd("Amount")}
RULES = {
    "what": Column("Of"),
    "rule": Column("Rule"),
    "since": Column("Since"),
    "source": Column("Source"),
}
ADVISER = {
    "topic": Column("Topic"),
    "assumed": Column("This page assumes"),
    "to confirm": Column("To be confirmed"),
}


def groups(**labels: str) -> dict[str, Column]:
    """Lines by the columns that ``labels`` name."""
    return {
        **{name: Column(label) for name, label in labels.items()},
        "n": Column("Lines", decimals=0),
        "receipt": _usd("Sold before tax"),
        "due": _usd("Due"),
        "charged": _usd("Charged"),
        "under": _usd("Due, not charged"),
        "over": _usd("Charged, not due"),
        "n_errors": Column("Wrong lines", decimals=0),
    }
