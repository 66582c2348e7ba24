"""Who has ordered how often, and when: the model of repeat buying as every question on customers fits it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit, fit_repeat_buying, group_histories

__all__ = ["find_fit", "fit_customers", "histories_of"]


def histories_of(features: pd.DataFrame) -> pd.DataFrame:
    """The columns of ``group_histories`` for each customer, in days; a first order counts from midday."""
    age = features["days_since_first"]
    return pd.DataFrame(
        {
            "frequency": features["n_orders"] - 1.0,
            "recency": age - features["days_since_last"],
            "age": age + 0.5,
        }
    )


def find_fit(features: pd.DataFrame) -> RepeatFit | None:
    """``fit_customers``, or None where the histories do not tell customers who left from those who pause."""
    try:
        return fit_customers(features)
    except LuckyError:
        return None


def fit_customers(features: pd.DataFrame) -> RepeatFit:
    """MBG/NBD over all customers, per day."""
    own = histories_of(features)
    return fit_repeat_buying(group_histories(own["frequency"], own["recency"], own["age"]), "mbg")
