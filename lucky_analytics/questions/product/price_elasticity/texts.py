"""The findings of the price page as sentences, made from its frames."""

from __future__ import annotations

import pandas as pd

__all__ = [
    "describe_best",
    "describe_decision",
    "describe_naive",
    "describe_salience",
    "describe_segments",
    "describe_today",
    "describe_withdrawals",
]


def describe_naive(estimates: pd.DataFrame) -> str:
    """How wrong targeted coupons are when taken at face value."""
    naive = estimates[estimates["method"] == "naive"]
    wrong = int((naive["estimate"] > 0).sum())
    if naive.empty:
        return "No targeted coupons to compare with"
    return f"Taken at face value, targeted coupons give the wrong sign in {wrong} of {len(naive)} categories"


def describe_salience(not_shown: pd.DataFrame) -> str:
    """What a coupon without a discount is compared with; ``not_shown``: see ``aggregate_not_shown``."""
    text = "A coupon without a discount against no coupon in the category"
    paid, listed = not_shown["paid_cents"].sum(), not_shown["list_cents"].sum()
    return text + (f", where {100 * paid / listed:.0f} % of the list price is paid" if listed else "")


def describe_segments(columns: pd.DataFrame) -> str:
    """Most and least price-sensitive segment."""
    ranked = columns.sort_values("estimate")
    first, last = ranked.iloc[0], ranked.iloc[-1]
    times, most = first["estimate"] / last["estimate"], str(first["segment"]).capitalize()
    return f"{most} customers respond {times:.1f} times as much as {last['segment']} ones"


def describe_best(best: pd.DataFrame) -> str:
    """How many categories would clearly earn more at another price."""
    clear = best[best["gain_low"] > 0]
    dearer = int((clear["best"] > clear["paid_price"]).sum())
    text = f"{dearer} of {len(best)} categories would earn more at a higher price than today's"
    if len(clear) > dearer:
        text += f", {len(clear) - dearer} at a lower one"
    return text


def describe_today(prices: pd.DataFrame, deepest: float) -> str:
    """How today's prices lie to what was tried; ``prices``: see ``load_category_prices``."""
    units = prices["units_a_month"] * prices["known_share"]
    beyond = float((units * prices["beyond_share"].fillna(0)).sum() / units.sum()) if units.sum() else 0.0
    known = float(units.sum() / prices["units_a_month"].sum())
    return (
        f"Today customers pay many prices: {100 * beyond:.0f} % of units go below {100 * (1 - deepest):.0f} "
        "% of the list price, less than any price that was tried. Gains compare one price for all with "
        f"today's mean price. Costs are known for {100 * known:.0f} % of units and taken for the others of "
        "their category."
    )


def describe_decision(best: pd.DataFrame, withdrawals: pd.DataFrame, min_probability: float = 0.8) -> str:
    """Which depths can go, and where the price should move."""
    earn = withdrawals.loc[withdrawals["p_gain"] >= min_probability, "depth"]
    lose = withdrawals.loc[withdrawals["p_gain"] <= 1 - min_probability, "depth"]
    parts = []
    if len(earn):
        parts.append(f"Withdraw {_depths(earn)}, but for a small random group: margin probably grows.")
    if len(lose):
        parts.append(f"Keep {_depths(lose)}: withdrawing probably loses margin.")
    clear = best[best["gain_low"] > 0]
    up, down = clear[clear["best"] > clear["paid_price"]], clear[clear["best"] <= clear["paid_price"]]
    if len(up):
        parts.append(f"Discount less in {', '.join(up['category'])}.")
    if len(down):
        parts.append(f"Discount more in {', '.join(down['category'])}.")
    return "Product and marketing: " + (
        " ".join(parts) or "no depth and no price is clearly better than today's."
    )


def describe_withdrawals(withdrawals: pd.DataFrame, min_probability: float = 0.8) -> str:
    """At which depths a withdrawal earns with at least this probability.

    >>> describe_withdrawals(pd.DataFrame({"depth": [0.1, 0.5], "p_gain": [0.2, 0.9]}))
    'Withdrawing pays at 50 % off'
    """
    earn = withdrawals.loc[withdrawals["p_gain"] >= min_probability, "depth"]
    return (
        f"Withdrawing pays at {_depths(earn)}"
        if len(earn)
        else "No coupon depth is clearly worth withdrawing"
    )


def _depths(depths: pd.Series) -> str:
    return ", ".join(f"{100 * depth:.0f} %" for depth in depths) + " off"
