"""Filling a real Redis server with keys as the demo's telemetry says one of its caches has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import redis

from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import DemoError
from lucky_analytics.estate import servers
from lucky_analytics.sources import redis_server
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["keys_of", "load"]

_KEYS_AT_ONCE = 500
_OVERHEAD = 60  # bytes of a key without its value, about


def load(
    demo_dir: Path, target: Endpoint, names: Sequence[str], reader: Reader | None, say: Callable[[str], None]
) -> dict[str, int]:
    """How many keys each of these caches now has in the server, by the cache's full name.

    As many keys of each prefix and type, and as many of them expiring, as its newest sample of the demo had;
    values are padding, so that sizes of strings are near and those of other types are not. Keys of the same
    name are replaced, others stay. ``reader`` may do what a collection asks for and nothing else. Raises
    ``DemoError`` for a cache of which the demo has no sample, ``SourceError`` when the server refuses.
    """
    found = {name: keys_of(demo_dir, name) for name in map(_full_name, names)}
    client = redis_server.open_client(target, target.host, target.port)
    try:
        for name, rows in found.items():
            n_keys = sum(row["n_keys"] for row in rows)
            _write(client, rows)
            say(f"{name}: {n_keys:,} keys")
        if reader is not None:
            rules = ["reset", "on", f">{reader.secret.reveal()}", *redis_server.ACL.split()]
            client.execute_command("ACL", "SETUSER", reader.name, *rules)
    except redis.exceptions.RedisError as error:
        raise redis_server.source_error(error, f"server to load at {target.address}") from error
    finally:
        client.close()
    return {name: sum(row["n_keys"] for row in rows) for name, rows in found.items()}


def keys_of(demo_dir: Path, name: str) -> list[dict[str, Any]]:
    """The rows of the newest sample of one cache: ``prefix``, ``type``, ``n_keys``, ``n_expiring``,
    ``ttl_seconds``, ``bytes_per_key``. Raises ``DemoError`` where there is none."""
    path = demo_dir / "telemetry" / "redis_prefixes.parquet"
    rows = pq.read_table(path, filters=[("instance", "=", name)]) if path.exists() else None
    if not rows:
        raise DemoError(f"cache {name}", expected=f"a sample of its keys in {path}", got="none")
    newest = rows.filter(pc.equal(rows["collected_at"], pc.max(rows["collected_at"])))
    found: list[dict[str, Any]] = newest.to_pylist()
    return found


def _full_name(name: str) -> str:
    """A short name that a database has too is the cache's here."""
    for server in servers.load().servers.values():
        if server.kind == "redis" and name in (server.name, server.source):
            return server.name
    raise DemoError(f"cache {name}", expected="a Redis server of lucky estate servers", got="no such name")


def _write(client: redis.Redis, rows: Sequence[dict[str, Any]]) -> None:
    with client.pipeline(transaction=False) as waiting:
        for number, command in enumerate(_commands(rows), 1):
            waiting.execute_command(*command)
            if number % _KEYS_AT_ONCE == 0:
                waiting.execute()
        waiting.execute()


def _commands(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str | int, ...]]:
    for row in rows:
        kind = row["type"]
        padding = "x" * max(int(row["bytes_per_key"] or 0) - _OVERHEAD, 1)
        add: dict[str, tuple[str | int, ...]] = {
            "string": ("SET",),
            "list": ("RPUSH",),
            "set": ("SADD",),
            "zset": ("ZADD", 1),
            "hash": ("HSET", "v"),
        }
        for number in range(row["n_keys"]):
            key = f"{row['prefix'].rstrip(':')}:{number:06d}"
            command, *rest = add[kind]
            yield "DEL", key
            yield command, key, *rest, padding
            if number < row["n_expiring"]:
                yield "EXPIRE", key, max(round(row["ttl_seconds"] or 0), 1)
