"""The findings of the page on stock as sentences."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_interval, format_value, join_names
from lucky_analytics.models import goods_deliveries, goods_demand, goods_levels
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Tried
from lucky_analytics.questions.supply_chain.inventory.proposals import Usual
from lucky_analytics.questions.supply_chain.inventory.unsold_use import Leaks

__all__ = [
    "LIMITS",
    "describe_answer",
    "describe_grid",
    "describe_leaks",
    "describe_paths",
    "describe_tried",
    "is_more",
    "name_finding",
    "note_leaks",
    "note_outs",
    "note_unbooked",
    "note_unforeseen",
    "say_rows",
]

LIMITS = (
    goods_deliveries.LIMIT,
    goods_demand.LIMIT,
    goods_levels.LIMIT,
    "Sizes of packs are those of the goods' list; least quantities of suppliers and joint orders are in no "
    "table.",
    "What is on order is kept for this evening alone: past evenings are tried on stores that had no delivery "
    "the next morning.",
    "Lost margin takes an order without the good as lost but for those who take something else; what such a "
    "customer thinks of it later is not counted.",
    "A batch's age is not known here, only that of the newest delivery: more may expire than is said.",
)


def name_finding(outs: Estimate, usual: Usual, n_late: int, day: str) -> str:
    """The title: how many goods run out before an order can come, against the usual number.

    >>> usual = Usual(34.6, 20.0, 51.0, 8)
    >>> name_finding(Estimate(114.0, 100.0, 126.0, level=0.9), usual, 90, "Monday")
    'More goods than usual may run out; most come on Monday, too late'
    >>> name_finding(Estimate(30.0, 20.0, 41.0, level=0.9), usual, 0, "")
    'As many goods as usual may run out before an order can come'
    """
    if outs.value is None or usual.most != usual.most:
        return "How many goods run out before an order comes cannot be said yet"
    if is_more(outs, usual):
        if n_late > outs.value / 2:
            return f"More goods than usual may run out; most come on {day}, too late"
        return "More goods than usual may run out before an order can come"
    if outs.high is not None and outs.high < usual.least:
        return "Fewer goods than usual may run out before an order can come"
    return "As many goods as usual may run out before an order can come"


def is_more(outs: Estimate, usual: Usual) -> bool:
    """Whether surely more goods run out than one of such evenings brings, which differ among themselves:
    below that nothing is worth a van of its own.

    >>> [is_more(Estimate(19.0, low, 25.0, level=0.9), Usual(10.0, 4.0, 16.0, 8)) for low in (17.0, 11.0)]
    [True, False]
    """
    return outs.low is not None and outs.low > usual.most


def describe_answer(outs: Estimate, usual: Usual) -> str:
    """Two sentences from the headlines."""
    if outs.value is None:
        return (
            "{packs:value} are proposed to order today. Too few evenings are on record to say what runs out "
            "before they come."
        )
    usually = "" if usual.mean != usual.mean else f", against {usual.mean:.0f} on such evenings"
    return (
        f"{{outs}} are expected to run out at the stores before an order placed today can come{usually}. "
        "{packs:value} are proposed for today, each with its reason."
    )


def note_outs(usual: Usual) -> str:
    if usual.mean != usual.mean:
        return "As often as goods that looked alike ran out before; no past evening of this weekday"
    days = format_value(usual.n, "evenings")
    said = f"As often as such ran out before; on the last {days} of this weekday {usual.mean:.0f} on average"
    return said if usual.most != usual.most else f"{said}, up to {usual.most:.0f} by chance"


def note_unforeseen(tried: Tried) -> str:
    return (
        "Of goods that ran out within days, those whose books had enough the evening before, 10 % chance or "
        f"less; {tried.n_evenings} evenings; counted"
    )


def note_unbooked(n: int, n_positions: int) -> str:
    return (
        f"Equipment, spare parts and the like at trading stores, {n:,} positions: whether they are used is "
        f"in no table. {n_positions:,} positions are listed, most of shops that do not trade; counted"
    )


def note_leaks(leaks: Leaks) -> str:
    if leaks.share.value is None:
        return "No whole week is on record"
    return (
        f"{format_interval(leaks.share.low, leaks.share.high, 'share')} of what recipes take, on days "
        "without a stock-out; above 0 more left the shelves than was sold"
    )


def describe_grid(shelf: Shelf, n_risk: int, n_out: int) -> str:
    parts = []
    if n_risk:
        parts.append(f"{format_value(n_risk, 'goods')} at a store may run out before an order can come")
    if n_out:
        parts.append(f"{n_out} had run out by the evening")
    return join_names(parts) if parts else "No good is likely to run out before an order can come"


def say_rows(shown: int, n: int) -> str:
    rest = f"; the other {n - shown} goods stand in Details" if n > shown else ""
    return (
        "Days of supply with what is on order (where it may run out: of the stock alone), at the demand that "
        f"is expected; colour: what to do{rest}"
    )


def describe_tried(tried: Tried) -> str:
    """The title of the picture of past evenings, for what it shows."""
    last = tried.groups[tried.groups["n"] > 0].iloc[-1]
    first = tried.groups.iloc[0]
    return (
        f"Of goods likeliest to run out by forecasts {100 * last['share']:.0f} % did, of those called safe "
        f"{100 * first['share']:.0f} %"
    )


def describe_leaks(leaks: Leaks) -> str:
    """The title of the picture of use beyond recipes."""
    if leaks.gone.value is None:
        return "No week is on record to compare use with recipes"
    n = int(leaks.pairs["is_leak"].sum())
    named = f"{format_value(n, 'pairs of store and good')} use more than was sold" if n else (
        "Use matches what was sold"
    )  # fmt: skip
    if (leaks.gone.low or 0.0) > 0:
        return f"{named}; on days a good runs out, part of it is missing"
    return named


def describe_paths(paths: pd.DataFrame, good: str) -> str:
    n = paths["panel"].nunique()
    if good:
        return f"Stock of {good} at {format_value(n, 'stores')}, and how long it lasts"
    return f"The {n} goods that may lose most: stock so far, and what is left without an order"


def name_day(day: dt.date | None) -> str:
    """The day of the week, for a title."""
    return "" if day is None else f"{day:%A}"
