"""The financial forecast, step by step: what drives it, which futures are drawn, what each cause moves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.models import payment_fees, ramp
from lucky_analytics.questions.finance.financial_forecast.bills import Bills, load_bills
from lucky_analytics.questions.finance.financial_forecast.months_ahead import MonthsAhead, plan_months
from lucky_analytics.questions.finance.financial_forecast.revenue_rates import (
    Rates,
    estimate_rates,
    load_takings,
)
from lucky_analytics.questions.finance.financial_forecast.scenarios import (
    CAUSES,
    Flows,
    Scenario,
    draw_flows,
    draw_sales,
)
from lucky_analytics.questions.finance.financial_forecast.store_levels import Levels, find_levels
from lucky_analytics.questions.finance.financial_forecast.tested import Tested, test_forecast

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "AS_IT_STANDS",
    "AS_SO_FAR",
    "Drivers",
    "load_drivers",
    "name_scenarios",
    "range_of",
    "tell",
    "weigh_causes",
]

Array = np.ndarray[Any, Any]
N_DRAWS = 1_000
AS_IT_STANDS, AS_SO_FAR, HALF_AS_FAST = "No store opens", "Openings go on", "Half as many openings"
FEWER_ORDERS = "No store opens, orders fall"
NO_LEDGER = "the bills of the ledger have not been read"


@dataclass(frozen=True)
class Drivers:
    """What the forecast rests on. ``takings`` by day, ``stores``; ``pace``: openings a year so far; ``sql``
    of the takings; ``n_days`` of sales seen."""

    levels: Levels
    bills: Bills
    rates: Rates
    tested: Tested
    ahead: MonthsAhead
    stores: pd.DataFrame
    takings: pd.DataFrame
    pace: float
    sql: str
    as_of: dt.date
    level: float

    @property
    def n_days(self) -> int:
        return int(self.takings["order_date"].nunique())

    @property
    def is_beyond(self) -> bool:
        """Whether the months ahead are more than the days seen: no forecast so long was ever tested."""
        return 7 * self.ahead.n_weeks > self.n_days

    def crowds(self, plan: Scenario) -> bool:
        """Whether the openings of a plan put more sister stores around a store than ours have today."""
        return len(plan.openings) * plan.nearness > len(self.stores) - 1

    @property
    def ages(self) -> Array:
        """Whole weeks since each store of ``levels.ids`` opened, in the first week ahead."""
        opened = self.stores.set_index("unique_id")["opened"].reindex(list(self.levels.ids))
        ages: Array = ((pd.Timestamp(self.as_of) + pd.Timedelta(days=1) - opened).dt.days // 7).to_numpy(int)
        return ages


def load_drivers(suite: Suite, n_months: int, level: float) -> Drivers | str:
    """The drivers, or why there is no forecast, as a clause."""
    table = load_takings(suite)
    takings = table.execute()
    stores, days = ramp.load_stores(suite).execute(), ramp.load_days(suite).execute()
    stores = stores[stores["opened"] <= pd.Timestamp(suite.as_of)].reset_index(drop=True)
    if takings.empty or stores.empty:
        return "there is no order yet"
    ahead = plan_months(suite.as_of, n_months)
    try:
        levels = find_levels(days, stores, suite.as_of, ahead.n_weeks)
    except LuckyError:
        return "too few stores have been open for long enough to tell how stores grow"
    bills = load_bills(suite, takings, stores)
    if bills is None and suite.optional("accounting_costs") is None:
        return NO_LEDGER
    if bills is None:
        return "the ledger has too few bills of stores to tell what they cost"
    fees = payment_fees.aggregate_fees(payment_fees.load_fee_records(suite), "month")
    later = stores["opened"] > stores["opened"].min() + pd.Timedelta(weeks=1)
    span = (pd.Timestamp(suite.as_of) - stores["opened"].min()).days + 1
    tested = test_forecast(days, stores, suite.as_of, level)
    return Drivers(
        levels, bills, estimate_rates(takings, fees), tested, ahead, stores, takings,
        float(later.sum()) / span * 365.25, suite.sql(table), suite.as_of, level,
    )  # fmt: skip


def name_scenarios(
    drivers: Drivers, openings_a_year: float | None, nearness: float, build_out: float, demand_drop: float
) -> dict[str, Scenario]:
    """The scenarios by name, the first as the chain stands."""
    pace = drivers.pace if openings_a_year is None else openings_a_year
    found = {AS_IT_STANDS: Scenario(AS_IT_STANDS)}
    for name, a_year in ((AS_SO_FAR, pace), (HALF_AS_FAST, pace / 2)):
        weeks = _space(a_year, drivers.ahead.n_weeks)
        if weeks:
            found[name] = Scenario(name, weeks, build_out=build_out, nearness=nearness)
    if demand_drop:
        found[FEWER_ORDERS] = Scenario(FEWER_ORDERS, demand=1 - demand_drop)
    return found


def _space(a_year: float, n_weeks: int) -> tuple[float, ...]:
    """Openings evenly apart, each inside the weeks ahead and with time for its campaign."""
    if a_year <= 0:
        return ()
    apart = 365.25 / 7 / a_year
    return tuple(float(week) for week in np.arange(1, int(n_weeks / apart) + 1) * apart if week < n_weeks)


def tell(
    drivers: Drivers, scenario: Scenario, on: tuple[str, ...] = tuple(CAUSES), n_draws: int = N_DRAWS
) -> Flows:
    """The futures of one scenario, by week; of one seed, so that scenarios differ by what they assume
    alone."""
    sold = draw_sales(drivers.levels, scenario, n_draws, on=on, widen=drivers.tested.widen)
    return draw_flows(sold, scenario, drivers.bills, drivers.rates, drivers.ages, drivers.levels.ids, on=on)


def range_of(draws: Array, level: float, n: int) -> Estimate:
    """Median and middle ``level`` of draws."""
    low, value, high = np.quantile(draws, [0.5 - level / 2, 0.5, 0.5 + level / 2]).tolist()
    return Estimate(value, low, high, level=level, n=n)


def weigh_causes(drivers: Drivers, scenario: Scenario) -> pd.DataFrame:
    """What each cause alone does to what is left a month, the widest first: ``cause``, ``low``, ``high`` and
    ``middle`` (dollars a month), ``width``.

    A cause of ``CAUSES`` varies as far as its own interval while all others stand at their middle. Fees and
    sales tax are counted, not estimated: theirs is how far the rate of single months went."""
    level, mean_month = drivers.level, drivers.ahead.mean_month
    still = tell(drivers, scenario, on=(), n_draws=1)
    middle = float(mean_month(still.result)[0])
    rows = []
    for cause, words in CAUSES.items():
        if cause in ("new", "taken") and not scenario.openings:
            continue
        left = mean_month(tell(drivers, scenario, on=(cause,), n_draws=N_DRAWS // 2).result)
        low, high = np.quantile(left, [0.5 - level / 2, 0.5 + level / 2]).tolist()
        rows.append((words, low, high))
    revenue = float(mean_month(still.lines["revenue"])[0])
    for name, words in (
        ("fees", "Fees, dearest to cheapest month"),
        ("tax", "Sales tax, from month to month"),
    ):
        seen = drivers.rates.months[name].dropna()
        if len(seen):
            off = [(getattr(drivers.rates, name) - end) * revenue for end in (seen.max(), seen.min())]
            rows.append((words, middle + off[0], middle + off[1]))
    table = pd.DataFrame(rows, columns=["cause", "low", "high"]).assign(middle=middle)
    table["width"] = table["high"] - table["low"]
    return table.sort_values("width", ascending=False, ignore_index=True)
