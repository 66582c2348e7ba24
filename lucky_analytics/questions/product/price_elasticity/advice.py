"""What to do with prices and discounts, and how strongly."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, add_up, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names
from lucky_analytics.models import price_steps
from lucky_analytics.models.coupon_withdrawals import find_clear, list_coupon_stances, name_depths

__all__ = ["NOTHING_DRAWN", "decide"]

WHO = "Product and marketing"

# Title, answer and decision where no depth was ever left to chance.
NOTHING_DRAWN = (
    "How volume responds to price cannot be said",
    "How volume responds to price cannot be said: no coupons of different depths were drawn at random. What "
    "others sold says who got them.",
    Decision(
        "draw the depth of some coupons at random, nothing off included, for eight weeks",
        WHO,
        Strength(WAIT, ("no price was ever left to chance",)),
        "Coupons that a rule gives compare customers, not prices.",
        "Coupons of random depth are shown.",
    ),
)
_MOST_NAMED = 3
_SETTLE = "Further coupons of random depth show otherwise."


def decide(steps: pd.DataFrame, withdrawals: pd.DataFrame, level: float, as_of: dt.date) -> Decision:
    """Which prices move by a step, and which depths can go: only what the money's interval is clear about.

    ``steps``: of categories, see ``price_steps.estimate_steps``; ``withdrawals``: ``estimate_withdrawals``.
    """
    on = price_steps.list_stances(steps) | list_coupon_stances(withdrawals)
    known = steps.dropna(subset="gain")
    if known.empty:
        return Decision(
            "change no price; try others in a random half of the stores for eight weeks",
            WHO,
            weigh(None, doubts=["deeper coupons sold no clearly more"]),
            "What another price would earn is not known yet.",
            _SETTLE,
            on=on,
        )
    clear, (earn, lose) = price_steps.find_clear_steps(steps), find_clear(withdrawals)
    named = [price_steps.name_step(row) for row in clear.head(_MOST_NAMED).to_dict("records")]
    parts = [
        *([price_steps.describe_action(named, as_of, len(clear) - len(named))] if named else []),
        *([f"withdraw {name_depths(earn)}, but for a small random group"] if len(earn) else []),
        *([f"keep {name_depths(lose)}"] if len(lose) else []),
    ]
    if not parts:
        widest = known.sort_values("gain_low").iloc[-1]
        worth = Estimate.of(widest.to_dict(), "gain", level=level)
        # One of several categories, picked because it looks best.
        doubts = ["it is picked from several", "none is clear of 0"]
        why, action = _describe_rest(steps, clear), "leave prices and discounts as they are"
        return Decision(action, WHO, weigh(worth, doubts=doubts), why, _SETTLE, worth, on)
    sure = [*clear.to_dict("records"), *withdrawals[withdrawals["gain_low"] > 0].to_dict("records")]
    total = add_up([Estimate.of(row, "gain", level=level) for row in sure])
    costly = f"At {name_depths(earn)} the discount costs more than the units it adds bring."
    because = [
        *([f"{price_steps.ALL_STORES} {price_steps.describe_why(clear)}"] if len(clear) else []),
        *([price_steps.BESIDE_COUPONS] if (clear["stance"] == price_steps.CUT).any() else []),
        *([costly] if len(earn) else []),
        *([_describe_rest(steps, clear)] if len(clear) < len(steps) else []),
    ]
    return Decision(
        "; ".join(parts),
        WHO,
        weigh(total, doubts=[price_steps.NEVER_TRIED] if len(clear) else []),
        " ".join(because),
        price_steps.describe_end(as_of) if len(clear) else _SETTLE,
        total,
        on,
        trials=[price_steps.propose_trial(as_of)] if len(clear) else [],
    )


def _describe_rest(steps: pd.DataFrame, clear: pd.DataFrame) -> str:
    """What is not known, as a sentence: the categories in which a step may lose."""
    rest = steps[~steps["category"].isin(clear["category"])]
    if len(rest) == len(steps):
        return f"In none of {len(steps)} categories is it known yet whether another price earns more."
    # Alone they would be clear; of as many that were looked at one may be so by chance.
    near = rest["gain_low"] > 0
    said = []
    if near.any():
        said.append(
            f"in {join_names(rest.loc[near, 'category'])} a step looks like a gain, but with {len(steps)} "
            "categories looked at that may be chance"
        )
    if not near.all():
        said.append(f"in {join_names(rest.loc[~near, 'category'])} it may lose as well as gain")
    told = "; ".join(said).replace("it may lose", "a step may lose" if len(said) == 1 else "it may lose")
    return f"{told[0].upper()}{told[1:]}: their prices stay."
