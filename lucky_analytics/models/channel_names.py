"""The channels that the tables know, as they call them and as readers see them; who has a first touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["CHANNELS", "count_first_touches"]

# The channels of each kind by what the tables call them.
CHANNELS = {
    "origin": {"ios": "iPhone app", "android": "Android app", "web": "web", "other": "other"},
    "first_channel": {"ios": "iPhone app", "android": "Android app", "other": "other"},
    "touch": {
        "organic": "unpaid",
        "social": "social media",
        "search": "search",
        "store_qr": "code in a store",
        "friend": "a friend",
        "press": "press",
    },
}


def count_first_touches(suite: Suite) -> pd.DataFrame | None:
    """Registered people by the first touch on record, delivery platforms' accounts left out: ``channel`` (as
    in ``CHANNELS["touch"]``; "none" last, who have none) and ``n``; None where the snapshot has no such
    table, or nobody has registered. Of several touches of one person the earliest counts.

    >>> count_first_touches(suite).tail(1)                                        # doctest: +SKIP
      channel       n
    6    none  109120
    """
    touch = suite.optional("first_touches")
    if touch is None:
        return None
    first = touch.group_by(touched_id="customer_id").agg(
        channel=touch.touched_through.argmin(touch.touched_at.epoch_seconds())
    )
    person = suite.customers.filter(~suite.customers.is_delivery_account).select("customer_id")
    joined = person.left_join(first, person.customer_id == first.touched_id)
    counts = joined.group_by(channel=joined.channel.fill_null("none")).agg(n=joined.count()).execute()
    if counts.empty:
        return None
    places = {name: place for place, name in enumerate([*CHANNELS["touch"], "none"])}
    order = counts["channel"].map(places).fillna(len(places) - 0.5)
    return counts.iloc[order.argsort(kind="stable")].reset_index(drop=True)
