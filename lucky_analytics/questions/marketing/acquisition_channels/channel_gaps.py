"""Each channel's customers against others of the same weeks and stores, and what a dashboard says."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.matched_groups import compare_within_cells
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.models.first_days import number_week
from lucky_analytics.models.second_orders import SECOND_DAYS
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import KINDS, People

__all__ = [
    "MEASURES",
    "MOST_FALSE",
    "START_DAYS",
    "Measure",
    "compare_channels",
    "compare_naively",
    "estimate_margin",
    "find_gap",
    "find_hindrance",
    "has_any",
    "mean_of",
]

START_DAYS = 30  # after registering, within which a first order is looked for
MOST_FALSE = 0.05  # of the differences that are called such, so many are none, on average


class Measure(NamedTuple):
    """``label`` and ``unit`` for readers; ``smallest``: the least difference that is worth acting on."""

    label: str
    unit: str
    smallest: float


MEASURES = {
    "margin": Measure("margin", "USD", 0.10),
    "again": Measure("order again", "share", 0.01),
    "aov": Measure("average order", "USD", 0.05),
    "started": Measure("register and order", "share", 0.01),
}


def compare_channels(people: People, days: int = 90, level: float = 0.9) -> pd.DataFrame:
    """All channels of every kind (``CHANNELS``) by every measure, one row each, kinds in their order.

    ``kind``, ``channel``, ``measure``, then as ``compare_within_cells``: ``n`` customers and ``n_others`` of
    the same kind who came first in the same week to the same store (``started``: registered in the same
    week), ``own`` and ``others``, ``gap`` with ``low`` and ``high`` at ``level``, ``p_value``; ``q_value``
    over all rows together, and ``verdict``: "more" or "less" where at most ``MOST_FALSE`` of such are wrong
    on average, "little more", "little less" where the difference may be under ``Measure.smallest``,
    "not shown" where none was, "too few". ``days``: as given to ``load_people``.

    ``margin``: contribution margin of the first ``days``, dollars a customer; ``again``: share who order
    again within ``SECOND_DAYS``; ``aov``: what was paid an order in these ``days``; ``started``: share of the
    registered who order within ``START_DAYS``. Only who has been here for so many days counts.
    """
    aged = {
        "margin": people.aged("first_date", days),
        "again": people.aged("first_date", SECOND_DAYS),
        "started": people.aged("registered_date", START_DAYS),
    }
    waits = {
        "again": (aged["again"]["second_date"] - aged["again"]["first_date"]).dt.days <= SECOND_DAYS,
        "started": (aged["started"]["first_date"] - aged["started"]["registered_date"]).dt.days <= START_DAYS,
    }
    frames = {
        "margin": aged["margin"].assign(top=aged["margin"][f"margin_{days}_cents"] / 100),
        "again": aged["again"].assign(top=waits["again"].astype(float)),
        "aov": aged["margin"].assign(
            top=aged["margin"][f"paid_{days}_cents"] / 100, bottom=aged["margin"][f"orders_{days}"]
        ),
        "started": aged["started"].assign(top=waits["started"].astype(float)),
    }
    parts = []
    for kind in KINDS:
        for measure, frame in frames.items():
            if measure == "started" and kind == "first_channel":
                continue  # who has not ordered has none
            cell = ["week"] if measure == "started" else ["week", "first_store"]
            since = "registered_date" if measure == "started" else "first_date"
            dated = frame.assign(week=number_week(frame[since]))
            found = compare_within_cells(
                dated, kind, cell, "top", "bottom" if measure == "aov" else None, level
            )
            parts.append(found.rename(columns={"group": "channel"}).assign(kind=kind, measure=measure))
    table = pd.concat(parts, ignore_index=True)
    listed = itertools.chain.from_iterable(CHANNELS.values())
    places = {name: place for place, name in enumerate(dict.fromkeys(listed))}
    order = [
        table["kind"].map(list(KINDS).index),
        table["measure"].map(list(MEASURES).index),
        table["channel"].map(places).fillna(len(places)),
    ]
    table = table.iloc[np.lexsort(order[::-1])].reset_index(drop=True)
    table["q_value"] = adjust_p_values(table["p_value"].to_numpy(float))
    return table.assign(verdict=[_judge(row) for row in table.to_dict("records")])


def _judge(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["p_value"]):
        return "too few"
    if not float(row["q_value"]) <= MOST_FALSE:
        return "not shown"
    word = "more" if float(row["gap"]) > 0 else "less"
    near = min(abs(float(row["low"])), abs(float(row["high"])))
    is_one_sided = float(row["low"]) * float(row["high"]) > 0
    is_large = is_one_sided and near >= MEASURES[str(row["measure"])].smallest
    return word if is_large else f"little {word}"


def find_hindrance(people: People) -> str | None:
    """Why channels cannot be compared, or None: ``nobody`` has ordered, or ``costs`` are not known."""
    if people.bought.empty:
        return "nobody"
    return "costs" if people.bought["margin_cents"].isna().all() else None


def has_any(table: pd.DataFrame) -> bool:
    """Whether any margin of ``compare_channels`` could be compared: without one the page has no finding."""
    return bool(table.loc[table["measure"] == "margin", "p_value"].notna().any())


def compare_naively(people: People, table: pd.DataFrame, days: int = 90) -> pd.DataFrame:
    """What the mean over all customers ever says, beside what the same weeks and stores say, by channel.

    ``table`` as from ``compare_channels``. ``kind``, ``channel``, ``n`` customers, ``age`` (mean days since
    the first order), ``so_far`` (margin a customer so far, dollars), ``naive`` (that less the same of all
    others of the kind), ``gap``, ``low``, ``high`` (matched, of the first ``days``; null where too few).
    """
    bought = people.bought
    age = (pd.Timestamp(people.as_of) - bought["first_date"]).dt.days
    found = []
    for kind in KINDS:
        known = bought[bought[kind].notna()]
        for channel in CHANNELS[kind]:
            is_own = known[kind] == channel
            own, rest = known[is_own], known[~is_own]
            if own.empty:
                continue
            means = [part["margin_cents"].mean() / 100 for part in (own, rest)]
            found.append((kind, channel, len(own), age[own.index].mean(), means[0], means[0] - means[1]))
    naive = pd.DataFrame(found, columns=["kind", "channel", "n", "age", "so_far", "naive"])
    matched = table.loc[table["measure"] == "margin", ["kind", "channel", "gap", "low", "high"]]
    types = {"kind": object, "channel": object}
    joined = naive.astype(types).merge(matched.astype(types), on=["kind", "channel"], how="left")
    return joined.replace([np.inf, -np.inf], np.nan)


def estimate_margin(people: People, days: int = 90, level: float = 0.9) -> Estimate:
    """Mean margin of all customers in the ``days`` after the first order, dollars, of those here so long."""
    values = people.aged("first_date", days)[f"margin_{days}_cents"].dropna() / 100
    return mean_of(values, level)


def mean_of(values: pd.Series, level: float = 0.9) -> Estimate:
    """The mean of independent values with Student's interval; null below two.

    >>> mean_of(pd.Series([1.0, 2.0, 3.0])).value
    2.0
    """
    n = len(values)
    if n < 2:
        return Estimate(None, n=n)
    mean = float(values.mean())
    half = float(t.ppf(0.5 + level / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Estimate(mean, mean - half, mean + half, level=level, n=n)


def find_gap(
    table: pd.DataFrame, channel: str | None, measure: str = "margin", level: float = 0.9
) -> Estimate:
    """The matched difference of those who registered by ``channel``, or null where they are too few."""
    row = table[(table["kind"] == "origin") & (table["channel"] == channel) & (table["measure"] == measure)]
    if row.empty or row["gap"].isna().all():
        return Estimate(None, n=int(row["n"].sum()))
    return Estimate.of(row.iloc[0].to_dict(), "gap", level=level, n=int(row["n"].iloc[0]))
