"""What the Redis servers say of themselves: memory, hits, evictions, and what their keys begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints, stream
from lucky_analytics.demo.process.server_clock import ServerClock
from lucky_analytics.demo.process.server_work import Series, Work, count_up, draw_restarts
from lucky_analytics.estate.servers import Server

__all__ = ["Prefixes", "run_caches"]

_GIB = 2.0**30
_LIMITS = (0.5, 1.5, 3.0, 6.0, 13.0)
_SELLING = frozenset(
    {"isales-order", "isales-session", "isales-tradecapi", "isales-market", "production", "session", "auth",
     "apigateway", "scm-shopstock", "iotplatform", "unionauth", "web"}
)  # fmt: skip
# Beginning, type, whether such keys expire.
_KINDS = (
    ("session", "hash", True), ("token", "string", True), ("cfg", "string", False), ("lock", "string", True),
    ("rank", "zset", False), ("queue", "list", False), ("seen", "set", False), ("page", "string", True),
)  # fmt: skip
# What is published of one cache: it finds 2.9 % of what it is asked for.
_PUBLISHED_HITS = {"shopsale": 0.029}
_MOST_SAMPLED = 2_000


@dataclass(frozen=True)
class Prefixes:
    """Of one cache: the beginnings of its keys with their type, how many of a sample have each (T, p), how
    many of those expire, and their typical life in seconds (NaN where none expires) and bytes."""

    instance: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    n_keys: Ints
    n_expiring: Ints
    ttl: Floats
    bytes_per_key: Floats


def run_caches(
    servers: list[Server], clock: ServerClock, plant: Mapping[str, Any], seed: int
) -> Iterator[tuple[Server, Work, list[Series], Prefixes]]:
    """Each Redis server with its work, its numbers and its keys. ``plant``: ``planted["servers"]``, whose
    positions count the Redis servers in their order."""
    caches = [server for server in servers if server.kind == "redis"]
    for place, server in enumerate(caches):
        rng = stream(seed, f"server {server.name}")
        idle = place in plant["unused_caches"]
        sells = 0.0 if idle else rng.uniform(30, 120) if server.source in _SELLING else rng.uniform(0.05, 1.0)
        noise = np.exp(rng.normal(0, 0.10, len(clock.at)))
        base = 1 / 15 if idle else rng.lognormal(0.8, 0.8)  # an unused one is asked by its monitoring alone
        work = Work((base + sells * clock.busy) * (1.0 if idle else noise), draw_restarts(clock, rng))
        limit = rng.choice(_LIMITS) * _GIB
        share = np.clip(rng.lognormal(-3.6, 0.8), 0.002, 0.5) * (0.85 + 0.15 * np.minimum(clock.busy, 4) / 2)
        if place == plant["filling_cache"]:
            share = plant["filled"] * (1 + plant["filling_a_week"]) ** -clock.to_cut
        used = np.rint(
            (0.002 * limit if idle else limit * share) * np.exp(rng.normal(0, 0.01, len(clock.at)))
        )
        used = np.clip(used, 1.5e6, limit)
        said = [
            *_count_asked(server, idle, work, clock, rng),
            *_describe_memory(
                used, limit, 2.6 if place == plant["fragmented_cache"] else rng.uniform(1.0, 1.4)
            ),
        ]
        # A cache that is nearly full throws keys out to take new ones.
        thrown = work.rate * np.clip((used / limit - 0.85) * 2, 0, None)
        has_lives = place not in plant["caches_without_ttl"]
        prefixes = _describe_keys(server, idle, has_lives, clock, rng)
        each = max(float(np.average(prefixes.bytes_per_key)), 60.0) if prefixes.names else np.inf
        said += [
            ("evicted_keys", "count", count_up(thrown, work.started, clock)),
            ("keys", "count", np.rint(used / each)),
            ("connections", "count", np.rint(1.0 + rng.poisson((0 if idle else 6) + work.rate / 40))),
            ("connections_limit", "count", np.full(len(used), 65_000.0)),
            ("connections_rejected", "count", np.zeros(len(used))),
        ]
        yield server, work, [Series(server.name, name, unit, values) for name, unit, values in said], prefixes


def _count_asked(
    server: Server, idle: bool, work: Work, clock: ServerClock, rng: np.random.Generator
) -> list[tuple[str, str, Floats]]:
    found = _PUBLISHED_HITS.get(server.source, float(np.clip(rng.beta(4, 1.2), 0.004, 0.995)))
    reads = np.zeros(len(clock.at)) if idle else work.rate * rng.uniform(0.4, 0.9)
    expired = np.zeros(len(clock.at)) if idle else work.rate * 0.05
    return [
        ("statements", "count", count_up(work.rate, work.started, clock)),
        ("cache_hits", "count", count_up(reads * found, work.started, clock)),
        ("cache_misses", "count", count_up(reads * (1 - found), work.started, clock)),
        ("expired_keys", "count", count_up(expired, work.started, clock)),
    ]


def _describe_memory(used: Floats, limit: float, fragmentation: float) -> list[tuple[str, str, Floats]]:
    return [
        ("used_memory", "bytes", used),
        ("used_memory_peak", "bytes", np.maximum.accumulate(used)),
        ("memory_limit", "bytes", np.full(len(used), limit)),
        ("memory_fragmentation", "ratio", np.full(len(used), round(fragmentation, 2))),
    ]


def _describe_keys(
    server: Server, idle: bool, has_lives: bool, clock: ServerClock, rng: np.random.Generator
) -> Prefixes:
    """Two to five beginnings of keys, named by the service; where keys have lives, those of sessions do."""
    picked = rng.choice(len(_KINDS), 0 if idle else int(rng.integers(2, 6)), replace=False)
    n, n_times = len(picked), len(clock.at)
    counts = np.zeros((n_times, 0), np.int64)
    if n:
        counts = rng.multinomial(_MOST_SAMPLED, rng.dirichlet(np.full(n, 2.0)), n_times)
    lives = np.array([has_lives and _KINDS[kind][2] for kind in picked], dtype=bool)
    return Prefixes(
        server.name,
        tuple(f"{server.source}:{_KINDS[kind][0]}" for kind in picked),
        tuple(_KINDS[kind][1] for kind in picked),
        counts,
        counts * lives,
        np.where(lives, np.rint(rng.lognormal(9.5, 1.2, n)), np.nan),
        np.rint(rng.lognormal(5.8, 0.7, n)),
    )
