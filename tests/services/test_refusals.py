"""What a real server refuses, and what it lets pass that somebody should know, in words that help."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pymysql
import pytest

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column, Database, Estate, Table
from lucky_analytics.sources import endpoint, session
from lucky_analytics.sources.mysql import MysqlSource
from tests.services import mariadb

DATABASE = "lucky_refused"


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {"id": Column("id", "bigint"), "name": Column("name", "varchar(20)")}
    table = Table("t_thing", "one row per thing", ("id",), columns)
    database = Database(DATABASE, "aws-luckyus-refused-rw", {"t_thing": table})
    monkeypatch.setattr(estate, "load", lambda: Estate({DATABASE: database}))


@pytest.fixture
def filled(server: mariadb.Mariadb) -> Iterator[mariadb.Mariadb]:
    fill(server)
    yield server
    server.execute(f"DROP DATABASE {DATABASE}")


def fill(server: mariadb.Mariadb) -> None:
    server.execute(
        f"CREATE DATABASE {DATABASE}",
        f"CREATE TABLE {DATABASE}.t_thing (id bigint NOT NULL PRIMARY KEY, name varchar(20) NOT NULL)",
        f"INSERT INTO {DATABASE}.t_thing VALUES (1, 'one')",
        "CREATE USER IF NOT EXISTS plain_read",
        f"GRANT SELECT ON {DATABASE}.* TO plain_read",
    )


def source(
    server: mariadb.Mariadb, user: str = "plain_read", options: str = "", host: str = "127.0.0.1"
) -> MysqlSource:
    url = f"mysql://{user}@{host}:{server.port}?allow_primary=yes{options}"
    return MysqlSource(endpoint.parse(url), [DATABASE])


@pytest.mark.parametrize("given", ["ALL PRIVILEGES", "SELECT, INSERT, DELETE"])
def test_the_default_grants_on_test_are_named_with_the_statement_that_takes_them_away(
    given: str, filled: mariadb.Mariadb
):
    filled.execute("CREATE DATABASE IF NOT EXISTS test", f"GRANT {given} ON test.* TO PUBLIC")
    with pytest.raises(SourceError, match=r"on `test`\.\*") as refused, source(filled):
        pass
    assert "allow_writes" not in str(refused.value)
    (statement,) = refused.value.remedy.removeprefix("Take it away: ").split("; ")
    assert statement.endswith("ON `test`.* FROM PUBLIC")
    filled.execute(statement)
    with source(filled) as opened:
        assert opened.tables() == {DATABASE: ["t_thing"]}


def test_every_statement_of_a_refusal_takes_away_what_it_says(filled: mariadb.Mariadb):
    filled.execute(
        "CREATE USER `odd user`@`127.0.0.1`",
        f"GRANT SELECT, INSERT (name) ON {DATABASE}.t_thing TO `odd user`@`127.0.0.1`",
        f"GRANT SELECT, CREATE VIEW ON {DATABASE}.* TO `odd user`@`127.0.0.1` WITH GRANT OPTION",
    )
    with pytest.raises(SourceError, match="CREATE VIEW") as refused, source(filled, "odd%20user"):
        pass
    statements = refused.value.remedy.removeprefix("Take it away: ").split("; ")
    assert len(statements) == 2
    filled.execute(*statements)
    with source(filled, "odd%20user") as opened:
        assert opened.tables() == {DATABASE: ["t_thing"]}


def test_a_view_whose_definer_is_gone_is_no_question_of_the_password(filled: mariadb.Mariadb):
    filled.execute(
        f"RENAME TABLE {DATABASE}.t_thing TO {DATABASE}.behind",
        f"CREATE DEFINER = gone@localhost VIEW {DATABASE}.t_thing AS SELECT * FROM {DATABASE}.behind",
    )
    with (
        source(filled) as opened,
        pytest.raises(SourceError, match="a view whose definer is gone") as refused,
    ):
        list(opened.read(DATABASE, "t_thing"))
    assert f"{DATABASE}.t_thing" in str(refused.value)
    assert "password" not in str(refused.value)


def test_a_lock_of_another_session_is_called_one(filled: mariadb.Mariadb):
    other = pymysql.connect(host="127.0.0.1", port=filled.port, user="root")
    with other, other.cursor() as cursor, source(filled, options="&stall_seconds=2") as opened:
        cursor.execute(f"LOCK TABLES {DATABASE}.t_thing WRITE")
        with pytest.raises(SourceError, match="a lock of another session") as refused:
            list(opened.read(DATABASE, "t_thing"))
    assert f"{DATABASE}.t_thing" in str(refused.value)


def test_a_user_at_its_limit_of_connections_is_tried_again(filled: mariadb.Mariadb):
    filled.execute(
        "CREATE USER only_one WITH MAX_USER_CONNECTIONS 1", f"GRANT SELECT ON {DATABASE}.* TO only_one"
    )
    first = pymysql.connect(host="127.0.0.1", port=filled.port, user="only_one")
    at = endpoint.parse(f"mysql://only_one@127.0.0.1:{filled.port}")
    pauses: list[float] = []

    def leave(seconds: float) -> None:
        pauses.append(seconds)
        first.close()
        wait_until_gone(filled, "only_one")

    session.connect(at, local_name="x", sleep=leave).close()
    assert pauses == [0.5]
    filled.execute("DROP USER only_one")


def wait_until_gone(server: mariadb.Mariadb, user: str) -> None:
    listed = f"SELECT COUNT(*) FROM information_schema.processlist WHERE user = '{user}'"
    deadline = time.monotonic() + 30
    while server.execute(listed) != [(0,)]:
        assert time.monotonic() < deadline


def test_a_replica_whose_state_may_not_be_seen_is_a_warning(filled: mariadb.Mariadb):
    with source(filled) as primary:
        assert primary.warnings() == []
    filled.execute("SET GLOBAL read_only = 1")
    try:
        with source(filled) as opened:
            (line,) = opened.warnings()
        assert "may not see how far the replica is behind" in line
        filled.execute(line.rpartition("now. ")[2])
        with source(filled) as opened:
            assert opened.warnings() == []
    finally:
        filled.execute("SET GLOBAL read_only = 0", "REVOKE REPLICA MONITOR ON *.* FROM plain_read")


def test_a_password_file_that_others_can_read_is_a_warning(filled: mariadb.Mariadb, tmp_path: Path):
    (tmp_path / "password").write_text("from-a-file\n")
    (tmp_path / "password").chmod(0o644)
    filled.execute(
        "CREATE USER by_file IDENTIFIED BY 'from-a-file'", f"GRANT SELECT ON {DATABASE}.* TO by_file"
    )
    with source(filled, "by_file", f"&password_file={tmp_path}/password") as opened:
        (line,) = opened.warnings()
    assert "has mode 644, so that other accounts can read it" in line
    assert "from-a-file" not in line


@pytest.fixture(scope="module")
def certified(
    start_mariadb: Callable[..., mariadb.Mariadb],
    require: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[mariadb.Mariadb, Path]:
    """A server with a certificate for localhost alone, and the file that vouches for it."""
    folder = tmp_path_factory.mktemp("certificates")
    key, certificate = folder / "server.key", folder / "server.pem"
    arguments = [require("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    arguments += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    arguments += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(arguments, check=True, capture_output=True)
    key.chmod(0o644)
    folder.chmod(0o755)
    server = start_mariadb(f"--ssl-cert={certificate}", f"--ssl-key={key}")
    fill(server)
    return server, certificate


def test_a_certificate_that_nobody_vouches_for_is_named_and_final(certified: tuple[mariadb.Mariadb, Path]):
    server, certificate = certified
    with (
        pytest.raises(
            SourceError, match="certificate: expected one that this machine vouches for"
        ) as refused,
        source(server, options="&tls=verify", host="localhost"),
    ):
        pass
    assert "ca = PATH" in str(refused.value)
    assert "tried" not in str(refused.value)
    with source(server, options=f"&tls=verify&ca={certificate}", host="localhost") as opened:
        assert opened.tables() == {DATABASE: ["t_thing"]}


def test_a_certificate_for_another_host_is_named_and_final(certified: tuple[mariadb.Mariadb, Path]):
    server, certificate = certified
    with (
        pytest.raises(SourceError, match=r"expected one for 127\.0\.0\.1, got one for another host"),
        source(server, options=f"&tls=verify&ca={certificate}"),
    ):
        pass


def test_a_server_without_tls_is_named(filled: mariadb.Mariadb):
    with (
        pytest.raises(SourceError, match="expected TLS, got a server that does not offer it"),
        source(filled, options="&tls=verify"),
    ):
        pass
