"""How many cases to look at: how many of them chance alone would make, what they took, what looking costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import poisson

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval
from lucky_analytics.questions.finance.payment_fraud.accounts import Accounts
from lucky_analytics.questions.finance.payment_fraud.cases import Cases

__all__ = ["Budget", "list_budgets", "plan_reviews"]

_MONTH_WEEKS = 365.25 / 12 / 7
_FEWEST_WEEKS = 8


@dataclass(frozen=True)
class Budget:
    """``picked``: the cases to look at, those that took most first. ``beyond``: the share of them that chance
    does not make, with the end that it reaches at the stated level. ``taken``: dollars a month that they
    took, ``cost``: dollars a month of looking at as many as came up; ``net``: the one less the other.
    """

    picked: pd.DataFrame
    beyond: Estimate
    taken: Estimate
    cost: float
    net: Estimate


def plan_reviews(
    accounts: Accounts, cases: Cases, most_cases: int, dollars_a_case: float, level: float
) -> Budget:
    """Of the cases beyond chance the ``most_cases`` that took most."""
    dollars = cases.losses.groupby("case")["dollars"].sum()
    sure = cases.sure.assign(dollars=cases.sure["case"].map(dollars).fillna(0.0))
    picked = sure.sort_values(["dollars", "q"], ascending=[False, True], kind="stable").head(most_cases)
    picked = picked.reset_index(drop=True)
    taken = _a_month(accounts, cases.losses[cases.losses["case"].isin(picked["case"])], level)
    cost = len(picked) / accounts.months * dollars_a_case
    return Budget(picked, _beyond_chance(cases, picked, level), taken, cost, taken.plus(-cost))


def _beyond_chance(cases: Cases, picked: pd.DataFrame, level: float) -> Estimate:
    """1 less the false ones: as many as chance makes among all that were tested, at the chance of the least
    sure of those picked; the end from as many as a Poisson count of that mean may be."""
    if picked.empty:
        return Estimate(None, n=0)
    mean = sum(
        n * float(own["p"].max())
        for kind, n in cases.tests.items()
        if len(own := picked[picked["kind"] == kind])
    )
    most = float(poisson.ppf(level, mean))
    n = len(picked)
    value = max(1 - mean / n, 0.0)
    return Estimate(value, min(value, max(1 - most / n, 0.0)), 1.0, level=level, n=n)


def _a_month(accounts: Accounts, losses: pd.DataFrame, level: float) -> Estimate:
    """Dollars a month, weeks drawn again with their losses."""
    n = ((pd.Timestamp(accounts.as_of) - accounts.start).days + 1) // 7
    if n < _FEWEST_WEEKS or losses.empty:
        return Estimate(None if n < _FEWEST_WEEKS else 0.0, n=n)
    week = ((losses["date"] - accounts.start).dt.days // 7).clip(upper=n - 1)
    sums = np.bincount(week, losses["dollars"], minlength=n)
    low, high = quantile_interval(draw_block_weights(n) @ sums / n, level)
    return Estimate(float(sums.mean()), float(low), float(high), level=level, n=n).times(_MONTH_WEEKS)


def list_budgets(
    accounts: Accounts, cases: Cases, most_cases: int, dollars_a_case: float, level: float
) -> pd.DataFrame:
    """What more reviews bring: ``reviews`` (a row each up to ``most_cases``), ``dollars`` taken by them since
    opening, ``cost``, ``by_chance`` (cases that chance makes among them)."""
    budget = plan_reviews(accounts, cases, most_cases, dollars_a_case, level)
    n = np.arange(1, len(budget.picked) + 1)
    by_chance = [
        k - (_beyond_chance(cases, budget.picked.head(k), level).value or 0.0) * k for k in n.tolist()
    ]
    return pd.DataFrame({
        "reviews": n, "dollars": budget.picked["dollars"].cumsum(), "cost": n * dollars_a_case,
        "by_chance": by_chance,
    })  # fmt: skip
