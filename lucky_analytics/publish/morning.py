"""The numbers of the portal's home: the chain's week, each store's, what moved; made by the page of all
stores (``store_week``), which holds the newest week against the weeks before on the same snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lucky_analytics.formats import format_change, format_value, join_names
from lucky_analytics.publish.entities import read_table
from lucky_analytics.publish.shelf import Run

__all__ = ["NOTEBOOK", "Morning", "Moved", "StoreWeek", "draw_points", "name_fallen", "read_morning"]

NOTEBOOK = "store_week"
N_DRAWN = 12
_WIDE, _HIGH = 100.0, 24.0
_FALLEN_NAMED = 3


@dataclass(frozen=True)
class StoreWeek:
    """One store's row: texts as readers see them. ``points`` are of a line in a box of 100 by 24; ``tone`` is
    "up", "down" or empty, where neither week nor level is unusual; ``off``: the change as a share, to sort
    by; ``is_outside``: whether the week itself is outside its range."""

    name: str
    level: str
    change: str
    before: str
    verdict: str
    tone: str
    points: str
    off: float = 0.0
    is_outside: bool = False


@dataclass(frozen=True)
class Moved:
    """One thing that moved: its name, the money with its sign, where it comes from, how rare that is."""

    name: str
    change: str
    cause: str
    rarity: str
    is_up: bool


@dataclass(frozen=True)
class Morning:
    """What stands first on the home. ``run`` is the report that it was read from; ``older`` says how the
    stores that were open all the time did, and is empty where all were; ``moves`` are of every store and
    product, the largest first."""

    run: Run
    level: str
    change: str
    older: str
    points: str
    stores: Sequence[StoreWeek]
    moves: Sequence[Moved]


def read_morning(shown: Sequence[Run]) -> Morning | None:
    """The newest week of the chain and of each store; null where the reader sees no such report, or where
    its numbers are withheld."""
    run = next((run for run in shown if run.notebook == NOTEBOOK and not run.variant), None)
    if run is None or not run.is_good or run.problems:
        return None
    tables = {record["name"]: read_table(run, record) for record in run.results["tables"]}
    stores, moves = tables.get("stores"), tables.get("moves")
    if stores is None or stores.empty:
        return None
    weeks = [f"week_{ago}" for ago in reversed(range(N_DRAWN)) if f"week_{ago}" in stores]
    sums = stores[weeks].sum(min_count=1).tolist() if weeks else []
    said = {headline["name"]: headline for headline in run.headlines}
    total = said["revenue"]["value"] if "revenue" in said else float(stores["dollars"].sum())
    return Morning(
        run=run,
        level=format_value(total, "USD"),
        change=(_change(said["week_change"]["value"]) if "week_change" in said else "")
        + _without_new(stores),
        older=_older(said),
        points=draw_points(sums),
        stores=[_store(row, weeks) for row in stores.to_dict("records")],
        moves=[_moved(row) for row in moves.to_dict("records")] if moves is not None else [],
    )


def name_fallen(stores: Iterable[StoreWeek]) -> str:
    """The stores whose week is below its range, with how far, the furthest first; where there is none, those
    whose level is clearly below their best; empty for none."""
    down = [week for week in stores if week.tone == "down"]
    outside = [week for week in down if week.is_outside]
    fallen = sorted(outside or down, key=lambda week: week.off)
    named = [f"{week.name} ({week.before})" for week in fallen[:_FALLEN_NAMED]]
    rest = len(fallen) - len(named)
    return join_names([*named, f"{rest} more"] if rest else named)


def _without_new(stores: pd.DataFrame) -> str:
    """What the change would be without stores that had no whole week before; empty where all had one."""
    new = stores[stores["week_change"].isna()]
    rest = stores.dropna(subset="week_change")
    if new.empty or rest.empty:
        return ""
    before = (rest["dollars"] / (1 + rest["week_change"])).sum()
    names = " and ".join(new["store_name"])
    return f" ({format_change(rest['dollars'].sum() / before - 1)} without {names}, new)"


def _older(said: Mapping[str, Mapping[str, Any]]) -> str:
    """The stores that were open all the time, against their usual week; empty where the page does not say."""
    if "older" not in said or said.get("expected", {}).get("value") is None:
        return ""
    week, usual = said["older"]["value"], said["expected"]["value"]
    label = said["older"]["label"].removeprefix("Of it, ")
    change = format_change(week / usual - 1)
    return f"{label[:1].upper()}{label[1:]}: {format_value(week, 'USD')}, {change} against their usual week"


def draw_points(values: Sequence[float | None]) -> str:
    """The points of a line through ``values``, from left to right in a box of 100 by 24, zero at its foot.

    Nulls before the first value leave their place empty. Fewer than two values draw nothing.

    >>> draw_points([None, 5.0, 10.0])
    '50,12 98,2'
    """
    known = [
        (place, float(value)) for place, value in enumerate(values) if value is not None and value == value
    ]
    top = max((value for _, value in known), default=0.0)
    if len(known) < 2 or top <= 0:
        return ""
    step = (_WIDE - 4) / (len(values) - 1)
    return " ".join(
        f"{2 + step * place:.4g},{_HIGH - 2 - (_HIGH - 4) * value / top:.4g}" for place, value in known
    )


def _store(row: Mapping[Any, Any], weeks: Sequence[str]) -> StoreWeek:
    is_odd = row["is_inside"] is False or bool(row["is_fallen"])
    change = row["change"]
    falls = bool(row["is_fallen"]) or (change == change and change is not None and change < 0)
    return StoreWeek(
        name=row["store_name"],
        level=format_value(row["dollars"], "USD"),
        change=_change(row["week_change"]),
        before=_change(change),
        verdict=row["verdict"],
        tone=("down" if falls else "up") if is_odd else "",
        points=draw_points([row[name] for name in weeks]),
        off=float(change) if change is not None and change == change else 0.0,
        is_outside=row["is_inside"] is False,
    )


def _moved(row: Mapping[Any, Any]) -> Moved:
    change, n, k = row["change"], int(row["n_changes"]), int(row["as_large"])
    amount = format_value(change, "USD")
    rarity = (
        f"{k} of {n} earlier changes from week to week were as large"
        if k
        else f"the largest of {n + 1} weeks"
    )
    return Moved(
        name=next(row[key] for key in ("store_name", "product_name") if isinstance(row[key], str)),
        change=amount if change < 0 else f"+{amount}",
        cause=row["cause"],
        rarity=rarity if n else "",
        is_up=change > 0,
    )


def _change(share: Any) -> str:
    return format_change(share) if share is not None and share == share else "–"
