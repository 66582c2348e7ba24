"""What to order today, in packs, and why; what an order placed today comes too late for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.models.goods_levels import Rules, draw_until, order, price_units, value_order
from lucky_analytics.models.goods_shelf import Shelf, spread_days
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Supply
from lucky_analytics.questions.supply_chain.inventory.past_evenings import AT_RISK, Tried

__all__ = ["Proposals", "count_usual", "estimate_stake", "find_risks", "propose", "show_dates"]

Array = NDArray[Any]
_FEWEST_EVENINGS = 3  # of which the scatter says anything
_SURE = 189  # place of 95 % among demand_spread.LEVELS
_LIFE_TAKES = 0.9  # of the level without a shelf life: below, it is said to be held back by it


@dataclass(frozen=True)
class Proposals:
    """``rows``: what to order, most worth first: ``store_name``, ``goods_name``, ``goods_class``, ``unit``,
    ``packs``, ``pack``, ``quantity``, ``dollars``, ``worth``, ``arrives``, ``until``, ``p_without`` (chance
    that it runs out before the delivery after, without the order), ``stock``, ``on_order``, ``reason``.
    ``lost``: dollars of margin by cell that are lost on average before an order can come."""

    rows: pd.DataFrame
    lost: Array


def propose(shelf: Shelf, supply: Supply, rules: Rules) -> Proposals:
    """Orders that bring each good to its level of least cost (``models.goods_levels``)."""
    cells = shelf.cells.assign(at=np.arange(len(shelf.cells)))
    until = cells["to_next"].fillna(0).to_numpy()
    portion, position = cells["portion"].to_numpy(), (cells["stock"] + cells["on_order"]).to_numpy()
    last = np.where(cells["life_days"].isna(), np.inf, cells["to_order"].fillna(0) + cells["life_days"])
    need, life, before = (
        draw_until(supply.expected, supply.quantities, supply.spread, portion, days)
        for days in (until, last, cells["to_order"].fillna(0).to_numpy())
    )
    costs = price_units(cells, rules, (cells["to_next"] - cells["to_order"]).fillna(0).to_numpy())
    packs, _ = order(position, cells["pack"].to_numpy(), need, life, costs)
    _, free = order(position, cells["pack"].to_numpy(), need, np.full_like(need, np.inf), costs)
    packs = np.where(shelf.known & cells["is_active"].ne(False).to_numpy(), packs, 0)
    quantity = packs * cells["pack"].to_numpy()
    cells = cells.assign(
        packs=packs,
        quantity=quantity,
        dollars=quantity * cells["cost"],
        worth=value_order(position, position + quantity, need, life, costs),
        p_without=(need > position).mean(axis=0),
        lasts=supply.days,
        today=shelf.today,
        is_held=position + quantity < _LIFE_TAKES * free,
        arrives=_dates(shelf.today, cells["to_order"]),
        until=_dates(shelf.today, cells["to_next"]),
    )
    own = cells[cells["packs"] > 0].copy()
    own["reason"] = [_say_why(row) for row in own.to_dict("records")]
    own = own.sort_values(["worth", "p_without"], ascending=False, ignore_index=True)
    there = np.where(cells["to_first"] < cells["to_order"], position, cells["stock"])
    lost = np.maximum(before - there, 0).mean(axis=0) * costs.underage
    return Proposals(own, np.where(costs.is_plain, np.nan, lost))


def find_risks(shelf: Shelf, supply: Supply, tried: Tried, lost: Array) -> pd.DataFrame:
    """Goods that have run out, or may before an order placed today is there, the dearest first.

    ``state``, ``chance`` (as such ran out before); ``if_out``: dollars of margin lost if it does; ``lost``:
    that times the chance, null where it has run out or a product is sold without it; ``on_order``;
    ``on_order_day``: when that comes; ``lender``: the store with most to spare of it, where that is a use or
    more; ``here``: days that the stock alone lasts.
    """
    cells = shelf.cells
    at, there = np.arange(len(cells)), cells["stock"].to_numpy()
    # What a store can give away today: stock beyond what it is sure to need until more comes.
    asked = np.clip(cells[["to_first", "to_order"]].max(axis=1).fillna(1).to_numpy(int), 1, None)
    spare = there - supply.quantities[_SURE, asked - 1, at]
    table = cells.assign(
        chance=tried.chance(supply.raw),
        here=supply.here,
        if_out=lost / np.maximum(supply.raw, 0.005),
        spare=np.where(shelf.known, spare, 0.0),
        on_order_day=_dates(shelf.today, cells["to_first"]),
        arrives=_dates(shelf.today, cells["to_order"]),
    )
    most = table.sort_values("spare", ascending=False).drop_duplicates("goods_id").set_index("goods_id")
    lender = table["goods_id"].map(most["store_name"])
    can = (table["goods_id"].map(most["spare"]) > table["portion"]) & (lender != table["store_name"])
    table["lender"] = lender.where(can, "")
    table["lost"] = (table["chance"] * table["if_out"]).where(~table["ran_out"])
    own = table[(table["ran_out"] | (table["chance"] >= AT_RISK)) & shelf.known].copy()
    own["state"] = np.where(own["ran_out"], "ran out", "may run out")
    own["on_order_day"] = own["on_order_day"].where(own["on_order"] > 0, None)
    return own.sort_values(["lost", "if_out", "chance"], ascending=False, ignore_index=True)


def estimate_stake(risks: pd.DataFrame, tried: Tried, level: float) -> Estimate:
    """Dollars of margin that goods at risk lose before an order can come: the sum of their rows' ``lost``,
    and its range over draws. Null before any evening was tried."""
    own = risks[(risks["state"] == "may run out") & risks["lost"].notna()]
    if not tried.n_evenings:
        return Estimate(None, n=len(own))
    outs = np.random.default_rng(2).random((2000, len(own))) < own["chance"].to_numpy(float)
    low, high = np.quantile(outs @ own["if_out"].to_numpy(float), [(1 - level) / 2, (1 + level) / 2])
    value = float(own["lost"].sum())
    return Estimate(value, min(float(low), value), max(float(high), value), level=level, n=len(own))


def count_usual(shelf: Shelf, level: float, n_weeks: int = 8) -> Estimate:
    """Goods that ran out on past evenings of this weekday within as many days as an order takes now: the
    mean, and the range in which one more such evening lies (Student's t, no narrower than chance alone makes
    counts). ``n``: evenings. What had run out by the evening is not counted. Null before any, without ends
    before three."""
    outs, days = spread_days(shelf.history, "is_stock_out"), shelf.cells["to_order"].to_numpy(float)
    last, counts = len(outs) - 1, []
    for week in range(1, n_weeks + 1):
        evening = last - 7 * week
        if evening < 0:
            break
        came = [
            np.nan_to_num(outs[evening + 1 : evening + 1 + int(length), days == length]).max(
                axis=0, initial=0
            )
            * (outs[evening, days == length] == 0)
            for length in np.unique(days[~np.isnan(days)])
            if length > 0
        ]
        counts.append(float(sum(part.sum() for part in came)))
    n = len(counts)
    if not n:
        return Estimate(None, n=0)
    mean = float(np.mean(counts))
    if n < _FEWEST_EVENINGS:
        return Estimate(mean, n=n)
    spread = np.sqrt(max(float(np.var(counts, ddof=1)), mean, 1.0) * (1 + 1 / n))
    half = float(student.ppf(0.5 + level / 2, n - 1) * spread)
    return Estimate(mean, max(mean - half, 0.0), mean + half, level=level, n=n)


def _dates(today: dt.date, days: pd.Series) -> pd.Series:
    return pd.Series(
        [None if day != day else today + dt.timedelta(days=int(day)) for day in days], days.index, object
    )


def show_dates(rows: pd.DataFrame) -> pd.DataFrame:
    """Its days as readers see them, "Mon 16 Feb", empty where there is none; ``what``: good and store."""
    columns = [name for name in ("arrives", "until", "on_order_day") if name in rows]
    return rows.assign(
        what=rows["goods_name"].astype(str) + ", " + rows["store_name"].astype(str),
        **{
            name: [f"{day:%a %-d %b}" if isinstance(day, dt.date) else "" for day in rows[name]]
            for name in columns
        },
    )


def _say_why(row: Mapping[Any, Any]) -> str:
    if row["ran_out"]:
        said = "it has run out"
    else:
        asked = (row["until"] - row["today"]).days
        said = f"lasts {row['lasts']:.1f} days, must last {asked}, until {row['until']:%a %-d %b}"
    if row["on_order"] > 0:
        packs = format_value(round(row["on_order"] / row["pack"]), "packs")
        said += f"; {packs} on order counted"
    if row["is_held"]:
        said += f"; no more, as it keeps {row['life_days']:.0f} days"
    return said
