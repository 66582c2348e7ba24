"""Payments that an isolation forest tells apart from all others, and by which of their numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.isolation import fit_isolation
from lucky_analytics.questions.finance.payment_fraud.accounts import Accounts
from lucky_analytics.questions.finance.payment_fraud.cases import Cases

__all__ = ["FEATURES", "OddPayments", "score_payments"]

# A number of a payment, in words of a reader.
FEATURES = {
    "paid": "amount",
    "hour": "hour of the day",
    "that_day": "orders of the account that day",
    "age_days": "days since its first order",
    "n_orders": "orders of the account",
    "discount_share": "share taken off by coupons",
    "refund_share": "share of its orders refunded",
    "n_failed": "failed payments",
    "n_methods": "payment methods on file",
    "on_card": "accounts on its card",
}
_FEWEST = 500  # payments, below which a forest learns nothing
_PSEUDO = 5.0  # orders that the usual refund share counts for, so that one of one is no habit


@dataclass(frozen=True)
class OddPayments:
    """``rows``: payments of the days scored, the oddest first: ``person``, ``date``, ``store_id``, ``score``
    (0 to 1) and the numbers of ``FEATURES``; of the first ``reason`` and ``second``: what most tells it
    apart. ``overlap``: of as many accounts as there are cases, the oddest, how many are in a case;
    ``n_accounts`` so many. Empty where there are too few payments.
    """

    rows: pd.DataFrame
    overlap: int
    n_accounts: int
    n_explained: int


def score_payments(
    accounts: Accounts, cases: Cases, days: int, n_shown: int = 50, n_trees: int = 100, seed: int = 7
) -> OddPayments:
    """The payments of the last ``days``, each with how odd it is; ``n_shown`` of them explained.

    Odd is no suspicion: who orders twelve times a day is as odd as who shares a card with eight others.
    """
    rows = _measure(accounts, days)
    involved = {person for people in cases.rows["people"] for person in people}
    if len(rows) < _FEWEST:
        return OddPayments(rows.head(0).assign(score=[], reason=[], second=[]), 0, 0, 0)
    numbers = rows[list(FEATURES)].to_numpy(float)
    forest = fit_isolation(numbers, n_trees, seed)
    rows = rows.assign(score=forest.score(numbers)).sort_values("score", ascending=False, kind="stable")
    rows = rows.reset_index(drop=True)
    top = rows.head(n_shown)
    parts = forest.explain(top[list(FEATURES)].to_numpy(float))
    order = np.argsort(-parts, axis=1, kind="stable")
    labels = np.array(list(FEATURES.values()), dtype=object)
    rows = rows.assign(reason="", second="")
    rows.loc[top.index, "reason"], rows.loc[top.index, "second"] = labels[order[:, 0]], labels[order[:, 1]]
    seen = involved & set(rows["person"])
    oddest = rows.drop_duplicates("person")["person"].head(len(seen))
    return OddPayments(rows, len(seen & set(oddest)), len(seen), len(top))


def _measure(accounts: Accounts, days: int) -> pd.DataFrame:
    """The numbers of each payment of the last ``days``; those of its account are as of the last day."""
    orders, people = accounts.orders, accounts.people
    since = pd.Timestamp(accounts.as_of) - pd.Timedelta(days=days - 1)
    rows = orders[orders["date"] >= since].reset_index(drop=True)
    own = people.iloc[rows["person"].to_numpy()].reset_index(drop=True)
    on_card = accounts.cards.groupby("card")["person"].transform("nunique")
    most = pd.Series(on_card.to_numpy(), index=accounts.cards["person"]).groupby(level=0).max()
    usual = people["n_refunded"].sum() / max(people["n_orders"].sum(), 1)
    day = (rows["date"] - accounts.start).dt.days
    worth = rows["paid"] + rows["discount"]
    return rows.assign(
        that_day=rows.groupby(["person", "date"])["paid"].transform("size"),
        age_days=day - own["first_day"],
        n_orders=own["n_orders"],
        discount_share=(rows["discount"] / worth.where(worth > 0)).fillna(0.0),
        refund_share=(own["n_refunded"] + usual * _PSEUDO) / (own["n_orders"] + _PSEUDO),
        n_failed=own["n_failed"],
        n_methods=own["n_methods"],
        on_card=rows["person"].map(most).fillna(1.0),
    )
