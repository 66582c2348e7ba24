"""What came after a decision, on the small demo estate: followed day by day, never again for nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics import catalog
from lucky_analytics.runs.predicted import list_aftermaths
from lucky_analytics.settings import Settings
from lucky_analytics.track_record.aftermath import describe_after, follow_decisions
from tests import demo_suite
from tests.notebook_cells import write_notebook

ENTRY = "what: open later\n  page: hours\n  by: Operations\n  metric: orders"


@pytest.fixture
def here(tmp_path):
    data = demo_suite.suite().snapshot.folder.parents[1]
    (tmp_path / "params").mkdir()
    here = Settings(root=tmp_path, data_dir=data, outputs_dir=tmp_path / "outputs")
    write_notebook(here.notebooks_dir / "operations/hours.ipynb")
    return here


def declare(here, **entries):
    text = "\n".join(f"{name}:\n  {ENTRY}\n  {more}" for name, more in entries.items())
    (here.params_dir / "decisions.yml").write_text(text + "\n", encoding="utf-8")


def found(here):
    return list_aftermaths(here, f"demo {demo_suite.suite().snapshot.id}")


def test_a_decision_is_followed_and_measured_once(here, monkeypatch):
    store = (
        demo_suite.suite().stores.filter("is_trading_store").order_by("opened_date").execute()["store_id"][0]
    )
    declare(here, all="decided: 2025-12-31", one=f'decided: 2025-12-31\n  where: {{store_id: "{store}"}}',
            late="decided: 2026-02-09")  # fmt: skip
    assert follow_decisions(here) == []
    after = found(here)
    assert set(after) == {"all", "one"}  # of the late one there are four days
    orders = demo_suite.suite().orders.execute()
    dates = orders["order_date"].astype("datetime64[s]").dt.date
    inside = (dates >= dt.date(2026, 1, 1)) & (dates <= dt.date(2026, 1, 28))
    assert after["all"]["came"] == pytest.approx(inside.sum() / 28)
    assert after["all"]["change"]["low"] < after["all"]["change"]["value"] < after["all"]["change"]["high"]
    assert "against" in after["one"] and "against" not in after["all"]
    assert "Held against the other stores in the same days: " in describe_after(after["one"])
    monkeypatch.setattr(catalog, "Suite", None)  # whoever opens one fails
    assert follow_decisions(here) == []


def test_a_column_that_is_not_there_is_said_each_time_and_costs_the_others_nothing(here):
    declare(here, bad='decided: 2025-12-31\n  where: {store: "3"}', good="decided: 2025-12-31")
    for _ in range(2):
        (fault,) = follow_decisions(here)
        assert "decisions.yml, bad: unknown column of measure of orders 'store'" in str(fault)
    assert "came" in found(here)["good"]


def test_too_short_a_past_says_so_and_is_no_fault(here):
    declare(here, early="decided: 2025-07-10")
    assert follow_decisions(here) == []
    assert describe_after(found(here)["early"]).startswith("It cannot be said: days before and after")
