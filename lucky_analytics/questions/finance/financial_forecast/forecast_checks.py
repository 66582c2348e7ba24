"""Properties of orders, fees and bills that the financial forecast relies on."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.finance.financial_forecast.steps import Drivers

__all__ = ["check_drivers"]


def check_drivers(drivers: Drivers) -> pd.DataFrame:
    """``name``, ``passed``, ``detail``."""
    weeks, last = drivers.bills.weeks, pd.Timestamp(drivers.as_of)
    own = weeks[weeks["store_id"].isin(drivers.levels.ids)]
    newest = own.groupby("store_id")["week"].max()
    stores = drivers.stores
    open_long = stores.loc[stores["opened"] <= last - pd.Timedelta(weeks=2), "unique_id"]
    current = int((newest.reindex(open_long) >= last - pd.Timedelta(days=13)).sum())
    total = float(drivers.takings["revenue_cents"].sum()) / 100
    negative = int((drivers.takings["revenue_cents"] < 0).sum())
    slopes = {group: line.slope for group, line in drivers.bills.lines.items()}
    odd = [group for group, slope in slopes.items() if not -0.05 <= slope <= 1]
    rows = [
        ("each store has a bill of the last two weeks", current == len(open_long),
         f"{current} of {len(open_long)} stores open for two weeks"),
        ("no day's sales are below nought", negative == 0, f"{negative} days; {total:,.0f} USD in all"),
        ("no group of bills falls with sales or outgrows them", not odd,
         ", ".join(odd) or f"{len(slopes)} groups"),
        ("fees of payment are known", drivers.rates.has_fees, f"{drivers.rates.n_fees:,} payments"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "passed", "detail"])
