"""What stands around the charts of the page on invitations: the arguments of ``report.figure``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_value
from lucky_analytics.questions.marketing.referral_network.connectors import Connectors
from lucky_analytics.questions.marketing.referral_network.rewards import WEEKS, Rewards
from lucky_analytics.questions.marketing.referral_network.texts import name_gap

__all__ = ["counts", "coupons", "differences", "months"]

_SOURCE = "campaigns, customers, orders, recipes at the costs of their weeks"


def differences(shown: pd.DataFrame, table: pd.DataFrame, level: float) -> dict[str, str]:
    """``shown`` as from ``assemble_differences``, ``table`` as from ``compare_invited``."""
    return {
        "finding": name_gap(table),
        "subtitle": "Invited customers against others who came in the same weeks to the same stores, in "
        f"percent of what those do; lines: {100 * level:.0f} % intervals, each of its measure alone",
        "alt": "; ".join(
            f"{row['label']}: {100 * row['change']:+.0f} % "
            f"({100 * row['low']:+.0f} to {100 * row['high']:+.0f})"
            for row in shown.to_dict("records")
        )
        or "no measure",
        "source": _SOURCE,
    }


def coupons(rewards: Rewards) -> dict[str, str]:
    """Of ``views.share_coupons``."""
    spent = rewards.all_dollars or 0.0
    rest = spent - (rewards.linked_dollars or 0.0)
    of, own = format_value(spent, "USD"), format_value(rest, "USD")
    return {
        "finding": f"{own} of {of} of referral coupons went to people with no invitation on record",
        "subtitle": f"US dollars taken off orders in the last {WEEKS} whole weeks, by who used the coupon",
        "source": "coupons, campaigns",
    }


def months(shown: pd.DataFrame) -> dict[str, str]:
    """``shown`` as from ``name_months``."""
    whole = shown[shown["is_whole"] & shown["share"].notna()]
    subtitle = "Share of each month's new customers who had accepted an invitation; hollow: the month so far"
    if len(whole) < 2:
        return {
            "finding": "There are no two whole months to compare yet",
            "subtitle": subtitle,
            "source": _SOURCE,
        }
    first, last = whole.iloc[0], whole.iloc[-1]
    ends = [format_value(row["share"], "share") for row in (first, last)]
    return {
        "finding": f"{ends[0]} of new customers were invited in {first['month']:%b %Y}, {ends[1]} in "
        f"{last['month']:%b %Y}",
        "subtitle": subtitle,
        "alt": "; ".join(
            f"{row['month_label']}: {format_value(row['share'], 'share')}" for row in whole.to_dict("records")
        ),
        "source": _SOURCE,
    }


def counts(shown: pd.DataFrame, connectors: Connectors) -> dict[str, str]:
    """``shown`` as from ``count_counts``."""
    last = shown.iloc[-1]
    n, chance = f"{last['n']:,.0f}", f"{last['by_chance']:,.0f}"
    who = "1 customer" if n == "1" else f"{n} customers"
    verb = "would be" if connectors.is_unequal else "may well be"
    return {
        "finding": f"{who} {last['label']} others; by chance alone it {verb} {chance}"
        if last["n"] or last["by_chance"] >= 0.5
        else f"Nobody {last['label']} others",
        "subtitle": "Customers by how many they brought; grey: were all alike, with as many invitations",
        "alt": "; ".join(
            f"{row['label']}: {row['n']:,} customers, {row['by_chance']:,.0f} by chance"
            for row in shown.to_dict("records")
        ),
        "source": "campaigns and customers",
    }
