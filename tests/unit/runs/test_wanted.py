"""Three databases of an estate: what can run, and what to ask whom for."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from lucky_analytics import estate, settings
from lucky_analytics.publish import portal_build, publish
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.notebooks import Cell
from lucky_analytics.runs.wanted import Wanted, find_wanted
from lucky_analytics.snapshot import Manifest, TableEntry
from tests.example_runs import make_settings, write_portal_runs

HERE = dataclasses.replace(settings.load(), root=Path(__file__).parents[3])
GRANTED = ("salesorder", "opshop", "scmcommodity")


def granted(*sources: str, kind: str = "live") -> Manifest:
    """A snapshot of these sources alone."""
    databases = [estate.load().database(name) for name in sources]
    names = [f"{database.name}.{table}" for database in databases for table in database.tables]
    tables = {name: TableEntry(1, 1, "x", {}, (), "server", "whole") for name in names}
    now = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
    return Manifest("x", now, now, kind, "0", {}, tables, Path("nowhere"))


@pytest.fixture(scope="module")
def cells() -> dict[str, list[Cell]]:
    return {notebook.name: list(notebooks.load(notebook).cells) for notebook in notebooks.list_all(HERE)}


def test_three_databases_run_what_they_can_and_the_rest_is_a_list_by_server(cells: dict[str, list[Cell]]):
    wanted = find_wanted(cells, granted(*GRANTED))
    waiting = {name for one in wanted for name in one.notebooks}
    assert {"store_week", "counted_orders"} <= cells.keys() - waiting
    assert "churn_cohorts" in waiting
    payments = next(one for one in wanted if one.table == "luckyus_sales_payment.t_trade")
    assert payments.server == "aws-luckyus-salespayment-rw"
    assert str(payments).startswith(f"{payments.server}: SELECT on {payments.table}, for ")
    assert not [one for one in wanted if one.table.split(".")[0] in {"luckyus_sales_order", "luckyus_opshop"}]
    assert [one.server for one in wanted] == sorted(one.server for one in wanted)


def test_a_table_of_an_optional_section_is_asked_for_and_stops_nothing():
    code = [
        Cell("code", "raw = suite.source('opshop')\nraw.t_shop_info", ()),
        Cell("code", "suite.source('salespayment').t_trade", ("optional-what-it-costs",)),
    ]
    assert find_wanted({"x": code}, granted("opshop")) == [
        Wanted("aws-luckyus-salespayment-rw", "luckyus_sales_payment.t_trade", (), ("x",))
    ]
    assert find_wanted({"x": code}, granted("opshop", "salespayment")) == []


def test_nobody_is_asked_for_what_the_demo_does_not_generate(cells: dict[str, list[Cell]]):
    names = ("luckyus_icyberdata", "telemetry")
    asked = {one.table for one in find_wanted(cells, granted(*names)) if one.table.startswith("monitoring.")}
    assert asked == {"monitoring.slow_statements", "monitoring.prometheus_samples", "monitoring.kafka_topics"}
    of_demo = find_wanted(cells, granted(*names, kind="demo"))
    assert not [one for one in of_demo if one.table.startswith("monitoring.")] and of_demo
    code = [Cell("code", "suite.slow_statements", ())]
    assert find_wanted({"x": code}, granted(kind="demo"))  # what cannot run without it still says so


def test_the_portal_lists_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert portal_build._find_wanted(HERE, granted(*GRANTED)) != []
    assert portal_build._find_wanted(HERE, granted(*GRANTED, kind="demo")) == []
    asked = Wanted("aws-luckyus-upush-rw", "luckyus_upush.t_push", ("churn_cohorts",), ("store_week",))
    monkeypatch.setattr(portal_build, "_find_wanted", lambda *_: [asked])
    here = make_settings(tmp_path)
    write_portal_runs(here)
    page = (publish(here).folder / "access.html").read_text()
    assert "Waiting for access" in page
    assert "GRANT SELECT ON luckyus_upush.t_push TO lucky_read;" in page and asked.server in page
    assert "says more then: store_week" in page
