"""What keys begin with, how long they live, and which should expire and do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.questions.platform.redis_fleet.cache_fleet import Caches, name_cache

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LIVES", "Keys", "count_none", "read_keys"]

LIVES = ("never expire", "up to a minute", "up to an hour", "up to a day", "up to a week", "longer")
_SECONDS = (60, 3_600, 86_400, 604_800, np.inf)
_FEWEST_PEERS = 5


@dataclass(frozen=True)
class Keys:
    """``prefixes``: by cache and beginning of keys, from the newest sample: ``server``, ``name``, ``prefix``,
    ``type``, ``kind`` (its last part), ``keys`` (of all its cache's) with ends, ``mib``, ``share`` (that
    expire) with ends, ``ttl`` (median left, seconds), ``peers`` (other caches with keys of that kind),
    ``peers_expiring`` of them, ``should_expire``. ``lives``: ``life`` of ``LIVES``, ``keys``, ``share``,
    ``mib``: every beginning stands at its median. ``never``: keys without a time to live, a share of all with
    ends. ``sampled`` keys in all."""

    prefixes: pd.DataFrame
    lives: pd.DataFrame
    never: Estimate
    sampled: int


def read_keys(suite: Suite, found: Caches, level: float) -> Keys:
    """Of samples at the newest collection. Keys of a kind should expire where most of them do in most of at
    least five other caches, surely (Wilson), and surely less than half of them do here."""
    said = suite.optional("cache_prefixes")
    columns = ["server", "prefix", "type", "n_keys", "n_sampled", "n_expiring", "ttl_seconds", "key_bytes"]
    rows = pd.DataFrame(columns=columns)
    if said is not None:
        rows = said.filter(_.said_at == found.moment).select(*columns).execute()
    total = found.rows.set_index("server")["keys"]
    rows = rows[rows["server"].isin(total.index)].reset_index(drop=True)
    counts = rows[["n_keys", "n_sampled", "n_expiring"]].astype(float)
    own_keys = rows["server"].map(total).astype(float)
    low, high = wilson_interval(counts["n_keys"], counts["n_sampled"], level)
    out = pd.DataFrame({
        "server": rows["server"],
        "name": [name_cache(server) for server in rows["server"]],
        "prefix": rows["prefix"],
        "type": rows["type"],
        "kind": rows["prefix"].str.rsplit(":", n=1).str[-1],
        "keys": own_keys * counts["n_keys"] / counts["n_sampled"],
        "keys_low": own_keys * low,
        "keys_high": own_keys * high,
        "share": counts["n_expiring"] / counts["n_keys"],
        "ttl": rows["ttl_seconds"].astype(float),
    })  # fmt: skip
    out["mib"] = out["keys"] * rows["key_bytes"].astype(float) / 2**20
    out["share_low"], out["share_high"] = wilson_interval(counts["n_expiring"], counts["n_keys"], level)
    out = out.join(_hold_against_peers(out, level))
    never = _share_never(out, rows, level)
    order = out.sort_values(["mib", "server", "prefix"], ascending=[False, True, True], ignore_index=True)
    sampled = int(counts.groupby(rows["server"])["n_sampled"].max().sum()) if len(rows) else 0
    return Keys(order, _count_lives(out), never, sampled)


def count_none(keys: Keys) -> int:
    """Caches in whose sample no key expires, whatever kinds of keys they hold."""
    return int((keys.prefixes.groupby("server")["share"].max() == 0).sum())


def _hold_against_peers(out: pd.DataFrame, level: float) -> pd.DataFrame:
    """Of the other caches that have keys of the kind, in how many most of them expire."""
    by_cache = out.groupby(["kind", "server"])["share"].mean().reset_index()
    by_cache["most"] = by_cache["share"] > 0.5
    sums = by_cache.groupby("kind")["most"].agg(["size", "sum"])
    own = out.merge(by_cache[["kind", "server", "most"]], on=["kind", "server"], how="left")
    peers = own["kind"].map(sums["size"]).astype(float) - 1
    expiring = own["kind"].map(sums["sum"]).astype(float) - own["most"].astype(float)
    low, _high = wilson_interval(expiring, peers, level)
    is_odd = (peers >= _FEWEST_PEERS) & (low > 0.5) & (own["share_high"] < 0.5) & (own["kind"] != "")
    return pd.DataFrame({"peers": peers, "peers_expiring": expiring, "should_expire": is_odd.astype(bool)})


def _count_lives(out: pd.DataFrame) -> pd.DataFrame:
    place = np.searchsorted(_SECONDS, out["ttl"].fillna(0).to_numpy(float))
    parts = [(LIVES[0], out["keys"] * (1 - out["share"]), out["mib"] * (1 - out["share"]))]
    for number, life in enumerate(LIVES[1:]):
        own = (place == number) & (out["share"] > 0)
        parts.append((life, (out["keys"] * out["share"])[own], (out["mib"] * out["share"])[own]))
    table = pd.DataFrame(
        [(life, float(keys.sum()), float(mib.sum())) for life, keys, mib in parts],
        columns=["life", "keys", "mib"],
    )
    every = table["keys"].sum()
    return table.assign(share=table["keys"] / every if every > 0 else 0.0)


def _share_never(out: pd.DataFrame, rows: pd.DataFrame, level: float) -> Estimate:
    """A stratified share: each cache's sample stands for its own keys; errors of samples are independent."""
    if out.empty or not out["keys"].sum() > 0:
        return Estimate(None, n=0)
    sums = pd.DataFrame({
        "server": rows["server"],
        "told": rows["n_keys"].astype(float),
        "stay": rows["n_keys"].astype(float) - rows["n_expiring"].astype(float),
        "keys": out["keys"],
    }).groupby("server").sum()  # fmt: skip
    part = sums["stay"] / sums["told"]
    weight = sums["keys"] / sums["keys"].sum()
    value = float((weight * part).sum())
    se = float(np.sqrt((weight**2 * part * (1 - part) / sums["told"]).sum()))
    half = float(norm.ppf(0.5 + level / 2)) * se
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), level=level)
