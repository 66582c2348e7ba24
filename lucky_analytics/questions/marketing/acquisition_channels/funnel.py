"""From registration to loyal customer, step by step, and how much of what comes before is on record."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.survival import estimate_share
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.models.second_orders import SECOND_DAYS
from lucky_analytics.questions.marketing.acquisition_channels.channel_gaps import START_DAYS
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import (
    LOYAL_DAYS,
    LOYAL_ORDERS,
    People,
)

__all__ = ["STEPS", "count_funnel", "count_months", "find_step", "share_touched"]

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
    ``n`` (who could make it: registered, or have ordered), ``share`` of them who do within the days of the
    step, with ``low`` and ``high``.

    Kaplan-Meier (``estimate_share``): whoever was not seen for long enough counts for as long as was seen,
    as on the pages on customers and on churn, whose shares are those of the row "all".
    """
    origin = people.rows["origin"]
    channels = [name for name in CHANNELS["origin"] if (origin == name).any()]
    found = []
    for channel in [*channels, "all"]:
        own = people.rows if channel == "all" else people.rows[origin == channel]
        for step, (_, _, days, _) in STEPS.items():
            share = estimate_share(_count_waits(own, step, people.as_of), days, level)
            found.append({"channel": channel, "step": step} | share)
    return pd.DataFrame(found)[["channel", "step", "n", "share", "low", "high"]]


def count_months(people: People) -> pd.DataFrame:
    """The same by month of registration, all channels together: ``month``, ``n_registered``, and for each
    step its ``share_``, null where nobody has had as many days."""
    month = people.rows["registered_date"].dt.to_period("M").dt.to_timestamp()
    found = []
    for start, own in people.rows.groupby(month):
        row = {"month": start, "n_registered": len(own)}
        for step, (_, _, days, _) in STEPS.items():
            row[f"share_{step}"] = estimate_share(_count_waits(own, step, people.as_of), days)["share"]
        found.append(row)
    return pd.DataFrame(found, columns=["month", "n_registered", *(f"share_{step}" for step in STEPS)])


def find_step(funnel: pd.DataFrame, step: str, level: float = 0.9) -> Estimate:
    """The share of all who make the step; ``funnel`` as from ``count_funnel``."""
    (row,) = funnel[(funnel["channel"] == "all") & (funnel["step"] == step)].to_dict("records")
    return Estimate.of(row, "share", level=level, n=row["n"])


def _count_waits(rows: pd.DataFrame, step: str, as_of: dt.date) -> pd.DataFrame:
    """Days until the step was made, or so far, as ``estimate_share`` takes them."""
    since, until, _, _ = STEPS[step]
    rows = rows[rows[since].notna()]
    made = rows[until].notna()
    days = (rows[until].fillna(pd.Timestamp(as_of)) - rows[since]).dt.days.clip(lower=0)
    counts = pd.DataFrame({"duration": days, "n_event": made, "n_censored": ~made}).astype(int)
    return counts.groupby("duration", as_index=False).sum()


def share_touched(people: People) -> dict[str, float] | None:
    """How many of the registered have a first touch on record: ``value`` (share), ``n`` registered; None
    without the table or anybody registered."""
    if not people.has_touches or people.rows.empty:
        return None
    return {"value": float(people.rows["touch"].notna().mean()), "n": len(people.rows)}
