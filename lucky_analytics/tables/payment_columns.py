"""The columns of the tables on fees and payment methods."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CHANGES", "CLAIMS", "FEE_MONTHS", "LEFT_OUT", "LEVERS", "NAMES", "ROUTES", "SCHEDULES", "methods"]

LEVERS = {
    "lever": Column("What would be done"),
    "saving": Column("Saves", "USD change", 0),
    "saving_low": Column("at least to at most", "USD", 0, high="saving_high"),
    "share": Column("Of all fees", "change", 1),
    "asks": Column("What has to happen"),
}
CHANGES = {
    "month": Column("Month"),
    "label": Column("Payment method"),
    "currency": Column("Currency"),
    "part": Column("Part of the fee"),
    "kind": Column("What happened"),
    "n_off": Column("Payments off the schedule before", decimals=0),
    "before": Column("Before"),
    "after": Column("After"),
}
SCHEDULES = {
    "label": Column("Payment method"),
    "currency": Column("Currency"),
    "part": Column("Part of the fee"),
    "start": Column("From"),
    "n": Column("Payments", decimals=0),
    "on_percent": Column("Reproduced", "% of them", 2),
    "grain": Column("Fees are rounded to", "cents", 2),
    "fixed": Column("Fixed part", "cents a payment", 4),
    "fixed_low": Column("least to most", "cents", 4, high="fixed_high"),
    "rate_percent": Column("Rate", "% of the amount", 5),
    "rate_percent_low": Column("least to most", "%", 5, high="rate_percent_high"),
}
ROUTES = {
    "basket": Column("Order of", "USD", 2),
    "cheapest": Column("Cheapest"),
    "cheapest_cents": Column("costs", "cents", 2),
    "following": Column("Next"),
    "following_cents": Column("costs", "cents", 2),
    "dearest": Column("Dearest"),
    "dearest_cents": Column("costs", "cents", 2),
}
LEFT_OUT = {
    "what": Column("Left out of every schedule and saving"),
    "currency": Column("Currency"),
    "n": Column("Records", decimals=0),
    "amount": Column("Amount", "of the currency", 2),
    "fees": Column("Fees by the schedule", "of the currency", 2),
    "why": Column("Why"),
}
CLAIMS = {
    "claim": Column("What is said"),
    "found": Column("What the records say"),
}
NAMES = {
    "label": Column("Payment method"),
    "state": Column("Its name"),
    "source": Column("From"),
}
FEE_MONTHS = {
    "month": Column("Month"),
    "currency": Column("Currency"),
    "label": Column("Payment method"),
    "n": Column("Payments with a fee record", decimals=0),
    "amount": Column("Collected", "of the currency", 2),
    "fees": Column("Fees", "of the currency", 2),
    "percent": Column("Rate", "% of what was collected", 3),
}


def methods(currency: str) -> dict[str, Column]:
    """What each method costs, in one currency."""
    return {
        "label": Column("Payment method"),
        "n": Column("Payments", decimals=0),
        "amount": Column("Collected", currency, 0),
        "fees": Column("Fees", currency, 0),
        "percent": Column("Fees", "% of what was collected", 2),
        "percent_low": Column("its interval", "%", 2, high="percent_high"),
        "rank_shown": Column("Rank by that"),
        "fixed": Column("Fixed part", "cents a payment", 2),
        "rate": Column("Rate", "% of the amount", 2),
        "same": Column("Average order costs", "cents", 1, bar=True),
        "same_rank_shown": Column("Rank by that"),
    }
