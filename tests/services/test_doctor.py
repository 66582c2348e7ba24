"""``lucky doctor`` on a sound server, a drifted one, a refused one and none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lucky_analytics import estate
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources.doctor import Check, examine
from tests import tiny_estate
from tests.services import mariadb

LOCK = Path(__file__).parents[2] / "requirements.lock"


@pytest.fixture
def live(where: Settings, server: mariadb.Mariadb) -> Iterator[Settings]:
    tiny_estate.write(where.demo_dir, [estate.load().database("opshop")], n_rows=5)
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    for host in ("%", "localhost"):  # other tests of this server may have granted it more
        server.execute(f"DROP USER IF EXISTS lucky_read@'{host}'")
    load(where.demo_dir, server.root, names=["opshop"], reader=reader)
    (where.root / "requirements.lock").write_text(LOCK.read_text())
    yield replace(where, source_url=server.reader)
    server.execute("DROP DATABASE luckyus_opshop")


def failed(settings: Settings) -> list[Check]:
    return [check for check in examine(settings) if not check.passed and check.name != "disk"]


def test_a_sound_server_passes_every_check(live: Settings):
    assert failed(live) == []
    names = " ".join(check.name for check in examine(live))
    for what in ("versions", "disk", "connection", "flavour", "zone", "grants", "replica", "drift"):
        assert what in names


def test_drift_is_named_and_fails_only_where_it_breaks_something(live: Settings, server: mariadb.Mariadb):
    server.execute("ALTER TABLE luckyus_opshop.t_shop_info MODIFY shop_name varchar(40), ADD extra int")
    assert failed(live) == []
    (check,) = [check for check in examine(live) if check.is_warning]
    assert "drift of luckyus_opshop" in check.name
    assert "shop_name is varchar(40), declared varchar(128)" in check.found
    assert "column extra int(11) is not declared, so it is left out; proposed: personal: none" in check.found
    server.execute("ALTER TABLE luckyus_opshop.t_shop_info MODIFY location_longitude double")
    (check,) = failed(live)
    assert "location_longitude is double, declared decimal" in check.found


def test_a_database_that_was_read_before_and_is_gone_fails(live: Settings):
    assert failed(live) == []
    assert live.source_url is not None
    (check,) = [
        c for c in examine(live, {"luckyus_opshop", "luckyus_sales_payment"}) if "grant taken" in c.found
    ]
    assert ("database luckyus_sales_payment" in check.name, check.passed) == (True, False)


def test_a_server_that_refuses_is_one_failed_line(live: Settings):
    assert live.source_url is not None
    refused = replace(live, source_url=live.source_url.replace("allow_primary=yes&", ""))
    (check,) = failed(refused)
    assert "got a primary" in check.found


def test_another_version_than_locked_is_named(live: Settings):
    (live.root / "requirements.lock").write_text("duckdb==0.0.1 \\\n    --hash=sha256:0\n")
    (check,) = failed(live)
    assert check.name == "versions"
    assert "instead of 0.0.1" in check.found


def test_without_servers_there_is_nothing_wrong(live: Settings):
    assert failed(replace(live, source_url=None)) == []
