"""``cache_prefixes``: what kinds of keys each cache holds, from a sample of them at each collection."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["CACHE_PREFIXES"]


def _build(suite: Tables) -> ir.Table:
    said = suite.source("telemetry").redis_prefixes
    return said.select(
        server=said.instance,
        prefix=said.prefix,
        type=said.type,
        said_at=said.collected_at,
        n_keys=said.n_keys,
        n_sampled=said.n_sampled,
        n_expiring=said.n_expiring,
        ttl_seconds=said.ttl_seconds,
        key_bytes=said.bytes_per_key,
    )


CACHE_PREFIXES = Conformed(
    name="cache_prefixes",
    grain="one row per cache, prefix and type of keys, and collection, from a sample of its keys",
    key=("server", "prefix", "type", "said_at"),
    columns={
        "server": Field("string", "joins server_answers"),
        "prefix": Field("string", "keys up to their first part that looks like an id; empty where fewer "
                        "than five share one"),
        "type": Field("string", "string, hash, list, set, zset, stream"),
        "said_at": Field("timestamp", "the collection, UTC", "UTC"),
        "n_keys": Field("int64", "keys of the sample with this prefix and type"),
        "n_sampled": Field("int64", "keys of the cache's whole sample"),
        "n_expiring": Field("int64", "of n_keys, those that have a time to live"),
        "ttl_seconds": Field("float64", "median time to live that is left of those; null where none has one",
                             "seconds", nullable=True),
        "key_bytes": Field("float64", "mean memory of a key with its value; null where it was not said",
                           "bytes", nullable=True),
    },
    build=_build,
)  # fmt: skip
