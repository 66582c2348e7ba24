"""Every watched number of every store and of all stores together, judged in one control of false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.methods.baselines.day_baseline import expect_days
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.models.calendar import find_special_days
from lucky_analytics.models.watched_days.chain_numbers import hours_of, load_chain
from lucky_analytics.models.watched_days.kpis import CHAIN, KPIS, Kpi
from lucky_analytics.models.watched_days.machine_days import add_machines, load_lives
from lucky_analytics.models.watched_days.store_numbers import load_days, load_stores

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LEVEL", "WatchedDays", "judge_days", "judge_kpi", "load_watched"]

LEVEL = 0.95  # of the ranges of usual days


@dataclass(frozen=True)
class WatchedDays:
    """``stores`` (``load_stores``), their ``days`` (``load_days`` with ``add_machines``) and the ``chain``
    (``load_chain``); all three are empty before the first store."""

    stores: pd.DataFrame
    days: pd.DataFrame
    chain: pd.DataFrame


def load_watched(suite: Suite) -> WatchedDays:
    """All that is watched, up to ``suite.as_of``."""
    stores = load_stores(suite)
    if stores.empty:
        return WatchedDays(stores, stores, stores)
    days = add_machines(load_days(suite, stores), load_lives(suite, stores["store_id"].tolist()))
    return WatchedDays(stores, days, days if days.empty else load_chain(suite, days))


def judge_days(watched: WatchedDays, weeks_apart: float) -> pd.DataFrame:
    """One row for each number of ``KPIS`` of each store and each of ``CHAIN``, and day, that can be counted.

    What is usual is learnt of stores from stores alone (``expect_days``), of the chain from its own days
    beside those of the stores where they have that number: how days differ takes many of them to learn, and
    the chain's first ones, of one store, tell little of ten. Then one control (``flag_alarms``) holds over
    all numbers of all stores and of the chain together, so that every page has the same alarms.
    ``weeks_apart``: weeks between days with a false one.

    ``store_id`` (``ALL`` of the chain), ``ds``, ``kpi``, ``y``, ``per`` (1 without), ``value`` (as readers
    see it), ``expected``, ``low``, ``high`` (alike, at ``LEVEL``, null before 28 days), ``usual_y``
    (``expected`` as ``y`` counts), ``z``, ``p_value``, ``n_past``, ``q_value``, ``is_alarm``, ``side``
    ("better", "worse" or empty). Days on which a store was closed have no row. Raises ``ValueError`` without
    a day.
    """
    if watched.days.empty:
        raise ValueError("no day to judge")
    first, last = (watched.days["ds"].min().date(), watched.days["ds"].max().date())
    special = pd.to_datetime(list(find_special_days(first, last)))
    stores = watched.days.assign(planned_hours=hours_of(watched.days))
    parts = [judge_kpi(watched.days, kpi, special) for kpi in KPIS]
    parts += [judge_kpi(watched.chain, kpi, special, stores) for kpi in CHAIN]
    parts = [part for part in parts if part is not None]
    return flag_alarms(pd.concat(parts, ignore_index=True), weeks_apart)


def judge_kpi(
    days: pd.DataFrame,
    kpi: Kpi,
    special: pd.DatetimeIndex,
    stores: pd.DataFrame | None = None,
    alarm: float | None = None,
) -> pd.DataFrame | None:
    """One number of ``days`` held against its own days before: the rows of ``judge_days`` without ``q_value``
    and ``is_alarm``; null where nothing of it can be counted.

    ``special``: days that are like no other. ``stores``: days of stores, from which the usual is learnt, too,
    where they have the number. ``alarm``: as in ``expect_days``, whose ``alarm_low`` and ``alarm_high`` count
    as ``y`` does.
    """
    counted = days[kpi.y].where(days[kpi.per] > 0) if kpi.per else days[kpi.y]
    given = _give(days, kpi)
    if given["y"].notna().sum() == 0:
        return None
    own = given["unique_id"].unique()
    if stores is not None and {kpi.y, kpi.per or kpi.y} <= set(stores.columns):
        given = pd.concat([given, _give(stores, kpi)])
    given["is_special"] = given["ds"].isin(special)
    found = expect_days(given, kpi.kind, level=LEVEL, alarm=alarm)
    found = found[found["unique_id"].isin(own)].rename(columns={"unique_id": "store_id"})
    beside = days[["store_id", "ds"]].assign(per=days[kpi.per] if kpi.per else 1.0, counted=counted)
    found = found.drop(columns="y").merge(
        beside.rename(columns={"counted": "y"}), on=["store_id", "ds"]
    )  # days on which the store was closed fall away
    shown = {key: kpi.shown(found[key], found["per"]) for key in ("expected", "low", "high")}
    if kpi.is_complement:
        shown["low"], shown["high"] = shown["high"], shown["low"]
    above = {"up": 1, "down": -1}.get(kpi.good, 0) * np.sign(found["z"])
    return found.assign(
        kpi=kpi.name,
        value=kpi.shown(found["y"], found["per"]),
        usual_y=found["expected"],
        side=np.select([above > 0, above < 0], ["better", "worse"], ""),
        **shown,
    )


def _give(days: pd.DataFrame, kpi: Kpi) -> pd.DataFrame:
    """The days as ``expect_days`` takes them."""
    y = days[kpi.y].where(days[kpi.per] > 0) if kpi.per else days[kpi.y]
    # A day that sold nothing is judged by its orders, which may be few enough for that.
    y = y.where(y > 0) if kpi.kind == "amount" else y
    given = pd.DataFrame({"unique_id": days["store_id"], "ds": days["ds"], "y": y.astype(float)})
    return given.assign(exposure=days[kpi.per].astype(float)) if kpi.per else given
