"""How far the shares of classes in the margin were off on dates gone by."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.methods.forecasts.rolling_origin import Miss, measure_miss
from lucky_analytics.models.customer_worth.customer_classes import SEGMENTS, Rule, name_segments
from lucky_analytics.models.customer_worth.customer_margins import Model, value_customers

__all__ = ["measure_share_misses", "tally_classes"]


def tally_classes(known: pd.DataFrame, model: Model, rule: Rule) -> pd.DataFrame:
    """Of the customers of one date, by the class that each had on it: ``segment``, and its share (0 to 1) of
    the margin that was ``predicted`` and that ``came``, columns of ``known``; null where nothing was."""
    place = name_segments(value_customers(known, model), rule)
    sums = known[["predicted", "came"]].groupby(place).sum().reindex(range(len(SEGMENTS)))
    totals = sums.sum()
    return (sums / totals.where(totals > 0)).assign(segment=SEGMENTS).reset_index(drop=True)


def measure_share_misses(tally: pd.DataFrame, period: int) -> dict[str, Miss]:
    """The miss of the odds of each class's share, over dates ``cut`` of ``tally_classes``.

    What the weeks do to everybody falls out of a share, but a level that moves does more to those who stay
    longer: shares are off by more than chance, and by how much is seen on dates gone by alone.
    """
    found = {}
    for segment in SEGMENTS:
        own = tally[tally["segment"] == segment]
        inside = [own[name].between(0, 1, inclusive="neither") for name in ("predicted", "came")]
        own = own[inside[0] & inside[1]]
        odds = own[["predicted", "came"]] / (1 - own[["predicted", "came"]])
        days = (own["cut"] - tally["cut"].min()).dt.days
        found[segment] = measure_miss(days, period, odds["predicted"], odds["came"])
    return found
