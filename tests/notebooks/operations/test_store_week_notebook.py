"""The page of one store: its own rows alone, also where it is too young to be judged."""

from __future__ import annotations

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.publish.audiences import load_audiences
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.grids import grid
from tests import demo_suite
from tests.notebook_said import headlines, page_faults, rows, said_by
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import simulate

NOTEBOOK = "operations/store_week"


def test_the_headlines_are_sums_of_the_last_seven_days():
    suite = demo_suite.suite()
    said = said_by(NOTEBOOK, suite, store="221 Grand")
    found = headlines(said)
    orders = suite.orders.join(suite.stores.select("store_id", "store_name"), "store_id").execute()
    own = orders[orders["store_name"] == "221 Grand"]
    own = own[(suite.as_of - own["order_date"].dt.date).map(lambda age: age.days) < 7]
    assert found["revenue"]["n"] == len(own)
    assert found["revenue"]["value"] == pytest.approx(own["revenue_cents"].sum() / 100)
    assert found["expected"]["low"] < found["expected"]["value"] < found["expected"]["high"]
    assert [len(said[kind]) for kind in ("answer", "decision", "figure", "table")] == [1, 1, 2, 5]
    assert page_faults(said) == []
    assert "221 Grand sold" in said["answer"][0]["text"] and said["title"][0]["text"].startswith("221 Grand")


def test_a_store_too_young_for_a_range_says_so():
    said = said_by(NOTEBOOK, demo_suite.suite(), store="21st & 3rd")
    assert headlines(said)["expected"]["value"] is None
    assert "fewer than 4 whole weeks before" in said["answer"][0]["text"]


def test_a_store_of_less_than_a_week_has_a_page_that_says_so():
    said = said_by(NOTEBOOK, demo_suite.suite(as_of="2026-02-09"), store="21st & 3rd")
    assert (
        said["answer"][0]["text"].endswith("days: there is no week yet to judge.") and "headline" not in said
    )
    assert "Store manager: plan by the opening plan" in said["decision"][0]["text"]


def test_the_grid_has_every_trading_store_and_an_audience_has_one():
    here = settings.load()
    points = grid(notebooks.find("store_week", here), here)
    trading = demo_suite.suite().stores.filter("is_trading_store").execute()
    assert {point["store"] for point in points} == set(trading["store_name"])
    (audience,) = [each for each in load_audiences(here).listed if each.parameters]
    assert audience.notebooks == ("ask_lucky", "store_week")  # what it asks is of its own rows
    assert {"store": audience.parameters["store"]} in points


def test_the_page_of_all_stores_has_a_row_for_each_and_speaks_to_operations():
    said = said_by(NOTEBOOK, demo_suite.suite())
    assert len(rows(said, "stores")) == 10
    assert page_faults(said) == []
    assert said["decision"][0]["owner"] == "Operations"
    moves = rows(said, "moves")
    assert {row["store_name"] for row in moves} >= {row["store_name"] for row in rows(said, "stores")}
    assert [abs(row["change"]) for row in moves] == sorted(
        (abs(row["change"]) for row in moves), reverse=True
    )
    found = headlines(said)
    assert found["older"]["value"] < found["revenue"]["value"]
    older = [row for row in rows(said, "stores") if row["n_weeks"] >= 16]
    assert found["older"]["value"] == pytest.approx(sum(row["dollars"] for row in older))
    assert "The older stores sold" in said["answer"][0]["text"]
    grand = next(row for row in rows(said, "stores") if row["store_name"] == "221 Grand")
    assert grand["week_0"] == grand["dollars"]


class Steady(SimulatedSuite):
    """Stores that neither grow nor take orders from each other, in the catalog's tables."""

    def sql(self, table):
        return "SELECT"

    def optional(self, name):
        """It has orders and stores alone."""

    @property
    def order_items(self):
        """One Latte an order, at half its list price."""
        order, cents = self.orders, self.orders.revenue_cents
        return order.select(
            "store_id",
            "order_date",
            "tax_cents",
            order_id=ibis.row_number().cast("string"),
            product_name=ibis.literal("Latte"),
            list_cents=2 * cents,
            paid_cents=cents,
        )


def test_where_nothing_happens_nothing_is_asked_for():
    world = simulate(0, b=0.001, hump=0.0, effect=0.0, winter=1.0)
    said = said_by(NOTEBOOK, Steady(world))
    unusual = [row["store_name"] for row in rows(said, "stores") if row["is_inside"] is False]
    assert len(unusual) <= 2  # of ten at 5 %: more come once in 90 worlds
    assert "below its best" not in said["answer"][0]["text"]
    quiet = next(row["store_name"] for row in rows(said, "stores") if row["verdict"] == "within its range")
    own = said_by(NOTEBOOK, Steady(world), store=quiet)
    assert "asks for no explanation" in own["decision"][0]["because"]
