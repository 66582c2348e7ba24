"""What stands around the charts of the churn page: finding, subtitle, words for those who cannot see it, "
"source.

Each function returns the arguments of ``report.figure`` by name.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from lucky_analytics.questions.marketing.churn_cohorts import texts

__all__ = ["calibration", "claim", "order_tests", "recency", "second_orders", "segments", "triangle"]

_ORDERS = "orders of customers, delivery accounts left out"


def segments(each: pd.DataFrame, depth: float, level: float) -> dict[str, str]:
    """``each``: segments with ``low_each`` and ``high_each``, dollars a contact."""
    first = each.iloc[0]
    return {
        "finding": texts.title_segments(each),
        "subtitle": f"Margin added by a contact in five weeks, a coupon of {100 * depth:g} % off, by orders "
        f"so far and "
        f"days of silence, with {100 * level:.0f} % intervals",
        "alt": f"Highest estimate: {first['segment']}, {first['low_each']:+.2f} to "
        f"{first['high_each']:+.2f} dollars "
        "a contact.",
        "source": "coupons of random depth, orders of customers, recipe costs, payment fees",
    }


def triangle(triangle: pd.DataFrame) -> dict[str, str]:
    """``triangle`` as from ``label_cohorts``."""
    month = triangle[(triangle["period"] == 1) & ~triangle["is_immature"]]["retained"]
    low, high = (100 * end for end in (month.min(), month.max()))
    return {
        "finding": f"{low:.0f} to {high:.0f} % of each month's newcomers order in their second month"
        if len(month)
        else "No cohort has had its second month yet",
        "subtitle": "Percent of each month's newcomers with an order, by days since the first one; a "
        "second order within "
        "60 days may come in the first month too; dashed and ~: "
        "not all "
        "customers have had these days yet",
        "alt": f"Retention by cohort runs from {100 * triangle['retained'].min():.0f} to "
        f"{100 * triangle['retained'].max():.0f} %; it falls with time since the first order.",
        "source": _ORDERS,
    }


def second_orders(groups: pd.DataFrame, differ: Any, whole: float, days: int, level: float) -> dict[str, str]:
    """As ``texts.describe_groups``."""
    return {
        "finding": texts.describe_groups(groups, differ, whole),
        "subtitle": f"Share that orders again within {days} days, by store of the first order, with "
        f"{100 * level:.0f} % intervals",
        "alt": f"Of all customers {100 * whole:.0f} % order again; {len(groups)} stores are known for "
        f"long enough.",
        "source": "orders of customers; those not seen for long enough count for as long as they were",
    }


def recency(states: pd.DataFrame) -> dict[str, str]:
    """``states`` as from ``assemble_recency``."""
    oldest = states[states["state"] == "lapsed"].iloc[0]
    return {
        "finding": f"{100 * oldest['share']:.0f} % of the customers of {oldest['cohort_label']} are silent",
        "subtitle": "Customers by month of the first order; orange: silent for 91 days or more, which none "
        "of the last 90 days can be",
        "alt": "The older the cohort, the larger the silent part: the share of lapsed customers is mostly "
        "the age "
        "of the customer base, not a rate of leaving.",
        "source": _ORDERS,
    }


def order_tests(shown: pd.DataFrame, level: float) -> dict[str, str]:
    """``shown``: forecasts of 30 days that are over, as from ``score_intervals``."""
    return {
        "finding": texts.describe_order_tests(shown),
        "subtitle": "Orders in 30 days of the customers known on each date; dot: forecast, line: its "
        f"{100 * level:.0f} % interval from the tests over by then, circle: what came",
        "source": "orders of customers, repeat-buying model of each date",
    }


def calibration(bins: pd.DataFrame, days: int, level: float) -> dict[str, str]:
    """``bins`` as from ``estimate_calibration``."""
    off = (bins["observed"] - bins["predicted"]).abs().max()
    return {
        "finding": f"Scores come true within {max(100 * off, 1):.0f} points on three dates gone by",
        "subtitle": f"Share without an order in {days} days, by predicted share, with {100 * level:.0f} % "
        f"intervals",
        "alt": f"Predicted and observed shares differ by at most {100 * off:.1f} points.",
        "source": "three back-tests, customers active on each date",
    }


def claim(claim: pd.DataFrame, lapsed: pd.DataFrame) -> dict[str, str]:
    """``claim`` as from ``decompose_claim``; ``lapsed``: customers with ``orders_after``."""
    usual, left = claim.iloc[0], claim.iloc[-1]
    return {
        "finding": f"If a tenth came back, it would be worth ${left['low'] / 1e3:,.0f}K to "
        f"${left['high'] / 1e3:,.0f}K, not ${usual['dollars'] / 1e3:,.0f}K",
        "subtitle": "A tenth of the customers silent for 91 days or more, a year ahead; each bar corrects "
        "one "
        "thing. A twentieth: half of each. What a coupon brings back is another matter",
        "alt": "The claim multiplies customers by 12 orders a year at the average value; customers who "
        "come back "
        f"place {lapsed['orders_after'].mean():.0f} orders in a year.",
        "source": "repeat-buying and spend models",
    }
