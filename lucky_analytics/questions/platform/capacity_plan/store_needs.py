"""What so many stores need: peaks held against limits, servers of today's size, when which one runs out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from lucky_analytics.errors import LuckyError
from lucky_analytics.estate import servers as fleet
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.load_line import fit_load_line
from lucky_analytics.models.cloud_month import read_bill as read_month
from lucky_analytics.questions.platform.capacity_plan.demand import Demand
from lucky_analytics.questions.platform.capacity_plan.loads import Loads

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "Bill",
    "count_instances",
    "count_unnamed",
    "find_ends",
    "foretell_peaks",
    "read_bill",
    "try_lines",
]

DAYS_A_MONTH = 365.25 / 12


def foretell_peaks(
    loads: Loads, demand: Demand, milestones: Sequence[int], most: Mapping[str, float], level: float
) -> pd.DataFrame:
    """One row for each number of stores, server and what of it has a limit: ``n_stores``, ``server``,
    ``kind``, ``what``, ``share`` of the limit in a busy hour with ends (both how its load follows orders and
    how many orders there will be), ``copies`` with ends: servers of today's size that keep it below
    ``most``."""
    parts = []
    limited = loads.rows[loads.rows["limit"].notna()]
    for n_stores in milestones:
        times = demand.times(n_stores, level)
        low_times, high_times = (times.value if end is None else end for end in (times.low, times.high))
        for row in limited.to_dict("records"):
            line, limit = loads.lines[row["server"], row["what"]], row["limit"]
            at = {name: line.peak((k or 1.0) * line.most_drive, level) for name, k in
                  (("share", times.value), ("share_low", low_times), ("share_high", high_times))}  # fmt: skip
            ends = (at["share"].value, at["share_low"].low, at["share_high"].high)
            shares = {name: (end or 0.0) / limit for name, end in zip(at, ends, strict=True)}
            copies = {name.replace("share", "copies"): max(1, int(np.ceil(share / most[row["what"]] - 1e-9)))
                      for name, share in shares.items()}  # fmt: skip
            named = {name: row[name] for name in ("server", "kind", "what")}
            parts.append({"n_stores": n_stores} | named | shares | copies)
    names = ["n_stores", "server", "kind", "what", *(f"{name}{end}" for name in ("share", "copies")
                                                     for end in ("", "_low", "_high"))]  # fmt: skip
    return pd.DataFrame(parts, columns=names)


def count_instances(
    peaks: pd.DataFrame, loads: Loads, demand: Demand, milestones: Sequence[int]
) -> pd.DataFrame:
    """By number of stores: ``servers`` of today's size that are needed, with ends (those of single servers
    added up, which is cautious), ``enlarged``: how many need more than one of today's size, ``naive``: as
    many a store as today."""
    n, rows = len(loads.servers), []
    for n_stores in milestones:
        by_server = (
            peaks[peaks["n_stores"] == n_stores]
            .groupby("server")[["copies", "copies_low", "copies_high"]]
            .max()
        )
        extra = (by_server - 1).sum()
        row: dict[str, Any] = {"n_stores": n_stores, "naive": n / demand.n_stores * n_stores}
        row |= {f"servers{end}": n + int(extra[f"copies{end}"]) for end in ("", "_low", "_high")}
        rows.append(row | {"enlarged": int((by_server["copies"] > 1).sum())})
    return pd.DataFrame(rows)


def find_ends(loads: Loads, demand: Demand, most: Mapping[str, float], level: float) -> pd.DataFrame:
    """At how many stores each server passes its line in a busy hour, the first first: ``server``, ``kind``,
    ``what``, ``now`` (the largest share of its limit seen), ``stores`` with ends (null high: maybe never).
    What follows no orders, as far as is known, has no row."""
    far = demand.times(20 * demand.n_stores, level)
    wide = [1.0 if end is None else end / (far.value or 1.0) for end in (far.low, far.high)]
    rows = []
    for row in loads.rows[loads.rows["limit"].notna() & (loads.rows["q"] <= 0.05)].to_dict("records"):
        line = loads.lines[row["server"], row["what"]]
        found = line.drive_at(most[row["what"]] * row["limit"], level)
        if found.value is None or found.low is None:
            continue
        a_store = demand.n_stores / max(line.most_drive, 1e-9)
        high = np.nan if found.high is None else found.high * a_store / max(wide[0], 1e-9)
        now = line.most / row["limit"]
        rows.append({name: row[name] for name in ("server", "kind", "what")} | {
            "now": now, "stores": found.value * a_store, "stores_low": found.low * a_store / wide[1],
            "stores_high": high,
        })  # fmt: skip
    names = ["server", "kind", "what", "now", "stores", "stores_low", "stores_high"]
    return pd.DataFrame(rows, columns=names).sort_values("stores", ignore_index=True)


def count_unnamed(loads: Loads) -> int:
    """Servers that the company counts and does not name."""
    return sum(fleet.load().unnamed.values())


@dataclass(frozen=True)
class Bill:
    """The cloud's bill. ``month``: dollars of a mean month (``models.cloud_month``); ``follows``: share of a
    day that follows its orders; ``by_stores``: ``n_stores``, ``month`` with ends at that line, ``naive``;
    ``days``: ``day``, ``orders``, ``cost``."""

    month: float
    follows: Estimate
    by_stores: pd.DataFrame
    days: pd.DataFrame
    sql: str

    @property
    def n_days(self) -> int:
        return len(self.days)


def read_bill(suite: Suite, demand: Demand, milestones: Sequence[int], level: float) -> Bill | None:
    """Days of a week held against each other; null without the bill, or with fewer than five weeks of it."""
    table = suite.optional("cloud_costs")
    mean = read_month(suite)
    if table is None or mean is None:
        return None
    month = mean.month_cents() / 100
    by_day = table.group_by("day").agg(cost=_.cost_cents.sum() / 100).order_by("day")
    days = by_day.execute()
    day = pd.to_datetime(days["day"])
    orders = demand.in_day(day)
    try:
        line = replace(fit_load_line(days["cost"], orders, day.dt.to_period("W").astype(str)), above=1.0)
    except LuckyError:
        return None
    rows = []
    for n_stores in milestones:
        times = demand.times(n_stores, level)
        ends = [times.value if end is None else end for end in (times.low, times.value, times.high)]
        low, value, high = (line.peak((k or 1.0) * line.drive, level) for k in ends)
        a_day = {"month": value.value, "month_low": low.low, "month_high": high.high}
        scaled = {name: (dollars or 0.0) * month / line.level for name, dollars in a_day.items()}
        rows.append({"n_stores": n_stores, "naive": month * n_stores / demand.n_stores} | scaled)
    seen = pd.DataFrame({"day": day, "orders": orders, "cost": days["cost"]})
    share = line.share(line.drive, level)
    return Bill(month, share, pd.DataFrame(rows), seen, suite.sql(by_day))


def try_lines(loads: Loads) -> pd.DataFrame:
    """Lines fitted to quiet hours alone, held against the busiest: one row for each server and what of it has
    a limit and follows orders: ``server``, ``what``, ``times`` (how far beyond the quiet hours, in orders),
    ``foretold`` and ``came`` (the largest load of the busiest hours), ``off`` (foretold over came, less one).

    Quiet are hours of at most half the orders of the busiest. Empty where none can be fitted.
    """
    rows = []
    for row in loads.rows[loads.rows["limit"].notna() & (loads.rows["q"] <= 0.05)].to_dict("records"):
        own = loads.hourly[row["server"], row["what"]]
        most = float(own["drive"].max())
        quiet, busy = own[own["drive"] <= most / 2], own[own["drive"] >= 0.9 * most]
        try:
            line = fit_load_line(quiet["load"], quiet["drive"], quiet["day"])
        except LuckyError:
            continue
        foretold, came = line.peak(float(busy["drive"].max())).value or 0.0, float(busy["load"].max())
        if came > 0:
            rows.append(
                (row["server"], row["what"], most / line.most_drive, foretold, came, foretold / came - 1)
            )
    return pd.DataFrame(rows, columns=["server", "what", "times", "foretold", "came", "off"])
