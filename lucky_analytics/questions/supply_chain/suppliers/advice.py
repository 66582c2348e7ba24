"""What the supply chain is advised to do about its suppliers: no more than the intervals allow."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names

__all__ = ["decide", "describe_unknown"]

_OWNER = "Supply chain"
_UNKNOWN = {
    "table": (
        "How suppliers deliver is unknown: purchase tables are not in the snapshot",
        "Purchase orders, their lines or shipments are not in the snapshot, so nothing can be held against a "
        "promise.",
        "take the purchase database into the snapshot",
        "no purchase is known",
        "The tables come with the next snapshot.",
    ),
    "nothing": (
        "Nothing was ordered of a supplier by this date",
        "No purchase order in US dollars was placed by this date, so there is nothing to describe.",
        "ask again when orders are placed",
        "no order is on record",
        "A first order is placed.",
    ),
    "early": (
        "No order has fallen due yet, so nobody can be judged",
        "Orders are placed and the last promised day of none has passed: none can be held against its "
        "promise.",
        "ask again when the first order is due",
        "no promise has passed",
        "The last promised day of an order has passed.",
    ),
}


def describe_unknown(why: str) -> tuple[str, str, Decision]:
    """Title, answer and decision where nothing can be said; ``why`` as of ``bought.find_hindrance``.

    >>> describe_unknown("nothing")[2].text.split(":")[0]
    'Wait. Meanwhile, Supply chain'
    """
    finding, said, action, doubt, change = _UNKNOWN[why]
    return finding, said, Decision(action, _OWNER, Strength(WAIT, (doubt,)), said, change)


def decide(
    worse: pd.DataFrame,
    overpaid: Estimate,
    others: pd.DataFrame,
    n_overdue: int,
    unpaid: Collection[str] = (),
) -> Decision:
    """Take the suppliers that became worse to account, and ask others of their class for quotes; else chase
    what is overdue and change nothing.

    ``worse``: rows of ``views.list_turns``; ``others`` of ``prices.list_alternatives``; ``unpaid``: names of
    suppliers with bills of ours past their day, who are paid before they are asked.
    """
    if worse.empty:
        chase = f"chase the {n_overdue} overdue and change no supplier" if n_overdue else "change no supplier"
        return Decision(
            chase,
            _OWNER,
            idle("no supplier is known to deliver worse than before"),
            "What parts suppliers is no more than chance gives, and none changed beyond it.",
            "A supplier's deliveries or prices change beyond chance.",
        )
    names = list(dict.fromkeys(worse.sort_values("adjusted", kind="stable")["name"]))
    asked = list(dict.fromkeys(others.loc[others["is_better"], "name"]))[:2]
    quote = f"ask {join_names(asked)} for a quote" if asked else "look for a second supplier"
    owed = [name for name in asked if name in unpaid]
    if owed:
        quote += (
            ", whose overdue bills we pay first"
            if len(owed) == len(asked)
            else f" ({join_names(owed)} once paid)"
        )
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    is_dearer = overpaid.low is not None
    worth = overpaid if is_dearer else None
    doubts = ["whether the market's prices rose as well is in no table"] if is_dearer else []
    since = worse["day"].min()
    return Decision(
        f"hold {join_names(names[:2])}{more} to what was promised before {since:%-d %b %Y}, and {quote}",
        _OWNER,
        weigh(worth, doubts=doubts),
        "What changed is more than chance gives among all suppliers and measures together"
        + ("; the money is what is paid above earlier prices." if is_dearer else "."),
        "Its next ten orders come as they did before, or quotes of others are dearer.",
        worth,
        {"supplier to question first": names[0]},
    )
