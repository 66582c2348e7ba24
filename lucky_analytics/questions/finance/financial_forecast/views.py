"""The forecast as readers see it: months, scenarios side by side, months gone by, what is known of a
store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.questions.finance.financial_forecast.bills import GROUPS
from lucky_analytics.questions.finance.financial_forecast.scenarios import LINES, Flows
from lucky_analytics.questions.finance.financial_forecast.steps import Drivers, range_of

__all__ = [
    "NO_PAST",
    "WORDS",
    "count_past",
    "list_drivers",
    "list_months",
    "list_scenarios",
    "measure_four_walls",
    "measure_opening",
    "show_bands",
    "show_cash",
]

NO_PAST = pd.DataFrame({"month": pd.to_datetime([]), "value": np.array([], float)})
WORDS = {
    "revenue": "Revenue, tax included", "tax": "Sales tax", "refunds": "Given back",
    "fees": "Fees of payment",
    "goods": "Goods, packaging, waste, freight", "labour": "Crews", "rent": "Rent",
    "other": "Other bills of stores",
    "opening": "Openings", "office": "Head office, as far as it is booked", "result": "Left",
    "build_out": "Build-outs (assumed)",
}  # fmt: skip


def list_scenarios(drivers: Drivers, flows: Mapping[str, Flows]) -> pd.DataFrame:
    """A profit and loss of the average month: one row a line, ``line``, and for each scenario its middle; for
    ``Left`` and ``Revenue`` rows of their ends, too."""
    rows: list[dict[str, Any]] = []
    for name in (*LINES, "result", "build_out"):
        row: dict[str, Any] = {"line": WORDS[name]}
        ends: dict[str, dict[str, Any]] = {
            end: {"line": f"{WORDS[name]}, {end}"} for end in ("at least", "at most")
        }
        for scenario, flow in flows.items():
            weeks = flow.lines[name] if name in LINES else getattr(flow, name)
            found = range_of(drivers.ahead.mean_month(weeks), drivers.level, 1)
            row[scenario], ends["at least"][scenario], ends["at most"][scenario] = (
                found.value,
                found.low,
                found.high,
            )
        rows += [row, *ends.values()] if name in ("revenue", "result") else [row]
    return pd.DataFrame(rows)


def list_months(drivers: Drivers, flow: Flows) -> pd.DataFrame:
    """Month by month: ``month``, ``revenue``, ``result`` and ``tax`` with their ends, ``due`` (day of the
    tax)."""
    level = [0.5 - drivers.level / 2, 0.5, 0.5 + drivers.level / 2]
    words = [f"{month:%b %Y}" for month in drivers.ahead.months]
    if drivers.ahead.n_rest:
        words[0] = f"rest of {words[0]}"
    table = pd.DataFrame({"month": words})
    for name in ("revenue", "result", "tax"):
        weeks = flow.result if name == "result" else flow.lines[name]
        low, middle, high = np.quantile(drivers.ahead.spread(weeks), level, axis=0)
        table[f"{name}_low"], table[name], table[f"{name}_high"] = low, middle, high
    return table.assign(due=[f"{day:%-d %b %Y}" for day in drivers.ahead.due])


def show_bands(drivers: Drivers, flows: Mapping[str, Flows]) -> pd.DataFrame:
    """What is left in each whole month by scenario: ``scenario``, ``month``, ``value``, ``low``, ``high``."""
    parts = []
    for name, flow in flows.items():
        own = list_months(drivers, flow).iloc[drivers.ahead.n_rest :]
        own = own.rename(columns={"result": "value", "result_low": "low", "result_high": "high"})
        months = drivers.ahead.months[drivers.ahead.n_rest :]
        parts.append(own[["value", "low", "high"]].assign(scenario=name, month=months))
    return pd.concat(parts, ignore_index=True)


def show_cash(drivers: Drivers, flows: Mapping[str, np.ndarray], cash: float) -> pd.DataFrame:
    """Cash at the end of each month by scenario, from ``cash``. ``flows``: dollars a month,
    (n_draws, n_months). ``scenario``, ``month``, ``value``, ``low``, ``high``."""
    level = [0.5 - drivers.level / 2, 0.5, 0.5 + drivers.level / 2]
    parts = []
    for name, months in flows.items():
        low, middle, high = np.quantile(cash + months.cumsum(axis=1), level, axis=0)
        frame = {"scenario": name, "month": drivers.ahead.months, "value": middle, "low": low, "high": high}
        parts.append(pd.DataFrame(frame))
    return pd.concat(parts, ignore_index=True)


def count_past(drivers: Drivers) -> pd.DataFrame:
    """What was left in months gone by, counted from takings, fees at their mean rate and bills: ``month``,
    ``value`` (dollars a month at the pace of its weeks)."""
    by_week = drivers.bills.weeks.groupby("week")[["revenue", "tax", *GROUPS]].sum()
    kept = by_week["revenue"] * (1 - drivers.rates.fees - drivers.rates.refunds) - by_week["tax"]
    left = kept - by_week[list(GROUPS)].sum(axis=1)
    # A week belongs to the month that holds most of it.
    middle = left.index.to_series() - pd.Timedelta(days=3)
    months = left.groupby(middle - pd.to_timedelta(middle.dt.day - 1, unit="D")).agg(["mean", "size"])
    whole = months[months["size"] >= 4]
    return pd.DataFrame({"month": whole.index, "value": whole["mean"].to_numpy() * WEEKS_A_MONTH})


def measure_four_walls(drivers: Drivers) -> Estimate:
    """What stores open for eight weeks keep of net sales after fees and their own bills, over their last
    weeks; the range is over stores, Student's t."""
    recent = {group: line.recent for group, line in drivers.bills.lines.items()}
    volume = recent["goods"]["volume"]
    rates = drivers.rates
    net = volume * (1 - rates.tax)
    left = net - volume * (rates.refunds + rates.fees) - sum(recent[group]["cost"] for group in GROUPS)
    share = (left / net)[net > 0]
    total, n = float(left.sum() / net.sum()), len(share)
    half = float(student.ppf((1 + drivers.level) / 2, n - 1) * share.std() / np.sqrt(n))
    return Estimate(total, total - half, total + half, level=drivers.level, n=n)


def measure_opening(drivers: Drivers) -> Estimate:
    """Bills of one opening beyond those of a settled store; no range with fewer than three openings."""
    bills, n = drivers.bills, len(drivers.bills.openings)
    if n < 3:
        return Estimate(bills.opening_total, n=n)
    share, df = bills.opening_error
    half = float(student.ppf((1 + drivers.level) / 2, df)) * share * bills.opening_total
    return Estimate(bills.opening_total, bills.opening_total - half, bills.opening_total + half,
                    level=drivers.level, n=n)  # fmt: skip


def list_drivers(drivers: Drivers) -> pd.DataFrame:
    """What the forecast takes, and from where: ``driver``, ``value`` (words), ``source``."""
    rates, levels, bills = drivers.rates, drivers.levels, drivers.bills
    rows = [
        ("Growth of a new store, each level", f"{levels.n_fitted} stores", "page on how fast stores grow"),
        ("Lasting moves of all stores", f"{100 * levels.common_step:.1f} % a week", "the same page's season"),
        ("Openings so far", f"{drivers.pace:.1f} a year", "opening days"),
        ("Nearness of two of our stores", f"{levels.nearness:.2f}", "coordinates; 1 is next door"),
        ("Sales tax", f"{100 * rates.tax:.1f} % of revenue", "orders, last eight weeks"),
        ("Given back", f"{100 * rates.refunds:.1f} % of revenue", "orders, last eight weeks"),
        ("Fees of payment", f"{100 * rates.fees:.2f} %" if rates.has_fees else "not known, counted as none",
         "page on payment methods, all payments so far"),
        ("Head office and its kiosk", f"${bills.office:,.0f} a week", f"ledger, last {bills.n_weeks} weeks"),
    ]  # fmt: skip
    for group, line in bills.lines.items():
        fixed = float(line.fixed().mean())
        follows = f"{100 * line.slope:.1f} % of revenue (± {100 * line.se:.1f})"
        rows.append((WORDS[group], f"${fixed:,.0f} a week and {follows}", f"ledger, {line.n_units} stores"))
    return pd.DataFrame(rows, columns=["driver", "value", "source"])
