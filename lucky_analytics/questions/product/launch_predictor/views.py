"""The frames that the page on launches shows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.product.launch_predictor.launch_months import Foretold
from lucky_analytics.questions.product.launch_predictor.launches import due_date

__all__ = ["pick_month", "show_ahead", "show_launches", "show_past", "show_sisters"]


def show_past(found: Foretold) -> pd.DataFrame:
    """Past launches, the newest first: what came, what was foretold, the days carried on, and how far off."""
    names = [
        "product_name",
        "category",
        "launched",
        "counted",
        "month",
        "value",
        "low",
        "high",
        "naive",
        "kind",
    ]
    rows = found.past[names].copy()
    for name, of in (("off", "value"), ("off_naive", "naive"), ("off_kind", "kind")):
        rows[name] = rows[of] / rows["month"] - 1
    return rows.sort_values(["launched", "product_name"], ascending=[False, True], ignore_index=True)


def show_ahead(found: Foretold) -> pd.DataFrame:
    """Products in their first month: days known, units so far, the month foretold, when it is over."""
    names = [
        "product_name",
        "category",
        "launched",
        "age",
        "so_far",
        "value",
        "low",
        "high",
        "naive",
        "weight",
    ]
    rows = found.ahead[names].copy()
    rows["due"] = [due_date(day) for day in found.ahead["launched"]]
    return rows


def show_launches(launches: pd.DataFrame) -> pd.DataFrame:
    """Every launch that the orders know: when listed, when first sold, whether it has left."""
    rows = launches[["product_name", "category", "added_date", "launched", "lead", "age", "has_left"]].copy()
    rows["state"] = rows["has_left"].map({True: "left the menu", False: "on the menu"})
    return rows.drop(columns="has_left").iloc[::-1].reset_index(drop=True)


def show_sisters(sisters: pd.DataFrame) -> pd.DataFrame:
    """What sisters of each launch did beside other categories, as a share, the newest first."""
    rows = sisters.assign(change=np.expm1(sisters["change"]))
    return rows.sort_values("launched", ascending=False, ignore_index=True)


def pick_month(found: Foretold, level: float = 0.9) -> Estimate:
    """The first month of the newest launch that is under way; null where none is."""
    if found.ahead.empty:
        return Estimate(None, n=found.n_fit)
    top = found.ahead.iloc[0]
    return Estimate(float(top["value"]), float(top["low"]), float(top["high"]), level=level, n=found.n_fit)
