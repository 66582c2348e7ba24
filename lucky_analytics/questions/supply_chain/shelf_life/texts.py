"""The findings of the page on shelf lives as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value

__all__ = ["LIMITS", "describe_answer", "describe_calibration", "describe_evenings", "describe_hours",
           "describe_stores", "name_finding", "say_days"]  # fmt: skip

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven")
LIMITS = (
    "Stock has no batches: what is left of each is what came less what went, the oldest first. Where stores "
    "use younger goods first, older ones stand longer than this page says.",
    "That nothing was passed over is what stores write down; who opens a younger container and writes down "
    "an older one is not seen.",
    "How many hours a prepared or opened good may stand is in no table: use-by dates count from the "
    "delivery. Hours are shown as they were, and held against none but the hours of the label rule.",
    "Where a store orders for what it knows will be wanted, its shelves are full for a reason; and where "
    "much is left, the days before were low by chance. Either way less expires than is told.",
    "What is spilled, counted away or comes from another store in the days ahead is not foretold.",
    "The label rule (FDA Food Code 3-501.17) asks for a date on food that is kept ready to eat and cold for "
    "more than 24 hours; which goods fall under it is not in the data.",
)


def say_days(n: int) -> str:
    """Days in words.

    >>> say_days(1), say_days(3), say_days(10)
    ('one day', 'three days', '10 days')
    """
    word = _WORDS[n] if n < len(_WORDS) else f"{n}"
    return f"{word} day{'' if n == 1 else 's'}"


def name_finding(stores: pd.DataFrame, at_risk: Estimate, n_likely: int, ahead_days: int) -> str:
    """The title: what will likely expire and where most of it is. ``stores`` of ``views.show_stores``."""
    if not n_likely:
        return f"No batch will likely expire within {say_days(ahead_days)}"
    most = stores["store_name"].iloc[0]
    is_little = at_risk.value is not None and at_risk.value < 1.0
    dollars = "under a dollar" if is_little else format_value(at_risk.value, "USD", like=100.0)
    return f"Goods for {dollars} will likely expire within {say_days(ahead_days)}, most at {most}"


def describe_answer(n_breaches: int, ahead_days: int) -> str:
    """Two sentences from the headlines."""
    said = f"{{likely:value}} will likely expire within {say_days(ahead_days)}, goods for {{at_risk}}. "
    if n_breaches:
        return said + "{breaches:value} of containers were opened before an older one."
    return said + "{labels:value} must be gone tonight; no older batch was passed over."


def describe_stores(stores: pd.DataFrame) -> str:
    """Where most of it is."""
    total = stores.groupby("store_name", sort=False)["dollars"].sum()
    if total.empty or not total.sum() > 0:
        return "Nothing is expected to expire in the days ahead"
    share = 100 * float(total.iloc[0] / total.sum())
    return (
        f"{total.index[0]} has {share:.0f} % of what is expected to expire, the most of {len(total)} stores"
    )


def describe_calibration(cells: pd.DataFrame) -> str:
    """Whether chances came as told: of those told to be likely, how many expired."""
    if cells.empty:
        return "The chances could not be tried on evenings gone by yet"
    likely = cells[cells["told"] >= 0.5]
    if likely.empty:
        return "No batch was told to be likely on evenings gone by"
    n = likely["n"].sum()
    told, came = (100 * float((likely[name] * likely["n"]).sum() / n) for name in ("told", "came"))
    return f"Of batches told to be likely to expire, {told:.0f} % on average, {came:.0f} % did"


def describe_evenings(ratio: Estimate, n: int) -> str:
    """How close the sums were."""
    if ratio.value is None:
        return "The forecast could not be tried on evenings gone by yet"
    return f"On {n} evenings gone by, {100 * ratio.value:.0f} % of the dollars foretold expired"


def describe_hours(hours: pd.DataFrame) -> str:
    """Which goods stand open longest."""
    if hours.empty:
        return "No container was opened"
    top = hours.iloc[0]
    return f"{top['goods_name']} stands open longest: {format_value(top['median'], 'hours')} as a rule"
