"""The findings of the capacity plan as sentences, and what IT does with it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.formats import join_names
from lucky_analytics.questions.platform.capacity_plan.demand import Demand
from lucky_analytics.questions.platform.capacity_plan.loads import FIXED, FOLLOWS, Loads
from lucky_analytics.questions.platform.capacity_plan.store_needs import Bill

__all__ = [
    "NOTHING",
    "decide",
    "describe_tried",
    "list_limits",
    "name_bill",
    "name_finding",
    "name_first",
    "name_instances",
    "name_notice",
    "phrase_answer",
    "say_added",
]

OWNER = "IT"
WHAT = {"connections": "connections", "used_memory": "memory", "statements": "statements a second"}
NOTHING = (
    "Too little is known yet to plan servers",
    "No server has told five days of hours, so nothing can be said of more stores.",
    Decision("collect what servers say of themselves every hour for a week, and ask again", OWNER,
             Strength(WAIT, ("no hours of servers are on record",)), "", "A week of hours is on record."),
)  # fmt: skip


def say_added(loads: Loads) -> str:
    """How the servers changed while stores opened, as the begin of a sentence."""
    added = loads.n_last - loads.n_first
    if added == 0:
        return "No server was added"
    return f"{added} servers were added" if added > 0 else f"{-added} servers were taken away"


def name_finding(target: pd.Series) -> str:
    """The title, a template. ``target``: the row of ``count_instances`` for the stores asked about."""
    if target["servers_low"] >= target["naive"]:
        return f"{target['n_stores']:.0f} stores need {{servers:value}}, more than counting by store says"
    need = f"{target['n_stores']:.0f} stores need about {{servers:value}}"
    return f"{need}, not the {{naive:value}} counted by store"


def phrase_answer(loads: Loads, demand: Demand, first: str, n_short: int) -> str:
    """The answer, a template of at most three numbers; ``n_short``: servers that are too small today."""
    grew = demand.opened.max() > loads.first_day.normalize()
    begin = f"{say_added(loads)} while stores opened." if grew else "No store opened since servers are asked."
    runs_out = (
        f" {first} runs out {'next' if n_short else 'first'}." if first else " None is known to run out."
    )
    return (
        f"{begin} If loads follow orders as now, {{servers}} of today's size carry that many stores; "
        f"{{enlarged:value}} of ours are too small.{runs_out}"
    )


def name_instances(target: pd.Series) -> str:
    return (
        f"Counting by store says {target['naive'] / max(target['servers'], 1):.1f} times what "
        f"{target['n_stores']:.0f} stores need"
    )


def name_first(ends: pd.DataFrame, n_now: int) -> str:
    """Which servers run out first, as the title of their chart."""
    short = int((ends["stores"] <= n_now).sum())
    if ends.empty:
        return "No server is known to run out of anything"
    later = ends[ends["stores"] > n_now]
    today = f"{short} {'are' if short > 1 else 'is'} short today" if short else "None is short today"
    if later.empty:
        return today
    row = later.iloc[0]
    return f"{today}; {row['name']} is next, at about {row['stores']:.0f} stores"


def name_notice(servers: pd.DataFrame) -> str:
    """How many servers notice orders, as the title of their chart."""
    follows, fixed = (int((servers["class"] == name).sum()) for name in (FOLLOWS, FIXED))
    return f"{follows} of {len(servers)} servers work more when more is ordered; {fixed} hardly do"


def describe_tried(tried: pd.DataFrame) -> str:
    """How lines fitted to quiet hours foretold the busiest ones, in a sentence."""
    if tried.empty:
        return "The lines could not be tried on busier hours than they were fitted to."
    middle, low, high = (100 * tried["off"].quantile(q) for q in (0.5, 0.05, 0.95))
    side = "too much" if middle > 0 else "too little"
    return (
        f"Lines fitted to quiet hours forecast {abs(middle):.0f} % {side} for hours with "
        f"{tried['times'].median():.1f} times the orders, at the middle of {len(tried)} lines ({low:.0f} % "
        f"to {high:.0f} %): further than that nobody has tried."
    )


def name_bill(bill: Bill) -> str:
    """Whether the bill moves with orders, as the title of its chart."""
    if bill.follows.value is None or bill.follows.holds(0):
        most = bill.follows.high
        return "The bill does not move with orders" + (f": by {100 * most:.0f} % at most" if most else "")
    return f"{100 * bill.follows.value:.0f} % of the bill follows orders"


def decide(target: pd.Series, ends: pd.DataFrame, demand: Demand, seen: float) -> Decision:
    """``seen``: how many times today's busiest hour was ever reached. Nothing is decided far beyond it."""
    soon = ends[(ends["stores_low"] <= target["n_stores"])]
    if soon.empty:
        return Decision(
            "add no server for a store", OWNER,
            idle("no server is known to run out at so many stores"),
            "Each server was held against its limits at so many orders.", "A server grows by itself.",
        )  # fmt: skip
    rest = f", then {len(soon) - 3} more" if len(soon) > 3 else ""
    first = soon.head(3)
    is_now = first["stores_low"] <= demand.n_stores
    names = [f"{join_names(first.loc[is_now, 'name'])} now"] if is_now.any() else []
    names += [
        f"{row.name} before store {row.stores_low:.0f}" for row in first[~is_now].itertuples(index=False)
    ]
    times = target["n_stores"] / demand.n_stores
    outside = f"{times:.1f} times today's orders were never seen" if times > seen else False
    return Decision(
        f"add no server for a store; enlarge {join_names(names)}{rest}, each tried with twice the orders",
        OWNER, weigh(None, is_outside=outside, doubts=["disk, processors and network are not on record"]),
        "All stores share the servers: what counts is the busiest hour of each, not the number of stores. "
        "What a larger size costs is in no table.",
        "A trial with many more orders, or a few more stores, shows other loads.",
        on={"servers for each new store": "add none"},
    )  # fmt: skip


def list_limits(loads: Loads, demand: Demand, tried: pd.DataFrame, unnamed: int) -> list[str]:
    found = [
        describe_tried(tried),
        "Lines come from hours of one day held against each other: stores, customers and orders grew in the "
        "same months, which cannot tell them apart. What grows with customers or stores and not with orders "
        "is not in them.",
        "New stores are taken to be as busy as ours, at the same hours. Stores in another zone would need "
        "less, stores that crowd each other, too.",
        "Servers are counted in today's sizes: two of one size may be one larger machine, or a cluster.",
        "Disk, processors and network of database servers are not collected; tables grow with all orders.",
        "Shares of a limit are the most that any hour saw; the page on servers gives the newest.",
        "What grows by itself, whatever is sold, is on the page on servers: it comes on top.",
    ]
    if unnamed:
        found.append(
            f"{unnamed} counted servers have no name, so nobody can ask them; they are in no number here."
        )
    if len(demand.by_store) < 3:
        found.append(
            "With fewer than three stores nobody knows how stores differ: their number has no range."
        )
    return found
