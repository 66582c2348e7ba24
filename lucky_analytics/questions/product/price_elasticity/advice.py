"""What to do with prices and discounts, and how strongly."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, add_up, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.product.price_elasticity.texts import find_clear, list_depths

__all__ = ["NOTHING_DRAWN", "decide"]

# Title, answer and decision where no depth was ever left to chance.
NOTHING_DRAWN = (
    "How volume responds to price cannot be said",
    "How volume responds to price cannot be said: no coupons of different depths were drawn at random. What "
    "others sold says who got them.",
    Decision(
        "draw the depth of some coupons at random, nothing off included, for eight weeks",
        "Product and marketing",
        Strength(WAIT, ("no price was ever left to chance",)),
        "Coupons that a rule gives compare customers, not prices.",
        "Coupons of random depth are shown.",
    ),
)


def decide(best: pd.DataFrame, withdrawals: pd.DataFrame, level: float) -> Decision:
    """Which depths can go, and where the price should move: only what the money's interval is clear about."""
    who = "Product and marketing"
    settle = "Further random depths, or other prices in a random half of the stores, show otherwise."
    known = best[best["responds"]]
    wait = {f"price of {category}": "wait" for category in best["category"]}
    if known.empty:
        return Decision(
            "change no price; try others in a random half of the stores for eight weeks",
            who,
            weigh(None, doubts=["deeper coupons sold no clearly more"]),
            "What another price would earn is not known yet.",
            settle,
            on=wait,
        )
    earn, lose = find_clear(withdrawals)
    clear = known[known["is_clear"]]
    up, down = clear[clear["best"] > clear["paid_price"]], clear[clear["best"] <= clear["paid_price"]]
    parts = [
        *(
            f"discount less in {row.category}: ${row.best:.2f} a unit, not ${row.paid_price:.2f}"
            for row in up.itertuples()
        ),
        *(
            f"discount more in {row.category}: ${row.best:.2f}, not ${row.paid_price:.2f}"
            for row in down.itertuples()
        ),
        *([f"withdraw {list_depths(earn)}, but for a small random group"] if len(earn) else []),
        *([f"keep {list_depths(lose)}"] if len(lose) else []),
    ]
    promising = known[(known["gain_low"] > 0) & ~known["is_clear"]]
    parts += [
        f"try {row.category} at ${row.best:.2f}, not ${row.paid_price:.2f}, in a random half of the stores"
        for row in promising.itertuples()
        if parts
    ]
    rest = len(best) - len(clear)
    because = (
        f"In {rest} of {len(best)} categories the best price is not known yet."
        if rest
        else "Their intervals are clear."
    )
    if len(promising):
        names = ", ".join(promising["category"])
        because += f" Promising, not proven as one of {len(best)} that were looked at: {names}."
    if len(earn):
        because = f"At {list_depths(earn)} the discount costs more than the units it adds bring. {because}"
    if not parts:
        widest = known.sort_values("gain_low").iloc[-1]
        worth = Estimate.of(widest.to_dict(), "gain", level=level)
        # One of several categories, picked because it looks best.
        doubts = ["it is picked from several", "none is clear of 0"]
        action = "leave prices and discounts as they are"
        return Decision(action, who, weigh(worth, doubts=doubts), because, settle, worth, wait)
    sure = [*clear.to_dict("records"), *withdrawals[withdrawals["gain_low"] > 0].to_dict("records")]
    total = add_up([Estimate.of(row, "gain", level=level) for row in sure])
    edges = clear.loc[clear["edge"].str.startswith(("list", "deepest")), "category"].tolist()
    doubts = [f"in {', '.join(edges)} it is as far as was tried"] if edges else []
    on = wait | {f"price of {name}": "raise" for name in up["category"]}
    on |= {f"price of {name}": "cut" for name in down["category"]}
    return Decision("; ".join(parts), who, weigh(total, doubts=doubts), because, settle, total, on)
