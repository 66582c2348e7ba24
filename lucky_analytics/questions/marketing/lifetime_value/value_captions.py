"""What stands around the charts of the page on lifetime value: finding, subtitle, words for those who cannot
see it, source. Each function returns the arguments of ``report.figure`` by name."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_value
from lucky_analytics.models.customer_worth.customer_classes import Rule
from lucky_analytics.questions.marketing.lifetime_value import texts

__all__ = ["new_customers", "shares", "tenths", "tests"]

_SOURCE = "orders of customers, recipes at the costs of their weeks, payment fees; delivery accounts left out"


def shares(segments: pd.DataFrame, rule: Rule, level: float) -> dict[str, str]:
    """``segments`` as from ``summarise_segments`` by ``rule``."""
    whole = segments.iloc[-1]
    parts = segments.iloc[:-1][segments.iloc[:-1]["n"] > 0]
    first = parts.iloc[0]
    size = 100 * first["n"] / whole["n"]
    count = f"{size:.0f} %" if size >= 1 else "Less than 1 %"
    return {
        "finding": f"{first['segment']}: {count} of customers, {100 * first['share']:.0f} % of the margin "
        "of the year ahead",
        "subtitle": "Share of customers (grey) and of the margin expected of today's customers in 12 months "
        f"(blue, with its {100 * level:.0f} % interval). VIP: ${rule.vip:g} or more is expected of each; "
        f"Growth: less; Maintain: here still with a chance below {100 * rule.alive:g} %; Let go: less than "
        f"${rule.let_go:g} is expected",
        "alt": "; ".join(
            f"{row['segment']}: {row['n']:,} customers, {100 * row['share']:.0f} % of the margin"
            for row in parts.to_dict("records")
        ),
        "source": _SOURCE,
    }


def new_customers(steps: pd.DataFrame, earning: float, cap: float, level: float) -> dict[str, str]:
    """``steps`` as from ``estimate_new``; ``earning``: share of new customers who leave ``cap`` in a year."""
    if cap > 0:
        own, few = format_value(cap, "USD"), f"{100 * earning:.0f} of 100"
        found = f"New customers likely bring in {own} or more a year on average; {few} reach that themselves"
    else:
        found = "A new customer may bring in nothing in a year"
    seen = steps[steps["n"] > 0]
    last = (
        "no customer has been here for a month" if seen.empty else f"seen up to {seen['days'].iloc[-1]} days"
    )
    return {
        "finding": found,
        "subtitle": "Margin of a new customer by days since the first order, that order included; dot: "
        f"expected, with its {100 * level:.0f} % interval, orange: orders of customers who have been here "
        "that long, at what an order leaves today",
        "alt": f"A new customer brings {format_value(steps['value'].iloc[0], 'USD')} in "
        f"{steps['days'].iloc[0]} days and {format_value(steps['value'].iloc[-1], 'USD')} in "
        f"{steps['days'].iloc[-1]}; {last}.",
        "source": _SOURCE,
    }


def tests(scored: pd.DataFrame, period: int, level: float) -> dict[str, str]:
    """``scored`` as from ``score_dates``."""
    return {
        "finding": texts.describe_tests(scored, period),
        "subtitle": f"Margin of the customers known on each date in the {period} days after it; dot: "
        f"foretold, line: the {100 * level:.0f} % interval that the other dates allow, orange: what came",
        "source": _SOURCE,
    }


def tenths(parts: pd.DataFrame, cut: pd.Timestamp, period: int, level: float) -> dict[str, str]:
    """``parts`` as from ``compare_tenths``, of the date ``cut``."""
    top = parts.iloc[-1]
    return {
        "finding": f"The highest tenth brought {format_value(top['came'], 'USD')} each, foretold was "
        f"{format_value(top['predicted'], 'USD')}",
        "subtitle": f"Margin a customer in the {period} days from {cut.day} {cut:%b %Y} on, by tenths of "
        "what was foretold on that day; dot: foretold, orange: what came, with its "
        f"{100 * level:.0f} % interval. The scale gives small sums more room",
        "source": _SOURCE,
    }
