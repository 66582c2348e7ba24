"""What a month of the cloud costs, of all or of one service, and what of its hours is bought ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["MONTH_HOURS", "Bill", "read_bill"]

MONTH_HOURS = 8_760 / 12
_MONTHS = 3
_YEAR_DAYS = 365


@dataclass(frozen=True)
class Bill:
    """``lines``: ``service``, ``usage``, ``paid_by``, ``unit``, ``amount`` and ``month_cents`` of a mean
    month; ``window``: the days it is of, in words; ``n_days`` of them. Cents before credits and tax."""

    lines: pd.DataFrame
    window: str
    n_days: int

    def month_cents(self, service: str = "") -> int:
        """Whole cents of a mean month, of one service or of all."""
        own = self.lines if not service else self.lines[self.lines["service"] == service]
        return round(float(own["month_cents"].sum()))

    def covered_share(self, *services: str) -> float | None:
        """Of the hours of these services, those bought ahead; null without an hour."""
        own = self.lines[(self.lines["unit"] == "hours") & self.lines["service"].isin(services)]
        hours = float(own["amount"].sum())
        return float(own.loc[own["paid_by"] != "on_demand", "amount"].sum()) / hours if hours > 0 else None


def read_bill(suite: Suite) -> Bill | None:
    """The mean of the last three whole calendar months up to ``as_of``; of all days where there are no
    three, as a month of 365 / 12. None where there is no bill.

    Days without a line cost nothing: a month counts as whole where its first and last day have one.
    """
    costs = suite.optional("cloud_costs")
    if costs is None:
        return None
    rows = costs.execute()
    if rows.empty:
        return None
    rows["day"] = pd.to_datetime(rows["day"])
    first, last = rows["day"].min(), rows["day"].max()
    end = (last + pd.Timedelta(days=1)).to_period("M").to_timestamp()
    start = end - pd.DateOffset(months=_MONTHS)
    if start < first:
        start, end, months = first, last + pd.Timedelta(days=1), None
    else:
        months = float(_MONTHS)
    n_days = (end - start).days
    over = months or n_days / (_YEAR_DAYS / 12)
    own = rows[(rows["day"] >= start) & (rows["day"] < end)]
    keys = ["service", "usage", "paid_by", "unit"]
    lines = own.groupby(keys, as_index=False)[["amount", "cost_cents"]].sum()
    lines[["amount", "cost_cents"]] /= over
    lines = lines.rename(columns={"cost_cents": "month_cents"})
    words = f"{start:%-d %b %Y} to {end - pd.Timedelta(days=1):%-d %b %Y}"
    return Bill(lines, words, n_days)
