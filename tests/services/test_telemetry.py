"""Servers of every kind asked about themselves: rows of one snapshot, collection by collection."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucky_analytics import snapshot
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest
from lucky_analytics.sources import config, configured, doctor
from tests.services import mariadb
from tests.services.postgres import Postgres
from tests.services.redis_nodes import Redis


@pytest.fixture(scope="module")
def cache(start_redis: Callable[..., Redis]) -> Redis:
    return start_redis()


def configure(where: Settings, text: str) -> None:
    (where.root / "sources.toml").write_text(text)
    (where.root / "requirements.lock").write_text("")


def column(taken: Manifest, table: str, name: str) -> list[Any]:
    found = [pq.read_table(path).column(name).to_pylist() for path in taken.paths("telemetry", table)]
    return [value for values in found for value in values]


def test_every_kind_of_server_answers_and_one_that_is_down_costs_itself(
    cache: Redis, server: mariadb.Mariadb, postgres_server: Postgres, where: Settings
):
    server.execute(
        "CREATE DATABASE IF NOT EXISTS asked",
        "CREATE OR REPLACE TABLE asked.t_thing (id int PRIMARY KEY)",
        f"CREATE OR REPLACE USER watcher IDENTIFIED BY '{mariadb.PASSWORD}'",
        "GRANT SELECT ON asked.* TO watcher",
    )
    postgres_server.execute("postgres", f"CREATE ROLE watcher LOGIN PASSWORD '{mariadb.PASSWORD}'")
    of_mysql, of_postgres = (one.reader.replace("lucky_read", "watcher") for one in (server, postgres_server))
    down = f"mysql://x@127.0.0.1:{mariadb.free_port()}?attempts=1"
    configure(
        where,
        f'[telemetry]\ncollect = true\n[iehr]\nreplica = "{of_mysql}"\n[difynew]\nreplica = "{of_postgres}"\n'
        f'[isales-order]\nreplica = "{cache.reader}"\n[ldas]\nreplica = "{down}"\n',
    )
    said: list[str] = []
    taken = snapshot.take(configured.connect(where), settings=where, progress=said.append)
    reached = zip(
        column(taken, "instances", "instance"), column(taken, "instances", "is_reached"), strict=True
    )
    assert dict(reached) == {
        "aws-luckyus-iehr-rw": 1,
        "aws-luckyus-ldas-rw": 0,
        "aws-luckyus-difynew-rw": 1,
        "luckyus-isales-order": 1,
    }
    assert [line for line in said if "ldas" in line and "no connection" in line]
    names = ("instance", "metric", "subject")
    metrics = set(zip(*(column(taken, "instance_metrics", name) for name in names), strict=True))
    assert ("aws-luckyus-iehr-rw", "table_bytes", "asked.t_thing") in metrics
    for name in ("aws-luckyus-iehr-rw", "aws-luckyus-difynew-rw", "luckyus-isales-order"):
        assert {(name, "connections", ""), (name, "connections_limit", "")} <= metrics
    states = {m[:2] for m in metrics if m[1] == "connections_by_state"}
    assert {instance for instance, _ in states} == {"aws-luckyus-iehr-rw", "aws-luckyus-difynew-rw"}
    assert not [subject for _, _, subject in metrics if "select" in subject.lower()]  # no statement's text
    assert taken.breaches("telemetry.instances", "telemetry.instance_metrics") == []
    checks = {check.name: check for check in doctor.examine(where)}
    assert checks["telemetry: answers"].found == "3 of 4 servers"
    postgres_server.execute("postgres", "DROP ROLE watcher")
    time.sleep(1.1)  # collections are a second apart at least
    again = snapshot.take(configured.connect(where), settings=where)
    times = column(again, "instances", "collected_at")
    assert [times.count(time) for time in sorted(set(times))] == [4, 4]  # collections add up


def test_each_node_of_a_cluster_is_asked(start_redis: Callable[..., Redis], where: Settings):
    options = ("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no")
    one, two = start_redis(*options), start_redis(*options)
    one.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    deadline = time.monotonic() + 30
    while one.client.cluster("INFO")["cluster_state"] != "ok":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for number in range(9):
        one.client.set(f"menu:{number}", "x")
    nodes = f'nodes = "127.0.0.1:{two.port}"'
    configure(where, f'[telemetry]\ncollect = true\n[isales-order]\nreplica = "{one.reader}"\n{nodes}\n')
    taken = snapshot.take(configured.connect(where), settings=where)
    assert column(taken, "instances", "instance") == ["luckyus-isales-order/1", "luckyus-isales-order/2"]
    assert column(taken, "redis_prefixes", "prefix") == ["menu:"]
    assert column(taken, "redis_prefixes", "n_keys") == [9]


def test_it_is_collected_only_where_it_is_asked_for_and_names_are_checked(cache: Redis, where: Settings):
    configure(where, f'[isales-order]\nreplica = "{cache.reader}"\n')
    assert not config.load(where).collects_telemetry
    with pytest.raises(SourceError, match="expected at least one configured server"):
        configured.connect(where)
    wrong = {
        f'[isales-ordr]\nreplica = "{cache.reader}"\n': "isales-order",
        '[aws-luckyus-iehr-rw]\nreplica = "redis://x@h"\n': "expected a URL of kind mysql, got redis",
        "[telemetry]\ncolect = true\n": "collect",
    }
    for text, message in wrong.items():
        configure(where, text)
        (error,) = config.load(where).broken.values()
        assert message in str(error)
