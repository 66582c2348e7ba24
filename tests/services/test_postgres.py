"""A real PostgreSQL server: what is loaded is read back equal, and what its types mean arrives."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from dataclasses import replace
from decimal import Decimal

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import DemoError, SourceError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest
from lucky_analytics.sources import configured, demo, endpoint
from lucky_analytics.sources.base import LostConnectionError
from lucky_analytics.sources.postgres import PostgresSource
from tests import postgres_estate, tiny_estate
from tests.services import mariadb
from tests.services.postgres import Postgres

READER = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
NAME = postgres_estate.NAME


@pytest.fixture
def loaded(where: Settings, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A tiny database loaded into the server, and configured as the live source."""
    declared = postgres_estate.declared()
    monkeypatch.setattr(estate, "load", lambda: declared)
    tiny_estate.write(where.demo_dir, [postgres_estate.DATABASE])
    load(where.demo_dir, postgres_server.root, reader=READER)
    return replace(where, source_url=postgres_server.reader)


def rows(manifest: Manifest, table: str) -> pa.Table:
    return pa.concat_tables(pq.read_table(path) for path in manifest.paths(NAME, table))


def events(server: Postgres) -> list[dict]:
    """What a source reads of the table of events."""
    with PostgresSource(endpoint.parse(server.reader), [NAME]) as source:
        return [row for batch in source.read(NAME, "events") for row in batch.to_pylist()]


def test_a_lock_of_another_session_is_called_one(loaded: Settings, postgres_server: Postgres):
    at = endpoint.parse(f"{postgres_server.reader}&stall_seconds=1")
    other = psycopg.connect(host="127.0.0.1", port=postgres_server.port, user="admin", dbname=NAME)
    with other, PostgresSource(at, [NAME]) as source:
        other.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceError, match="a lock of another session"):
            list(source.read(NAME, "events"))


@pytest.mark.parametrize("asked", ["read", "totals"])
def test_a_server_process_that_stands_still_is_hung_up_on(
    loaded: Settings, postgres_server: Postgres, asked: str
):
    at = endpoint.parse(f"{postgres_server.reader}&stall_seconds=1&statement_seconds=1")
    find = "SELECT pid FROM pg_stat_activity WHERE application_name = 'lucky_analytics'"
    with PostgresSource(at, [NAME]) as source:
        with psycopg.connect(host="127.0.0.1", port=postgres_server.port, user="admin", dbname=NAME) as other:
            ((pid,),) = other.execute(find).fetchall()
        os.kill(pid, signal.SIGSTOP)
        begun = time.monotonic()
        try:
            with pytest.raises(LostConnectionError, match=r"events: expected an answer within 2 s, got none"):
                list(source.read(NAME, "events")) if asked == "read" else source.totals(NAME, "events", [])
        finally:
            os.kill(pid, signal.SIGCONT)
        assert time.monotonic() - begun < 10


def test_the_live_and_the_demo_snapshot_hold_equal_tables(loaded: Settings):
    of_demo = snapshot.take(demo.connect(loaded.demo_dir), settings=loaded)
    of_live = snapshot.take(configured.connect(loaded, ["dify"]), settings=loaded)
    assert set(of_live.tables) == {f"{NAME}.apps", f"{NAME}.events"}
    for table in ("apps", "events"):
        assert rows(of_live, table).equals(rows(of_demo, table)), table
        assert of_live.tables[f"{NAME}.{table}"].drift == ()
    assert of_live.servers["dify"].version.startswith("postgresql 1")
    assert "telephone" in of_live.tables[f"{NAME}.events"].masked
    assert snapshot.take(configured.connect(loaded, ["dify"]), settings=loaded).unchanged


def test_only_changes_are_read_where_the_server_counts_them_whole(
    loaded: Settings, postgres_server: Postgres
):
    snapshot.take(configured.connect(loaded, ["dify"]), settings=loaded)
    postgres_server.execute(NAME, "INSERT INTO apps VALUES ('new', 'ninth', '2026-02-13 12:00')")
    after = snapshot.take(configured.connect(loaded, ["dify"]), settings=loaded)
    assert after.tables[f"{NAME}.apps"].rows == 301
    assert "ninth" in rows(after, "apps").column("name").to_pylist()


def test_types_arrive_as_declared(loaded: Settings, postgres_server: Postgres):
    postgres_server.execute(
        NAME,
        "DROP TABLE events",
        "CREATE TYPE mode AS ENUM ('chat', 'work flow')",
        "CREATE DOMAIN price AS numeric",
        "CREATE TABLE events (id bigint, app_id uuid, mode mode, tags text[], settings jsonb, price price,"
        " is_done boolean, seconds float8, happened_at timestamptz, wall_clock timestamp, business_date date,"
        " remark varchar(300), telephone text, digest bytea) PARTITION BY RANGE (id)",
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (2)",
        "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (2) TO (9)",
        "INSERT INTO events VALUES"
        " (1, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'work flow', ARRAY['a,b', NULL],"
        """ '{"b": 1, "a": [1.50]}', 0.0000001, true, 1e-300, '2026-01-31 19:00:00.25-05',"""
        " '2026-01-31 19:00', '2026-02-01', '☕', '1', '\\x00ff'),"
        " (2, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'chat', NULL, '[]', 1234567.5, NULL, 'NaN',"
        " '2026-07-01 00:00+02', 'infinity', '2026-02-01', '', '2', NULL)",
        "GRANT SELECT ON events TO lucky_read",
    )
    first, second = events(postgres_server)
    assert first == {
        "id": 1,
        "app_id": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "mode": "work flow",
        "tags": '["a,b",null]',
        "settings": '{"a": [1.50], "b": 1}',
        "price": Decimal("0.0000001"),
        "is_done": True,
        "seconds": 1e-300,
        "happened_at": dt.datetime(2026, 2, 1, 0, 0, 0, 250_000),
        "wall_clock": dt.datetime(2026, 1, 31, 19),
        "business_date": dt.date(2026, 2, 1),
        "remark": "☕",
        "telephone": "1",
        "digest": b"\x00\xff",
    }
    assert second["price"] == Decimal("1234567.5")
    assert second["happened_at"] == dt.datetime(2026, 6, 30, 22)
    assert [second[name] for name in ("tags", "is_done", "wall_clock", "digest")] == [None] * 4
    with PostgresSource(endpoint.parse(postgres_server.reader), [NAME]) as source:
        list(source.read(NAME, "events"))
        assert source.impossible(NAME, "events") == {"wall_clock": 1}
        assert [difference.line for difference in source.drift(NAME, "events")] == [
            "column telephone is text, declared varchar(64)"
        ]


@pytest.mark.parametrize("value", ["0.00000001", "'NaN'", "12345678.5"])
def test_a_value_that_does_not_fit_names_its_row_and_leaves_the_view(
    loaded: Settings, postgres_server: Postgres, value: str
):
    postgres_server.execute(
        NAME, "ALTER TABLE events ALTER price TYPE numeric", f"UPDATE events SET price = {value} WHERE id = 7"
    )
    with PostgresSource(endpoint.parse(postgres_server.reader), [NAME]) as source:
        with pytest.raises(
            SourceError, match=r"events\.price of the row with id 7: expected numeric\(14,7\)"
        ):
            list(source.read(NAME, "events"))
        assert sum(batch.num_rows for batch in source.read(NAME, "apps")) == 300


def test_a_wall_clock_is_read_in_the_zone_that_is_declared(loaded: Settings, postgres_server: Postgres):
    server, zone = postgres_server, "America/New_York"
    server.execute(
        NAME, "UPDATE events SET wall_clock = '2026-01-31 19:00', happened_at = '2026-01-31 19:00-05'"
    )
    with (
        pytest.raises(SourceError, match=r"time zone: expected America/New_York"),
        PostgresSource(endpoint.parse(f"{server.reader}&time_zone={zone}"), [NAME]),
    ):
        pass
    server.execute(NAME, f"ALTER DATABASE {NAME} SET timezone = '{zone}'")
    try:
        with PostgresSource(endpoint.parse(f"{server.reader}&time_zone={zone}"), [NAME]) as source:
            (row, *_) = next(source.read(NAME, "events", ["wall_clock", "happened_at"])).to_pylist()
        assert row == dict.fromkeys(["wall_clock", "happened_at"], dt.datetime(2026, 2, 1))
    finally:
        server.execute(NAME, f"ALTER DATABASE {NAME} RESET timezone")


def test_a_table_that_may_not_be_read_costs_itself_alone(loaded: Settings, postgres_server: Postgres):
    postgres_server.execute(NAME, "REVOKE SELECT ON apps FROM lucky_read")
    taken = snapshot.take(configured.connect(loaded, ["dify"]), settings=loaded)
    assert set(taken.tables) == {f"{NAME}.events"}
    (line,) = taken.failures()
    assert "apps: expected SELECT on the table, got permission denied (PostgreSQL error 42501)" in line


def test_a_database_or_schema_that_is_not_there_is_one_line(loaded: Settings, postgres_server: Postgres):
    with (
        pytest.raises(SourceError, match="schema elsewhere: expected one with tables, got no such schema"),
        PostgresSource(endpoint.parse(f"{postgres_server.reader}&schema=elsewhere"), [NAME]),
    ):
        pass
    postgres_server.execute("postgres", f"DROP DATABASE {NAME}")
    with (
        pytest.raises(SourceError, match="expected this user and database, got no such user or database"),
        PostgresSource(endpoint.parse(postgres_server.reader), [NAME]),
    ):
        pass


def test_the_load_takes_only_databases_of_its_kind_and_says_so(loaded: Settings, postgres_server: Postgres):
    with pytest.raises(DemoError, match="expected some of kind postgresql, got opshop"):
        load(loaded.demo_dir, postgres_server.root, names=["opshop"])


def test_rows_that_a_policy_hides_are_an_error_and_never_left_out(
    loaded: Settings, postgres_server: Postgres
):
    postgres_server.execute(NAME, "ALTER TABLE apps ENABLE ROW LEVEL SECURITY")
    try:
        taken = snapshot.take(configured.connect(loaded, ["dify"]), settings=loaded)
        assert set(taken.tables) == {f"{NAME}.events"}
        (line,) = taken.failures()
        assert "apps: expected all rows of the table, got row level security" in line
        assert "BYPASSRLS" in line
        with PostgresSource(endpoint.parse(postgres_server.reader), [NAME]) as source:
            (error,) = source.unreadable()
        assert "row level security" in str(error)
    finally:
        postgres_server.execute(NAME, "ALTER TABLE apps DISABLE ROW LEVEL SECURITY")
