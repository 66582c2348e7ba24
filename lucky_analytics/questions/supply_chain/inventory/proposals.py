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
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Supply, Tried

__all__ = [
    "AT_RISK",
    "Proposals",
    "Usual",
    "count_usual",
    "estimate_stake",
    "find_risks",
    "propose",
    "show_dates",
]

Array = NDArray[Any]
AT_RISK = 0.3  # chance by forecasts from which a good is named
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

    ``state``, ``share`` (of such that ran out), ``low``, ``high``; ``lost``: dollars of margin if it does;
    ``on_order``; ``on_order_day``: when that comes; ``lender``: the store with most to spare of it, where
    that is a use or more; ``here``: days that the stock alone lasts.
    """
    cells = shelf.cells
    at, there = np.arange(len(cells)), cells["stock"].to_numpy()
    # What a store can give away today: stock beyond what it is sure to need until more comes.
    asked = np.clip(cells[["to_first", "to_order"]].max(axis=1).fillna(1).to_numpy(int), 1, None)
    spare = there - supply.quantities[_SURE, asked - 1, at]
    table = cells.assign(
        raw=supply.raw,
        share=tried.share(supply.raw),
        low=tried.share(supply.raw, "low"),
        high=tried.share(supply.raw, "high"),
        here=supply.here,
        lost=lost / np.maximum(supply.raw, 0.005),
        spare=np.where(shelf.known, spare, 0.0),
        on_order_day=_dates(shelf.today, cells["to_first"]),
        arrives=_dates(shelf.today, cells["to_order"]),
    )
    most = table.sort_values("spare", ascending=False).drop_duplicates("goods_id").set_index("goods_id")
    lender = table["goods_id"].map(most["store_name"])
    can = (table["goods_id"].map(most["spare"]) > table["portion"]) & (lender != table["store_name"])
    table["lender"] = lender.where(can, "")
    own = table[(table["ran_out"] | (table["raw"] >= AT_RISK)) & shelf.known].copy()
    own["state"] = np.where(own["ran_out"], "ran out", "may run out")
    own["on_order_day"] = own["on_order_day"].where(own["on_order"] > 0, None)
    return own.sort_values(["lost", "raw"], ascending=False, ignore_index=True)


def estimate_stake(shelf: Shelf, supply: Supply, tried: Tried, lost: Array, level: float) -> Estimate:
    """Dollars of margin that goods at risk lose before an order can come, as often as such ran out before:
    mean and range over draws. Null before any evening was tried."""
    own = shelf.known & (supply.raw >= AT_RISK) & ~shelf.cells["ran_out"].to_numpy() & ~np.isnan(lost)
    if not tried.groups["n"].sum():
        return Estimate(None, n=int(own.sum()))
    each = lost[own] / supply.raw[own]
    outs = np.random.default_rng(2).random((2000, int(own.sum()))) < tried.share(supply.raw[own])
    draws = outs @ each
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(draws.mean()), float(low), float(high), level=level, n=int(own.sum()))


@dataclass(frozen=True)
class Usual:
    """Goods that ran out after ``n`` past evenings of this weekday: their ``mean``, and between ``least`` and
    ``most`` what one more such evening may bring; all null without an evening, the ends below three."""

    mean: float
    least: float
    most: float
    n: int


def count_usual(shelf: Shelf, level: float, n_weeks: int = 8) -> Usual:
    """Goods that ran out on past evenings of this weekday within as many days as an order takes now; what had
    run out by the evening is not counted.

    The ends are those within which one further evening lies, each with the chance ``level`` (Student's t of
    the scatter of evenings, which is at least Poisson's).
    """
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
    mean = float(np.mean(counts)) if n else float("nan")
    if n < _FEWEST_EVENINGS:
        return Usual(mean, float("nan"), float("nan"), n)
    scatter = max(float(np.var(counts, ddof=1)), mean)
    away = float(student.ppf(level, n - 1)) * (scatter * (1 + 1 / n)) ** 0.5
    return Usual(mean, max(mean - away, 0.0), mean + away, n)


def _dates(today: dt.date, days: pd.Series) -> pd.Series:
    return pd.Series(
        [None if day != day else today + dt.timedelta(days=int(day)) for day in days], days.index, object
    )


def show_dates(rows: pd.DataFrame) -> pd.DataFrame:
    """Its days as readers see them: "Mon 16 Feb", empty where there is none."""
    columns = [name for name in ("arrives", "until", "on_order_day") if name in rows]
    return rows.assign(
        **{
            name: [f"{day:%a %-d %b}" if isinstance(day, dt.date) else "" for day in rows[name]]
            for name in columns
        }
    )


def _say_why(row: Mapping[Any, Any]) -> str:
    chance = round(100 * row["p_without"])
    until = f"{row['until']:%a %-d %b}"
    if row["ran_out"]:
        said = "it has run out"
    elif chance >= 1:
        said = f"{chance:.0f} % by forecasts that it is out before {until} without it"
    else:
        said = f"little is left for {until}"
    if row["on_order"] > 0:
        packs = format_value(round(row["on_order"] / row["pack"]), "packs")
        said += f"; {packs} on order counted"
    if row["is_held"]:
        said += f"; no more, as it keeps {row['life_days']:.0f} days"
    return said
