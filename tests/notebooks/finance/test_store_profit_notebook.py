"""The page of the stores' profit: whole, equal to the ledger, moved by its rows, honest without bills."""

from __future__ import annotations

import ibis
import pytest

from lucky_analytics.models.store_ledger import OPENING, PAYS
from tests import demo_suite
from tests.notebook_said import assert_sound, headlines, on_demo, page_faults, rows, said_by

NOTEBOOK = "finance/store_profit"
HEADLINES = {"profit", "profit_size", "margin", "net_sales", "pays", "short", "opening", "office"}
LINES = ("goods", "wages", "rent", "other", "fee")
run, usual = on_demo(NOTEBOOK)


def test_the_page_is_whole_and_its_sums_are_the_ledgers():
    said = usual()
    found = assert_sound(said, HEADLINES)
    *stores, total = rows(said, "stores")
    assert total["store_name"] == "All stores" and len(stores) == 10
    for name in ("net", *LINES, "profit"):
        assert sum(row[name] for row in stores) == pytest.approx(total[name], abs=1e-6)
    assert total["net"] - sum(total[name] for name in LINES) == pytest.approx(total["profit"], abs=1e-6)
    assert found["profit"]["value"] == pytest.approx(total["profit"])
    assert all(row["difference"] == 0 for row in rows(said, "agrees") if row["here"] is not None)
    assert all(check["passed"] for check in said["check"])
    counted = [row["verdict"] for row in rows(said, "pace")]
    assert found["pays"]["value"] == counted.count(PAYS)
    assert found["opening"]["value"] == counted.count(OPENING)


def test_bills_are_those_of_a_plain_loop_over_the_ledger():
    suite = demo_suite.suite()
    trading = set(suite.stores.filter("is_trading_store").execute()["store_id"])
    cents = 0
    for bill in suite.accounting_costs.execute().to_dict("records"):
        # the five weeks that lie mostly in January end from 4 Jan to 1 Feb
        is_january = "2026-01-04" <= str(bill["week_end_date"])[:10] <= "2026-02-01"
        cents += bill["cost_cents"] if is_january and bill["store_id"] in trading else 0
    total = rows(usual(), "stores")[-1]
    assert 100 * sum(total[name] for name in LINES[:-1]) == pytest.approx(cents, abs=1e-6)


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())
    dear = run(accounting_costs=lambda bill: bill.mutate(cost_cents=bill.cost_cents * 2))
    after = headlines(dear)
    moved = ("profit", "profit_size", "margin", "pays", "short", "office")
    assert all(after[name]["value"] != before[name]["value"] for name in moved)
    assert "close" in dear["decision"][0]["action"] and page_faults(dear) == []
    fewer = headlines(run(orders=lambda order: order.mutate(revenue_cents=order.revenue_cents * 2)))
    assert fewer["net_sales"]["value"] > before["net_sales"]["value"]
    early = headlines(run(as_of="2025-12-31"))
    assert (
        early["opening"]["value"] != before["opening"]["value"] and page_faults(run(as_of="2025-12-31")) == []
    )


def test_without_bills_the_page_says_so():
    none = run(accounting_costs=lambda bill: bill.filter(ibis.literal(False)))
    assert none["title"][0]["text"] == "No whole month of bills yet" and "headline" not in none
    first = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert first["title"][0]["text"] == "No whole month of bills yet"
