"""Cash: what no table holds and somebody must say, how long it lasts, how much a plan needs at its
deepest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.ledgers.runway import find_runway
from lucky_analytics.methods.places.payback import summarise_draws
from lucky_analytics.questions.finance.financial_forecast.scenarios import Flows
from lucky_analytics.questions.finance.financial_forecast.steps import Drivers

__all__ = ["Stated", "flow_months", "list_unknown", "measure_need", "measure_runway"]


@dataclass(frozen=True)
class Stated:
    """What somebody stated, dollars; null where nobody did: ``cash`` at the bank on ``as_of``, ``debt``
    service a month, ``office``: salaries and whatever else of the head office the ledger does not hold, a
    month."""

    cash: float | None = None
    debt: float | None = None
    office: float | None = None

    @property
    def a_month(self) -> float:
        return (self.debt or 0.0) + (self.office or 0.0)

    @property
    def lacking(self) -> list[str]:
        """What was not stated, in words."""
        names = {"cash": "cash at the bank", "debt": "debt service", "office": "salaries of the head office"}
        return [words for name, words in names.items() if getattr(self, name) is None]


def flow_months(drivers: Drivers, flows: Flows, stated: Stated) -> np.ndarray:
    """Dollars that cash moves by in each month, (n_draws, n_months): results, build-outs, what was stated.
    Sales tax leaves when it is charged, so cash stands a month's tax higher than this says."""
    part = drivers.ahead.shares.sum(axis=0) * 7 / drivers.ahead.months.days_in_month.to_numpy()
    moved: np.ndarray = drivers.ahead.spread(flows.result - flows.build_out) - stated.a_month * part
    return moved


def measure_need(months: np.ndarray, level: float) -> Estimate:
    """The deepest that cash falls below where it stands today, dollars: the middle and ``level`` of draws."""
    low, value, high = np.quantile(
        np.maximum(-months.cumsum(axis=1).min(axis=1), 0.0), [0.5 - level / 2, 0.5, 0.5 + level / 2]
    ).tolist()
    return Estimate(value, low, high, level=level)


def measure_runway(months: np.ndarray, stated: Stated, level: float) -> tuple[Estimate, str]:
    """Months until the cash is gone, and what to say of it. Null where no cash was stated, or where it lasts
    through the months ahead in half of all futures; then an end that is null is beyond them."""
    if stated.cash is None:
        return Estimate(None), "Not known: no table holds cash, and none was given (cash_dollars)"
    found = summarise_draws(find_runway(months, stated.cash), level)
    gone = f"Gone within {months.shape[1]} months in {100 * found.p_within:.0f} of 100 futures"
    lacking = [words for words in stated.lacking if words != "cash at the bank"]
    note = f"{gone}, {' and '.join(lacking)} not counted" if lacking else gone
    if not np.isfinite(found.value):
        return Estimate(None), note
    return Estimate(found.value, found.low, found.high, level=level), note


def list_unknown(stated: Stated, build_out: float) -> pd.DataFrame:
    """What the ledger does not hold: ``what``, ``here`` (what this page does about it), ``ask``."""

    def given(value: float | None, words: str) -> str:
        return f"${value:,.0f} {words}, as given" if value is not None else "Counted as nothing"

    cash = (
        "So no month is named in which it is gone"
        if stated.cash is None
        else f"${stated.cash:,.0f}, as given"
    )
    rows = [
        ("Cash at the bank", cash, "Treasury: cash_dollars"),
        ("Debt and its service", given(stated.debt, "a month"), "Treasury: debt_dollars_month"),
        ("Salaries of the head office", given(stated.office, "a month"), "HR: office_dollars_month"),
        ("Build-out of a store", f"${build_out:,.0f} each, assumed", "Construction: build_out_dollars"),
        ("Sales tax remitted", "Taken to leave with each sale; what fell due is on the page on sales tax",
         "Finance: bank statements"),
        ("Income tax, interest, depreciation", "Not counted", "Finance"),
        ("The season", "Not counted: no month was seen twice", "Time: a second year"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["what", "here", "ask"])
