"""``live``: Ibis on a real server, read-only."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pymysql
import pytest

from lucky_analytics import estate
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import SourceError, UnknownNameError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import live
from tests import tiny_estate
from tests.services import mariadb


@pytest.fixture
def loaded(where: Settings, server: mariadb.Mariadb) -> Settings:
    tiny_estate.write(where.demo_dir, [estate.load().database("salesorder")])
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    load(where.demo_dir, server.root, names=["salesorder"], reader=reader)
    return replace(where, source_url=server.reader)


def test_expressions_run_on_the_server_and_decimals_stay_exact(loaded: Settings, server: mariadb.Mariadb):
    con = live.connect("salesorder", loaded)
    try:
        orders = con.table("t_order")
        ((total,),) = server.execute("SELECT SUM(pay_money) FROM luckyus_sales_order.t_order")
        assert orders.count().execute() == 300
        assert Decimal(orders.pay_money.sum().execute()) == total
        top = orders.group_by("status").agg(n=orders.count()).order_by("n").to_pyarrow()
        assert sum(top.column("n").to_pylist()) == 300
        assert "t_order_item" in con.list_tables()
    finally:
        con.disconnect()


def test_writing_is_refused_by_grant_and_by_transaction(loaded: Settings, server: mariadb.Mariadb):
    con = live.connect("salesorder", loaded)
    with pytest.raises(pymysql.err.MySQLError):
        con.raw_sql("DELETE FROM t_order")
    con.disconnect()
    powerful = replace(loaded, source_url=server.root)
    con = live.connect("salesorder", powerful)
    with pytest.raises(pymysql.err.MySQLError, match="READ ONLY"):
        con.raw_sql("DELETE FROM t_order")
    con.disconnect()
    assert server.execute("SELECT COUNT(*) FROM luckyus_sales_order.t_order") == [(300,)]


def test_an_unknown_source_and_a_primary_are_refused(loaded: Settings):
    with pytest.raises(UnknownNameError, match="salesorder"):
        live.connect("salesorders", loaded)
    assert loaded.source_url is not None
    strict = replace(loaded, source_url=loaded.source_url.replace("allow_primary=yes&", ""))
    with pytest.raises(SourceError, match="got a primary"):
        live.connect("salesorder", strict)
