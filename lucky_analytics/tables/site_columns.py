"""The columns of the tables of sites: what each is called, its unit and its decimals."""

from __future__ import annotations

from lucky_analytics.tables.bar_columns import BUSIEST_HOUR
from lucky_analytics.tables.render import Column

__all__ = [
    "BAR", "DIVERSION", "LEVERS", "NEEDS", "OPENINGS", "ORDER", "PROFIT", "RAMP", "RANKS", "SCENARIO",
    "SITES", "SWITCHING", "WAYS", "loss_columns", "payback_columns", "ramp_columns", "reason_columns",
]  # fmt: skip

RANKS = {
    "rank": Column("Rank", decimals=0),
    "score": Column("Score", "of 100", 0),
    "score_low": Column("Interval", "of 100", 0, high="score_high"),
    "rank_low": Column("Ranks", decimals=0, high="rank_high"),
    "p_top3": Column("In first three", "share", 0),
}
SITES = {
    "site": Column("Site"),
    "gross": Column("Own revenue", "USD K", 0),
    "gross_low": Column("Interval", "USD K", 0, high="gross_high"),
    "taken": Column("Taken", "USD K", 0),
    "net": Column("Net", "USD K", 0),
    "net_low": Column("Interval", "USD K", 0, high="net_high"),
    "comparables": Column("Most like"),
}
PROFIT = {
    "profit": Column("Profit", "USD K", 0),
    "profit_low": Column("Interval", "USD K", 0, high="profit_high"),
    "p_payback": Column("Chance to pay back", "share", 0),
}
NEEDS = {
    "site": Column("Site"),
    "needed": Column("Must sell to pay back", "USD K a month", 1),
    "needed_low": Column("Interval", "USD K", 1, high="needed_high"),
    "needed_orders": Column("Orders", "a week", 0),
    "reach": Column("People in reach", decimals=0),
    "needed_rate": Column("Orders a week for 1,000 of them", decimals=1),
    "best_rate": Column("Our best store has", decimals=1),
    "p_payback": Column("Chance to pay back", "share", 0),
    "outside": Column("Not predicted, because"),
}
SCENARIO = {
    "site": Column("Site"),
    "gross": Column("Own revenue", "USD K", 0),
    "taken_from_each_other": Column("From each other", "USD K", 1),
    "taken": Column("From open stores", "USD K", 0),
    "net": Column("Net", "USD K", 0),
    "net_low": Column("Interval", "USD K", 0, high="net_high"),
}
ORDER = {
    "step": Column("Opens", decimals=0),
    "site": Column("Site"),
    "adds": Column("Adds then", "USD K", 0),
    "chance": Column("Best then", "share", 0),
}
BAR = {"site": Column("Site")} | BUSIEST_HOUR
DIVERSION = {
    "site": Column("Site"),
    "store_name": Column("Takes from"),
    "km": Column("Distance", "km", 1),
    "loss_event": Column("By the openings so far", "share", 0),
    "loss_huff": Column("By choice among stores", "share", 0),
    "loss_naive": Column("The same, without an outside option", "share", 0),
}
OPENINGS = {
    "way": Column("Way"),
    "loss": Column("Taken", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "n": Column("Store-weeks", decimals=0),
}
SWITCHING = {
    "store_name": Column("Store"),
    "joined_before": Column("Joined, before", "orders", 0),
    "joined_after": Column("after", "orders", 0),
    "others_before": Column("Others, before", "orders", 0),
    "others_after": Column("after", "orders", 0),
    "least": Column("Lost at least", "share", 0),
    "most": Column("at most", "share", 0),
    "modelled": Column("By the openings", "share", 0),
}
WAYS = {
    "way": Column("Way"),
    "error": Column("Error", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "r2": Column("Foretells of the differences", "R\N{SUPERSCRIPT TWO}", 2),
    "n": Column("Stores", decimals=0),
}
RAMP = {
    "month": Column("Month", decimals=0),
    "y": Column("Own revenue", "USD K", 1),
    "low": Column("Middle 90 % of draws", "USD K", 1, high="high"),
}
LEVERS = {
    "lever": Column("Assumption"),
    "unit": Column("Unit"),
    "value": Column("Here", decimals=2),
    "rest": Column("Where the lever rests", decimals=2),
    "note": Column("What it says"),
}


def loss_columns(sites: list[str]) -> dict[str, Column]:
    """Dollars a month that each store loses to each of ``sites``, and to all ``together``."""
    both = {"store_name": Column("Store"), "together": Column("All together", "USD K", 1)}
    return both | {site: Column(site, "USD K", 1) for site in sites}


def payback_columns(horizon_months: int) -> dict[str, Column]:
    """Of ``format_payback``."""
    return {
        "site": Column("Site"),
        "rent": Column("Rent", "USD K", 1),
        "p_payback": Column(f"Chance within {horizon_months} months", "share", 0),
        "payback_text": Column("Pays back", "months"),
        "break_even_text": Column("Covers its weeks from", "months"),
        "own_payback_text": Column("By its own books", "months"),
        "bearable_text": Column("Rent it can bear", "USD K a month"),
    }


def reason_columns(reasons: list[str]) -> dict[str, Column]:
    """Of ``explain_sites`` with what surrounds each site; ``reasons``: the columns that are effects."""
    return (
        {"site": Column("Site")}
        | {name: Column(f"Effect of {name}", "share", 0) for name in reasons}
        | {name: Column(name.capitalize(), "within 400 m", 0) for name in ("jobs", "residents", "stations")}
        | {"median_income": Column("Median income", "USD K", 0)}
    )


def ramp_columns(weeks: tuple[int, ...] = (1, 4, 8, 12)) -> dict[str, Column]:
    """Of ``widen_ramps``."""
    columns = {"site": Column("Site")}
    for week in weeks:
        columns[f"week_{week}"] = Column(f"Week {week}", "orders", 0)
        columns[f"week_{week}_low"] = Column("Interval", "orders", 0, high=f"week_{week}_high")
    return columns
