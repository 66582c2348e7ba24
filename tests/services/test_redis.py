"""A real Redis server: numbers and prefixes, by a user who may do nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import endpoint, redis_server
from lucky_analytics.sources.collection import Collected
from tests.services import mariadb
from tests.services.receivers import make_certificate
from tests.services.redis_nodes import Redis

SECRET = "hunter2-of-the-customer"


@pytest.fixture(scope="module")
def cache(start_redis: Callable[..., Redis]) -> Redis:
    """A cache with keys of customers in it."""
    server = start_redis("--maxmemory", "64mb")
    with server.client.pipeline() as filled:
        for number in range(300):
            filled.set(f"session:{number:08x}:{SECRET}", SECRET, ex=600 + number)
            filled.hset(f"cart:user:{number}", mapping={SECRET: SECRET})
        filled.set(f"lonely:{SECRET}:x", SECRET)
        filled.execute()
    return server


@pytest.fixture(autouse=True)
def password(where: Settings) -> None:
    """The reader's password is in its variable."""


def ask(url: str) -> Collected:
    place = endpoint.parse(url)
    return redis_server.collect(place, "isales-order", place.host, place.port)


def test_it_tells_numbers_and_prefixes_and_never_a_key_or_a_value(cache: Redis):
    found = ask(cache.reader)
    assert (found.role, found.version.split(".")[0]) == ("primary", "redis 7")
    numbers = {metric.name: metric.value for metric in found.metrics}
    assert (numbers["keys"], numbers["memory_limit"]) == (601, 64 << 20)
    assert numbers["used_memory"] > 100_000
    shown = {(p.prefix, p.type): p for p in found.prefixes}
    assert set(shown) == {("cart:user:", "hash"), ("session:", "string"), ("", "string")}
    assert shown["cart:user:", "hash"].n_keys == 300
    session = shown["session:", "string"]
    assert (session.n_keys, session.n_expiring, session.n_sampled) == (300, 300, 601)
    assert session.ttl_seconds is not None
    assert 600 < session.ttl_seconds < 900
    assert session.bytes_per_key is not None
    assert session.bytes_per_key > len(SECRET)
    assert SECRET not in repr(found)


def test_the_sample_is_bounded_in_keys_seconds_and_bytes(cache: Redis, monkeypatch: pytest.MonkeyPatch):
    assert {prefix.n_sampled for prefix in ask(cache.reader + "&sample_keys=250").prefixes} == {250}
    place, ticks = endpoint.parse(cache.reader + "&sample_seconds=3"), iter(range(1000))
    found = redis_server.collect(place, "x", place.host, place.port, clock=lambda: float(next(ticks)))
    assert 0 < found.prefixes[0].n_sampled < 601
    spent: list[int] = []
    monkeypatch.setattr("lucky_analytics.sources.pace.Pace.spend", lambda self, size: spent.append(size))
    ask(cache.reader + "&max_bytes_per_second=1000")
    assert sum(spent) >= 601 * 100


@pytest.mark.parametrize("more", ["+set", "+get", "+del", "+eval"])
def test_a_user_who_may_do_more_is_refused(cache: Redis, more: str):
    cache.give_rights(more)
    try:
        said = f"neither read values nor write, got one who may {more[1:].upper()}"
        with pytest.raises(SourceError, match=said) as refused:
            ask(cache.reader)
        assert "ACL SETUSER lucky_read reset" in str(refused.value)
        assert ask(cache.reader + "&allow_writes=yes").role == "primary"
        assert cache.client.dbsize() == 601
    finally:
        cache.give_rights()


def test_a_primary_needs_the_flag_and_a_replica_none(cache: Redis, start_redis: Callable[..., Redis]):
    with pytest.raises(SourceError, match="expected a replica, got a primary"):
        ask(cache.strict_reader)
    found = ask(start_redis("--replicaof", "127.0.0.1", str(cache.port)).strict_reader)
    assert found.role == "replica"
    assert "replica_is_linked" in {metric.name for metric in found.metrics}


def test_a_server_that_is_down_or_refuses_is_one_line(cache: Redis, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(mariadb.PASSWORD_VARIABLE, "wrong-one")
    with pytest.raises(SourceError, match="access denied for this user and password") as refused:
        ask(cache.reader)
    assert "wrong-one" not in str(refused.value)
    with pytest.raises(SourceError, match=r"at 127.*expected a server that answers, got no connection"):
        ask(f"redis://127.0.0.1:{mariadb.free_port()}?attempts=1")


def test_tls_is_verified(start_redis: Callable[..., Redis], require: Callable[..., str], tmp_path: Path):
    certificate = make_certificate(require("openssl"), tmp_path)
    port = mariadb.free_port()
    options = ["--tls-port", str(port), "--tls-auth-clients", "no", "--tls-cert-file", str(certificate)]
    options += ["--tls-key-file", str(certificate), "--tls-ca-cert-file", str(certificate)]
    server = start_redis(*options)
    url = server.reader.replace(str(server.port), str(port))
    assert ask(f"{url}&tls=verify&ca={certificate}").role == "primary"
    with pytest.raises(SourceError, match="one that does not verify"):
        ask(f"{url}&tls=verify&attempts=1")
