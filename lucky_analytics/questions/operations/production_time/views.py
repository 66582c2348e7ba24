"""The frames that the page shows: minutes, shares, names in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import gaussian_kde

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.adjusted_effects import AdjustedEffects
from lucky_analytics.questions.operations.production_time.effects import compare_levels
from lucky_analytics.questions.operations.production_time.quotes import Tried, judge_quotes
from lucky_analytics.questions.operations.production_time.tickets import MIXED, NO_CUP, OTHER_SHOPS, WRAPPED

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "count_slow",
    "list_missing",
    "show_cells",
    "show_curves",
    "show_kept",
    "show_levers",
    "show_load",
    "show_machines",
    "show_products",
    "show_stores",
    "show_weekdays",
]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_CURVES, _FEWEST = 10, 30
_MINUTE = 60.0
# What cannot be shown without a conformed table, with the source table and server behind it.
_NEEDS = {
    "machine types": ("cups", "luckyus_iot_platform.t_cup_order_info", "iotplatform"),
    "whether a machine was down": ("device_events", "luckyus_iot_platform.t_device_event", "iotplatform"),
    "steps of recipes": ("recipes", "luckyus_scm_commodity.t_formula_spu", "scmcommodity"),
    "when orders were handed over": ("order_steps", "luckyus_sales_order.t_order_oper_history", "salesorder"),
    "when stores opened and closed": ("store_hours", "luckyus_opshop.t_shop_opening_time", "opshop"),
}


def list_missing(suite: Suite) -> dict[str, dict[str, str]]:
    """What cannot be shown, each with the tables that the snapshot lacks and their servers."""
    return {
        section: {table: f"aws-luckyus-{server}-rw"}
        for section, (name, table, server) in _NEEDS.items()
        if suite.optional(name) is None
    }


def show_stores(rows: pd.DataFrame, fit: AdjustedEffects, level: float) -> pd.DataFrame:
    """Each store, the slowest mean first: ``name``, ``n``, ``mean``, ``p50``, ``p95`` (minutes), ``queue``
    (seconds), ``load`` (mean open tickets), ``over`` (tickets), ``change`` net of all else with its
    interval."""
    return _by(rows, "store").merge(_net(fit, "store", level, (OTHER_SHOPS,)), on="name", how="left")


def count_slow(stores: pd.DataFrame) -> int:
    """How many of ``show_stores`` are slower than the mean, net of all else and beyond chance."""
    is_apart = stores["is_apart"].eq(True)  # null for what is no trading store
    return int((is_apart & (stores["change"] > 0)).sum())


def show_weekdays(rows: pd.DataFrame, fit: AdjustedEffects, level: float) -> pd.DataFrame:
    """The same by day of the week, Monday first."""
    days = _by(rows, "weekday").merge(_net(fit, "weekday", level, ()), on="name", how="left")
    days = days.sort_values("name", ignore_index=True)
    return days.assign(name=[_DAYS[day] for day in days["name"]])


def show_products(rows: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The same by product, with the ``steps`` of its recipe; ``products`` of ``effects.estimate_steps``."""
    net = products.rename(columns={"product": "name"})[["name", "steps", "change", "low", "high"]]
    return _by(rows, "product").merge(net, on="name", how="left")


def show_machines(suite: Suite, fit: AdjustedEffects, level: float) -> pd.DataFrame | None:
    """Each machine type: ``name``, ``machines`` in service, ``cups`` for orders, ``again`` and ``rinses``
    (shares of all it poured), ``pour`` (median seconds for an order), and ``change`` of its orders' making
    net of all else.

    Null without the machines' tables. What a counter of cups calls output includes repeats and rinses.
    """
    cup, machine = suite.optional("cups"), suite.optional("machines")
    if cup is None or machine is None:
        return None
    own = cup.join(machine.select("machine_id", "machine_type"), "machine_id")
    is_order = own.poured_for == "order"
    poured = own.group_by(name=own.machine_type).agg(
        all=own.count(), cups=is_order.sum(), again=(own.poured_for == "poured again").sum(),
        rinses=(own.poured_for == "rinse or test").sum(), pour=own.pour_seconds.median(where=is_order),
    )  # fmt: skip
    standing = (
        machine.filter(ibis._.status == "in service")
        .group_by(name="machine_type")
        .agg(machines=ibis._.count())
    )
    shown = poured.join(standing, "name", how="left").select(poured, "machines").order_by("name").execute()
    for name in ("again", "rinses"):
        shown[name] = shown[name] / shown["all"]
    shown["machines"] = shown["machines"].fillna(0).astype("int64")
    shown = shown.merge(_net(fit, "machine_type", level, (NO_CUP,)), on="name", how="left")
    return shown.sort_values(["change", "name"], ascending=[False, True], ignore_index=True)


def show_kept(tried: Tried) -> pd.DataFrame:
    """Quotes by hour and by product, as ``quotes.judge_quotes``, with ``kind`` and ``name`` in words."""
    parts = []
    for kind, by in (("hour", "hour"), ("product", "product")):
        judged = judge_quotes(tried, by)
        if by == "hour":
            judged = judged.sort_values("group", ignore_index=True)
        names = [f"{hour}:00" for hour in judged["group"]] if by == "hour" else judged["group"].astype(str)
        parts.append(judged.drop(columns="group").assign(kind=kind, name=names))
    return pd.concat(parts, ignore_index=True)


def show_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Trading stores by hour: ``store``, ``hour``, ``minutes`` (mean of tickets not over), ``n``; cells with
    fewer than thirty tickets are left out."""
    own = rows[~rows["is_over"] & (rows["store"] != OTHER_SHOPS)]
    cells = own.groupby(["store", "hour"], observed=True)["seconds"].agg(["mean", "size"]).reset_index()
    cells = cells[cells["size"] >= _FEWEST].rename(columns={"size": "n"})
    cells["minutes"] = cells.pop("mean") / _MINUTE
    return cells.astype({"store": str}).reset_index(drop=True)


def show_curves(rows: pd.DataFrame) -> pd.DataFrame:
    """How the times of the products ordered most spread: ``product``, ``minutes``, ``width`` (0 to 1),
    slowest median first. Tickets with that product alone, one unit, not over."""
    own = rows[~rows["is_over"] & (rows["units"] == "1") & ~rows["product"].isin([MIXED, WRAPPED])]
    counts = own["product"].value_counts()
    names = [name for name in counts.index[:_MOST_CURVES] if counts[name] >= _FEWEST]
    medians = {name: float(own.loc[own["product"] == name, "seconds"].median()) for name in names}
    parts = []
    for name in sorted(names, key=lambda name: (-medians[name], str(name))):
        seconds = own.loc[own["product"] == name, "seconds"].to_numpy(float)
        if seconds.std() == 0:
            continue
        at = np.linspace(seconds.min(), np.quantile(seconds, 0.99), 48)
        width = gaussian_kde(seconds)(at)
        parts.append(
            pd.DataFrame({"product": str(name), "minutes": at / _MINUTE, "width": width / width.max()})
        )
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["product", "minutes", "width"])
    )


def show_load(rows: pd.DataFrame, slope: Estimate) -> pd.DataFrame:
    """Mean minutes of tickets not over by how many were open: ``load``, ``n``, ``minutes``, and ``expected``:
    the minutes at an empty counter times (1 + open tickets) to the power of the slope. Ten or more are left
    out."""
    own = rows[~rows["is_over"] & (rows["load"] < 10)]
    shown = own.groupby("load")["seconds"].agg(["size", "mean"]).reset_index()
    shown = shown[shown["size"] >= _FEWEST].rename(columns={"size": "n"})
    shown["minutes"] = shown.pop("mean") / _MINUTE
    steps = (1 + shown["load"]) ** (slope.value or 0.0)
    base = (shown["minutes"] * shown["n"]).sum() / max((steps * shown["n"]).sum(), 1)
    return shown.assign(expected=base * steps if slope.value is not None else np.nan).reset_index(drop=True)


def show_levers(levers: pd.DataFrame, making: float) -> pd.DataFrame:
    """The levers as steps down from ``making`` (minutes): ``lever``, ``start``, ``end`` (minutes), ``gain``
    (seconds) with ``low``, ``high``; the first row is today, the last what is left. Levers that are not known
    do not move."""
    rows = [("today", 0.0, making, np.nan, np.nan, np.nan, True)]
    before = making
    for row in levers[levers["lever"] != "all of them"].to_dict("records"):
        after = row["after"] / _MINUTE if row["is_known"] else before
        rows.append(
            (row["lever"], before, after, row["gain"], row["low"], row["high"], bool(row["is_known"]))
        )
        before = after
    rows.append(("with all of them", 0.0, before, np.nan, np.nan, np.nan, True))
    return pd.DataFrame(rows, columns=["lever", "start", "end", "gain", "low", "high", "is_known"])


def _by(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    group = rows.groupby(column, observed=True)
    shown = (
        group["seconds"].agg(["size", "mean", "median"])
        if len(rows)
        else pd.DataFrame(columns=["size", "mean", "median"])
    )
    shown["p95"] = group["seconds"].quantile(0.95)
    shown["queue"], shown["load"], shown["over"] = (
        group["queue"].mean(),
        group["load"].mean(),
        group["is_over"].sum(),
    )
    shown = shown.rename(columns={"size": "n", "median": "p50"}).rename_axis("name").reset_index()
    for name in ("mean", "p50", "p95"):
        shown[name] = shown[name].astype(float) / _MINUTE
    shown["name"] = shown["name"].astype(object)
    return shown.sort_values(["mean", "name"], ascending=[False, True], ignore_index=True)


def _net(fit: AdjustedEffects, factor: str, level: float, leave_out: tuple[str, ...]) -> pd.DataFrame:
    own = compare_levels(fit, factor, level, leave_out).rename(columns={"level": "name"})
    return own[["name", "change", "low", "high", "is_apart"]]
