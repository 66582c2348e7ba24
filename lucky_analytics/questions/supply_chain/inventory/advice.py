"""What the supply chain is advised to do today about what the stores have."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Supply, Tried

__all__ = ["decide", "describe_unknown", "describe_young", "is_unlike_before"]

_OWNER = "Supply chain"


def describe_unknown() -> tuple[str, str, Decision]:
    """Title, answer and decision where no store has a row of stock on the day.

    >>> describe_unknown()[0]
    'What stores have is not known on this day'
    """
    return (
        "What stores have is not known on this day",
        "No store has a row of stock on this day, so nothing is known of what runs out, against the usual.",
        Decision(
            "ask again when the day's stock is in",
            _OWNER,
            Strength(WAIT, ("no row of stock is there",)),
            "The daily stock has no row of the day.",
            "A day with stock has closed.",
        ),
    )


def describe_young() -> tuple[str, str, Decision]:
    """Title, answer and decision where stores have used nothing yet that was to be expected."""
    return (
        "What stores will use cannot be said yet",
        "Too few days are on record to say how far use strays from what is expected, so nothing is said of "
        "what runs out, against the usual.",
        Decision(
            "ask again after two weeks of use",
            _OWNER,
            Strength(WAIT, ("no use was ever foretold and came",)),
            "How far use strays from what is expected is learnt from days that are over.",
            "Two weeks of use are on record.",
        ),
    )


def is_unlike_before(shelf: Shelf, supply: Supply, tried: Tried, limit: float) -> bool:
    """Whether more goods are at risk this evening, at stores without a delivery tomorrow, than on any evening
    tried, by half."""
    waits = shelf.known & (shelf.cells["to_first"].to_numpy() > 0) & ~shelf.cells["ran_out"].to_numpy()
    now = int((supply.raw[waits] >= limit).sum())
    before = (tried.rows["raw"] >= limit).groupby(tried.rows["evening"]).sum()
    return len(before) > 0 and now > 1.5 * max(float(before.max()), 1.0)


def decide(
    risks: pd.DataFrame,
    rows: pd.DataFrame,
    stake: Estimate,
    leaks: pd.DataFrame,
    *,
    is_known: bool,
    is_more: bool,
    is_unlike: bool,
    day: str,
) -> Decision:
    """Goods on order that come too late first, then what can be lent, then the orders of today; else nothing.

    ``is_known``: whether enough evenings are on record to say what runs out; ``is_more``: whether surely more
    does than on such evenings. Otherwise there is nothing to decide but the orders of any day: a sum is at
    stake on every evening, what a delivery of its own costs is in no table, and stores live with as much on
    any such evening. ``risks`` of ``proposals.find_risks``, ``rows``
    of ``propose``, ``leaks`` the pairs that leak, ``day``: of the delivery that is too late.
    """
    packs = format_value(int(rows["packs"].sum()), "packs")
    soon = risks[risks["state"] == "may run out"]
    late = soon[(soon["on_order"] > 0) & soon["on_order_day"].notna()]
    worth = stake if stake.value else None
    unlike = "so many at once were not seen in eight weeks" if is_unlike else False
    if soon.empty and not is_known:
        made = describe_young()[2]
        return made if rows.empty else made._replace(action=f"place the {packs} proposed, and {made.action}")
    if soon.empty and rows.empty:
        return Decision(
            "order nothing today",
            _OWNER,
            idle("stock and what is on order last until the delivery after next"),
            "No good is likely to run out, and none falls below its level.",
            "A store uses more than is expected of it.",
        )
    if soon.empty:
        return Decision(
            f"place the {packs} proposed for today",
            _OWNER,
            weigh(None),
            "Nothing is likely to run out before they come, but they are needed by the delivery after.",
            "Demand turns out lower than expected.",
        )
    because = (
        "The sum at stake is the margin lost until an order placed today is there, as often as such goods "
        "ran out before; how many customers then take something else is assumed."
    )
    if is_known and not is_more:
        return _go_on(packs, leaks)
    if len(late) > len(soon) / 2:
        stores = late.groupby("store_name").size().sort_values(ascending=False, kind="stable")
        names = stores.index if len(stores) < 6 else [*stores.index[:4], f"{len(stores) - 4} more"]
        check = "look at the shelves and " if is_unlike else ""
        bring = f"{check}have what is on order for {day} brought at once to {join_names(names)}"
        action = f"{bring}; place the {packs} proposed"
    else:
        first = soon.iloc[0]
        action = f"place the {packs} proposed, and bring {first['goods_name']} to {first['store_name']} today"
        if first["lender"]:
            action += f" from {first['lender']}"
    if len(leaks):
        action += f"; count {leaks['goods_name'].iloc[0]} at {leaks['store_name'].iloc[0]}"
    return Decision(
        action,
        _OWNER,
        weigh(worth, is_outside=unlike),
        because,
        "A count of the shelves finds more than the books say, or the delivery has come.",
        worth,
        worth_unit="USD at stake",
    )


def _go_on(packs: str, leaks: pd.DataFrame) -> Decision:
    """The orders of any day, where no more runs out than on such evenings, and a count where use leaks."""
    usual = f"place the {packs} proposed, and bring nothing forward"
    why = "As much runs out on any such evening."
    change = "Surely more is expected to run out than on such evenings."
    if not len(leaks):
        return Decision(usual, _OWNER, idle("no more than usual may run out"), why, change)
    first = leaks.iloc[0]
    action = f"{usual}; count {first['goods_name']} at {first['store_name']}"
    why = f"{why} Of {first['goods_name']} more leaves the shelves there than was sold, beyond chance."
    return Decision(action, _OWNER, weigh(None), why, "A count finds what the books say.")
