"""Databases of the demo in a real PostgreSQL: conformed tables are the same as from the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.catalog import TABLES, Suite
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.estate import Estate
from lucky_analytics.runs.needs import needed_tables
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
from lucky_analytics.sources import demo as demo_source
from tests import demo_suite
from tests.services import mariadb
from tests.services.postgres import Postgres

NAMES = ("luckyus_opshop", "luckyus_sales_order")


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch, postgres_server: Postgres) -> Iterator[None]:
    """An estate whose stores and orders lie in PostgreSQL; the shared server has none of them afterwards."""
    known = estate.load().databases
    changed = {name: replace(known[name], kind="postgresql") for name in NAMES}
    monkeypatch.setattr(estate, "load", lambda: Estate({**known, **changed}))
    yield
    drops = [f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in NAMES]
    postgres_server.execute("postgres", *drops)


def test_orders_and_stores_are_equal_row_by_row(moved: None, postgres_server: Postgres, where: Settings):
    demo_suite.manifest()  # taken as it is declared
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    loaded = load(demo_suite.estate(), postgres_server.root, names=NAMES, reader=reader)
    lines = [
        f'[{estate.load().database(name).source}]\nprimary = "{postgres_server.reader}"\n'
        f'allow_primary = true\ncut = "2026-02-14T12:00:00Z"\n'
        for name in NAMES
    ]
    (where.root / "sources.toml").write_text("".join(lines))
    live = Suite(snapshot.take(configured.connect(where), settings=where))
    with demo_source.connect(demo_suite.estate(), list(NAMES)) as source:
        of_demo = Suite(snapshot.take(source, settings=replace(where, data_dir=where.root / "demo")))
    assert live.as_of == of_demo.as_of and len(loaded.rows) == len(live.snapshot.tables)
    made = [name for name in TABLES if needed_tables([f'suite.table("{name}")']) <= loaded.rows.keys()]
    assert {"orders", "order_items", "stores", "all_orders"} <= {*made}
    for name in made:
        one, other = (
            suite.table(name).to_pyarrow().sort_by([(key, "ascending") for key in TABLES[name].key])
            for suite in (of_demo, live)
        )
        assert one.equals(other), name
