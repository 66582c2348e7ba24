"""Lists for each customer: taste profile and what to show next. Written to files, never on a page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.recommenders.ranking import list_top
from lucky_analytics.questions.product.recommendations.cuts import know_customers
from lucky_analytics.questions.product.recommendations.list_rules import RULES, gather_facts
from lucky_analytics.questions.product.recommendations.sold_lines import Sales
from lucky_analytics.questions.product.recommendations.taste import profile_customers

__all__ = ["list_customers"]


def list_customers(sales: Sales, rule: str, n_places: int = 5, active_days: int = 90) -> pd.DataFrame:
    """Customers with an order in the last ``active_days``, one row each, by ``customer_id``.

    Their profile (``profile_customers``; customers of one ``category`` are alike in taste), ``product_1`` and
    on: what ``rule`` shows; ``new_1``: the first of it that the customer never bought (what sells most where
    the rule has none left). Store and hour of the next visit are not known: rules that need them may not be
    named. Raises ``KeyError`` for a rule that is not among ``RULES``.
    """
    lines = sales.people
    active = np.unique(lines.loc[lines["day"] > sales.last_day - active_days, "customer"])
    cut = know_customers(sales, active)
    category = pd.factorize(sales.products["category"])[0]
    sugar = sales.products["sugar_level"].fillna(-1).to_numpy(int)
    facts = gather_facts(cut, category, sugar)
    scores = np.broadcast_to(RULES[rule].scores(facts), cut.seen.shape)
    names = np.append(sales.products["product_name"].reindex(cut.items).to_numpy(object), "")
    shown, new = list_top(scores, n_places), list_top(scores, 1, cut.seen == 0)
    listed = pd.DataFrame({f"product_{k + 1}": names[shown[:, k]] for k in range(shown.shape[1])})
    listed["new_1"] = names[new[:, 0]] if new.shape[1] else ""
    profile = (
        profile_customers(sales, active).set_index("customer").reindex(cut.customer).reset_index(drop=True)
    )
    listed = pd.concat([profile, listed], axis=1)
    listed.insert(0, "customer_id", sales.customer_id[cut.customer])
    return listed.sort_values("customer_id", ignore_index=True)
