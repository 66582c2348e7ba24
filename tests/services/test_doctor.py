"""``lucky doctor`` on a sound server, a drifted one, a refused one and none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pyarrow.parquet as pq
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lucky_analytics import estate, snapshot
from lucky_analytics.cli import main
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
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


@pytest.fixture
def partly(live: Settings, server: mariadb.Mariadb) -> Iterator[Settings]:
    """A user with single tables of two databases, and single columns of one table each."""
    declared = [estate.load().database(name) for name in ("luckyus_sales_order", "luckyus_sales_crm")]
    tiny_estate.write(live.demo_dir, declared, n_rows=5)
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    load(live.demo_dir, server.root, names=[database.source for database in declared], reader=reader)
    passing = ", ".join(column.name for column in customers().columns.values() if column.passes)
    server.execute(
        f"CREATE OR REPLACE USER lucky_part IDENTIFIED BY '{mariadb.PASSWORD}'",
        "GRANT SELECT ON luckyus_sales_order.t_order TO lucky_part",
        "GRANT SELECT (id) ON luckyus_sales_order.t_order_item TO lucky_part",
        f"GRANT SELECT ({passing}) ON luckyus_sales_crm.t_user TO lucky_part",
        "GRANT SELECT ON luckyus_opshop.t_shop_info TO lucky_part",
    )
    assert live.source_url is not None
    yield replace(live, source_url=live.source_url.replace("lucky_read", "lucky_part"))
    server.execute("DROP USER lucky_part", *(f"DROP DATABASE {database.name}" for database in declared))


def customers() -> estate.Table:
    return estate.load().database("luckyus_sales_crm").table("t_user")


def test_rights_to_single_tables_and_columns_are_told_and_fail_nothing(partly: Settings):
    assert failed(partly) == []
    reads = {check.name.rpartition(" ")[2]: check for check in examine(partly) if ": reads of " in check.name}
    orders, own, users = (reads[f"luckyus_{name}"] for name in ("sales_order", "opshop", "sales_crm"))
    assert orders.is_warning and orders.tables == ("luckyus_sales_order.t_order",)
    assert orders.found.startswith("1 of 4 declared tables: t_order; no SELECT on ")
    for denied in ("t_order_amount", "t_order_oper_history", "t_order_item.tax"):
        assert denied in orders.found
    assert "t_order_item.id" not in orders.found
    assert own.tables == ("luckyus_opshop.t_shop_info",)
    assert own.found == "1 of 2 declared tables: t_shop_info; no SELECT on t_shop_opening_time"
    # phone, mail and name are not asked for, so that their lack costs nothing and is no request
    assert not customers().columns["phone"].passes and "t_user." not in users.found
    assert users.tables == ("luckyus_sales_crm.t_user",)
    taken = snapshot.take(configured.connect(partly), settings=partly)
    assert taken.tables.keys() == {*orders.tables, *own.tables, *users.tables}


def test_a_table_that_is_missing_is_told_from_one_that_was_not_granted(
    partly: Settings, live: Settings, server: mariadb.Mariadb
):
    server.execute("DROP TABLE luckyus_sales_order.t_order_amount")
    assert failed(partly) == []  # whoever has no right to it cannot know
    (check,) = failed(live)
    assert "table t_order_amount is missing" in check.found


def test_the_command_says_which_reports_the_readable_tables_make(
    partly: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = partly.notebooks_dir / "operations"
    home.mkdir(parents=True)
    partly.params_dir.mkdir()
    for name, source, table in (
        ("shops", "opshop", "t_shop_info"),
        ("hours", "opshop", "t_shop_opening_time"),
    ):
        cells = [("snapshot: str = 'newest'", ["parameters"]), (f'suite.source("{source}").{table}', [])]
        notebook = new_notebook(cells=[new_code_cell(text, metadata={"tags": tags}) for text, tags in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, home / f"{name}.ipynb")
    assert partly.source_url is not None
    monkeypatch.setenv("LUCKY_HOME", str(partly.root))
    monkeypatch.setenv("LUCKY_SOURCE_URL", partly.source_url)
    with contextlib.suppress(SystemExit):  # this machine may lack disk
        main(["doctor"])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ok    reports: ")]
    assert "1 of 2 can be made of these tables: shops; hours lacks luckyus_opshop.t_shop_opening_time" in line


@pytest.mark.parametrize(
    ("column", "kind", "proposed"),
    [
        ("receiver_mobile", "varchar(32)", "contact"),
        ("door_no", "varchar(32)", "address"),
        ("client_ip", "varchar(64)", "device"),
        ("remark", "varchar(200)", "contact until its values are looked at (a free text)"),
    ],
)
def test_a_class_is_proposed_for_a_new_column_and_it_stays_out(
    live: Settings, server: mariadb.Mariadb, column: str, kind: str, proposed: str
):
    server.execute(f"ALTER TABLE luckyus_opshop.t_shop_info ADD {column} {kind} NOT NULL DEFAULT 'somebody'")
    (check,) = [check for check in examine(live) if check.is_warning]
    line = f"t_shop_info: column {column} {kind} is not declared, so it is left out; proposed: personal: "
    assert line + proposed in check.found and check.passed
    taken = snapshot.take(configured.connect(live), settings=live)
    paths = list(taken.paths("luckyus_opshop", "t_shop_info"))
    assert paths and not [path for path in paths if column in pq.read_schema(path).names]


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
