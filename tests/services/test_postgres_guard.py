"""What a PostgreSQL server is refused for, and how far a replica is behind."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from lucky_analytics import estate
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import SourceError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import endpoint, live
from lucky_analytics.sources.base import LostConnectionError
from lucky_analytics.sources.doctor import examine
from lucky_analytics.sources.postgres import PostgresSource
from tests import postgres_estate, tiny_estate
from tests.services import mariadb, postgres
from tests.services.postgres import Postgres

NAME = postgres_estate.NAME
LOCK = Path(__file__).parents[2] / "requirements.lock"


@pytest.fixture
def server(where: Settings, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """The shared server with a tiny database and a reader, who has at the end what he had before."""
    declared = postgres_estate.declared()
    monkeypatch.setattr(estate, "load", lambda: declared)
    tiny_estate.write(where.demo_dir, [postgres_estate.DATABASE], n_rows=40)
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    load(where.demo_dir, postgres_server.root, reader=reader)
    yield postgres_server
    postgres_server.execute("postgres", f"DROP DATABASE {NAME} WITH (FORCE)", "DROP ROLE lucky_read")


def opened(server: Postgres, options: str = "") -> PostgresSource:
    return PostgresSource(endpoint.parse(server.reader + options), [NAME])


def refusal(server: Postgres, options: str = "") -> str:
    with pytest.raises(SourceError) as refused, opened(server, options):
        pass
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("grant", "take_back", "said"),
    [
        ("GRANT INSERT ON apps TO lucky_read", "", "INSERT on TABLE public.apps"),
        ("GRANT UPDATE (name) ON apps TO lucky_read", "", "UPDATE on columns of public.apps"),
        ("GRANT DELETE ON apps TO PUBLIC", "", "DELETE on TABLE public.apps"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "", "CREATE on SCHEMA public"),
        ("ALTER TABLE apps OWNER TO lucky_read", "", "TABLE public.apps"),
        ("ALTER ROLE lucky_read CREATEDB", "", "CREATEDB"),
        ("ALTER ROLE lucky_read SUPERUSER", "", "SUPERUSER"),
        ("GRANT pg_write_all_data TO lucky_read", "", "pg_write_all_data"),
        (
            "CREATE ROLE writer; GRANT UPDATE ON apps TO writer; ALTER ROLE lucky_read NOINHERIT;"
            " GRANT writer TO lucky_read",
            "DROP OWNED BY writer; DROP ROLE writer",
            "UPDATE on TABLE public.apps",
        ),
    ],
)
def test_a_user_that_can_write_is_refused_by_what_it_may(
    server: Postgres, grant: str, take_back: str, said: str
):
    server.execute(NAME, grant)
    try:
        got = refusal(server)
        assert "user lucky_read: expected a SELECT-only user, got one with" in got
        assert said in got
        with opened(server, "&allow_writes=yes") as allowed:
            assert allowed.facts()["grants"] == "writing privileges allowed by flag"
    finally:
        if take_back:
            server.execute(NAME, take_back)


def test_a_primary_is_refused_without_the_flag(server: Postgres):
    strict = endpoint.parse(server.reader.replace("allow_primary=yes&", ""))
    with pytest.raises(SourceError, match="expected a replica"), PostgresSource(strict, [NAME]):
        pass


def test_the_session_cannot_write_even_with_a_user_who_could(server: Postgres):
    with PostgresSource(endpoint.parse(server.root), [NAME]) as source:
        connection = source._connection
        assert connection is not None
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM apps")


def test_a_wrong_password_and_a_server_without_tls_are_one_line(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
):
    assert "expected TLS, got a server that does not offer it" in refusal(server, "&tls=on")
    monkeypatch.setenv(mariadb.PASSWORD_VARIABLE, "not-the-password")
    got = refusal(server)
    assert "got access denied for this user and password" in got
    assert "not-the-password" not in got


def test_a_server_that_is_down_is_tried_again_and_named(server: Postgres):
    down = endpoint.parse(f"postgresql://x@127.0.0.1:{mariadb.free_port()}?attempts=2")
    with (
        pytest.raises(SourceError, match="tried 2 times: expected a server that answers, got no connection"),
        PostgresSource(down, [NAME]),
    ):
        pass


def test_a_read_that_takes_too_long_is_stopped_by_the_server(server: Postgres):
    server.execute(
        NAME,
        "ALTER TABLE apps RENAME TO kept",
        "CREATE VIEW apps AS SELECT id, name, modify_time FROM kept, pg_sleep(60)",
        "GRANT SELECT ON apps TO lucky_read",
    )
    with opened(server, "&statement_seconds=0.2") as source:
        with pytest.raises(SourceError, match="the server's statement timeout"):
            list(source.read(NAME, "apps"))
        assert sum(batch.num_rows for batch in source.read(NAME, "events")) == 40


def test_reading_is_slowed_to_the_cap(server: Postgres, monkeypatch: pytest.MonkeyPatch):
    spent: list[int] = []
    monkeypatch.setattr("lucky_analytics.sources.pace.Pace.spend", lambda self, size: spent.append(size))
    with opened(server, "&max_bytes_per_second=1000") as source:
        list(source.read(NAME, "events"))
    assert sum(spent) > 40 * 50


def test_a_connection_that_is_cut_off_is_told_from_a_refusal(server: Postgres):
    with opened(server) as source:
        server.execute(
            "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lucky_read'"
        )
        with pytest.raises(LostConnectionError):
            list(source.read(NAME, "events"))


def test_doctor_says_what_was_looked_at(server: Postgres, where: Settings):
    (where.root / "requirements.lock").write_text(LOCK.read_text())
    checks = {check.name: check for check in examine(replace(where, source_url=server.reader))}
    assert [name for name, check in checks.items() if not check.passed and name != "disk"] == []
    assert "postgresql 1" in checks["dify: flavour"].found
    assert "statement_timeout = 3600 s" in checks["dify: flavour"].found
    assert checks["dify: grants"].found == "SELECT only"
    assert checks[f"dify: drift of {NAME}"].found == "2 tables as declared"


def test_expressions_run_on_the_server(server: Postgres, where: Settings):
    con = live.connect("dify", replace(where, source_url=server.reader))
    try:
        assert con.table("events").count().execute() == 40
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            con.raw_sql("CREATE TABLE anything (x int)")
    finally:
        con.disconnect()


def test_a_replica_is_read_up_to_what_it_has_and_refused_when_it_stands_still(
    server: Postgres, start_postgres: Callable[..., Postgres], require: Callable[..., str]
):
    folder = postgres.new_folder()
    copy = [require("pg_basebackup"), "-h", "127.0.0.1", "-p", str(server.port), "-U", "admin", "-R"]
    subprocess.run([*copy, "-D", str(folder), "-c", "fast", "--no-sync"], check=True, capture_output=True)
    if user := postgres.server_user():
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, user)
    replica = start_postgres(folder)
    url = replica.reader.replace("allow_primary=yes&", "")

    def cut() -> dt.datetime:
        with PostgresSource(endpoint.parse(url), [NAME]) as source:
            assert sum(batch.num_rows for batch in source.read(NAME, "events")) == 40
            return source.cut

    def until(statement: str) -> None:
        deadline = time.monotonic() + 30
        while not replica.execute("postgres", statement)[0][0]:
            assert time.monotonic() < deadline
            time.sleep(0.1)

    until(
        "SELECT count(*) > 0 AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"
        " FROM pg_stat_wal_receiver"
    )
    assert abs(cut() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=20)
    replica.execute("postgres", "SELECT pg_wal_replay_pause()")
    until("SELECT pg_get_wal_replay_pause_state() = 'paused'")
    with pytest.raises(SourceError, match="got one whose replay is paused"):
        cut()
    replica.execute(
        "postgres",
        "SELECT pg_wal_replay_resume()",
        "ALTER SYSTEM SET primary_conninfo = ''",
        "SELECT pg_reload_conf()",
    )
    until("SELECT count(*) = 0 FROM pg_stat_wal_receiver")
    with pytest.raises(SourceError, match="got one that receives nothing"):
        cut()
