"""A real replica: its lag moves the cut, and one that has stopped is refused."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import pytest

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column, Database, Estate, Table
from lucky_analytics.sources import endpoint
from lucky_analytics.sources.mysql import MysqlSource
from tests.services import mariadb

DATABASE = "lucky_replicated"


@pytest.fixture(scope="module")
def pair(start_mariadb: Callable[..., mariadb.Mariadb]) -> tuple[mariadb.Mariadb, mariadb.Mariadb]:
    """A primary and its replica."""
    primary = start_mariadb("--log-bin=binlog", "--server-id=1")
    replica = start_mariadb("--server-id=2", "--read-only=1")
    replica.execute(
        f"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={primary.port}, MASTER_USER='root',"
        " MASTER_USE_GTID=slave_pos",
        "START SLAVE",
    )
    primary.execute(
        f"CREATE DATABASE {DATABASE}",
        f"CREATE TABLE {DATABASE}.t_thing (id bigint NOT NULL PRIMARY KEY)",
        f"INSERT INTO {DATABASE}.t_thing VALUES (1)",
        "CREATE USER watcher",
        f"GRANT SELECT ON {DATABASE}.* TO watcher",
        "GRANT REPLICA MONITOR ON *.* TO watcher",
        "CREATE USER reader",
        f"GRANT SELECT ON {DATABASE}.* TO reader",
    )
    wait(lambda: replica.execute("SELECT COUNT(*) FROM mysql.user WHERE user = 'reader'") == [(1,)])
    return primary, replica


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table("t_thing", "one row per thing", ("id",), {"id": Column("id", "bigint")})
    database = Database(DATABASE, "aws-luckyus-replicated-rw", {"t_thing": table})
    monkeypatch.setattr(estate, "load", lambda: Estate({DATABASE: database}))


def wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def source(server: mariadb.Mariadb, user: str, options: str = "") -> MysqlSource:
    return MysqlSource(endpoint.parse(f"mysql://{user}@127.0.0.1:{server.port}{options}"), [DATABASE])


def age(opened: MysqlSource) -> float:
    return (dt.datetime.now(dt.UTC) - opened.cut).total_seconds()


def test_the_cut_of_a_late_replica_is_what_it_has_applied(pair: tuple[mariadb.Mariadb, mariadb.Mariadb]):
    primary, replica = pair
    with source(replica, "watcher") as current:
        assert age(current) < 30
    replica.execute("STOP SLAVE", "CHANGE MASTER TO MASTER_DELAY=7200", "START SLAVE")
    primary.execute("SET TIMESTAMP = UNIX_TIMESTAMP() - 600", f"INSERT INTO {DATABASE}.t_thing VALUES (2)")
    status = "SHOW SLAVE STATUS"
    wait(lambda: any(value in (600, 601, 602, 603) for value in replica.execute(status)[0]))
    with source(replica, "watcher") as late:
        assert age(late) == pytest.approx(600, abs=30)
        assert sum(batch.num_rows for batch in late.read(DATABASE, "t_thing")) == 1
    with source(replica, "reader") as unaware:  # may not ask
        assert age(unaware) < 30


def test_a_replica_that_has_stopped_is_refused_unless_its_cut_is_declared(
    pair: tuple[mariadb.Mariadb, mariadb.Mariadb],
):
    _, replica = pair
    replica.execute("STOP SLAVE")
    with (
        pytest.raises(SourceError, match="replication: expected a replica that follows"),
        source(replica, "watcher"),
    ):
        pass
    with source(replica, "watcher", "?cut=2026-02-14T12:00:00Z") as restored:
        assert restored.cut == dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
