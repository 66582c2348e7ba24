"""Retries, flavours and the words for the driver's errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymysql
import pytest

from lucky_analytics.errors import SourceError
from lucky_analytics.sources import session
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.guard import _privileges


def failing(codes: list[int], tried: list[int]) -> Any:
    def connect(**arguments: Any) -> str:
        tried.append(arguments["port"])
        if codes:
            raise pymysql.err.OperationalError(codes.pop(0), "driver's text")
        return "connection"

    return connect


def test_a_passing_failure_is_tried_again_with_doubling_pauses(monkeypatch: pytest.MonkeyPatch):
    tried: list[int] = []
    pauses: list[float] = []
    monkeypatch.setattr(pymysql, "connect", failing([2003, 1040], tried))
    got = session.connect(Endpoint("db", tls="off"), local_name="salesorder", sleep=pauses.append)
    assert str(got) == "connection"
    assert (len(tried), pauses) == (3, [0.5, 1.0])


def test_a_lasting_failure_names_server_and_tries(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pymysql, "connect", failing([2003] * 9, []))
    with pytest.raises(SourceError, match="server salesorder at db:3306, tried 3 times"):
        session.connect(
            Endpoint("db", tls="off", attempts=3), local_name="salesorder", sleep=lambda seconds: None
        )


@pytest.mark.parametrize("code", [1040, 1203, 1226])
def test_too_many_connections_may_pass_and_are_tried_again(code: int, monkeypatch: pytest.MonkeyPatch):
    tried: list[int] = []
    monkeypatch.setattr(pymysql, "connect", failing([code, code], tried))
    session.connect(Endpoint("db", tls="off"), local_name="x", sleep=lambda seconds: None)
    assert len(tried) == 3
    monkeypatch.setattr(pymysql, "connect", failing([code] * 9, []))
    with pytest.raises(SourceError, match="expected a free connection"):
        session.connect(Endpoint("db", tls="off", attempts=2), local_name="x", sleep=lambda seconds: None)


@pytest.mark.parametrize("content", [None, "no certificate\n"])
def test_certificates_that_are_not_there_are_named(content: str | None, tmp_path: Path):
    path = tmp_path / "servers.pem"
    if content:
        path.write_text(content)
    with pytest.raises(
        SourceError, match=rf"server x at db:3306: ca: expected certificates \(PEM\) in {path}"
    ):
        session.connect(Endpoint("db", ca=str(path)), local_name="x", sleep=lambda seconds: None)


def test_a_refused_password_is_final(monkeypatch: pytest.MonkeyPatch):
    tried: list[int] = []
    monkeypatch.setattr(pymysql, "connect", failing([1045] * 9, tried))
    with pytest.raises(SourceError, match="access denied"):
        session.connect(Endpoint("db", tls="off"), local_name="x", sleep=lambda seconds: None)
    assert len(tried) == 1


# The MySQL form is checked as text only: no MySQL server runs in these tests.
@pytest.mark.parametrize(
    ("version", "statement"),
    [
        ("8.0.36", "SET SESSION max_execution_time = 1500"),
        ("8.4.2-cloud", "SET SESSION max_execution_time = 1500"),
        ("10.11.19-MariaDB-0+deb12u1", "SET SESSION max_statement_time = 1.5"),
        ("5.5.5-10.6.12-MariaDB", "SET SESSION max_statement_time = 1.5"),
    ],
)
def test_each_flavour_has_its_own_timeout(version: str, statement: str):
    assert session.timeout_statement(version, 1.5) == statement


@pytest.mark.parametrize(
    ("grant", "privileges"),
    [
        ("GRANT USAGE ON *.* TO `r`@`%` IDENTIFIED BY PASSWORD '*X'", ["USAGE"]),
        ("GRANT SELECT, SHOW VIEW ON `db`.* TO `r`@`%`", ["SELECT", "SHOW VIEW"]),
        (
            "GRANT SELECT (`a`, `b`), INSERT (`a`) ON `db`.`t` TO `r`@`%`",
            ["SELECT (`a`, `b`)", "INSERT (`a`)"],
        ),
        ("GRANT ALL PRIVILEGES ON *.* TO `r`@`%` WITH GRANT OPTION", ["ALL PRIVILEGES", "GRANT OPTION"]),
        ("GRANT `analyst` TO `r`@`%`", []),
        ("SET DEFAULT ROLE `analyst` FOR `r`@`%`", []),
    ],
)
def test_privileges_are_read_from_grants(grant: str, privileges: list[str]):
    assert _privileges(grant) == privileges
