"""Who is on the blacklist, who put them there, and whether they order all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["BlacklistUse", "read_blacklist"]


@dataclass(frozen=True)
class BlacklistUse:
    """``rows``: ``subject`` (account, card, network), ``made_by`` (rule or hand), ``entries``, ``active``,
    ``lately`` (made in the last 28 days). ``n_active`` entries; ``ordered``: accounts in force that completed
    an order after they were listed, ``orders`` so many, ``n_accounts`` in force.
    """

    rows: pd.DataFrame
    n_active: int
    n_accounts: int
    ordered: int
    orders: int
    sql: str


def read_blacklist(suite: Suite) -> BlacklistUse | None:
    """The list up to ``as_of``; None where the table is not in the snapshot."""
    entry = suite.optional("blacklist")
    if entry is None:
        return None
    rows = entry.execute()
    rows["made_by"] = rows["rule_id"].notna().map({True: "a rule", False: "hand"})
    since = pd.Timestamp(suite.as_of) - pd.Timedelta(days=27)
    rows["lately"] = pd.to_datetime(rows["listed_date"]) >= since
    grouped = rows.groupby(["subject", "made_by"], as_index=False).agg(
        entries=("entry_id", "size"), active=("is_active", "sum"), lately=("lately", "sum")
    )
    listed = entry.filter(entry.is_active & entry.customer_id.notnull())
    listed = listed.group_by(listed_id="customer_id").agg(since=listed.listed_at.min())
    order = suite.orders
    after = order.join(listed, order.customer_id == listed.listed_id)
    after = after.filter(after.ordered_at > after.since)
    counted = after.agg(accounts=after.customer_id.nunique(), orders=after.count())
    [found] = counted.execute().to_dict("records")
    return BlacklistUse(
        grouped,
        int(rows["is_active"].sum()),
        int(listed.count().execute()),
        int(found["accounts"]),
        int(found["orders"]),
        suite.sql(counted),
    )
