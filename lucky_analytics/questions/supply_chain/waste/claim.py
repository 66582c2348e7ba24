"""The published saving, held against what is thrown away at all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.estimate import Estimate

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["PUBLISHED", "WEEKS_A_YEAR", "load_bills", "say_claim", "weigh_claim"]

# "2-3 % COGS reduction on $2.19M = $44-66K a year": a share of the cost of goods, taken of the revenue.
PUBLISHED, _SHARES = (44_000.0, 66_000.0), (0.02, 0.03)
WEEKS_A_YEAR = 365.25 / 7


def load_bills(suite: Suite, weeks: int) -> float | None:
    """Dollars a year, as if all weeks were like the last ``weeks``, that the ledger has as waste of the
    trading stores; null where the ledger is not there or has no such bill. Weeks end by ``as_of``."""
    bills = suite.optional("accounting_costs")
    if bills is None:
        return None
    start = suite.as_of - dt.timedelta(weeks=weeks)
    trading = suite.stores.filter("is_trading_store").select("store_id")
    own = bills.filter(bills.kind == "waste", bills.week_end_date > start, bills.week_end_date <= suite.as_of)
    own = own.semi_join(trading, "store_id")
    found = own.agg(dollars=own.cost_cents.sum() / 100, weeks=own.week_end_date.nunique()).execute().iloc[0]
    return float(WEEKS_A_YEAR * found["dollars"] / found["weeks"]) if found["weeks"] else None


def say_claim(year: Estimate) -> str:
    """How the published saving stands against a year's waste: "more than all", "less than all", "about all".

    >>> say_claim(Estimate(16e3, 14e3, 18e3, level=0.9)), say_claim(Estimate(50e3, 40e3, 60e3, level=0.9))
    ('more than all', 'about all')
    """
    if year.high is not None and year.high < PUBLISHED[0]:
        return "more than all"
    return "less than all" if year.low is not None and year.low > PUBLISHED[1] else "about all"


def weigh_claim(
    year: Estimate, past: Estimate, worth: Estimate, used: float, bills: float | None
) -> pd.DataFrame:
    """``what``, dollars a year as ``low`` to ``high``, ``why``. ``used``: dollars of goods a week;
    ``worth``: dollars a year that ordering as others do brings; ``bills``: the ledger's, dollars a year."""
    ends = [WEEKS_A_YEAR * used * share for share in _SHARES]
    rows = [
        ("Saving as published", *PUBLISHED,
         "2 to 3 % of revenue, though called a share of the cost of goods; the same sum stands for cheaper "
         "recipes, and cannot be saved twice"),
        ("The same share of goods used", *ends, "the cost of goods: what goods cost, not what they sell for"),
        ("All that is thrown away", year.low, year.high, "from stock, at what goods cost now"),
        ("Of it past its date", past.low, past.high, "from the stores' logs"),
        ("Brought by ordering as others do", worth.low, worth.high,
         "in stores that surely order too much, less the sales then missed"),
    ]  # fmt: skip
    if bills is not None:
        rows.append(
            ("Bills for waste in the ledger", bills, bills, "booked by finance; not the stock's count")
        )
    return pd.DataFrame(rows, columns=["what", "low", "high", "why"])
