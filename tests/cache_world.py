"""The caches of one made world, at the end of each day and at the cut, with the cloud's bill."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pandas as pd

from lucky_analytics.questions.platform.redis_fleet.cache_money import SERVICE
from tests import cloud_world, server_world

Frames = dict[str, pd.DataFrame]


@functools.lru_cache(maxsize=4)
def frames(kind: str = "planted", seed: int = 7) -> Frames:
    """Raw rows of every other Redis server and of the planted ones, the last collection of each of 140 days
    and the newest."""
    raw = server_world.raw(kind, seed)
    asked = raw["instances"]
    caches = sorted(set(asked.loc[asked["kind"] == "redis", "instance"]))
    planted = {name for names in server_world.NAMED.values() for name in names}
    caches = [
        name for place, name in enumerate(caches) if place % 2 or name in planted | set(server_world.FEW)
    ]
    times = pd.Series(sorted(asked["collected_at"].unique()))
    kept = set(times.groupby(times.dt.floor("D")).last().tail(140))
    return {
        name: rows[rows["instance"].isin(caches) & rows["collected_at"].isin(kept)].reset_index(drop=True)
        for name, rows in raw.items()
    }


def some(given: Frames, servers: Collection[str]) -> Frames:
    """The rows of these caches alone."""
    return {name: rows[rows["instance"].isin(servers)].reset_index(drop=True) for name, rows in given.items()}


def suite(given: Frames, as_of: dt.date = server_world.AS_OF, *, has_bill: bool = True) -> Any:
    """A catalog of these caches and, unless it has no bill, of what the cloud charged."""
    made = server_world.Suite(
        as_of=as_of,
        snapshot=SimpleNamespace(last_closed_day=server_world.AS_OF),
        **server_world.conform(given),
    )
    if has_bill:
        made.cloud_costs = cloud_world.conform(cloud_world.raw())["cloud_costs"]
    return made


def edit(
    given: Frames, metric: str, change: Any, server: str = "", since: dt.datetime | None = None
) -> Frames:
    """The rows with the values of one metric changed, of one cache or of all, from a time on."""
    rows = given["instance_metrics"].copy()
    own = rows["metric"] == metric
    if server:
        own &= rows["instance"] == server
    if since is not None:
        own &= rows["collected_at"] >= since
    rows.loc[own, "value"] = change(rows.loc[own, "value"])
    return {**given, "instance_metrics": rows}


def fill_all(given: Frames, share: float) -> Frames:
    """All caches as full as ``share`` of their memory, but for a percent of noise by day."""
    rows = given["instance_metrics"]
    limits = rows[rows["metric"] == "memory_limit"].groupby("instance")["value"].last()
    limits = limits.reindex(rows["instance"]).to_numpy()
    noise = 1 + 0.01 * ((rows.index.to_numpy() * 7_919) % 101 / 50 - 1)
    is_used = rows["metric"].isin(("used_memory", "used_memory_peak"))
    values = rows["value"].where(~is_used, share * limits * noise)
    return {**given, "instance_metrics": rows.assign(value=values)}


def bill_dollars(given: Any) -> float:
    """What caches cost in the mean month of the last three, by a plain sum."""
    rows = given.cloud_costs.execute()
    days = pd.to_datetime(rows["day"])
    own = rows[(rows["service"] == SERVICE) & (days >= "2025-11-01") & (days < "2026-02-01")]
    return float(own["cost_cents"].sum()) / 300
