"""The figure of weekly coupons that several pages print: what one depth for all adds to nothing off."""

from __future__ import annotations

from lucky_analytics.models.drawn_coupons.coded_coupons import PER

__all__ = ["MARGIN_OF_DEPTH", "UNIT", "name_flat"]

MARGIN_OF_DEPTH = "margin of weekly coupons against nothing off"
UNIT = f"USD a week for {PER} customers"


def name_flat(depth: float) -> str:
    """One depth given to all.

    >>> name_flat(0.3)
    '30 % off for all'
    """
    return f"{100 * depth:.0f} % off for all"
