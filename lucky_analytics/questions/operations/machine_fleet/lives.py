"""The life of every machine, as its events tell it: where it stands, its state, its spells at work."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estate.markets import HOME
from lucky_analytics.methods.calendars.business_days import find_midnight
from lucky_analytics.methods.reliability.failure_forecast import Standing
from lucky_analytics.methods.reliability.failure_rates import Spells
from lucky_analytics.models.watched_days.machine_days import load_lives

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["GONE", "OFFLINE", "ONLINE", "STATES", "WAITING", "WORKING", "Fleet", "Seen", "load_fleet", "see"]

ONLINE, OFFLINE, WORKING = "online", "offline", "in service"
WAITING, GONE = "waiting for repair", "decommissioned"
STATES = (ONLINE, OFFLINE, WORKING, WAITING, GONE)
_DAY = 86_400.0  # seconds


@dataclass(frozen=True)
class Fleet:
    """``machines``: one row each ever installed in the home market, by store and serial; ``stretches``: their
    times at work and out of work, up to ``cut``. ``n_all``: machines of all
    markets. ``is_now``: whether ``cut`` is the end of the data, so that it is known who is in touch.

    ``machines``: ``machine_id``, ``serial``, ``machine_type``, ``kind`` (number of its type in ``types``),
    ``store_id``, ``place``, ``is_trading``, ``state`` (of ``STATES``: "online" and "offline" are in service,
    "in service" where nobody knows), ``installed_at``, ``last_online_at``, ``n_failed``,
    ``last_failed_at``, ``last_repaired_at``.
    ``stretches``: ``machine`` (row of ``machines``), ``is_up``, ``start``, ``end`` (UTC; the cut where it
    goes on), ``days`` between them, ``ended_by`` (empty: it goes on).
    """

    machines: pd.DataFrame
    stretches: pd.DataFrame
    types: tuple[str, ...]
    cut: pd.Timestamp
    n_all: int
    n_other: int
    is_now: bool

    @property
    def standing(self) -> pd.DataFrame:
        """Machines that were not taken out for good."""
        return self.machines[self.machines["state"] != GONE]


@dataclass(frozen=True)
class Seen:
    """What is known of the lives at one moment: ``spells`` at work, ``standing`` today with ``rows`` (of
    ``Fleet.machines``), days that ``repairs`` took, and of how many machine-days (``exposed``) so many
    machines were taken out (``n_out``)."""

    spells: Spells
    standing: Standing
    rows: NDArray[np.int64]
    repairs: NDArray[np.float64]
    n_out: int
    exposed: float


def load_fleet(suite: Suite) -> Fleet | None:
    """All machines and their lives up to the end of ``suite.as_of``; null where a table is missing or nothing
    happened by then."""
    every, lives = suite.optional("machines"), load_lives(suite)
    if every is None or lives is None or lives.empty:
        return None
    names = suite.stores.select("store_id", "store_name", "is_trading_store")
    device = every.left_join(names, "store_id").drop("store_id_right").execute()
    cut = pd.Timestamp(find_midnight(suite.as_of + dt.timedelta(days=1), HOME.time_zone)).tz_localize(None)
    first = lives.groupby("machine_id")["start"].min()
    device = device[device["machine_id"].isin(first.index)]
    if device.empty:
        return None
    device["place"] = device["store_name"].fillna(device["store_id"])
    device["is_trading"] = device["is_trading_store"].fillna(False).astype(bool)
    device = device.sort_values(
        ["is_trading", "place", "serial"], ascending=[False, True, True], ignore_index=True
    )
    row = pd.Series(device.index, index=device["machine_id"])
    lives = lives[lives["machine_id"].isin(row.index)]
    stretches = lives.assign(machine=lives["machine_id"].map(row).astype(int)).sort_values(
        ["machine", "start"], ignore_index=True
    )
    end = stretches["end"].fillna(cut).astype(stretches["start"].dtype)
    stretches["end"] = end.where(end < cut, cut)
    stretches["days"] = (stretches["end"] - stretches["start"]).dt.total_seconds() / _DAY
    last = stretches.groupby("machine").tail(1).set_index("machine")
    is_now = suite.as_of == suite.snapshot.last_closed_day
    at_work = np.where(device["is_online"], ONLINE, OFFLINE) if is_now else WORKING
    state = np.where(last["is_up"].reindex(device.index), at_work, WAITING)
    gone = last["ended_by"].reindex(device.index) == GONE
    types = tuple(sorted(device["machine_type"].astype(str).unique()))
    failed, repaired = (
        stretches[stretches["ended_by"] == kind].groupby("machine")["end"] for kind in ("failed", "repaired")
    )
    machines = device[["machine_id", "serial", "machine_type", "store_id", "place", "is_trading"]].assign(
        kind=device["machine_type"].astype(str).map({name: k for k, name in enumerate(types)}),
        state=np.where(gone, GONE, state),
        installed_at=first.reindex(device["machine_id"]).to_numpy(),
        last_online_at=pd.to_datetime(device["last_online_at"]).dt.tz_localize(None),
        n_failed=failed.size().reindex(device.index, fill_value=0),
        last_failed_at=failed.max().reindex(device.index),
        last_repaired_at=repaired.max().reindex(device.index),
    )
    columns = ["machine", "is_up", "start", "end", "days", "ended_by"]
    n_all = int(suite.source("iotplatform").t_device.count().execute())
    n_home = int(every.count().execute())
    return Fleet(machines, stretches[columns], types, cut, n_all, n_all - n_home, is_now)


def see(fleet: Fleet, until: pd.Timestamp | None = None) -> Seen:
    """What was known ``until`` then (the cut, unless given): later events have not happened."""
    until = fleet.cut if until is None else until
    all_ = fleet.stretches
    part = all_[all_["start"] < until]
    is_over = (part["ended_by"] != "") & (part["end"] <= until)
    end = part["end"].where(is_over, until)
    days = ((end - part["start"]).dt.total_seconds() / _DAY).clip(lower=0.0).to_numpy()
    installed = fleet.machines["installed_at"].to_numpy()[part["machine"]]
    age = ((part["start"] - installed).dt.total_seconds() / _DAY).clip(lower=0.0).to_numpy()
    kind = fleet.machines["kind"].to_numpy()[part["machine"]]
    up, ended = part["is_up"].to_numpy(bool), part["ended_by"].where(is_over, "").to_numpy(object)
    spells = Spells(kind[up], age[up], days[up], ended[up] == "failed", len(fleet.types))
    now = part.assign(days=days, age=age, is_over=is_over).groupby("machine").tail(1)
    now = now[~(now["is_over"] & (now["ended_by"] == GONE))]
    standing = Standing(
        fleet.machines["kind"].to_numpy()[now["machine"]],
        (now["age"] + now["days"]).to_numpy(),
        now["is_up"].to_numpy(bool),
        now["days"].to_numpy(),
    )
    repairs = days[~up & (ended == "repaired")]
    return Seen(
        spells,
        standing,
        now["machine"].to_numpy(np.int64),
        repairs,
        int((ended == GONE).sum()),
        float(days.sum()),
    )
