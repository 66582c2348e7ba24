"""What was thrown away by reason, store and good, and how often against the same goods elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.change import estimate_change
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.inference.shrunken_counts import fit_counts, shrink_counts
from lucky_analytics.models.shelves import REASONS, Shelves
from lucky_analytics.models.wasted_goods import price_stock

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["NO_REASON", "estimate_trend", "load_events", "load_store_weeks", "rate_pairs", "rate_stores",
           "sum_reasons"]  # fmt: skip

NO_REASON = "no reason logged"


def load_events(suite: Suite, weeks: int) -> pd.DataFrame:
    """What was thrown away in the last ``weeks`` times seven days: a row per store, good, reason and day.

    ``store_id``, ``goods_id``, ``date``, ``reason``, ``n`` (containers), ``dollars``. What the stock says and
    no container explains is a row of its own (``NO_REASON``, ``n`` 0), so dollars add up to the stock's.
    """
    start = suite.as_of + dt.timedelta(days=1) - dt.timedelta(weeks=weeks)
    log, cost = suite.expiry_logs, suite.costs
    newest = cost.group_by("goods_id").agg(dollars=cost.unit_cost_cents.argmax(cost.start_date) / 100)
    log = log.filter(log.opened_date >= start, log.discarded_quantity > 0)
    keys = ["store_id", "goods_id", "date"]
    log = log.join(newest, "goods_id").mutate(date=log.opened_date)
    found = log.group_by("store_id", "goods_id", "reason", "date")
    frame = found.agg(n=log.count(), dollars=(log.discarded_quantity * log.dollars).sum().round(6)).execute()
    stock = price_stock(suite, weeks)
    whole = stock.filter(stock.wasted_quantity > 0)
    whole = whole.select("store_id", "goods_id", date="stock_date", dollars=whole.wasted.round(6)).execute()
    for table in (frame, whole):
        table["date"] = pd.to_datetime(table["date"])
    told = frame.groupby(keys)["dollars"].sum()
    rest = whole.set_index(keys)["dollars"].sub(told, fill_value=0.0).round(4)
    rest = rest[rest != 0].rename("dollars").reset_index().assign(reason=NO_REASON, n=0)
    frame = frame.assign(reason=frame["reason"].fillna(NO_REASON))
    return pd.concat([frame, rest], ignore_index=True).sort_values([*keys, "reason"], ignore_index=True)


def load_store_weeks(suite: Suite, weeks: int) -> pd.DataFrame:
    """Seven days each, the newest ending on ``as_of``: ``store_id``, ``week`` (0 is the oldest), ``used`` and
    ``wasted`` (dollars), ``n_days``."""
    stock = price_stock(suite, weeks)
    days = stock.group_by("store_id", "stock_date").agg(
        used=stock.used.sum().round(6), wasted=stock.wasted.sum().round(6)
    )
    frame = days.execute()
    back = (pd.Timestamp(suite.as_of) - pd.to_datetime(frame["stock_date"])).dt.days
    frame["week"] = weeks - 1 - back // 7
    sums = frame.groupby(["store_id", "week"])
    return sums.agg(used=("used", "sum"), wasted=("wasted", "sum"), n_days=("used", "size")).reset_index()


def sum_reasons(events: pd.DataFrame, weeks: int, last: pd.Timestamp, level: float) -> pd.DataFrame:
    """Dollars a week by reason with an interval over weeks, most first: ``reason``, ``value``, ``low``,
    ``high``, ``n`` (containers), ``share``."""
    if events.empty:
        return pd.DataFrame(columns=["reason", "value", "low", "high", "n", "share"])
    week = weeks - 1 - (last - events["date"]).dt.days // 7
    cells = events.assign(week=week).pivot_table(
        index="reason", columns="week", values="dollars", aggfunc="sum", fill_value=0.0
    )
    cells = cells.reindex(columns=range(weeks), fill_value=0.0).reset_index()
    cells = cells.melt("reason", var_name="week", value_name="dollars")
    found = estimate_ratios(cells.assign(one=1.0), ["reason"], "week", "dollars", "one", level)
    found = found.merge(events.groupby("reason")["n"].sum().reset_index(), on="reason")
    total = found["value"].sum()
    found["share"] = found["value"] / total if total > 0 else np.nan
    return found.sort_values("value", ascending=False, ignore_index=True)


def _count(events: pd.DataFrame, shelves: Shelves, weeks: int) -> pd.DataFrame:
    """A row per series and reason: ``n`` containers, ``days`` in stock, ``expected`` at all stores' rate of
    its good and reason."""
    recent = slice(max(len(shelves.days) - 7 * weeks, 0), None)
    moved = shelves.received + shelves.taken + shelves.expired + np.abs(shelves.corrected)
    there = (np.cumsum(shelves.received, axis=1) > 0) & (np.cumsum(moved[:, ::-1], axis=1)[:, ::-1] > 0)
    own = shelves.pairs.assign(days=there[:, recent].sum(axis=1))
    grid = pd.concat([own.assign(reason=reason) for reason in REASONS], ignore_index=True)
    counts = events.groupby(["store_id", "goods_id", "reason"])["n"].sum().reset_index()
    grid = grid.merge(counts, on=["store_id", "goods_id", "reason"], how="left").fillna({"n": 0})
    sums = grid.groupby(["goods_id", "reason"])[["n", "days"]].transform("sum")
    rate = sums["n"] / sums["days"].where(sums["days"] > 0)
    return grid.assign(expected=(grid["days"] * rate).fillna(0.0))


def rate_stores(events: pd.DataFrame, shelves: Shelves, weeks: int, level: float) -> pd.DataFrame:
    """How often each store throws something away for each reason: ``store_name``, ``reason``, ``n``,
    ``days`` (of a good in stock), ``rate`` (containers in 100 such days), ``ratio`` (by what the same goods
    lead to expect at all stores; 1 is as elsewhere) with ``low``, ``high`` for all stores and reasons
    together, and ``spread`` of goods within a store."""
    cells = _count(events, shelves, weeks)
    each = 1 - (1 - level) / max(cells.groupby(["store_id", "reason"]).ngroups, 1)
    parts = []
    for reason, own in cells.groupby("reason", sort=False):
        ids = sorted(own["store_id"].unique())
        if not own["n"].sum() > 0:
            continue
        at = np.searchsorted(ids, own["store_id"])
        found = fit_counts(own["n"], own["expected"], at, each)
        days = own.groupby("store_id")["days"].sum().to_numpy()
        names = own.groupby("store_id")["store_name"].first().to_numpy()
        table = found.groups.rename(columns={"rate": "ratio"}).assign(
            store_id=ids, store_name=names, reason=reason, days=days, spread=found.spread
        )
        parts.append(table.assign(rate=100 * table["n"] / table["days"].where(table["days"] > 0)))
    columns = ["store_id", "store_name", "reason", "n", "days", "rate", "ratio", "low", "high", "spread"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def rate_pairs(
    events: pd.DataFrame, shelves: Shelves, weeks: int, level: float, most: int | None = None
) -> pd.DataFrame:
    """Stores and goods by what they threw away, most dollars first: ``dollars`` and ``past`` (of it, past its
    date) a week, ``n``, ``ratio`` with ``low``, ``high``: how often, as a multiple of what its good leads to
    expect, drawn to its store's where a pair has few; all reasons together."""
    cells = _count(events, shelves, weeks).groupby(["store_id", "goods_id"], as_index=False)
    own = cells.agg(store_name=("store_name", "first"), goods_name=("goods_name", "first"), n=("n", "sum"),
                    expected=("expected", "sum"), life=("life", "first"))  # fmt: skip
    sums = events.assign(past=events["dollars"].where(events["reason"] == REASONS[0], 0.0))
    sums = sums.groupby(["store_id", "goods_id"])[["dollars", "past"]].sum() / weeks
    if own["n"].sum() > 0:
        ids = sorted(own["store_id"].unique())
        at = np.searchsorted(ids, own["store_id"])
        found = fit_counts(own["n"], own["expected"], at, level)
        shrunk = shrink_counts(
            own["n"], own["expected"], found.groups["rate"].to_numpy()[at], found.spread, level
        )
        if found.spread == 0:  # goods of a store are alike: what is not known is the store's rate
            shrunk = shrunk.assign(**{end: found.groups[end].to_numpy()[at] for end in ("low", "high")})
        own = own.join(shrunk.rename(columns={"rate": "ratio"})[["ratio", "low", "high"]])
    else:
        own = own.assign(ratio=np.nan, low=np.nan, high=np.nan)
    table = own.merge(sums.reset_index(), on=["store_id", "goods_id"])
    table = table[table["dollars"] > 0]
    order = ["dollars", "store_id", "goods_id"]
    table = table.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return table if most is None else table.head(most)


def estimate_trend(store_weeks: pd.DataFrame, weeks: int, level: float) -> pd.Series:
    """Whether waste per dollar used rose: the later half of the weeks against the earlier, in stores open
    in all of them. ``before``, ``recent`` (shares of what was used), ``change`` with ``low``, ``high``,
    ``n_stores``; null where no store was, or a week had no waste."""
    whole = store_weeks[store_weeks["n_days"] == 7].groupby("store_id")["week"].nunique()
    own = store_weeks[store_weeks["store_id"].isin(whole[whole == weeks].index)]
    sums = own.groupby("week")[["used", "wasted"]].sum().reset_index()
    blank = {"before": np.nan, "recent": np.nan, "change": np.nan, "low": np.nan, "high": np.nan}
    half = weeks // 2
    if sums.empty or half < 2:
        return pd.Series({**blank, "n_stores": 0})
    share = (sums["wasted"] / sums["used"].where(sums["used"] > 0)).to_numpy()
    series = pd.DataFrame({"unique_id": "all", "ds": sums["week"], "y": share})
    found = estimate_change(series, half, level).iloc[0].drop("unique_id")
    return pd.concat([found, pd.Series({"n_stores": own["store_id"].nunique()})])
