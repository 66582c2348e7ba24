"""From registration to loyal customer, step by step, and how much of what comes before is on record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.models.second_orders import SECOND_DAYS, estimate_second_order
from lucky_analytics.questions.marketing.acquisition_channels.channel_gaps import START_DAYS
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import (
    CHANNELS,
    LOYAL_DAYS,
    LOYAL_ORDERS,
    People,
)

__all__ = ["STEPS", "count_funnel", "count_months", "estimate_again", "share_started", "share_touched"]

# Each step: from which date to which, within how many days, and what it is called.
STEPS = {
    "started": ("registered_date", "first_date", START_DAYS, f"first order within {START_DAYS} days"),
    "again": ("first_date", "second_date", SECOND_DAYS, f"second within {SECOND_DAYS} days of it"),
    "loyal": (
        "first_date",
        "loyal_date",
        LOYAL_DAYS,
        f"{LOYAL_ORDERS} orders within {LOYAL_DAYS} days of it",
    ),
}


def count_funnel(people: People, level: float = 0.9) -> pd.DataFrame:
    """Each step by where people registered, and of all: ``channel`` ("all" last), ``step`` (of ``STEPS``),
    ``n`` (who had as many days), ``n_made``, ``share`` of them with ``low`` and ``high`` (Wilson); null
    where nobody had as many days. Shares of one step are of others than those of the next: those old enough.
    """
    found = []
    channels = [name for name in CHANNELS["origin"] if (people.rows["origin"] == name).any()]
    for channel in [*channels, "all"]:
        for step, (since, until, days, _) in STEPS.items():
            old = people.aged(since, days)
            own = old if channel == "all" else old[old["origin"] == channel]
            made = int(((own[until] - own[since]).dt.days <= days).sum())
            found.append((channel, step, len(own), made))
    table = pd.DataFrame(found, columns=["channel", "step", "n", "n_made"])
    low, high = wilson_interval(table["n_made"], table["n"], level)
    return table.assign(share=table["n_made"] / table["n"].where(table["n"] > 0, np.nan), low=low, high=high)


def count_months(people: People) -> pd.DataFrame:
    """The same by month of registration, all channels together: ``month``, ``n_registered``, and for each
    step its ``n_`` (of those registered in the month, who had as many days) and ``share_``."""
    month = people.rows["registered_date"].dt.to_period("M").dt.to_timestamp()
    table = month.value_counts().sort_index().rename_axis("month").rename("n_registered").reset_index()
    for step, (since, until, days, _) in STEPS.items():
        own = people.aged(since, days)
        made = (own[until] - own[since]).dt.days <= days
        sums = made.groupby(month[own.index]).agg(["size", "mean"]).reindex(table["month"])
        table[f"n_{step}"] = sums["size"].fillna(0).astype(int).to_numpy()
        table[f"share_{step}"] = sums["mean"].astype(float).to_numpy()
    return table


def estimate_again(people: People, level: float = 0.9) -> Estimate:
    """Share of all customers who order again within ``SECOND_DAYS``, as the page on churn counts it."""
    bought = people.bought
    until = bought["second_date"].fillna(pd.Timestamp(people.as_of))
    days = (until - bought["first_date"]).dt.days
    again = bought["second_date"].notna()
    counts = pd.DataFrame({"duration": days, "n_event": again, "n_censored": ~again}).astype(int)
    counts = counts.groupby("duration", as_index=False).sum()
    row = estimate_second_order(counts, level=level).iloc[0].to_dict()
    return Estimate.of(row, "again", level=level, n=int(row["n"]))


def share_started(funnel: pd.DataFrame, level: float = 0.9) -> Estimate:
    """Of all who registered long enough ago, the share who ordered within ``START_DAYS``."""
    (row,) = funnel[(funnel["channel"] == "all") & (funnel["step"] == "started")].to_dict("records")
    return Estimate.of(row, "share", level=level, n=row["n"])


def share_touched(people: People) -> dict[str, float] | None:
    """How many of the registered have a first touch on record: ``value`` (share), ``n`` registered; None
    without the table or anybody registered."""
    if not people.has_touches or people.rows.empty:
        return None
    return {"value": float(people.rows["touch"].notna().mean()), "n": len(people.rows)}
