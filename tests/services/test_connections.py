"""What a connection refuses and survives, on a real server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column, Database, Estate, Table
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured, endpoint
from lucky_analytics.sources.mysql import MysqlSource
from tests.services import mariadb
from tests.services.proxy import Proxy

DATABASE, TABLE = "lucky_awkward", "t_awkward"
COLUMNS = {
    "id": "bigint unsigned",
    "small": "tinyint unsigned",
    "flag": "bit(1)",
    "mask": "bit(64)",
    "amount": "decimal(30,10)",
    "ratio": "float",
    "name": "varchar(64)",
    "body": "json",
    "paid_at": "datetime",
    "paid_on": "date",
    "touched": "timestamp",
}


@pytest.fixture(autouse=True)
def awkward(monkeypatch: pytest.MonkeyPatch) -> Table:
    """An estate of one table that has every type which readers get wrong."""
    columns = {
        name: Column(name, kind, nullable=name == "name", zero_dates=name in ("paid_at", "paid_on"))
        for name, kind in COLUMNS.items()
    }
    table = Table(TABLE, "one row per awkward thing", ("id",), columns)
    database = Database(DATABASE, "aws-luckyus-awkward-rw", {TABLE: table})
    monkeypatch.setattr(estate, "load", lambda: Estate({DATABASE: database}))
    return table


@pytest.fixture
def filled(server: mariadb.Mariadb) -> Iterator[mariadb.Mariadb]:
    fill(server, 1)
    yield server
    server.execute(f"DROP DATABASE {DATABASE}")


def fill(server: mariadb.Mariadb, n_rows: int) -> None:
    definitions = ", ".join(
        f"`{name}` {kind} {'NULL' if name == 'name' else 'NOT NULL'}" for name, kind in COLUMNS.items()
    )
    server.execute(
        f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
        f"USE {DATABASE}",
        f"CREATE TABLE {TABLE} ({definitions}, PRIMARY KEY (id))",
        "SET sql_mode = ''",
        "SET time_zone = '+02:00'",
        f"INSERT INTO {TABLE} VALUES (18446744073709551615, 255, b'1', b'{'1' * 64}',"
        " '12345678901234567890.0123456789', 0.1, '☕ O''Brien \\\\', '{\"a\": \"中\"}',"
        " '0000-00-00 00:00:00', '0000-00-00', '2025-07-01 12:00:00')",
        f"INSERT INTO {TABLE} SELECT seq, 0, b'0', b'0', 0, 1, REPEAT('x', 60), '{{}}',"
        f" '2025-07-01 12:00:00', '2025-07-01', '2025-07-01 12:00:00' FROM seq_1_to_{n_rows}",
        "CREATE USER IF NOT EXISTS awkward_read",
        f"GRANT SELECT ON {DATABASE}.* TO awkward_read",
    )


def url(port: int, options: str = "allow_primary=yes") -> str:
    return f"mysql://awkward_read@127.0.0.1:{port}?{options}"


def source(port: int, options: str = "allow_primary=yes") -> MysqlSource:
    return MysqlSource(endpoint.parse(url(port, options)), [DATABASE])


def test_unsigned_bit_decimal_zero_date_json_and_emoji_arrive_exactly(filled: mariadb.Mariadb):
    with source(filled.port) as opened:
        table = pa.Table.from_batches(opened.read(DATABASE, TABLE))
        assert opened.zero_dates == {
            (f"{DATABASE}.{TABLE}", "paid_at"): 1,
            (f"{DATABASE}.{TABLE}", "paid_on"): 1,
        } | {key: 0 for key in opened.zero_dates if key[1] not in ("paid_at", "paid_on")}
    last = table.to_pylist()[-1]
    assert last == {
        "id": 2**64 - 1,
        "small": 255,
        "flag": 1,
        "mask": 2**64 - 1,
        "amount": Decimal("12345678901234567890.0123456789"),
        "ratio": pa.scalar(0.1, pa.float32()).as_py(),
        "name": "☕ O'Brien \\",
        "body": '{"a": "中"}',
        "paid_at": None,
        "paid_on": None,
        "touched": dt.datetime(2025, 7, 1, 10),  # written at +02:00, read in UTC
    }
    assert table.column("id")[0].as_py() == 1  # in key order


def test_a_user_that_can_write_is_refused_without_the_flag(filled: mariadb.Mariadb):
    filled.execute("CREATE USER IF NOT EXISTS writer", f"GRANT SELECT, INSERT ON {DATABASE}.* TO writer")
    address = f"mysql://writer@127.0.0.1:{filled.port}?allow_primary=yes"
    with (
        pytest.raises(SourceError, match=r"user writer: expected a SELECT-only user, got one with INSERT"),
        MysqlSource(endpoint.parse(address), [DATABASE]),
    ):
        pass
    with MysqlSource(endpoint.parse(address + "&allow_writes=yes"), [DATABASE]) as allowed:
        assert allowed.tables() == {DATABASE: [TABLE]}


def test_a_role_that_can_write_is_refused_too(filled: mariadb.Mariadb):
    filled.execute(
        "CREATE ROLE IF NOT EXISTS writing",
        f"GRANT DELETE ON {DATABASE}.* TO writing",
        "CREATE USER IF NOT EXISTS by_role",
        f"GRANT SELECT ON {DATABASE}.* TO by_role",
        "GRANT writing TO by_role",
    )
    address = f"mysql://by_role@127.0.0.1:{filled.port}?allow_primary=yes"
    with (
        pytest.raises(SourceError, match="got one with DELETE"),
        MysqlSource(endpoint.parse(address), [DATABASE]),
    ):
        pass


def test_a_primary_is_refused_and_a_replica_is_not(filled: mariadb.Mariadb):
    with pytest.raises(SourceError, match=r"expected a replica .* got a primary"), source(filled.port, ""):
        pass
    filled.execute("SET GLOBAL read_only = 1")
    try:
        with source(filled.port, "") as opened:
            assert opened.tables() == {DATABASE: [TABLE]}
    finally:
        filled.execute("SET GLOBAL read_only = 0")


def test_rows_written_after_the_snapshot_began_are_not_in_it(filled: mariadb.Mariadb):
    with source(filled.port) as opened:
        filled.execute(f"DELETE FROM {DATABASE}.{TABLE} WHERE id = 1")
        assert sum(batch.num_rows for batch in opened.read(DATABASE, TABLE)) == 2
    with source(filled.port) as opened:
        assert sum(batch.num_rows for batch in opened.read(DATABASE, TABLE)) == 1


def test_a_read_longer_than_the_statement_limit_is_stopped_by_the_server(filled: mariadb.Mariadb):
    fill_more(filled, 200_000)
    slow = "allow_primary=yes&statement_seconds=0.5&max_bytes_per_second=4000000"
    with source(filled.port, slow) as opened, pytest.raises(SourceError, match="statement timeout"):
        for _ in opened.read(DATABASE, TABLE):
            pass


def test_a_cap_on_bytes_per_second_is_kept(filled: mariadb.Mariadb):
    fill_more(filled, 20_000)  # about 3 MB of answers
    began = dt.datetime.now()
    with source(filled.port, "allow_primary=yes&max_bytes_per_second=4000000") as opened:
        n_rows = sum(batch.num_rows for batch in opened.read(DATABASE, TABLE))
    assert n_rows == 20_001
    assert (dt.datetime.now() - began).total_seconds() > 0.5


@pytest.mark.parametrize("then", ["cut", "stall"])
def test_a_network_that_cuts_or_stalls_is_one_line_and_no_snapshot(
    then: str, filled: mariadb.Mariadb, where: Settings
):
    fill_more(filled, 50_000)
    with Proxy(filled.port, 2_000_000, then) as proxy:
        live = replace(where, source_url=url(proxy.port, "allow_primary=yes&stall_seconds=1&attempts=1"))
        with pytest.raises(SourceError, match=rf"127.0.0.1:{proxy.port}, {DATABASE}.{TABLE}") as lost:
            snapshot.take(configured.connect(live), settings=live)
    assert "connection lost" in str(lost.value)
    assert "--resume" in str(lost.value)
    assert snapshot.list_all(where) == []


def test_a_server_on_another_clock_must_be_declared(
    start_mariadb: Callable[..., mariadb.Mariadb], where: Settings
):
    server = start_mariadb("--default-time-zone=+08:00")
    fill(server, 1)
    with (
        pytest.raises(SourceError, match=r"time zone: expected UTC \(UTC\+0 h\), got UTC\+8 h"),
        source(server.port),
    ):
        pass
    with source(server.port, "allow_primary=yes&time_zone=Asia/Shanghai") as opened:
        table = pa.Table.from_batches(opened.read(DATABASE, TABLE))
    assert table.column("touched")[0].as_py() == dt.datetime(2025, 7, 1, 10)  # a TIMESTAMP: UTC everywhere
    assert table.column("paid_at")[0].as_py() == dt.datetime(2025, 7, 1, 4)  # a DATETIME: of that wall clock


def test_four_servers_one_killed_in_mid_read_and_read_later(
    start_mariadb: Callable[..., mariadb.Mariadb],
    where: Settings,
    monkeypatch: pytest.MonkeyPatch,
    awkward: Table,
):
    servers = [start_mariadb() for _ in range(4)]
    names = [f"lucky_awkward_{i}" for i in range(4)]
    databases = {
        name: Database(name, f"aws-luckyus-awkward{i}-rw", {TABLE: awkward}) for i, name in enumerate(names)
    }
    monkeypatch.setattr(estate, "load", lambda: Estate(databases))
    for server, name in zip(servers, names, strict=True):
        fill_named(server, name, 200_000 if server is servers[3] else 1000)
    text = "".join(
        f'[awkward{i}]\nreplica = "{url(server.port, "allow_primary=yes&attempts=1")}"\n'
        for i, server in enumerate(servers)
    )
    (where.root / "sources.toml").write_text(text)

    killed: list[int] = []

    def kill(reading: Any) -> Any:
        def read(self: MysqlSource, *arguments: Any) -> Iterator[pa.RecordBatch]:
            for number, batch in enumerate(reading(self, *arguments)):
                if self.name == "awkward3" and number == 0 and not killed:
                    servers[3].kill()
                    killed.append(servers[3].port)
                yield batch

        return read

    monkeypatch.setattr(MysqlSource, "read", kill(MysqlSource.read))
    first = snapshot.take(configured.connect(where), settings=where)
    assert killed
    assert sorted(first.tables) == [f"{name}.{TABLE}" for name in names[:3]]
    (line,) = first.failures()
    assert f"server awkward3 at 127.0.0.1:{servers[3].port}" in line

    replacement = start_mariadb()
    fill_named(replacement, names[3], 1000)
    (where.root / "sources.toml").write_text(text.replace(str(servers[3].port), str(replacement.port)))
    taken = snapshot.take(configured.connect(where), settings=where)
    assert taken.failures() == []
    assert {name: entry.rows for name, entry in taken.tables.items()} == {
        f"{name}.{TABLE}": 1001 for name in names
    }
    assert snapshot.verify(taken) == []


def fill_more(server: mariadb.Mariadb, n_rows: int) -> None:
    server.execute(f"DROP DATABASE {DATABASE}")
    fill(server, n_rows)


def fill_named(server: mariadb.Mariadb, name: str, n_rows: int) -> None:
    fill(server, n_rows)
    server.execute(
        f"CREATE DATABASE {name}",
        f"RENAME TABLE {DATABASE}.{TABLE} TO {name}.{TABLE}",
        f"GRANT SELECT ON {name}.* TO awkward_read",
    )
