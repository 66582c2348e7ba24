"""The named servers and the counted ones."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from lucky_analytics import estate
from lucky_analytics.cli.estate import estate as command
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate import servers
from lucky_analytics.sources.doctor import examine
from tests import estate_rows


@pytest.mark.parametrize(
    ("kind", "named", "counted"), [("mysql", 61, 62), ("postgresql", 3, 3), ("redis", 76, 78)]
)
def test_named_and_counted_servers_agree_with_the_published_numbers(kind: str, named: int, counted: int):
    fleet = servers.load()
    assert sum(server.kind == kind for server in fleet.servers.values()) == named
    assert fleet.count(kind) == counted


def test_every_declared_database_is_on_its_named_server():
    fleet = servers.load()
    assert servers.find_unnamed(estate.load(), fleet) == []
    for database in estate.load().databases.values():
        if database.kind in servers.SERVERLESS:
            continue
        server = fleet.server(database.server)
        assert server.database in (None, database.name)  # of some servers only the name is published
        assert fleet.server(database.source) == server


@pytest.mark.parametrize("arguments", [["show"], ["show", "--json"], ["servers"]])
def test_a_database_on_a_server_that_no_list_names_is_one_line(tmp_path, monkeypatch, arguments):
    fleet = servers.load()
    rest = {name: server for name, server in fleet.servers.items() if name != "aws-luckyus-upush-rw"}
    monkeypatch.setattr(servers, "load", lambda: servers.Fleet(rest, fleet.unnamed))
    line = "luckyus_upush: its server aws-luckyus-upush-rw is not in servers.yml"
    said = CliRunner().invoke(command, arguments)
    assert said.stderr.splitlines() == [line]
    (check,) = [check for check in examine(estate_rows.checkout(tmp_path)) if check.name == "estate"]
    assert (check.found, check.is_warning, check.passed) == (line, True, True)


def test_each_server_is_listed_with_its_declared_tables_or_with_telemetry_alone():
    loop = {name: {} for name in servers.load().servers}
    for database in estate.load().databases.values():
        if database.server in loop:
            loop[database.server][database.name] = len(database.tables)
    listed = json.loads(CliRunner().invoke(command, ["servers", "--json"]).stdout)
    assert {row["name"]: row["tables"] for row in listed} == loop
    bare = json.loads(CliRunner().invoke(command, ["servers", "--undeclared", "--json"]).stdout)
    assert [row["name"] for row in bare] == [name for name, tables in loop.items() if not tables]
    said = CliRunner().invoke(command, ["servers"]).stdout.splitlines()
    (risk,) = [line for line in said if line.startswith("iriskcontrolservice") and " mysql " in line]
    assert (
        "luckyus_iriskcontrolservice" in risk and "4 tables" in risk
    )  # its database is in no list of servers
    n_mysql = sum(bool(tables) for name, tables in loop.items() if name.startswith("aws-"))
    assert f"mysql: {n_mysql} of 61 named servers with declared tables" in "\n".join(said[-3:])


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("salesorder", "aws-luckyus-salesorder-rw"),
        ("luckyus_fi_tax", "aws-luckyus-fitax-rw"),
        ("recovery-dbatest", "recovery-dbatest"),
        ("isales-order", "luckyus-isales-order"),
        ("iotplatform", "aws-luckyus-iotplatform-rw"),
    ],
)
def test_short_full_and_database_names_are_taken(name: str, server: str):
    assert servers.load().server(name).name == server


def test_an_unknown_name_gives_the_nearest():
    with pytest.raises(UnknownNameError, match="salesorder"):
        servers.load().server("salesoder")


@pytest.mark.parametrize(
    ("database", "table", "canonical"),
    [
        ("luckyus_isales_order", "t_sales_order_m", "t_order"),
        ("salespayment", "t_sales_trade_m", "t_trade"),
        ("luckyus_op_shop", "sys_shop", "t_shop_info"),
    ],
)
def test_names_of_the_other_document_are_aliases(database: str, table: str, canonical: str):
    assert estate.load().database(database).table(table).name == canonical
