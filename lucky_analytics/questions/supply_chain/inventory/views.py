"""The frames that the page draws and lists."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.models.goods_ahead import HORIZON
from lucky_analytics.models.goods_shelf import Shelf, spread_days
from lucky_analytics.questions.supply_chain.inventory.days_of_supply import Supply
from lucky_analytics.questions.supply_chain.inventory.past_evenings import AT_RISK, Tried
from lucky_analytics.questions.supply_chain.inventory.proposals import Proposals

__all__ = [
    "ENOUGH",
    "ORDER",
    "OUT",
    "RISK",
    "STATES",
    "TOO_MUCH",
    "compare_simple",
    "find_good",
    "list_stores",
    "order_stores",
    "pick_rows",
    "show_grid",
    "show_paths",
]

OUT, RISK, ORDER, ENOUGH, TOO_MUCH, IDLE = STATES = (
    "ran out", "may run out", "order today", "enough", "too much", "not used",
)  # fmt: skip
_PATH_DAYS = 14


def show_grid(
    shelf: Shelf, supply: Supply, tried: Tried, proposals: Proposals, surplus: pd.DataFrame
) -> pd.DataFrame:
    """A row a store and good: ``goods_name``, ``store_name``, ``state`` (of ``STATES``), ``days`` of supply
    (middle, with what is on order), ``low``, ``high``, ``text`` for its cell, ``stock``, ``on_order``,
    ``unit``."""
    cells = shelf.cells
    key = ["store_name", "goods_name"]
    table = cells[[*key, "goods_class", "unit", "stock", "on_order", "ran_out", "to_order", "safety"]].assign(
        days=supply.days, low=supply.low, high=supply.high, chance=tried.chance(supply.raw), here=supply.here
    )
    much = surplus.drop_duplicates(key).set_index(key)["state"]
    state = pd.Series(pd.MultiIndex.from_frame(table[key]).map(much.to_dict()), table.index)
    wanted = pd.MultiIndex.from_frame(table[key]).isin(pd.MultiIndex.from_frame(proposals.rows[key]))
    used = supply.expected[-1] > 0
    table["state"] = np.select(
        [
            table["ran_out"],
            (table["chance"] >= AT_RISK) & shelf.known,
            ~used,
            wanted,
            state.notna(),
        ],
        [OUT, RISK, IDLE, ORDER, TOO_MUCH],
        ENOUGH,
    )
    shown = table["days"].where(~table["state"].isin([OUT, RISK]), table["here"])
    table["text"] = np.where(shown >= HORIZON, f"{HORIZON}+", shown.round().astype(int).astype(str))
    table.loc[~used, "text"] = "–"
    return table


def pick_rows(grid: pd.DataFrame, risks: pd.DataFrame, most: int) -> list[str]:
    """The goods that are drawn, those with most money at risk first; without any, those to be ordered."""
    by_good = risks.groupby("goods_name")["lost"].sum().sort_values(ascending=False, kind="stable")
    rest = (
        grid[grid["state"] == ORDER].groupby("goods_name").size().sort_values(ascending=False, kind="stable")
    )
    named = [*by_good.index, *(name for name in rest.index if name not in by_good.index)]
    named += sorted(set(grid["goods_name"]) - set(named))
    return [str(name) for name in named[:most]]


def find_good(shelf: Shelf, name: str) -> str:
    """The good of that name, in whatever letters, as the books write it; empty for an empty name.

    Raises ``UnknownNameError`` where no store keeps it.
    """
    known = {str(each).casefold(): str(each) for each in shelf.cells["goods_name"]}
    if name and name.strip().casefold() not in known:
        raise UnknownNameError("good", name, known.values(), "Correct -p good_shown")
    return known[name.strip().casefold()] if name else ""


def show_paths(shelf: Shelf, supply: Supply, risks: pd.DataFrame, good: str, most: int = 6) -> pd.DataFrame:
    """Stock of the last days and what is left in the days ahead: ``panel``, ``day`` (0 is this evening, below
    it the past), ``stock``, ``low``, ``high`` (in the days ahead), ``kind`` ("was", "ahead"), in base units.

    The goods at most risk; with ``good`` (of ``find_good``) that good in every store. What is on order
    comes in with the next delivery; nothing else is ordered.
    """
    cells = shelf.cells.reset_index(drop=True)
    if good:
        chosen = cells.index[cells["goods_name"] == good].tolist()
    else:
        place = pd.MultiIndex.from_frame(cells[["store_id", "goods_id"]])
        first = risks[risks["state"] == "may run out"].head(most)
        chosen = place.get_indexer(pd.MultiIndex.from_frame(first[["store_id", "goods_id"]])).tolist()
    closing = spread_days(shelf.history, "closing_quantity")
    parts = []
    for at in chosen:
        row = cells.loc[at]
        panel = f"{row['goods_name']}, {row['store_name']}"
        was = closing[-_PATH_DAYS:, at]
        parts.append(
            pd.DataFrame({"day": np.arange(1 - len(was), 1), "stock": was, "kind": "was", "panel": panel})
        )
        comes = row["to_first"] if row["to_first"] == row["to_first"] else HORIZON
        ahead = np.arange(0, 8)
        used = np.concatenate([np.zeros((199, 1)), supply.quantities[:, :7, at]], axis=1)
        left = np.maximum(row["stock"] - used, 0)
        if comes < 7:  # what nobody found on the shelf is not taken from what comes later
            after = ahead > comes
            rest = left[:, [int(comes)]] + row["on_order"] - (used - used[:, [int(comes)]])
            left = np.where(after, np.maximum(rest, 0), left)
        parts.append(
            pd.DataFrame(
                {
                    "day": ahead, "stock": left[99], "low": left[189], "high": left[9], "kind": "ahead",
                    "panel": panel,
                }
            )
        )  # fmt: skip
    columns = ["panel", "day", "stock", "low", "high", "kind"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def list_stores(shelf: Shelf, grid: pd.DataFrame, proposals: Proposals) -> pd.DataFrame:
    """By store: ``out``, ``risk``, ``packs``, ``dollars``, ``value`` (of stock at cost), ``days`` (middle
    good, with what is on order), ``next`` (delivery), ``arrives`` (an order placed today)."""
    groups = grid.groupby("store_name")
    table = groups.agg(
        out=("state", lambda own: int((own == OUT).sum())),
        risk=("state", lambda own: int((own == RISK).sum())),
        much=("state", lambda own: int((own == TOO_MUCH).sum())),
        days=("days", "median"),
    )
    ordered = proposals.rows.groupby("store_name")[["packs", "dollars"]].sum()
    value = (shelf.cells["stock"] * shelf.cells["cost"]).groupby(shelf.cells["store_name"]).sum()
    plan = shelf.cells.drop_duplicates("store_name").set_index("store_name")
    for name, column in (("next", "to_first"), ("arrives", "to_order")):
        table[name] = [
            "not known"
            if days != days
            else f"{pd.Timestamp(shelf.today) + pd.Timedelta(days=days):%a %-d %b}"
            for days in plan[column].reindex(table.index)
        ]
    table = table.join(ordered).join(value.rename("value"))
    return table.fillna({"packs": 0, "dollars": 0.0}).reset_index()


def compare_simple(tried: Tried, limits: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0)) -> pd.DataFrame:
    """Past evenings: naming what has fewer days of mean use than a limit against naming as many by forecasts:
    ``limit``, ``named`` (an evening), and of those named the share that ran out and of all that ran out the
    share named, for both (``simple``, ``ours``, ``simple_found``, ``found``)."""
    rows, parts = tried.rows, []
    outs = max(int(rows["ran_out"].sum()), 1)
    for limit in limits:
        below = rows[rows["simple"] < limit]
        ours = rows.sort_values("raw", ascending=False, kind="stable").head(len(below))
        if len(below):
            parts.append(
                {
                    "limit": limit,
                    "named": len(below) / max(tried.n_evenings, 1),
                    "simple": below["ran_out"].mean(),
                    "ours": ours["ran_out"].mean(),
                    "simple_found": below["ran_out"].sum() / outs,
                    "found": ours["ran_out"].sum() / outs,
                }
            )
    return pd.DataFrame(parts, columns=["limit", "named", "simple", "ours", "simple_found", "found"])


def order_stores(shelf: Shelf) -> list[str]:
    """The stores, the oldest first."""
    seen = shelf.history.rows.groupby("store_id")["demand_date"].min()
    names = shelf.cells.drop_duplicates("store_id").set_index("store_id")["store_name"]
    return [str(names[store]) for store in seen.sort_values(kind="stable").index]
