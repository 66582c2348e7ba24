"""The findings of the page on waste as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_change, format_value
from lucky_analytics.questions.supply_chain.waste.advice import name_stores
from lucky_analytics.questions.supply_chain.waste.claim import PUBLISHED, say_claim

__all__ = [
    "LIMITS",
    "compare_bills",
    "describe_answer",
    "describe_careful",
    "describe_frontier",
    "describe_orders",
    "describe_reasons",
    "describe_trend",
    "name_finding",
    "note_bills",
    "note_over",
    "note_trend",
    "note_wasted",
    "note_year",
]

LIMITS = (
    "What stores sell is known only where it was there: on days that ran out, the rest of the day is taken "
    "from how days go at all stores.",
    "Deliveries carry no record of what a store meant to have: it is read off what was there and what came, "
    "within one pack.",
    "Careful orders know the four weeks before and nothing else: no weather, holiday or opening. A store "
    "whose sales grow fast would have lacked goods under them.",
    "What was thrown away before its date, or was written down for another reason than the true one, "
    "cannot be seen.",
    "A year is these weeks times 52: no season is known before the first year is over.",
)


def name_finding(table: pd.DataFrame) -> str:
    """The title: who throws away what it need not have ordered; else that nobody surely does."""
    acts = table.loc[table["acts"], "store_name"].unique().tolist()
    if acts:
        return f"{name_stores(acts)} throw{'s' if len(acts) == 1 else ''} away what others would not order"
    over = table.loc[table["is_over"], "store_name"].unique().tolist()
    if over:
        verb = "orders" if len(over) == 1 else "order"
        return f"{name_stores(over)} {verb} more than others; that it is wasted is not sure"
    return "Goods for {wasted:value} are thrown away; no store surely orders too much"


def describe_answer(table: pd.DataFrame, year: Estimate, bills: float | None) -> str:
    """Two sentences or three from the headlines; the ledger's sum where it is another than the stock's."""
    said = "By the count of stock goods for {year} are thrown away"
    said += (
        ", against {bills:value} in the ledger."
        if compare_bills(year, bills)
        else ", {of_used:value} of all that is used."
    )
    n = int(table.loc[table["acts"], "store_name"].nunique())
    if n:
        said += " Careful orders would keep {avoidable:value} of it."
    return said + ("" if n else " No store surely orders more for its needs than the others.")


def note_year(year: Estimate) -> str:
    """Beside a year's waste: what was published as a saving."""
    low, high = (format_value(end, "USD") for end in PUBLISHED)
    return f"The published saving, {low} to {high} a year, is {say_claim(year)} of it"


def note_wasted(stores: pd.DataFrame, weeks: int, last: pd.Timestamp) -> str:
    """Beside a week's waste: its weeks, and what the stores come to while they are open."""
    said = f"Mean of {weeks} weeks to {last:%-d %b %Y}"
    total, while_open = (float(stores[name].sum()) for name in ("dollars", "open"))
    if while_open <= 1.02 * total:
        return said
    return f"{said}, also those before a store opened; with all stores open {format_value(while_open, 'USD')}"


def note_bills(year: Estimate, bills: float | None) -> str:
    """Beside the ledger's sum: how it stands against the stock's."""
    if bills is None:
        return "No bill for waste is in the ledger"
    if not year.value or not compare_bills(year, bills):
        return "Bills booked by finance; about what the stock says"
    return f"{bills / year.value:.1f} times what the stock says; what finance books is in no table"


def note_over(smallest: float, n: int) -> str:
    """Beside the number of stores that order too much."""
    tenth = format_value(smallest, "share").replace(".0", "")
    return f"Surely more than {tenth} above what the other {max(n - 1, 0)} order for their needs; counted"


def note_trend(trend: pd.Series) -> str:
    """Beside the change of waste for a dollar used."""
    n = int(trend["n_stores"])
    if pd.isna(trend["change"]):
        return "Null: no store was open in all these weeks, or a week had no waste"
    return f"Later half of the weeks against the earlier, in the {n} stores open in all of them"


def describe_reasons(stores: pd.DataFrame, by_reason: pd.DataFrame) -> str:
    """What the main picture shows: the largest reason, and the store that wastes most of what it uses."""
    if by_reason.empty or stores.empty:
        return "Nothing was thrown away"
    first, most = by_reason.iloc[0], stores.iloc[0]
    share = f"{100 * first['share']:.0f} %"
    return (
        f"{share} of what is thrown away is {first['reason']}; {most['store_name']} wastes "
        f"{format_value(most['of_used'], 'share')} of what it uses, the most"
    )


def describe_orders(table: pd.DataFrame) -> str:
    """What orders show: who orders more for its needs."""
    over = table[table["is_over"]]
    if table["ratio"].isna().all():
        return "Too few stores or deliveries are known to compare orders"
    if over.empty:
        return "No store surely orders more for its needs than the others"
    low, high = (format_change(end - 1) for end in (over["low"].min(), over["high"].max()))
    return f"{name_stores(over['store_name'].unique().tolist())}: {low} to {high} more than others order"


def describe_careful(shown: pd.DataFrame) -> str:
    """What careful orders would have changed, in stores that act and in all others."""
    if shown.empty:
        return "Too little expired to compare it with careful orders"
    acts, rest = shown[shown["acts"]], shown[~shown["acts"]]
    if acts.empty:
        was, would = (format_value(shown[name].sum(), "USD", like=100.0) for name in ("was", "careful"))
        return f"{was} a week expired; under careful orders {would} would have"
    own = [format_value(acts[name].sum(), "USD", like=100.0) for name in ("was", "careful")]
    other = [format_value(rest[name].sum(), "USD", like=100.0) for name in ("was", "careful")]
    return (
        f"Careful orders cut {own[0]} a week to {own[1]} in {name_stores(acts['store_name'].tolist())}, "
        f"elsewhere {other[0]} to {other[1]}"
    )


def describe_trend(trend: pd.Series) -> str:
    """Whether waste for a dollar used rose."""
    if pd.isna(trend["change"]):
        return "Whether waste rises cannot be said yet"
    span = (
        f"{format_change(trend['change'])} ({format_change(trend['low'])} to {format_change(trend['high'])})"
    )
    if trend["low"] > 0:
        return f"Waste for a dollar used rose by {span} in stores open all the time"
    if trend["high"] < 0:
        return f"Waste for a dollar used fell by {span} in stores open all the time"
    return f"Waste for a dollar used changed by {span}: no more than chance"


def describe_frontier(frontier: pd.DataFrame) -> str:
    """What less waste costs in goods that are lacking."""
    was = frontier[frontier["kind"] == "as it was"].iloc[0]
    own = frontier[frontier["kind"] == "careful orders"].iloc[0]
    pairs = [
        [format_value(row[name], "USD", like=100.0) for name in ("expired", "missing")] for row in (was, own)
    ]
    return (
        f"{pairs[0][0]} a week expired with goods for {pairs[0][1]} lacking; careful orders: "
        f"{pairs[1][0]} and {pairs[1][1]}"
    )


def compare_bills(year: Estimate, bills: float | None) -> str:
    """What the ledger books as waste beside what the stock says, dollars a year; empty where they agree or
    there is no ledger. ``bills``: dollars a year.

    >>> compare_bills(Estimate(16e3, 14e3, 18e3, level=0.9), 33e3)
    'The ledger has bills of $33K a year for waste, the stock $16K: what finance books is in no table.'
    >>> compare_bills(Estimate(16e3, 14e3, 18e3, level=0.9), 17e3)
    ''
    """
    if bills is None or year.value is None or year.holds(bills):
        return ""
    said, own = (format_value(end, "USD") for end in (bills, year.value))
    said = f"The ledger has bills of {said} a year for waste, the stock {own}"
    return f"{said}: what finance books is in no table."
