"""What each cache costs of the bill, what the actions would save, and how unsure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.ledgers.sized_prices import split_bill
from lucky_analytics.models.cloud_month import Bill
from lucky_analytics.questions.platform.redis_fleet.cache_sizes import DROP, GROW, SHRINK, Sizing

__all__ = ["SERVICE", "Saving", "price_actions"]

SERVICE = "ElastiCache"
_COST, _SAVES = ["cost", "cost_low", "cost_high"], ["saves", "saves_low", "saves_high"]


@dataclass(frozen=True)
class Saving:
    """``rows``: those of ``Sizing`` with ``cost`` and ``saves``, each with ends, dollars a month (below 0:
    it costs more). ``total`` of all actions; ``first``: where each that can be smaller goes one size down
    only. ``parts``: ``what``, ``n``, ``saves`` with ends. ``share`` and ``first_share`` of the bill; ``bill``
    in dollars a month; null without a bill. Ends run over how the bill may divide, and what is reserved."""

    rows: pd.DataFrame
    parts: pd.DataFrame
    total: Estimate
    first: Estimate
    bill: float | None

    @property
    def share(self) -> Estimate:
        """``total`` of the bill."""
        return _part(self.total, self.bill)

    @property
    def first_share(self) -> Estimate:
        """``first`` of the bill."""
        return _part(self.first, self.bill)


def price_actions(
    sizing: Sizing, bill: Bill | None, n_unnamed: int, power: tuple[float, float, float], level: float
) -> Saving:
    """The bill names no cache: it is split by size to a ``power`` (least, likeliest, most); those that are
    only counted get the mean. What is reserved is paid on, so the low end leaves its share out.
    """
    rows = sizing.rows
    billed = bill.month_cents(SERVICE) / 100 if bill is not None else 0.0
    sized = rows["size"].notna()
    blank = rows.assign(**dict.fromkeys([*_COST, *_SAVES], np.nan))
    if bill is None or billed <= 0 or not sized.any():
        nothing = Estimate(None, n=len(rows))
        return Saving(blank, _add_parts(blank), nothing, nothing, None)
    named = billed * sized.sum() / (sized.sum() + n_unnamed)
    paid_on = bill.covered_share(SERVICE) or 0.0
    changes = rows["what"].isin([DROP, SHRINK]) | ((rows["what"] == GROW) & rows["new"].notna())
    steps = np.array(sizing.sizes)
    below = [steps[steps < size].max(initial=0.0) if np.isfinite(size) else np.nan for size in rows["size"]]
    one_down = rows["new"].where(rows["what"] != SHRINK, pd.Series(below, rows.index))
    costs: list[pd.Series] = []
    full: list[pd.Series] = []
    first: list[pd.Series] = []
    for each in power:
        parts, unit = split_bill(named, rows.loc[sized, "size"], each)
        cost = pd.Series(np.nan, rows.index)
        cost[sized] = parts
        costs.append(cost)
        for kept, new in ((full, rows["new"]), (first, one_down)):
            price = np.where(new > 0, new.astype(float) ** each * unit, 0.0)
            kept.append((cost - price).where(changes, 0.0))
    made = blank.assign(**dict(zip(_COST, _spread(costs, 0.0), strict=True)))
    made = made.assign(**dict(zip(_SAVES, _spread(full, paid_on), strict=True)))
    n = int(changes.sum())
    return Saving(
        made, _add_parts(made), _sum(full, paid_on, level, n), _sum(first, paid_on, level, n), billed
    )


def _spread(ways: list[pd.Series], paid_on: float) -> tuple[pd.Series, pd.Series, pd.Series]:
    """The likeliest of three ways, the least, with what is paid on left out of gains, and the most."""
    every = pd.concat(ways, axis=1)
    kept = every.where(every < 0, every * (1 - paid_on))
    return ways[1], kept.min(axis=1, skipna=False), every.max(axis=1, skipna=False)


def _sum(ways: list[pd.Series], paid_on: float, level: float, n: int) -> Estimate:
    if not n:
        return Estimate(0.0, n=0)
    kept = [way.where(way < 0, way * (1 - paid_on)).sum() for way in ways]
    whole = [way.sum() for way in ways]
    return Estimate(float(whole[1]), float(min(kept)), float(max(whole)), level=level, n=n)


def _part(total: Estimate, bill: float | None) -> Estimate:
    if total.value is None or not bill:
        return Estimate(None, n=total.n)
    low, high = (None if end is None else end / bill for end in (total.low, total.high))
    return Estimate(total.value / bill, low, high, level=total.level, n=total.n)


def _add_parts(rows: pd.DataFrame) -> pd.DataFrame:
    own = rows[rows["what"].isin([DROP, SHRINK, GROW])]
    sums = own.groupby("what")[_SAVES].sum(min_count=1).reindex([DROP, SHRINK, GROW])
    n = own.groupby("what").size().reindex([DROP, SHRINK, GROW]).fillna(0).astype(int)
    return sums.assign(n=n).dropna(subset="saves").reset_index()
