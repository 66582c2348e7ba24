"""What the supply chain is advised to do today about what the stores have."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Supply
from lucky_analytics.questions.supply_chain.inventory.past_evenings import Tried

__all__ = ["decide", "describe_unknown", "describe_young", "find_excess", "is_unlike_before"]

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
    now = int((tried.chance(supply.raw[waits]) >= limit).sum())
    before = (tried.rows["chance"] >= limit).groupby(tried.rows["evening"]).sum()
    return len(before) > 0 and now > 1.5 * max(float(before.max()), 1.0)


def find_excess(outs: Estimate, usual: Estimate) -> Estimate:
    """How many more run out than on such evenings; its ends those of both taken apart, never too narrow.

    >>> find_excess(Estimate(114.0, 100.0, 126.0, level=0.9), Estimate(34.0, 20.0, 48.0, level=0.9, n=8))
    Estimate(value=80.0, low=52.0, high=106.0, level=0.9, n=8)
    """
    ends = (outs.value, outs.low, outs.high, usual.value, usual.low, usual.high)
    if None in ends:
        return Estimate(None, n=usual.n)
    value, low, high, mean, least, most = (float(end) for end in ends if end is not None)
    return Estimate(value - mean, low - most, high - least, level=outs.level, n=usual.n)


def decide(
    risks: pd.DataFrame,
    rows: pd.DataFrame,
    stake: Estimate,
    leaks: pd.DataFrame,
    *,
    excess: Estimate,
    is_known: bool,
    is_unlike: bool,
    day: str,
    gone: Estimate,
) -> Decision:
    """On an evening on which surely more runs out than usual (``excess`` of ``find_excess``) what to bring;
    on any other evening the orders of today, which are no decision.

    No delivery is brought forward to many stores on an evening like others: what that costs is in no table,
    and they live with as much on any such evening. ``is_known``: whether enough evenings are on record to say
    what runs out. ``risks`` of ``proposals.find_risks``, ``rows`` of ``propose``, ``leaks`` the pairs that
    leak, ``day``: of the delivery that is too late, ``gone``: dollars a week missing when a good runs out.
    """
    packs = format_value(int(rows["packs"].sum()), "packs")
    place = f"place the {packs} proposed" if len(rows) else "order nothing today"
    soon = risks[risks["state"] == "may run out"]
    late = soon[(soon["on_order"] > 0) & soon["on_order_day"].notna()]
    counts = _say_counts(leaks, gone)
    if not is_known:
        made = describe_young()[2]
        return made if rows.empty else made._replace(action=f"{place}, and {made.action}")
    if (excess.low or 0.0) <= 0:
        nothing = excess.value is not None
        return Decision(
            f"{place}{', and bring nothing forward' if len(soon) else ''}{counts}",
            _OWNER,
            weigh(None)
            if len(leaks)
            else idle(
                "no more runs out than on such evenings" if nothing else "what is usual is not known yet"
            ),
            "As much runs out on any such evening, and stores live with it."
            if nothing
            else "Too few such evenings are on record.",
            "Surely more goods are about to run out than on such evenings.",
        )
    worth = stake if stake.value else None
    if len(late) > len(soon) / 2:
        stores = late.groupby("store_name").size().sort_values(ascending=False, kind="stable")
        names = stores.index if len(stores) < 4 else [*stores.index[:2], f"{len(stores) - 2} more"]
        check = "look at the shelves and " if is_unlike else ""
        bring = f"{check}have what is on order for {day} brought at once to {join_names(names)}"
        action = f"{bring}; {place}"
    elif len(soon):
        first = soon.iloc[0]
        action = f"{place}, and bring {first['goods_name']} to {first['store_name']} today"
        if first["lender"]:
            action += f" from {first['lender']}"
    else:
        action = place
    unlike = "so many at once were not seen in eight weeks" if is_unlike else False
    return Decision(
        action + counts,
        _OWNER,
        weigh(excess, is_outside=unlike, doubts=() if worth else ("no margin is known to hang on them",)),
        "The sum at stake is the margin lost until an order placed today is there, as often as such goods "
        "ran out before.",
        "A look at the shelves finds more than the books say, or the delivery has come.",
        worth,
        worth_unit="USD at stake",
    )


def _say_counts(leaks: pd.DataFrame, gone: Estimate) -> str:
    said = ""
    if len(leaks):
        said += f"; count {leaks['goods_name'].iloc[0]} at {leaks['store_name'].iloc[0]}"
    if (gone.low or 0.0) > 0:
        said += "; have stores count what runs out while its book has some"
    return said
