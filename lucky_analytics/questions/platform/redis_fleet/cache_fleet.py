"""Every cache as it stands: memory, what it is asked and finds, evictions, and since when nobody asked it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from lucky_analytics.estate import servers as fleet
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.reliability.quiet_spells import quiet_days
from lucky_analytics.models.server_readings import end_days, list_heard, name_short

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["GIB", "LATELY", "Caches", "name_cache", "read_caches"]

GIB = 2.0**30
LATELY = 28  # days of which hits, statements and evictions are told
_COUNTERS = ("cache_hits", "cache_misses", "evicted_keys", "statements")
_LEVELS = ("connections", "keys", "memory_fragmentation", "memory_limit", "used_memory", "used_memory_peak")


@dataclass(frozen=True)
class Caches:
    """``rows``: one a cache that was asked, fullest first: ``server``, ``name``, ``is_reached``, ``limit``
    and ``used`` and ``peak`` (bytes; the highest that was seen), ``filled`` (used of limit), ``keys``,
    ``connections``, ``fragmentation``; of the last ``LATELY`` days ``asked`` (statements a second),
    ``reads``, ``hits`` (share found) with ``hits_low``, ``hits_high`` and ``hits_before`` (28 days before),
    ``evicted``; ``quiet`` (days since a use was seen) of ``watched``. Null where it was not said.

    ``days``: by ``server`` and ``day`` the levels at its end and of counters what was counted; ``used``:
    caches by day, 1 where somebody used it, 0 where not, null where it is not known. ``moment``: the newest
    collection, UTC. ``never``: named caches that were never asked.
    """

    rows: pd.DataFrame
    days: pd.DataFrame
    used: pd.DataFrame
    moment: pd.Timestamp
    never: tuple[str, ...]


def read_caches(suite: Suite, own_rate: float, level: float) -> Caches | None:
    """None where no cache was asked by ``as_of``. A day counts as used where keys were read or stand there,
    or statements came faster than ``own_rate`` a second, which is its monitoring alone.
    """
    answers, said = list_heard(suite)
    asked = answers.filter(_.kind == "redis")
    moment = asked.asked_at.max().execute()
    if pd.isna(moment):
        return None
    moment = pd.Timestamp(moment)
    names = asked.select("server").distinct()
    said = said.semi_join(names, "server")
    newest = said.filter(_.said_at == moment, _.subject == "").select("server", "metric", "value").execute()
    wide = newest.pivot_table(index="server", columns="metric", values="value", aggfunc="last")
    wide = wide.reindex(columns=list(_LEVELS))
    last = asked.filter(_.asked_at == moment).select("server", "is_reached").execute()
    known = sorted(names.execute()["server"])
    rows = pd.DataFrame({"server": known, "name": [name_cache(server) for server in known]})
    reached = last.set_index("server")["is_reached"].astype(bool)
    rows["is_reached"] = [bool(reached.get(server, False)) for server in known]
    days = _lay_out(end_days(said, (*_COUNTERS, *_LEVELS), moment))
    rows = rows.join(wide.rename(columns=_SHORT), on="server")
    rows["limit"] = rows["limit"].where(rows["limit"] > 0)
    seen = days.groupby("server")[["used_memory", "used_memory_peak"]].max().max(axis=1)
    rows["peak"] = np.fmax(rows["peak"], rows["server"].map(seen).astype(float))
    rows["filled"] = rows["used"] / rows["limit"]
    used = _find_used(days, own_rate)
    quiet = dict(zip(used.index, quiet_days(used.to_numpy()), strict=True))
    rows["quiet"] = rows["server"].map(quiet).fillna(0).astype(int)
    rows["watched"] = rows["server"].map(used.notna().sum(axis=1)).fillna(0).astype(int)
    # The newest collection is of a day that is not over, and ends a silence, too.
    rows.loc[rows["keys"] > 0, "quiet"] = 0
    rows = rows.merge(_count_lately(days, level), on="server", how="left")
    rows = rows.sort_values(["filled", "server"], ascending=[False, True], ignore_index=True)
    named = {name for name, each in fleet.load().servers.items() if each.kind == "redis"}
    never = tuple(sorted(named - {name.partition("/")[0] for name in known}))
    return Caches(rows, days, used, moment, never)


_SHORT = {"memory_limit": "limit", "used_memory": "used", "used_memory_peak": "peak",
          "memory_fragmentation": "fragmentation"}  # fmt: skip


def name_cache(server: str) -> str:
    """A cache's name as IT says it.

    >>> name_cache("luckyus-isales-order/2")
    'isales-order/2'
    """
    return name_short(server).removesuffix(" (Redis)")


def _lay_out(ends: pd.DataFrame) -> pd.DataFrame:
    """A row a cache and day: counted of counters (null where any part of the day is not known), levels."""
    index = ["server", "day"]
    levels = ends[ends["metric"].isin(_LEVELS)].pivot_table(index=index, columns="metric", values="value")
    counted = ends[ends["metric"].isin(_COUNTERS)]
    counts = counted.pivot_table(index=index, columns="metric", values="counted")
    seconds = counted.groupby(index)["seconds"].max()
    days = levels.reindex(columns=list(_LEVELS)).join(counts.reindex(columns=list(_COUNTERS)), how="outer")
    days = days.join(seconds.rename("seconds")).reset_index()
    days["day"] = pd.to_datetime(days["day"])
    return days.sort_values(index, ignore_index=True)


def _find_used(days: pd.DataFrame, own_rate: float) -> pd.DataFrame:
    reads = days["cache_hits"] + days["cache_misses"]
    rate = days["statements"] / days["seconds"].where(days["seconds"] > 0)
    is_used = (reads > 0) | (days["keys"] > 0) | (rate > own_rate)
    is_known = days[["cache_hits", "statements", "keys"]].notna().all(axis=1)
    flags = is_used.astype(float).where(is_known | is_used)
    if days.empty:
        return pd.DataFrame()
    wide = pd.DataFrame({"server": days["server"], "day": days["day"], "used": flags})
    wide = wide.pivot_table(index="server", columns="day", values="used", dropna=False)
    return wide.reindex(columns=pd.date_range(days["day"].min(), days["day"].max()))


def _count_lately(days: pd.DataFrame, level: float) -> pd.DataFrame:
    columns = ["server", "asked", "reads", "evicted", "hits", "hits_low", "hits_high", "hits_before"]
    if days.empty:
        return pd.DataFrame(columns=columns)
    back = (days["day"].max() - days["day"]).dt.days
    read = days.assign(reads=days["cache_hits"] + days["cache_misses"])
    lately, before = read[back < LATELY], read[(back >= LATELY) & (back < 2 * LATELY)]
    sums = lately.groupby("server")[["statements", "seconds", "reads", "evicted_keys"]].sum(min_count=1)
    table = pd.DataFrame({
        "asked": sums["statements"] / sums["seconds"].where(sums["seconds"] > 0),
        "reads": sums["reads"],
        "evicted": sums["evicted_keys"],
    })  # fmt: skip
    found = estimate_ratios(lately, ["server"], "day", "cache_hits", "reads", level).set_index("server")
    table[["hits", "hits_low", "hits_high"]] = found[["value", "low", "high"]]
    table["hits_low"], table["hits_high"] = table["hits_low"].clip(0, 1), table["hits_high"].clip(0, 1)
    if len(before):
        earlier = estimate_ratios(before, ["server"], "day", "cache_hits", "reads", level)
        table["hits_before"] = earlier.set_index("server")["value"]
    return table.reindex(columns=columns[1:]).reset_index()
