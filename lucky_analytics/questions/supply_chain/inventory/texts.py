"""The findings of the page on stock as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_interval, format_value, join_names
from lucky_analytics.models import goods_deliveries, goods_demand, goods_levels, goods_worth
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.questions.supply_chain.inventory.past_evenings import Tried
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
    "note_gone",
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
    "Packs follow the rule of the page on levels, on this evening's stock and on forecasts corrected by what "
    "each store used: what the pages on waste and forecasts ask to order less of is not taken off again.",
    "Sizes of packs are those of the goods' list; least quantities of suppliers and joint orders are in no "
    "table.",
    "What is on order is kept for this evening alone: past evenings are tried on stores that had no delivery "
    "the next morning.",
    goods_worth.LIMIT,
    "Two goods of one product that both run out are each said to lose its margin: the sum is the most it can "
    "be.",
    "Lost margin takes an order without the good as lost but for those who take something else; what such a "
    "customer thinks of it later is not counted.",
    "A batch's age is not known here, only that of the newest delivery: more may expire than is said.",
)


_FEW = 30  # goods on evenings, below which a share says nothing


def name_finding(outs: Estimate, usual: Estimate, n_late: int, day: str) -> str:
    """The title: how many goods run out before an order can come, against the usual number.

    >>> usual = Estimate(34.6, 21.0, 48.0, level=0.9)
    >>> name_finding(Estimate(114.0, 100.0, 126.0, level=0.9), usual, 90, "Monday")
    '114 goods may run out, 35 is usual; most come on Monday, too late'
    >>> name_finding(Estimate(50.0, 47.0, 61.0, level=0.9), usual, 0, "")
    'As many goods as usual may run out before an order can come'
    """
    if outs.value is None or usual.value is None:
        return "How many goods run out before an order comes cannot be said yet"
    if is_more(outs, usual):
        n, as_usual = f"{outs.value:.0f} goods may run out", f"{usual.value:.0f} is usual"
        if n_late > outs.value / 2:
            return f"{n}, {as_usual}; most come on {day}, too late"
        return f"{n} before an order can come; {as_usual}"
    if None not in (outs.high, usual.low) and outs.high < usual.low:  # type: ignore[operator]
        return "Fewer goods than usual may run out before an order can come"
    return "As many goods as usual may run out before an order can come"


def is_more(outs: Estimate, usual: Estimate) -> bool:
    """Whether surely more goods run out than on one more such evening: below that nothing is worth a van.

    >>> usual = Estimate(10.0, 5.0, 15.0, level=0.9)
    >>> [is_more(Estimate(24.0, low, 30.0, level=0.9), usual) for low in (16.0, 12.0)]
    [True, False]
    """
    return outs.low is not None and usual.high is not None and outs.low > usual.high


def describe_answer(outs: Estimate, usual: Estimate, gone: Estimate) -> str:
    """Two sentences from the headlines."""
    if outs.value is None:
        return (
            "{packs:value} are proposed to order today. Too few evenings are on record to say what runs out "
            "before they come."
        )
    usually = "" if usual.value is None else f", against {usual.value:.0f} on such evenings"
    if (gone.low or 0.0) > 0:
        news = "Books of goods that ran out still held {gone}."
    else:
        news = "{packs:value} are proposed for today, each with its reason."
    return f"{{outs}} are expected to run out before an order of today comes{usually}. {news}"


def note_outs(usual: Estimate, n_tried: int) -> str:
    if usual.value is None:
        return "A good at two stores counts twice; no past evening of this weekday to compare with"
    days = format_value(usual.n or 0, "evenings")
    ends = "" if usual.low is None else f" ({usual.low:.0f} to {usual.high:.0f})"
    return (
        f"A good at two stores counts twice; as often as such ran out on {n_tried} evenings. "
        f"On the last {days} of this weekday: {usual.value:.0f}{ends}"
    )


def note_gone(leaks: Leaks) -> str:
    """What the sum counts, and the sums beside it that count something else."""
    other = leaks.total.value
    rest = "" if other is None else f"; on all other days {format_value(other, 'USD a week')}"
    return f"At cost: books had it, shelves had not. Only days on which a good ran out{rest}"


def note_unforeseen(tried: Tried) -> str:
    return (
        "Of goods that ran out, those whose books had enough the evening before (10 % chance or less by "
        f"forecasts); {tried.n_evenings} evenings; counted"
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
        parts.append(f"{n_risk} of {len(shelf.cells):,} may run out before an order can come")
    if n_out:
        parts.append(f"{n_out} had run out by the evening")
    return join_names(parts) if parts else "No good is likely to run out before an order can come"


def say_rows(shown: int, n: int) -> str:
    rest = "; all others in Details" if n > shown else ""
    return (
        "Each square a good at a store: days it lasts with what is on order (where it may run out: of the "
        f"stock alone); colour: what to do{rest}"
    )


def describe_tried(tried: Tried) -> str:
    """The title of the picture of past evenings, for what it shows."""
    known = tried.groups[tried.groups["n"] >= min(_FEW, tried.groups["n"].max())]
    first, last = known.iloc[[0, -1]].to_dict("records")
    return (
        f"Of goods told {_percent(last['chance'])}, {_percent(last['share'])} ran out; "
        f"of those safest {_percent(first['share'])}"
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


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
