"""Checks and sentences of the price page, made from its frames."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.price_elasticity import check_draw

__all__ = ["check_experiment", "describe_best", "describe_decision", "describe_naive", "describe_segments"]


def check_experiment(drawn: pd.DataFrame, stages: pd.DataFrame, placebos: pd.DataFrame) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property."""
    p_draw, n = check_draw(drawn)
    before, others = placebos.set_index("outcome").loc[["week before", "other categories"]].to_dict("records")
    weakest, bent = stages["f"].min(), int((stages["j_p"] < 0.05 / len(stages)).sum())
    facts = [
        ("every depth was drawn as often", p_draw > 0.01, f"p = {p_draw:.2f} over {n:,} coupons shown"),
        ("buyers pay what they were shown", bool(stages["slope"].dropna().between(0.9, 1.1).all()),
         f"slopes from {stages['slope'].min():.2f} to {stages['slope'].max():.2f}"),
        ("the depth moves the price (F above 10)", bool(weakest > 10),
         "the depth determines the price" if weakest > 1e4 else f"F at least {weakest:.0f}"),
        ("the depth is unrelated to the week before it", before["low"] <= 0 <= before["high"],
         f"elasticity {before['estimate']:+.2f} ({before['low']:+.2f} to {before['high']:+.2f})"),
        ("categories without a coupon do not move", others["low"] <= 0 <= others["high"],
         f"elasticity {others['estimate']:+.2f} ({others['low']:+.2f} to {others['high']:+.2f})"),
        ("one elasticity fits all depths", bent == 0, f"{bent} of {len(stages)} categories bend, Hansen's J"),
    ]  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


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
