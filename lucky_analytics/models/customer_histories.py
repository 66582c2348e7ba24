"""Who has ordered how often, and when: the model of repeat buying as every question on customers fits it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit, fit_repeat_buying, group_histories

__all__ = ["SILENCE", "find_fit", "fit_customers", "histories_of", "name_silence"]

# Days without an order at which a class of lapsed customers begins.
SILENCE = (60, 90, 150)


def name_silence(days: pd.Series, starts: tuple[int, ...] = SILENCE) -> np.ndarray:
    """The class of each number of days, as readers see it; days below the first start are in the first.

    >>> name_silence(pd.Series([60, 89, 90, 400])).tolist()
    ['60-89 days', '60-89 days', '90-149 days', '150+ days']
    """
    spans = [f"{a}-{b - 1} days" for a, b in pairwise(starts)] + [f"{starts[-1]}+ days"]
    return np.array(spans)[np.searchsorted(starts[1:], days, side="right")]


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
