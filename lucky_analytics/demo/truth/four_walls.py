"""What the stores earned inside their four walls, for the truth file."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL
from lucky_analytics.demo.tables.cost_bills import N_COST_WEEKS, draw_cost_bills, weekly_sales
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["MATURE_WEEKS", "note"]

MATURE_WEEKS = 13


def note(world: World, truth: Realised) -> None:
    """Sales before tax less bills over sales: of stores a quarter old in the last quarter, and of young ones.

    Young: the bills and sales of a store's first eight weeks and of the four before. Stores by position; one
    without such weeks is not named.
    """
    bills = draw_cost_bills(world)
    cell = bills.store * N_COST_WEEKS + bills.week
    cost = np.bincount(cell, bills.cents / 100, (RESIDUAL + 1) * N_COST_WEEKS)
    _, sales = weekly_sales(world)
    cost = cost.reshape(sales.shape)
    week = np.arange(N_COST_WEEKS)
    age = (week[None, :] * 7 + 6 - OPENED[:, None]) / 7
    mature = (age >= MATURE_WEEKS) & (week >= N_COST_WEEKS - MATURE_WEEKS)
    for name, chosen in (("margin_mature", mature), ("margin_young", age < 8)):
        sold, paid = (np.where(chosen, values, 0).sum(1)[:RESIDUAL] for values in (sales, cost))
        found = {str(s): round(float(1 - paid[s] / sold[s]), 4) for s in np.flatnonzero(sold > 0)}
        truth.note("costs", name, found)
