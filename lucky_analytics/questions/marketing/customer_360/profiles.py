"""One row for each person who ever ordered: what was ordered, what is expected, and the groups it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.methods.customers.fifths import score_fifths
from lucky_analytics.models.churn_scores import AT_RISK, BANDS, load_features, place_bands, score_customers
from lucky_analytics.models.customer_histories import SILENCE, name_silence
from lucky_analytics.models.customer_purchases import load_purchases
from lucky_analytics.models.customer_worth.customer_classes import Rule
from lucky_analytics.models.customer_worth.valued import value_by_customer

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "AT_RISK",
    "HORIZON",
    "NOT_SCORED",
    "RFM",
    "WHERE",
    "Profiles",
    "load_profiles",
    "name_rfm",
    "name_where",
]

HORIZON = SILENCE[0]  # days without an order from which nobody is active, as on the page on churn
NOT_SCORED = "active, not scored"
# Where a customer stands: bands of the churn score for the active, days of silence for the others.
WHERE = (
    *BANDS.values(),
    NOT_SCORED,
    *(f"silent {span}" for span in dict.fromkeys(name_silence(pd.Series(SILENCE)))),
)
# Scores from which somebody is among those who ordered lately, and often.
_HIGH = 4
RFM = ("lately and often", "lately, few orders", "often, not lately", "neither")


@dataclass(frozen=True)
class Profiles:
    """``rows``: people with an order by ``as_of``, by ``customer_id``.

    ``first_date``, ``home_store_id``, ``n_orders``, ``days_since_first``, ``days_since_last``,
    ``mean_order_cents``, ``paid_cents`` (all items, before tax), ``discount_share``; ``p_alive``,
    ``year_cents``, ``back_cents``, ``class`` (of lifetime value; null where ``why`` says that customers
    cannot be valued); ``score`` and ``reason`` (of churn, for the active; null without), ``where`` (of
    ``WHERE``); ``recency``, ``frequency``, ``money`` (1 to 5), ``rfm`` (of ``RFM``). ``is_scored``:
    whether the page on churn has scores; ``sql``: the query.
    """

    rows: pd.DataFrame
    why: str | None
    is_scored: bool
    sql: str


def load_profiles(suite: Suite, rule: Rule, level: float = 0.9) -> Profiles:
    """Everybody who ordered, with the values of lifetime value and the scores of churn to the last digit.

    Raises ``LuckyError`` where nobody has.
    """
    bought = load_purchases(suite)
    features = load_features(bought, bought.as_of)
    kept = ["customer_id", "first_date", "home_store_id", "n_orders", "days_since_first", "days_since_last"]
    rows = features[[*kept, "mean_order_cents", "discount_share"]].set_index("customer_id")
    worth = value_by_customer(suite, rule, level)
    rows = rows.join(worth.rows[["p_alive", "year_cents", "back_cents", "class"]])
    scored = score_customers(bought, features)
    found = (
        pd.DataFrame(columns=["score", "reason"]) if scored is None else scored[0].set_index("customer_id")
    )
    rows = rows.join(found[["score", "reason"]])
    rows = rows.assign(
        paid_cents=rows["mean_order_cents"] * rows["n_orders"],
        where=name_where(rows["days_since_last"], rows["score"]),
        recency=score_fifths(-rows["days_since_last"]),
        frequency=score_fifths(rows["n_orders"]),
    )
    # Rounded to cents: a product of a mean must not part customers who paid the same.
    rows = rows.assign(money=score_fifths(rows["paid_cents"].round()))
    rows = rows.assign(rfm=name_rfm(rows["recency"], rows["frequency"]))
    return Profiles(rows, worth.why, scored is not None, bought.sql)


def name_where(days: pd.Series, score: pd.Series) -> np.ndarray:
    """Of ``WHERE``, by days since the last order and churn score (null for who has none).

    >>> name_where(pd.Series([3, 3, 75]), pd.Series([71.0, None, None])).tolist()
    ['70-89: at risk', 'active, not scored', 'silent 60-89 days']
    """
    bands = np.array(list(BANDS.values()))[place_bands(score.astype(float).fillna(0))]
    active = np.where(score.isna(), NOT_SCORED, bands)
    silent = np.char.add("silent ", name_silence(days).astype(str))
    return np.where(days < HORIZON, active, silent)


def name_rfm(recency: pd.Series, frequency: pd.Series) -> np.ndarray:
    """Of ``RFM``: who scores 4 or 5 ordered lately, or often.

    >>> name_rfm(pd.Series([5, 4, 1, 3]), pd.Series([4, 1, 5, 3])).tolist()
    ['lately and often', 'lately, few orders', 'often, not lately', 'neither']
    """
    late, often = recency >= _HIGH, frequency >= _HIGH
    return np.select([late & often, late, often], RFM[:3], RFM[3])
