"""What stands around the charts of the page on customers. Each returns the arguments of ``report.figure``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.marketing.customer_360 import texts
from lucky_analytics.questions.marketing.customer_360.price_bands import TELLING
from lucky_analytics.questions.marketing.customer_360.profiles import HORIZON

__all__ = ["bands", "first_orders", "overlap", "registrations"]

_ORDERS = "orders of customers, delivery accounts left out"


def bands(verdict: str, level: float) -> dict[str, str]:
    """``verdict`` as from ``judge_bands``."""
    finding = {
        "silent": "By no reading does the price band tell customers apart",
        "tells": "The price band tells customers apart by one reading at least",
    }.get(verdict, "Too few customers to say whether the price band tells them apart")
    return {
        "finding": finding,
        "subtitle": "Means of the platform's low, middle and high price band against all customers with one, "
        f"with {100 * level:.0f} % intervals; a band is of use from a difference of {100 * TELLING:g} % on",
        "source": f"states of the customer platform, {_ORDERS}",
    }


def overlap(cells: pd.DataFrame) -> dict[str, str]:
    """``cells`` as from ``cross_groups`` of classes, or of recency and frequency, and where customers are."""
    return {
        "finding": texts.describe_overlap(cells),
        "subtitle": f"Customers of each group by churn score, or days of silence from {HORIZON} days on; "
        "numbers: customers, colour: share of the row. A score is "
        'the chance of no order in these days; "chance still here" in the table, of not having left for good',
        "alt": "; ".join(
            f"{row['down']}, {row['across']}: {row['n']:,}"
            for row in cells[cells["n"] > 0].to_dict("records")
        ),
        "source": f"{_ORDERS}; values as on the page on lifetime value, scores as on the page on churn",
    }


def registrations(registered: pd.DataFrame, ratio: float | None) -> dict[str, str]:
    """``registered`` with ``month`` named; ``ratio`` as from ``measure_fall``."""
    return {
        "finding": texts.describe_fall(ratio),
        "subtitle": "People who registered a day, by month; orange: of them, those who have not ordered yet",
        "alt": "; ".join(
            f"{row['month']}: {row['a_day']:,.0f} a day, {100 * row['never_share']:.0f} % never ordered"
            for row in registered.to_dict("records")
        ),
        "source": "register of customers, completed orders",
    }


def first_orders(by_month: pd.DataFrame, level: float) -> dict[str, str]:
    """``by_month`` as from ``estimate_first_orders``, its row "all" last."""
    whole = by_month.iloc[-1]
    said = "No month has had its 30 days yet"
    if pd.notna(whole["within_30"]):
        months = by_month.iloc[:-1].dropna(subset=["within_30"])
        said = _name_jump(months)
    return {
        "finding": said,
        "subtitle": "Share with a first order within 30 days, by month of registration, with "
        f"{100 * level:.0f} % intervals; the line is everybody",
        "source": "register of customers, completed orders; who registered later counts for the days so far",
    }


def _name_jump(months: pd.DataFrame) -> str:
    """The largest step from one month of registration to the next, and what came after.

    >>> shares = [0.3, 0.2, 0.8, 0.7, 0.75]
    >>> _name_jump(pd.DataFrame({"month": ["Jun", "Jul", "Aug", "Sep", "Oct"], "within_30": shares}))
    '20 % of Jul registrations ordered within 30 days, 80 % of Aug ones, 70 % to 75 % after'
    """
    shares = months["within_30"].to_numpy(float)
    if len(shares) < 2:
        return f"{100 * shares[0]:.0f} % of {months['month'].iloc[0]} registrations ordered within 30 days"
    place = int(abs(shares[1:] - shares[:-1]).argmax())
    ends = [f"{100 * shares[n]:.0f} % of {months['month'].iloc[n]}" for n in (place, place + 1)]
    later = shares[place + 2 :]
    after = f", {100 * later.min():.0f} % to {100 * later.max():.0f} % after" if len(later) > 1 else ""
    return f"{ends[0]} registrations ordered within 30 days, {ends[1]} ones{after}"
