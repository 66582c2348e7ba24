"""The frames that the page on recipes draws and lists."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.product.recipe_cost.cup_costs import Cups, mean_cost

__all__ = ["list_cups", "pivot_history", "show_history"]

ALL = "all cups"


def list_cups(cups: Cups, history: pd.DataFrame, level: float) -> pd.DataFrame:
    """Each product sold, the dearest first: ``product_name``, ``category``, ``units``, dollars a unit of
    ``ingredients``, ``packaging``, ``cost`` with ``low`` and ``high`` (over weeks: sizes and costs),
    ``paid``, ``share`` of what is paid, ``change`` of its cost since the first date, only costs moving.
    Products without a known cost have nulls."""
    sums = cups.weeks.groupby(["product_id", "category"], as_index=False)[
        ["n_units", "n_known", "ingredients", "packaging", "paid"]
    ].sum()
    known = sums["n_known"].where(sums["n_known"] > 0)
    table = pd.DataFrame(
        {
            "product_id": sums["product_id"], "category": sums["category"], "units": sums["n_units"],
            "product_name": sums["product_id"].map(cups.names).fillna(sums["product_id"]),
            "ingredients": sums["ingredients"] / known / 100, "packaging": sums["packaging"] / known / 100,
            "paid": sums["paid"] / known / 100,
        }
    )  # fmt: skip
    table["cost"] = table["ingredients"] + table["packaging"]
    table["share"] = table["cost"] / table["paid"].where(table["paid"] > 0)
    ends = mean_cost(cups, level, "product_id").set_index("product_id")
    for name in ("low", "high"):
        table[name] = table["product_id"].map(ends[name]) / 100
    first, last = (history.groupby("product_id")["cents"].agg(end) for end in ("first", "last"))
    table["change"] = table["product_id"].map(last / first - 1)
    return table.sort_values(
        ["cost", "product_name"], ascending=[False, True], na_position="last", ignore_index=True
    )


def show_history(cups: Cups, history: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """``start``, ``who`` (all cups and the ``most`` products sold most), ``cents`` and ``index`` (1 at the
    first date)."""
    units = (
        history[history["product_id"] != ""].drop_duplicates("product_id").set_index("product_id")["units"]
    )
    top = [*units.sort_values(ascending=False).index[:most], ""]
    rows = history[history["product_id"].isin(top)].sort_values("start")
    who = rows["product_id"].map(cups.names).fillna(rows["product_id"]).where(rows["product_id"] != "", ALL)
    first = rows.groupby("product_id")["cents"].transform("first")
    return pd.DataFrame(
        {"start": rows["start"], "who": who, "cents": rows["cents"], "index": rows["cents"] / first}
    )


def pivot_history(cups: Cups, history: pd.DataFrame) -> pd.DataFrame:
    """Dollars a unit by product and date, a row a product and date: ``product_name``, ``since``, ``cost``."""
    own = history.sort_values(["product_id", "start"])
    name = own["product_id"].map(cups.names).fillna(own["product_id"]).where(own["product_id"] != "", ALL)
    return pd.DataFrame({"product_name": name, "since": own["start"].dt.date, "cost": own["cents"] / 100})
