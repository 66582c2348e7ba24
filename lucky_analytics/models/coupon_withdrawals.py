"""Which depths of coupons are worth withdrawing: what each depth shown without its discount would change.

More than one question gives or takes discounts: all hold these estimates, so that none gives what another
withdraws.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.shrinkage import Shrunk, draw_cells
from lucky_analytics.methods.prices.price_response import estimate_withdrawal
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models.calendar import WEEKS_A_MONTH, find_window
from lucky_analytics.models.elasticities import (
    ALL,
    drawn_cells,
    estimate_pulled,
    find_responding,
    pool_elasticities,
)
from lucky_analytics.models.price_terms import TERMS, load_category_prices, split_priced

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "estimate_withdrawals",
    "find_clear",
    "find_withdrawn",
    "list_coupon_stances",
    "name_coupon",
    "name_depths",
]

# Stances on a depth of coupons, as ``publish.agreement`` holds them against each other.
GIVE, WITHDRAW, KEEP, WAIT = "give", "withdraw", "keep", "wait"


def estimate_withdrawals(
    cells: pd.DataFrame,
    pooled: Shrunk,
    prices: pd.DataFrame,
    pulled: PulledForward,
    as_of: dt.date,
    n_weeks: int = 8,
    level: float = 0.9,
    by: str = "depth",
) -> pd.DataFrame:
    """What showing each depth without its discount would change, a month, over all categories.

    From the units sold with each depth in the last ``n_weeks`` whole weeks, drawn and targeted alike, with
    the elasticity of the segment that bought them: deep coupons are used by those who respond most.
    ``prices``: those of ``price_terms.split_priced``; ``by``: ``depth``, or ``programme`` for all depths
    together. That column, ``n_units``, ``kept_share``, ``margin_now``, ``gain`` with its ends, ``p_gain``.
    Errors of all categories and segments are drawn together.
    """
    window = find_window(as_of, n_weeks)
    recent = cells[(cells["week_date"] >= pd.Timestamp(window.start)) & (cells["depth"] > 0)]
    sums = recent.groupby(["category", "segment", "depth"], as_index=False)["y"].sum()
    sums = sums.merge(prices[["category", *TERMS]], on="category")
    sums = sums.assign(depth=sums["depth"].astype(float), n_units=sums["y"] * WEEKS_A_MONTH / n_weeks)
    places = pooled.cells[["category", "segment"]].assign(place=np.arange(len(pooled.cells)))
    sums = sums.merge(places, on=["category", "segment"])
    if sums.empty:
        raise LuckyError(
            "withdrawn coupons",
            expected=f"units bought with a coupon in the {n_weeks} weeks before {window.end}",
            got="none",
        )
    draws = draw_cells(pooled)[sums["place"].to_numpy()]
    missing = pulled.draw_along(sums["n_units"].to_numpy(float) @ draws, ALL)
    return estimate_withdrawal(sums.assign(programme="all"), draws, pulled=missing, by=by, level=level)


def find_clear(withdrawals: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Depths whose gain is clear of 0: those that earn when withdrawn, and those that lose."""
    return (
        withdrawals.loc[withdrawals["gain_low"] > 0, "depth"],
        withdrawals.loc[withdrawals["gain_high"] < 0, "depth"],
    )


def name_depths(depths: Iterable[float]) -> str:
    """Depths (shares of the list price) in words: ``"10 %, 20 % off"``."""
    return ", ".join(f"{100 * depth:.0f} %" for depth in depths) + " off"


def name_coupon(depth: float) -> str:
    """What a stance on a depth is about.

    >>> name_coupon(0.3)
    'weekly coupons of 30 % off'
    """
    return f"weekly coupons of {100 * depth:.0f} % off"


def list_coupon_stances(withdrawals: pd.DataFrame) -> dict[str, str]:
    """``on`` of a decision: withdraw, keep or wait, for each depth of ``estimate_withdrawals``.

    >>> frame = pd.DataFrame({"depth": [0.1, 0.5], "gain_low": [-9.0, 2.0], "gain_high": [1.0, 8.0]})
    >>> list_coupon_stances(frame)
    {'weekly coupons of 10 % off': 'wait', 'weekly coupons of 50 % off': 'withdraw'}
    """
    stances = np.select([withdrawals["gain_low"] > 0, withdrawals["gain_high"] < 0], [WITHDRAW, KEEP], WAIT)
    return {name_coupon(depth): str(said) for depth, said in zip(withdrawals["depth"], stances, strict=True)}


def find_withdrawn(suite: Suite, cells: pd.DataFrame, n_weeks: int, level: float) -> list[float]:
    """Depths that the page on prices withdraws; none where no category's units clearly answer to price.

    ``cells``: ``coupon_decisions.aggregate_cells``. None either where that page has no answer: too little was
    bought to tell a response, or nothing can be priced.
    """
    try:
        drawn = drawn_cells(cells)
        pooled, pulled = pool_elasticities(drawn, level), estimate_pulled(drawn, level)
        if not find_responding(pooled.rows).any():
            return []
        deepest = float(drawn["depth"].max())
        today = load_category_prices(suite, n_weeks, deepest)
        prices, _ = split_priced(today, pooled.rows["category"], deepest)
        found = estimate_withdrawals(cells, pooled, prices, pulled, suite.as_of, n_weeks, level)
    except LuckyError:
        return []
    return [float(depth) for depth in find_clear(found)[0]]
