"""The frames that the page draws and lists."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.shelves import LONGEST
from lucky_analytics.questions.supply_chain.par_levels.had_we_ordered import Tried

__all__ = ["compare_minimum", "pick_store", "show_levels", "show_weeks"]


def pick_store(stores: pd.DataFrame, plan: pd.DataFrame, asked: str) -> str:
    """The store whose levels are drawn: the one asked for, else the one that would save most, else the first.

    ``stores`` of ``compare_stores``, or without a row; ``plan`` of ``plan_week``.
    """
    names = plan["store_name"].unique().tolist()
    chosen = [name for name in names if str(name).lower() == asked.lower()]
    saving = [name for name in stores.get("store_name", pd.Series(dtype=object)) if name in names]
    return str([*chosen, *saving, *names, ""][0])


def show_levels(plan: pd.DataFrame, store: str, most: int = 9) -> pd.DataFrame:
    """Levels of one store's dearest perishable goods (of all, where none is) by delivery: ``goods_name``,
    ``delivery`` (day of the week), ``place`` (order), ``least``, ``most``, ``need``, in packs."""
    every = plan[plan["store_name"] == store]
    perishable = every[every["life_days"] <= LONGEST]
    own = perishable if len(perishable) else every
    value = (
        (own["need"] * own["cost"])
        .groupby(own["goods_name"])
        .sum()
        .sort_values(ascending=False, kind="stable")
    )
    rows = own[own["goods_name"].isin(value.index[:most])].sort_values(["day", "goods_name"])
    scaled = rows.assign(**{name: rows[name] / rows["pack"] for name in ("least", "most", "need")})
    return scaled.assign(
        delivery=[f"{day:%a}" for day in rows["day"]],
        place=rows["day"].rank(method="dense"),
    )[["goods_name", "delivery", "place", "least", "most", "need"]]


def show_weeks(tried: Tried | None, last: pd.Timestamp) -> pd.DataFrame:
    """By week tried: ``week`` (its last day), ``expired``, ``expired_by``, ``lost``, ``lost_by``, dollars."""
    columns = ["week", "expired", "expired_by", "lost", "lost_by"]
    if tried is None:
        return pd.DataFrame(columns=columns)
    n = tried.n_weeks
    sums = {name: getattr(tried, name).sum(axis=0).reshape(n, 7).sum(axis=1) for name in columns[1:]}
    ends = [last - pd.Timedelta(weeks=n - 1 - place) for place in range(n)]
    return pd.DataFrame({"week": [f"{day:%-d %b %Y}" for day in ends]} | sums)


def compare_minimum(plan: pd.DataFrame) -> pd.DataFrame:
    """The minimum that is configured against the least of the next delivery, by class of good: ``n``,
    ``none`` (no minimum set), ``below`` (less than is needed until the delivery after), ``above`` (more than
    the most), as shares."""
    first = plan.sort_values("day").drop_duplicates(["store_id", "goods_id"])
    marks = first.assign(
        none=first["safety"] <= 0,
        below=(first["safety"] > 0) & (first["safety"] < first["need"]),
        above=first["safety"] > first["most"],
    )
    groups = marks.groupby("goods_class")
    table = groups.agg(
        n=("safety", "size"), none=("none", "mean"), below=("below", "mean"), above=("above", "mean")
    )
    total = pd.DataFrame(
        {"goods_class": ["all"], "n": [len(marks)]}
        | {name: [float(marks[name].mean()) if len(marks) else np.nan] for name in ("none", "below", "above")}
    )
    return pd.concat([total, table.sort_values("n", ascending=False).reset_index()], ignore_index=True)
