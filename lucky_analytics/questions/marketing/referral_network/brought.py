"""What the invited leave and whether they come back, against others of the same week and first store."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.matched_groups import compare_within_cells
from lucky_analytics.models.first_days import number_week
from lucky_analytics.questions.marketing.referral_network.invitations import Network

__all__ = [
    "MEASURES",
    "MOST_FALSE",
    "Measure",
    "compare_invited",
    "compare_naively",
    "count_months",
    "estimate_margin",
    "find_measure",
    "mark_people",
]

MOST_FALSE = 0.05  # of the differences that are called such, so many are none, on average
START_DAYS = 30
_FEWEST_DAYS = 7  # of a month, below which it says little


class Measure(NamedTuple):
    """``label`` and ``unit`` for readers; ``smallest``: the least difference that is worth acting on."""

    label: str
    unit: str
    smallest: float


MEASURES = {
    "margin": Measure("margin of the first {days} days", "USD", 0.25),
    "orders": Measure("orders in the first {days} days", "orders", 0.1),
    "again_30": Measure("order again within 30 days", "share", 0.01),
    "again_60": Measure("order again within 60 days", "share", 0.01),
    "started": Measure(f"order within {START_DAYS} days of registering", "share", 0.01),
}


def mark_people(network: Network, rules: pd.Series) -> pd.Series:
    """``invited``, ``others``, or null for who accepted only invitations that do not count: held against
    nobody. One value a row of ``Network.people``."""
    who = np.full(len(network.people), "others", dtype=object)
    invited = network.invites["invited"].to_numpy(np.int64)
    odd, counted = (rules != "").to_numpy(bool), (rules == "").to_numpy(bool)
    who[invited[odd & (invited >= 0)]] = None
    who[invited[counted]] = "invited"
    return pd.Series(who, index=network.people.index)


def compare_invited(network: Network, who: pd.Series, days: int = 90, level: float = 0.9) -> pd.DataFrame:
    """The invited against others, one row a measure of ``MEASURES``, in their order.

    ``who`` as from ``mark_people``. ``measure``, then as ``compare_within_cells``: those who came first in
    the same week to the same store (``started``: who registered in the same week). ``q_value`` over all
    measures, and ``verdict``: "more" or "less" where at most ``MOST_FALSE`` of such are wrong on average,
    "little more", "little less" where the difference may be under ``Measure.smallest``, "not shown", "too
    few". Only who has been here for as many days as a measure asks for counts.
    """
    people = network.people.assign(who=who)
    age = network.age()
    wait = (people["second_date"] - people["first_date"]).dt.days
    registered = (pd.Timestamp(network.as_of) - people["registered_date"]).dt.days
    started = (people["first_date"] - people["registered_date"]).dt.days
    tops = {
        "margin": (people[f"margin_{days}_cents"] / 100, age >= days),
        "orders": (people[f"orders_{days}"], age >= days),
        "again_30": ((wait <= 30).astype(float), age >= 30),
        "again_60": ((wait <= 60).astype(float), age >= 60),
        "started": ((started <= START_DAYS).astype(float), registered >= START_DAYS),
    }
    parts = []
    for measure, (top, is_seen) in tops.items():
        since = "registered_date" if measure == "started" else "first_date"
        cell = ["week"] if measure == "started" else ["week", "first_store"]
        frame = people.assign(top=top, week=number_week(people[since]))[is_seen]
        found = compare_within_cells(frame, "who", cell, "top", level=level)
        own = found[found["group"] == "invited"].drop(columns="group")
        if own.empty:
            own = pd.DataFrame([{name: 0 if name in ("n", "n_others") else np.nan for name in own.columns}])
        parts.append(own.assign(measure=measure))
    table = pd.concat(parts, ignore_index=True)
    table["q_value"] = adjust_p_values(table["p_value"].to_numpy(float))
    verdicts = [
        _judge(*row)
        for row in zip(
            table["measure"], table["gap"], table["low"], table["high"], table["q_value"], strict=True
        )
    ]
    return table.assign(verdict=verdicts)


def _judge(measure: str, gap: float, low: float, high: float, q: float) -> str:
    if np.isnan(gap) or np.isnan(q):
        return "too few"
    if not q <= MOST_FALSE:
        return "not shown"
    word = "more" if gap > 0 else "less"
    is_large = low * high > 0 and min(abs(low), abs(high)) >= MEASURES[measure].smallest
    return word if is_large else f"little {word}"


def find_measure(table: pd.DataFrame, measure: str, level: float = 0.9) -> Estimate:
    """The difference by one measure, null where too few were invited; of shares in points, 0 to 100."""
    (row,) = table[table["measure"] == measure].to_dict("records")
    found = Estimate(row["gap"], row["low"], row["high"], level=level, n=int(row["n"]))
    return found.times(100) if MEASURES[measure].unit == "share" else found


def estimate_margin(network: Network, who: pd.Series, days: int = 90, level: float = 0.9) -> Estimate:
    """What somebody invited left in the first ``days``, dollars a customer, of those here so long; null where
    that is not known of two. Customers who came first in one week hang together."""
    own = network.people[(who == "invited") & (network.age() >= days)]
    values = own[f"margin_{days}_cents"].to_numpy(float) / 100
    return estimate_mean(values, number_week(own["first_date"]).to_numpy(), level=level).mean


def compare_naively(network: Network, who: pd.Series) -> pd.DataFrame:
    """Means over all customers ever, as a dashboard has them: ``who``, ``n``, ``age`` (mean days since the
    first order), ``so_far`` (margin a customer, dollars), ``orders``."""
    people = network.people.assign(who=who, age=network.age())[network.bought]
    found = people.groupby("who").agg(
        n=("age", "size"), age=("age", "mean"), cents=("margin_cents", "mean"), orders=("n_orders", "mean")
    )
    found = found.reindex(["invited", "others"]).dropna(subset=["n"]).reset_index()
    return found.assign(so_far=found["cents"] / 100).drop(columns="cents")


def count_months(network: Network, who: pd.Series, rules: pd.Series) -> pd.DataFrame:
    """By month, oldest first: ``month``, ``n_accepted`` and ``n_inviters`` (invitations that count, and by
    how many people), ``n_new`` (came first), ``n_brought`` of them, ``share`` (null in a month without),
    ``is_whole``: whether the month is over; ``is_long``: whether it has seven days of orders
    so far."""
    counted = network.invites[(rules == "").to_numpy(bool)]
    month = counted["at"].dt.to_period("M").dt.to_timestamp()
    asked = counted.groupby(month).agg(n_accepted=("invited", "size"), n_inviters=("inviter", "nunique"))
    people = network.people.assign(is_brought=who == "invited")[network.bought]
    came = people["first_date"].dt.to_period("M").dt.to_timestamp()
    new = people.groupby(came).agg(n_new=("is_brought", "size"), n_brought=("is_brought", "sum"))
    table = new.join(asked, how="outer").fillna(0).astype(int).rename_axis("month").reset_index()
    share = table["n_brought"] / table["n_new"].where(table["n_new"] > 0)
    end, last = table["month"] + pd.offsets.MonthEnd(0), pd.Timestamp(network.as_of)
    begin = table["month"].where(table["month"] > people["first_date"].min(), people["first_date"].min())
    is_long = (end.where(end < last, last) - begin).dt.days + 1 >= _FEWEST_DAYS
    return table.assign(share=share, is_whole=end <= last, is_long=is_long)
