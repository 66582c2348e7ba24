"""Public holidays in words: which differ from their weekday, by how much at least, what to plan for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lucky_analytics.formats import join_names
from lucky_analytics.questions.platform.market_hub.steps import MarketDays

__all__ = [
    "count_fewer",
    "describe_holidays",
    "list_fewer",
    "name_holidays_found",
    "plan_holidays",
    "say_fewer",
]

_MOST_NAMED = 4


def list_fewer(each: MarketDays) -> pd.DataFrame:
    """The measured holidays of a market that have fewer orders than their weekday, beyond chance."""
    judged = each.holidays[each.holidays["differs"].notna()]
    return judged[judged["differs"].astype(bool) & (judged["change"] < 0)]


def count_fewer(each: MarketDays) -> int | None:
    """How many they are; null where none was measured."""
    return len(list_fewer(each)) if each.holidays["differs"].notna().any() else None


def _least(fewer: pd.DataFrame) -> str:
    """By how much orders are fewer on each of them at least, rounded down: the ranges hold all together."""
    return f"{int(-100 * fewer['high'].max())} %"


def say_fewer(each: MarketDays) -> str:
    """ "4 holidays bring at least 34 % fewer orders"; empty where none is known to."""
    fewer = list_fewer(each)
    if fewer.empty:
        return ""
    what = "1 holiday brings" if len(fewer) == 1 else f"{len(fewer)} holidays bring"
    return f"{what} at least {_least(fewer)} fewer orders"


def plan_holidays(each: MarketDays) -> str:
    """What to plan for them, as a clause; empty where none is known to differ."""
    fewer = list_fewer(each)
    if fewer.empty:
        return ""
    known = list(dict.fromkeys(fewer["name"]))
    named = join_names(known) if len(known) <= _MOST_NAMED else f"{len(known)} public holidays"
    return f"plan for at least {_least(fewer)} fewer orders on {named}"


def describe_holidays(each: MarketDays) -> str:
    """Which holidays differ, for the headline of all together."""
    judged = each.holidays[each.holidays["differs"].notna()]
    if judged.empty:
        return "Null: no public holiday yet with enough weeks on both sides to be measured"
    lower, higher = (_names(judged[judged["differs"] & (sign * judged["change"] > 0)]) for sign in (-1, 1))
    told = [f"less on {lower}" if lower else "", f"more on {higher}" if higher else ""]
    said = " and ".join(filter(None, told)) or "none differs by itself"
    return f"Of just these {len(judged)} days, whatever other holidays would do; {said}"


def name_holidays_found(found: Sequence[MarketDays]) -> str:
    """On which public holidays markets sold otherwise, as the title of their chart."""
    said = []
    for each in found:
        judged = each.holidays[each.holidays["differs"].notna()]
        if judged.empty:
            said.append(f"{each.market.name}: no holiday measured yet")
            continue
        n = len(judged)
        counts = [(int((judged["differs"] & (judged["change"] * sign > 0)).sum()), word)
                  for sign, word in ((-1, "less"), (1, "more"))]  # fmt: skip
        words = [f"{word} on {count}" for count, word in counts if count]
        told = " and ".join(words) + f" of {n}" if words else f"no difference on any of {n}"
        said.append(f"{each.market.name}: {told}")
    return "Public holidays. " + "; ".join(said)


def _names(days: pd.DataFrame) -> str:
    return ", ".join(f"{row['name']} ({row['ds']:%-d %b})" for row in days.to_dict("records"))
