"""The findings of the price page as sentences, made from its frames."""

from __future__ import annotations

import pandas as pd

__all__ = ["describe_best", "describe_decision", "describe_naive", "describe_segments"]


def describe_naive(estimates: pd.DataFrame) -> str:
    """How wrong targeted coupons are when taken at face value."""
    naive = estimates[estimates["method"] == "naive"]
    wrong = int((naive["estimate"] > 0).sum())
    if naive.empty:
        return "No targeted coupons to compare with"
    return f"Taken at face value, targeted coupons give the wrong sign in {wrong} of {len(naive)} categories"


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


def describe_decision(best: pd.DataFrame, withdrawals: pd.DataFrame, min_probability: float = 0.8) -> str:
    """Which depths can go, and where the price should move."""
    earn = withdrawals.loc[withdrawals["p_gain"] >= min_probability, "depth"]
    lose = withdrawals.loc[withdrawals["p_gain"] <= 1 - min_probability, "depth"]
    parts = []
    if len(earn):
        parts.append(f"Withdraw {_depths(earn)}: margin grows.")
    if len(lose):
        parts.append(f"Keep {_depths(lose)}: withdrawing loses margin.")
    clear = best[best["gain_low"] > 0]
    up, down = clear[clear["best"] > clear["paid_price"]], clear[clear["best"] <= clear["paid_price"]]
    if len(up):
        parts.append(f"Discount less in {', '.join(up['category'])}.")
    if len(down):
        parts.append(f"Discount more in {', '.join(down['category'])}.")
    return "Product and marketing: " + (
        " ".join(parts) or "no depth and no price is clearly better than today's."
    )


def _depths(depths: pd.Series) -> str:
    return ", ".join(f"{100 * depth:.0f} %" for depth in depths) + " off"
