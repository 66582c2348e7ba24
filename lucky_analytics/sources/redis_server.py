"""What a Redis server says of itself: INFO, and a bounded sample of what its keys have in common."""

from __future__ import annotations

import datetime as dt
import secrets
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.collection import Collected, Metric
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.key_prefixes import Key, summarise
from lucky_analytics.sources.pace import Pace

__all__ = ["ACL", "collect", "nodes", "open_client", "source_error"]

ACL = "~* -@all +ping +info +dbsize +scan +ttl +type +memory|usage"
KEYS_PER_SCAN = 200
BYTES_PER_KEY = 200  # about what a key and three answers take on the wire
_METRICS = {
    "connected_clients": ("connections", "count"),
    "blocked_clients": ("connections_blocked", "count"),
    "maxclients": ("connections_limit", "count"),
    "used_memory": ("used_memory", "bytes"),
    "used_memory_peak": ("used_memory_peak", "bytes"),
    "maxmemory": ("memory_limit", "bytes"),
    "mem_fragmentation_ratio": ("memory_fragmentation", "ratio"),
    "total_commands_processed": ("statements", "count"),
    "keyspace_hits": ("cache_hits", "count"),
    "keyspace_misses": ("cache_misses", "count"),
    "evicted_keys": ("evicted_keys", "count"),
    "expired_keys": ("expired_keys", "count"),
    "rejected_connections": ("connections_rejected", "count"),
}


def nodes(endpoint: Endpoint, instance: str) -> list[tuple[str, str, int]]:
    """The nodes to ask, as (name, host, port): one, or each of a cluster that the endpoint lists.

    >>> nodes(Endpoint("a", 7000, nodes="b:7001"), "cart")
    [('cart/1', 'a', 7000), ('cart/2', 'b', 7001)]
    """
    others = [node.strip().rpartition(":") for node in endpoint.nodes.split(",") if node.strip()]
    if not others:
        return [(instance, endpoint.host, endpoint.port)]
    listed = [(endpoint.host, endpoint.port), *((host, int(port)) for host, _, port in others)]
    return [(f"{instance}/{number}", host, port) for number, (host, port) in enumerate(listed, 1)]


def collect(
    endpoint: Endpoint,
    instance: str,
    host: str,
    port: int,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Collected:
    """One answer of one node, by a user who may do nothing but that. Raises ``SourceError``.

    At most ``sample_keys`` keys are looked at, for at most ``sample_seconds``; of each its type, time to live
    and size. Keys are turned into prefixes here and go no further.
    """
    at = f"server {instance} at {host}:{port}"
    client = open_client(endpoint, host, port)
    try:
        facts: dict[str, Any] = client.info()
        _require_reader(client, endpoint, at)
        role = "primary" if facts.get("role") == "master" else "replica"
        endpoint.require_replica(at, lambda: role == "replica")
        keys = list(_sample(client, endpoint, clock))
        n_keys = int(client.dbsize())
    except redis.exceptions.RedisError as error:
        raise source_error(error, at) from error
    finally:
        client.close()
    metrics = [Metric(name, float(facts[k]), unit) for k, (name, unit) in _METRICS.items() if k in facts]
    metrics.append(Metric("keys", float(n_keys)))
    if role == "replica":
        metrics.append(Metric("replica_is_linked", float(facts.get("master_link_status") == "up")))
        metrics.append(Metric("replica_lag", float(facts.get("master_last_io_seconds_ago", -1)), "seconds"))
    started = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    started -= dt.timedelta(seconds=int(facts.get("uptime_in_seconds", 0)))
    version = f"redis {facts.get('redis_version', 'unknown')}"[:64]
    words = {word.strip().lower() for word in endpoint.key_words.split(",")}
    return Collected(role, version, started, metrics, summarise(keys, words))


def open_client(endpoint: Endpoint, host: str, port: int) -> redis.Redis:
    """A client of one node; it connects at its first command."""
    options: dict[str, Any] = {}
    if endpoint.tls_mode != "off":
        is_checked = endpoint.tls_mode == "verify"
        options = {
            "ssl": True,
            "ssl_cert_reqs": ssl.CERT_REQUIRED if is_checked else ssl.CERT_NONE,
            "ssl_check_hostname": is_checked,
            "ssl_ca_certs": endpoint.ca or None,
        }
    return redis.Redis(
        host=host,
        port=port,
        username=endpoint.user or None,
        password=endpoint.secret.reveal() if endpoint.secret else None,
        socket_connect_timeout=endpoint.connect_seconds,
        socket_timeout=endpoint.stall_seconds,
        protocol=2,
        retry=Retry(ExponentialBackoff(cap=8, base=0.25), endpoint.attempts - 1),
        **options,
    )


def _require_reader(client: redis.Redis, endpoint: Endpoint, at: str) -> None:
    """Refuse a user who may do more than its list, found by asking for what would do nothing if allowed."""
    if endpoint.allow_writes:
        return
    nobody = f"lucky_analytics:{secrets.token_hex(16)}"
    allowed = []
    for command in (("DEL", nobody), ("SET", nobody, "", "XX"), ("EVAL", "return 1", 0), ("GET", nobody)):
        try:
            client.execute_command(*command)
        except redis.exceptions.NoPermissionError:
            continue
        except redis.exceptions.ResponseError:  # a replica refuses, and the user's rights did not
            pass
        allowed.append(str(command[0]))
    if allowed:
        raise SourceError(
            f"{at}: user {endpoint.user or 'default'}",
            expected="one who can neither read values nor write",
            got=f"one who may {', '.join(allowed)}",
            remedy=f"ACL SETUSER lucky_read reset on >PASSWORD {ACL}",
        )


def _sample(client: redis.Redis, endpoint: Endpoint, clock: Callable[[], float]) -> Iterator[Key]:
    """Some keys of database 0, within the endpoint's bounds. SCAN may show a key twice; it counts once."""
    pace = Pace(endpoint.max_bytes_per_second) if endpoint.max_bytes_per_second else None
    deadline = clock() + endpoint.sample_seconds
    cursor = 0
    seen: set[bytes] = set()
    while len(seen) < endpoint.sample_keys and clock() < deadline:
        cursor, found = client.scan(cursor, count=KEYS_PER_SCAN)
        given = dict.fromkeys(key for key in found if isinstance(key, bytes))
        fresh = [key for key in given if key not in seen][: endpoint.sample_keys - len(seen)]
        seen.update(fresh)
        with client.pipeline(transaction=False) as asked:
            for key in fresh:
                asked.type(key)
                asked.ttl(key)
                asked.memory_usage(key)
            answers = iter(asked.execute(raise_on_error=False))
        for key, kind, ttl, size in zip(fresh, answers, answers, answers, strict=True):
            if isinstance(kind, bytes) and kind != b"none":  # it may have expired in between
                life = ttl if isinstance(ttl, int) and ttl >= 0 else None
                yield Key(key, kind.decode(), life, size if isinstance(size, int) else None)
        if pace is not None:
            pace.spend(BYTES_PER_KEY * max(len(fresh), 1))
        if cursor == 0:
            return


def source_error(error: Exception, at: str) -> SourceError:
    """The driver's error as one of ours; ``at`` says of which server."""
    if isinstance(error, redis.exceptions.AuthenticationError):
        return SourceError(at, expected="a login", got="access denied for this user and password")
    if isinstance(error, redis.exceptions.NoPermissionError):
        return SourceError(
            at, expected="a user who may ask", got="permission denied", remedy=f"ACL SETUSER ... {ACL}"
        )
    if isinstance(error, (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)):
        refused = "certificate" in str(error).lower()
        return SourceError(
            at,
            expected="a certificate that this machine trusts" if refused else "a server that answers",
            got="one that does not verify" if refused else "no connection",
            remedy="Name the certificates of its issuer: ca = PATH"
            if refused
            else "Is it up, and is the address right?",
        )
    return SourceError(at, got=str(error).splitlines()[0])
