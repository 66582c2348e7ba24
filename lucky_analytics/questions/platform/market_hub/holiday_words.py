"""Public holidays in words: which differ from their weekday, by how much at least, what to plan for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from lucky_analytics.estate.markets import public_holidays
from lucky_analytics.formats import join_names
from lucky_analytics.questions.platform.market_hub.steps import MarketDays

__all__ = [
    "count_fewer",
    "describe_holidays",
    "list_fewer",
    "name_holidays_found",
    "plan_holidays",
    "plan_next",
    "say_fewer",
]

_MOST_NAMED = 4
_DAYS_AHEAD = 10  # for which crews and orders are planned now


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


def plan_next(each: MarketDays, as_of: dt.date) -> tuple[str, str]:
    """What to plan for the holidays of the next ten days, else for the next that is known to be slow: action
    and reason. Empty where no holiday of the market is known to differ.

    A holiday that was not measured yet is no reason to send a crew home: its own morning is.
    """
    fewer = list_fewer(each)
    if fewer.empty:
        return "", ""
    judged = each.holidays.loc[each.holidays["differs"].notna(), "name"]
    n, known = len(judged), set(fewer["name"])
    why = f"Of {n} holidays measured in {each.market.name}, {len(fewer)} brought at least {_least(fewer)} "
    why += "fewer orders"
    if n > len(fewer):
        why += f"; on the other {n - len(fewer)} no difference is to be seen"
    days = _list_ahead(each, as_of)
    ahead = [(day, name) for day, name in days if (day - as_of).days <= _DAYS_AHEAD]
    slow = [(day, name) for day, name in ahead if name in known]
    if slow:
        named = join_names(f"{name}, {day:%a %-d %b}" for day, name in slow)
        least = _least(fewer[fewer["name"].isin([name for _, name in slow])])
        return f"plan for at least {least} fewer orders on {named}", f"{why}."
    if ahead:
        named = join_names(f"{name} ({day:%a %-d %b})" for day, name in ahead)
        new = join_names(name for _, name in ahead if name not in set(judged))
        action = f"keep the usual crew and orders for {named}; cut hours that day only if its morning is slow"
        return action, f"{why}. Not measured yet: {new}." if new else f"{why}."
    day, name = next(((day, name) for day, name in days if name in known), (None, ""))
    if day is None:
        return plan_holidays(each), f"{why}."
    least = _least(fewer[fewer["name"] == name])
    action = f"plan for at least {least} fewer orders on {name}, {day:%-d %b}; no holiday comes before that "
    return f"{action}is known to be slow", f"{why}."


def _list_ahead(each: MarketDays, as_of: dt.date) -> list[tuple[dt.date, str]]:
    days = public_holidays(each.market, as_of.year) | public_holidays(each.market, as_of.year + 1)
    return sorted((day, name) for day, name in days.items() if day > as_of)


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
