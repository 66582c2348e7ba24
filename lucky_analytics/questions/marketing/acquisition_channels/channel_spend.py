"""What marketing spent by month and channel, where somebody brings it: cost of a customer, and payback."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.acquisition_channels.channel_gaps import mean_of
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import SEEN_DAYS, People
from lucky_analytics.reference.imports import read_import, refuse_rows

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["SPENT_KINDS", "compare_with_ledger", "cost_channels", "read_spend"]

# Spend is told of channels that a customer has before the first order.
SPENT_KINDS = ("origin", "touch")
_CODES = [code for kind in SPENT_KINDS for code in CHANNELS[kind] if code != "other"]


def read_spend(path: str | Path, as_of: dt.date, since: dt.date | None = None) -> pd.DataFrame | None:
    """The rows of a file of spend, or null when ``path`` is empty.

    ``month`` (its first day), ``kind`` and ``channel`` (as in ``CHANNELS``), ``dollars``. Raises
    ``LuckyError`` with file, row and column for what breaks the contract ``spend`` (``reference.imports``),
    a month that is none, not over by ``as_of``, because its customers are still to come, or before ``since``,
    when the first customer registered, because what it brought cannot be told, and a channel that nobody has.
    """
    rows = read_import("spend", path)
    if rows is None:
        return None
    month = pd.to_datetime(rows["month"], format="%Y-%m", errors="coerce")
    refuse_rows("spend", path, "month", "a month like 2026-01", month.isna(), rows["month"])
    is_open = month + pd.offsets.MonthEnd(0) > pd.Timestamp(as_of)
    refuse_rows("spend", path, "month", f"a month that was over by {as_of}", is_open, rows["month"])
    if since is not None and pd.notna(since):  # nobody has registered
        is_early = month < pd.Timestamp(since).to_period("M").to_timestamp()
        refuse_rows(
            "spend",
            path,
            "month",
            f"{since:%Y-%m}, of the first registration, or later",
            is_early,
            rows["month"],
        )
    channel = rows["channel"].str.lower()
    unknown = ~channel.isin(_CODES)
    if unknown.any():
        first = int(unknown.to_numpy().argmax())
        where = f"import spend from {path}, row {first + 2}, channel"
        raise UnknownNameError(where, rows["channel"].iloc[first], _CODES)
    again = pd.DataFrame({"month": month, "channel": channel}).duplicated()
    refuse_rows("spend", path, "channel", "each channel once a month", again, rows["channel"])
    kind = channel.map({code: kind for kind in SPENT_KINDS for code in CHANNELS[kind]})
    made = pd.DataFrame({"month": month, "kind": kind, "channel": channel, "dollars": rows["dollars"]})
    return made.sort_values(["kind", "channel", "month"], ignore_index=True)


def cost_channels(people: People, spend: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """What a new customer of each channel of ``spend`` cost, and when that came back.

    ``kind``, ``channel``, ``first_month``, ``n_months``, ``dollars``, ``n`` (customers whose first order fell
    into these months), ``cost`` of one (null where nobody came); for each of ``SEEN_DAYS`` the margin that a
    customer of the channel left in so many days, of all who have been here that long: ``margin_30``,
    ``low_30``, ``high_30`` (dollars; null below two), ``n_30`` and so on; ``verdict``: "back within 30 days"
    (the first of ``SEEN_DAYS`` whose low end reaches the cost), "not back within 180 days" (the last high end
    that is known stays below it), else "not known".
    """
    found = []
    for (kind, channel), own in spend.groupby(["kind", "channel"]):
        mine = people.bought[people.bought[kind] == channel]
        month = mine["first_date"].dt.to_period("M").dt.to_timestamp()
        n, dollars = int(month.isin(own["month"]).sum()), float(own["dollars"].sum())
        row = {"kind": kind, "channel": channel, "first_month": own["month"].min(), "n_months": len(own),
               "dollars": dollars, "n": n, "cost": dollars / n if n else np.nan}  # fmt: skip
        for days in SEEN_DAYS:
            old = people.aged("first_date", days)
            cents = old.loc[old[kind] == channel, f"margin_{days}_cents"].dropna()
            mean = mean_of(cents / 100, level)
            ends = {f"margin_{days}": mean.value, f"low_{days}": mean.low, f"high_{days}": mean.high}
            row |= {name: np.nan if end is None else end for name, end in ends.items()}
            row[f"n_{days}"] = len(cents)
        found.append(row | {"verdict": _judge(row)})
    return pd.DataFrame(found)


def _judge(row: dict[str, float]) -> str:
    known = [days for days in SEEN_DAYS if row[f"low_{days}"] == row[f"low_{days}"]]
    if not known or pd.isna(row["cost"]):
        return "not known"
    back = [days for days in known if row[f"low_{days}"] >= row["cost"]]
    if back:
        return f"back within {back[0]} days"
    if row[f"high_{known[-1]}"] < row["cost"]:
        return f"not back within {known[-1]} days"
    return "not known"


def compare_with_ledger(suite: Suite, spend: pd.DataFrame) -> tuple[str, bool, str]:
    """Whether the file's spend is within marketing's bills of its months, as ``report.check`` takes it: the
    ledger bills by week, and a week counts to the month in which it ends."""
    name = "spend by channel is within marketing's bills"
    bill = suite.optional("accounting_costs")
    if bill is None:
        return name, True, "the snapshot has no ledger to hold it against"
    month = bill.week_end_date.truncate("M")
    sums = bill.filter(bill.kind == "marketing").group_by(month=month).agg(cents=bill.cost_cents.sum())
    frame = sums.execute()
    inside = frame[pd.to_datetime(frame["month"]).isin(spend["month"])]
    billed, told = float(inside["cents"].astype(float).sum()) / 100, float(spend["dollars"].sum())
    # A month has four or five weeks' ends, and its bills move by up to a fifth for that alone.
    return name, told <= 1.2 * billed, f"${told:,.0f} in the file, ${billed:,.0f} in the ledger"
