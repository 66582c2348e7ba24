"""What the rules of risk control passed, and how much of what this page lists they or the blacklist knew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.questions.finance.payment_fraud.accounts import Accounts
from lucky_analytics.questions.finance.payment_fraud.cases import Cases

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["compare_rules"]


def compare_rules(suite: Suite, accounts: Accounts, cases: Cases) -> pd.DataFrame:
    """One row for each way of naming accounts: ``way``, ``named`` accounts, ``listed`` of those in cases, and
    ``hits`` with the share of delivery accounts among them (``platform_share``; null for other ways)."""
    hit = suite.risk_hits.filter(suite.risk_hits.customer_id.notnull())
    by = hit.group_by("customer_id").agg(hits=hit.count()).execute().set_index("customer_id")["hits"]
    customer = suite.customers
    platform = set(customer.filter(customer.is_delivery_account).customer_id.execute())
    listed = suite.blacklist.filter(suite.blacklist.is_active & suite.blacklist.customer_id.notnull())
    black = set(listed.customer_id.execute())
    in_case = {person for people in cases.rows["people"] for person in people}
    ids = accounts.people["customer_id"]
    case_ids = set(ids.iloc[sorted(in_case)])
    total = float(by.sum())
    on_platforms = float(by[by.index.isin(platform)].sum())
    rows = [
        ("rules of risk control", len(by), len(case_ids & set(by.index)), total,
         on_platforms / total if total else None),
        ("blacklist, accounts in force", len(black), len(case_ids & black), None, None),
        ("cases of this page", len(case_ids), len(case_ids), None, None),
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=["way", "named", "listed", "hits", "platform_share"])
    return found.astype({"hits": float, "platform_share": float})
