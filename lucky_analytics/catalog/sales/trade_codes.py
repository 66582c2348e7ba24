"""What the codes of a trade mean, apart from its tables, so that a question may name them."""

from __future__ import annotations

from lucky_analytics.estate.markets import MARKETS

__all__ = ["CURRENCIES", "PAYMENT", "REFUND"]

PAYMENT, REFUND = 1, 2
CURRENCIES = tuple(market.currency for market in MARKETS)
