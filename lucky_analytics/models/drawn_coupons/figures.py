"""The figure of weekly coupons that several pages print: what one depth for all adds to nothing off."""

from __future__ import annotations

from lucky_analytics.models.drawn_coupons.coded_coupons import PER

__all__ = ["BESIDE_PRICES", "MARGIN_OF_DEPTH", "RULE", "UNIT", "name_flat"]

MARGIN_OF_DEPTH = "margin of weekly coupons against nothing off"
RULE = "rule of weekly coupons"  # on which several pages decide: "keep" or "change"
# How the rule of coupons can stay while the page on prices tries deeper discounts in single categories.
BESIDE_PRICES = (
    "A size of discount is judged here over all categories. The page on prices may try a lower price in one "
    "category, in half of the stores: the rule of weekly coupons stays while it does."
)
UNIT = f"USD a week for {PER} customers"


def name_flat(depth: float) -> str:
    """One depth given to all.

    >>> name_flat(0.3)
    '30 % off for all'
    """
    return f"{100 * depth:.0f} % off for all"
