"""Each registered person with where they came from, when they ordered, and what that left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.models.coupon_decisions import Rules
from lucky_analytics.models.first_days import load_first_days

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["KINDS", "LOYAL_DAYS", "LOYAL_ORDERS", "SEEN_DAYS", "People", "load_people"]

# What may be called the channel of a customer, as columns of ``People.rows`` and as readers see it.
KINDS = {"origin": "Registered", "first_channel": "First order", "touch": "First touch"}
# Days since the first order over which margins are summed.
SEEN_DAYS = (30, 90, 180)
LOYAL_ORDERS, LOYAL_DAYS = Rules().loyal_orders, 90


@dataclass(frozen=True)
class People:
    """``rows``: one a person who has registered, delivery platforms' accounts left out, as on all pages on
    customers.

    ``origin``, ``registered_date``; ``touch`` (through what they first met us) and ``first_date``,
    ``first_channel``, ``first_store`` (of the first order), ``second_date``, ``loyal_date`` (of order number
    ``LOYAL_ORDERS``), each null where there is none; ``n_orders`` so far, ``margin_cents`` of them (null
    where no cost is known), ``margin_30_cents``, ``orders_30``, ``paid_30_cents`` (tax and fees included) and
    so on: of the orders up to so many days after the first, that one included.
    """

    rows: pd.DataFrame
    as_of: dt.date
    has_touches: bool
    sql: str

    @property
    def bought(self) -> pd.DataFrame:
        """The rows of those who have ordered."""
        return self.rows[self.rows["first_date"].notna()]

    @property
    def by_size(self) -> list[str]:
        """Named channels of registration, that of most customers (who have ordered) first."""
        n = self.bought["origin"].value_counts()
        named = [channel for channel in CHANNELS["origin"] if channel != "other" and n.get(channel, 0)]
        return sorted(named, key=lambda channel: -int(n[channel]))

    def aged(self, since: str, days: int) -> pd.DataFrame:
        """The rows whose date ``since`` lies at least ``days`` days back: what came after it was seen."""
        return self.rows[(pd.Timestamp(self.as_of) - self.rows[since]).dt.days >= days]


def load_people(suite: Suite, days: int = 90) -> People:
    """Everyone who registered by ``as_of``, as ``load_first_days`` has them; sums of the first ``days``
    besides ``SEEN_DAYS``."""
    spans = sorted({*SEEN_DAYS, days})
    rows, order = load_first_days(suite, ["origin", "registered_date"], spans, LOYAL_ORDERS)
    has_touches = suite.optional("first_touches") is not None
    return People(rows.drop(columns="customer_id"), suite.as_of, has_touches, suite.sql(order))
