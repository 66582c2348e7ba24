"""The tenant audit's page: its numbers follow the rows, and where labels agree it asks for nothing."""

from __future__ import annotations

import dataclasses

import pytest
import yaml

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, estate_rows
from tests.notebook_said import headlines, names, page_faults, rows, said_by
from tests.unit.questions.platform.test_tenant_audit import CLEAN, MADE, ORDERS, estate

NOTEBOOK = "platform/tenant_audit"
HEADLINES = {
    "figures_moved", "most_moved", "in_doubt", "doubt_money", "databases_failed", "unfiltered",
    "leaked", "unknown_labels", "rows_failed", "red_flags", "unflagged_shops", "new_in_doubt",
    "tenant_lets_in", "tables_missing",
}  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    return said_by(NOTEBOOK, estate_rows.suite(tmp_path_factory.mktemp("page"), estate()))


def values(said):
    return {name: record["value"] for name, record in headlines(said).items()}


def test_the_page_is_whole_and_its_sums_are_those_of_the_rows(said):
    assert page_faults(said) == [] and all(check["passed"] for check in said["check"])
    found = values(said)
    assert set(found) == HEADLINES
    assert found["rows_failed"] == len(rows(said, "rows")) == sum(row["n"] for row in rows(said, "kinds"))
    databases = rows(said, "databases")
    assert found["databases_failed"] == sum(row["result"] == "fail" for row in databases)
    assert found["rows_failed"] == sum(row["n_failed"] for row in databases)
    assert found["red_flags"] == sum(row["n_red"] for row in databases)
    doubtful = rows(said, "doubtful")
    assert found["in_doubt"] == found["new_in_doubt"] == len(doubtful) == 1
    assert found["doubt_money"] == pytest.approx(sum(row["paid"] for row in doubtful))
    assert found["leaked"] == 0 and found["unknown_labels"] == 2  # a tenant and a currency
    assert not [text["text"] for text in said["caveat"] if "listed" in text["text"]]


def test_the_rows_can_be_had_and_hold_nothing_personal(said):
    asked = {record["name"] for record in said["table"] if record.get("excel")}
    assert {"databases", "figures", "rows", "doubtful", "kinds", "untested"} <= asked
    for name in names(said, "table"):
        for row in rows(said, name):
            assert not {"user_no", "customer_id"} & set(row) and not {"U1", "U2", "U3"} & set(row.values())


def test_rules_of_alerts_name_what_the_page_has_and_mail_goes_weekly():
    here = settings.load()
    own = [rule.when.split()[0] for rule in load_rules(here).rules if rule.notebook == "tenant_audit"]
    assert own == ["unknown_labels", "leaked", "new_in_doubt"] and set(own) <= HEADLINES
    entries = yaml.safe_load((here.params_dir / "schedule.yml").read_text())["entries"]
    entry = entries["weekly_tenant_audit"]
    assert entry["notebook"] == "tenant_audit" and entry["send"] == "always" and entry["cron"].endswith(" 1")


@pytest.mark.full
def test_where_labels_agree_nothing_is_claimed_and_nothing_decided(tmp_path):
    said = said_by(NOTEBOOK, estate_rows.suite(tmp_path, estate(**CLEAN)))
    found = values(said)
    for name in HEADLINES - {"unfiltered", "tables_missing", "most_moved"}:
        assert found[name] == 0, name
    assert said["title"][0]["text"] == "No row of another market is counted anywhere"
    assert said["decision"][0]["strength"] == WAIT and said["decision"][0]["worth"] is None
    assert rows(said, "rows") == [] and rows(said, "doubtful") == [] and page_faults(said) == []


@pytest.mark.full
@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"orders": {1: ORDERS[1], 9: ("LKUS", "USD", 9)}}, {"in_doubt", "doubt_money", "new_in_doubt"}),
        (
            {"orders": {**CLEAN["orders"], 4: ("LKXX", "USD", 1)}},
            {"unknown_labels", "rows_failed", "red_flags"},
        ),
        ({"orders": {**CLEAN["orders"], 4: ("LKUS", "NZD", 9)}}, {"tenant_lets_in", "databases_failed"}),
        ({"orders": {1: ORDERS[1], 2: ORDERS[2], 4: ORDERS[2]}}, {"unfiltered"}),
        ({"shops": {**CLEAN["shops"], 9: ("LKTEST", "NZD", "Pacific/Rarotonga", 0)}}, {"unflagged_shops"}),
        ({"users": {**CLEAN["users"], "U4": ("LKTEST", "Pacific/Rarotonga")}}, {"most_moved"}),
    ],
)
def test_each_headline_moves_with_its_rows(tmp_path, changes, moves):
    before = values(said_by(NOTEBOOK, estate_rows.suite(tmp_path / "before", estate(**CLEAN))))
    after = values(said_by(NOTEBOOK, estate_rows.suite(tmp_path / "after", estate(**(CLEAN | changes)))))
    assert {name for name in moves if after[name] == before[name]} == set()


@pytest.mark.full
def test_what_is_missing_is_said_and_not_passed(tmp_path):
    suite = estate_rows.suite(tmp_path, estate())
    kept = {name: entry for name, entry in suite.snapshot.tables.items()
            if name != MADE and "sales_payment" not in name and "t_order_" not in name}  # fmt: skip
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=kept)
    said = said_by(NOTEBOOK, suite)
    assert page_faults(said) == []
    result = {row["database"]: row["result"] for row in rows(said, "databases")}
    assert result["luckyus_sales_payment"] == "not tested" and values(said)["tables_missing"] > 4
    assert "Orders" not in {row["label"] for row in rows(said, "figures")}  # they need tables that are gone
    assert values(said)["unfiltered"] is None


@pytest.mark.full
def test_before_the_first_order_and_on_a_demo_estate_the_page_comes():
    first = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert page_faults(first) == [] and values(first)["in_doubt"] == 0
    said = said_by(NOTEBOOK, demo_suite.suite())
    found = values(said)
    assert page_faults(said) == [] and found["in_doubt"] > 0 and found["unflagged_shops"] == 2
    assert found["leaked"] == found["unknown_labels"] == 0 and found["tenant_lets_in"] > found["in_doubt"]
    assert said["decision"][0]["strength"] == "lean"
