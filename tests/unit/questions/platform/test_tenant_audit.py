"""The tenant audit on rows written by hand: each rule against a plain loop, figures, texts and advice."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.catalog.market_labels import (
    EMPTY,
    LABELS,
    MISSING,
    NO_LABEL,
    TESTED,
    label_rows,
    list_labelled,
)
from lucky_analytics.questions.platform.tenant_audit import (
    label_counts,
    moved_figures,
    order_filters,
    steps,
    texts,
    views,
)
from lucky_analytics.questions.platform.tenant_audit.market_rules import RULES
from tests import estate_rows

SHOP, ORDER = "luckyus_opshop.t_shop_info", "luckyus_sales_order.t_order"
TRADE, USER = "luckyus_sales_payment.t_trade", "luckyus_sales_crm.t_user"
TICKET, MADE = "luckyus_opproduction.t_production", "luckyus_opproduction.t_commodity"
US, TEST = ("LKUS", "USD", "America/New_York"), ("LKTEST", "NZD", "Pacific/Rarotonga")
DECLARED = {US[0]: US, TEST[0]: TEST, "LKCN": ("LKCN", "CNY", "Asia/Shanghai")}
SHOPS = {1: (*US, 0), 9: (*TEST, 1), 10: ("LKUS", "NZD", "Pacific/Rarotonga", 0)}
# Tenant, currency, shop.
ORDERS = {
    1: ("LKUS", "USD", 1), 2: ("LKTEST", "NZD", 9), 3: ("LKUS", "USD", 9), 4: ("LKUS", "NZD", 10),
    5: ("LKXX", "USD", 1), 6: ("LKUS", "USD", 77), 7: ("LKUS", "EUR", 1), 8: ("LKTEST", "USD", 1),
}  # fmt: skip
TRADES = {
    "A": ("LKUS", "USD", "1"), "B": ("LKUS", "NZD", "2"), "C": ("LKUS", "NZD", "1"),
    "B2": ("LKUS", "NZD", "2"), "D": ("LKTEST", "NZD", "2"), "E": ("LKUS", "USD", "unknown"),
    "F": ("LKUS", "USD", None),
}  # fmt: skip
USERS = {"U1": ("LKUS", US[2]), "U2": ("LKTEST", TEST[2]), "U3": ("LKUS", TEST[2])}
# Tenant, shop, order of kitchen tickets.
TICKETS = {1: ("LKUS", 1, "1"), 2: ("LKUS", 9, "2"), 3: ("LKTEST", 9, "2"), 4: ("LKUS", 9, "3")}


def estate(without: tuple[str, ...] = (), **changes: dict) -> dict:
    placed = {"status": 90, "create_time": "2026-02-12T16:00:00", "pay_money": 4.71, "channel": 2}
    of = {"orders": ORDERS, "shops": SHOPS, "trades": TRADES, "users": USERS, "tickets": TICKETS} | changes
    rows = {
        SHOP: [{"id": n, "tenant": t, "currency_code": c, "time_zone": z, "test_flag": f, "status": 1,
                "shop_name": f"Shop <{n}>"} for n, (t, c, z, f) in of["shops"].items()],
        ORDER: [placed | {"id": n, "tenant": t, "currency_code": c, "shop_id": s}
                for n, (t, c, s) in of["orders"].items()],
        TRADE: [{"id": n, "trade_no": key, "tenant": t, "currency_code": c, "order_id": o, "trade_type": 1}
                for n, (key, (t, c, o)) in enumerate(of["trades"].items())],
        USER: [{"id": n, "user_no": key, "tenant": t, "time_zone": z}
               for n, (key, (t, z)) in enumerate(of["users"].items())],
        TICKET: [{"id": n, "tenant": t, "shop_id": s, "order_id": o, "status": 30,
                  "create_time": "2026-02-12T16:00:00"} for n, (t, s, o) in of["tickets"].items()],
    }  # fmt: skip
    return {name: listed for name, listed in rows.items() if name not in without}


CLEAN = {
    "shops": {1: SHOPS[1], 9: SHOPS[9]}, "orders": {1: ORDERS[1], 2: ORDERS[2]},
    "trades": {"A": TRADES["A"], "D": TRADES["D"]}, "users": {"U1": USERS["U1"]},
    "tickets": {1: TICKETS[1], 3: TICKETS[3]},
}  # fmt: skip


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return estate_rows.suite(tmp_path_factory.mktemp("tenants"), estate())


@pytest.fixture(scope="module")
def audit(suite):
    return label_counts.audit_tables(suite)


def plain_loop(table: str) -> dict[str, int]:
    """Rows that break each rule, one by one, from the definitions."""
    found = dict.fromkeys((rule.name for rule in RULES), 0)
    listed = {SHOP: [(t, c, z, f, None, None) for t, c, z, f in SHOPS.values()],
              ORDER: [(t, c, None, None, s, None) for t, c, s in ORDERS.values()],
              TRADE: [(t, c, None, None, None, o) for t, c, o in TRADES.values()],
              USER: [(t, None, z, None, None, None) for t, z in USERS.values()],
              TICKET: [(t, None, None, None, s, o) for t, s, o in TICKETS.values()]}[table]  # fmt: skip
    for tenant, currency, zone, flag, shop, order in listed:
        due, at = DECLARED.get(tenant), SHOPS.get(shop)
        placed = ORDERS.get(int(order)) if order and order.isdigit() else None
        currencies, zones = ({of[n] for of in DECLARED.values()} for n in (1, 2))
        found["known"] += not due or (currency or US[1]) not in currencies or (zone or US[2]) not in zones
        apart = due and ((currency and currency != due[1]) or (zone and zone != due[2]))
        pair = currency and zone and (currency, zone) not in {of[1:] for of in DECLARED.values()}
        found["together"] += bool(apart or pair)
        other = tenant in ("LKTEST", "LKCN") or (currency or "USD") != "USD" or (zone or US[2]) != US[2]
        found["test_flag"] += flag is not None and other and flag != 1
        found["shop_known"] += shop is not None and not at
        found["tenant_shop"] += bool(at and tenant != at[0])
        found["currency_shop"] += bool(at and currency and currency != at[1])
        found["tenant_order"] += bool(placed and tenant != placed[0])
        found["currency_order"] += bool(placed and currency and currency != placed[1])
    return found


@pytest.mark.parametrize("table", [SHOP, ORDER, TRADE, USER, TICKET])
def test_each_rule_fails_the_rows_that_a_plain_loop_fails(audit, table):
    own = audit.results[audit.results["database"] + "." + audit.results["table"] == table]
    assert own.set_index("rule")["n_failed"].to_dict() == plain_loop(table)
    assert sum(plain_loop(table).values()) > 0
    assert int(audit.combinations[table]["n"].sum()) == own["n"].max()


def test_counts_and_rows_say_the_same_whatever_stands_in_a_label(tmp_path):
    """A tenant in odd case, with blanks, of markup, or empty is none that is declared."""
    odd = ["lkus", " LKUS", "<b>LKUS</b>", "LKUS ", ""]
    orders = {number: (tenant, "USD", 1) for number, tenant in enumerate(odd, 1)} | {9: ORDERS[1]}
    strange = estate_rows.suite(tmp_path, estate(orders=orders, trades={"A": ("LKUS", "USD", "9")}))
    audit = label_counts.audit_tables(strange)
    own = audit.results[audit.results["table"] == "t_order"].set_index("rule")
    assert own.loc["known", ["n", "n_failed"]].tolist() == [6, 5]
    listed = label_counts.list_failing(strange, audit, 9)
    assert set(listed.loc[listed["table"] == "t_order", "row"]) == {"1", "2", "3", "4", "5"}
    for table in (one for one in audit.tables if one.name in audit.combinations):
        said = label_rows(strange, table, audit.orders).execute().groupby(list(LABELS)).size()
        counted = audit.combinations[table.name].set_index(list(LABELS))["n"]
        assert counted.to_dict() == said.to_dict(), table.name


def test_every_rule_has_a_row_that_breaks_it(audit):
    assert (audit.results.groupby("rule")["n_failed"].sum() > 0).all()


def test_failing_rows_are_listed_by_key_with_what_contradicts_them(suite, audit):
    listed = label_counts.list_failing(suite, audit, 100)
    assert len(listed) == audit.rows["n_failed"].sum()
    by_key = listed[listed["table"] == "t_order"].set_index("row")
    assert set(by_key.index) == {"3", "4", "5", "6", "7", "8"}
    assert by_key.loc["3", "broken"] == "Currency of the shop; Tenant of the shop"
    assert by_key.loc["3", ["tenant", "currency", "shop_tenant", "shop_currency"]].tolist() == [
        "LKUS", "USD", "LKTEST", "NZD"]  # fmt: skip
    assert not {"user_no", "customer_id"} & set(listed.columns)
    few = label_counts.list_failing(suite, audit, 1)
    assert len(few) < len(listed) and few.groupby(["table", "broken"]).size().max() == 1
    is_red = [any(rule.is_red and rule.label in text for rule in RULES) for text in listed["broken"]]
    assert is_red == sorted(is_red, reverse=True)


def test_kinds_hold_every_failing_row(audit):
    kinds = views.show_kinds(audit)
    assert kinds["n"].sum() == audit.rows["n_failed"].sum()
    assert "Shop <9>" in set(kinds["store_name"])


def test_a_missing_or_empty_table_is_not_tested_and_never_passes(suite, monkeypatch):
    left = {name: entry for name, entry in suite.snapshot.tables.items() if name != MADE}
    monkeypatch.setattr(suite, "snapshot", dataclasses.replace(suite.snapshot, tables=left))
    audit = label_counts.audit_tables(suite)
    state = {table.name: table.state for table in audit.tables}
    assert state[MADE] == MISSING and state["luckyus_upush.t_push_record"] == EMPTY
    assert state[ORDER] == TESTED and state["luckyus_fi_tax.t_tax_invoice_item"] == NO_LABEL
    result = steps.judge_databases(audit).set_index("database")["result"]
    assert result["luckyus_upush"] == steps.NOT_TESTED
    assert steps.PASS not in set(result)  # each has a table that is empty here
    untested = views.show_untested(audit)
    assert len(untested) == sum(kind != TESTED for kind in state.values())
    cells = steps.judge_cells(audit).set_index(["database", "rule"])["result"]
    assert cells["luckyus_upush", "known"] == steps.NOT_TESTED
    assert cells["luckyus_opproduction", "shop_known"] == steps.PART
    assert cells["luckyus_sales_order", "currency_shop"] == steps.FAIL


def test_a_column_that_exports_do_not_have_is_no_label(suite):
    entry = suite.snapshot.tables[ORDER]
    without = dataclasses.replace(entry, absent=("tenant",))
    other = dataclasses.replace(suite.snapshot, tables={**suite.snapshot.tables, ORDER: without})
    (found,) = [t for t in list_labelled(type("S", (), {"snapshot": other})) if t.name == ORDER]
    assert found.tenant == "" and found.currency == "currency_code" and found.order == ""


def test_figures_are_those_of_the_rows_that_a_reader_would_leave_out(suite):
    figures, sides = moved_figures.compare_figures(suite, ["orders", "revenue", "aov", "fulfilment_rate"])
    by_name = figures.set_index("metric")
    # Counted: 1, 3 (in doubt), 5 (a tenant that nobody knows); 6 has no shop; 7 and 8 are of other markets.
    four = ["published", "gated", "home_only", "ungated"]
    assert by_name.loc["orders", four].tolist() == [3, 3, 2, 7]
    assert by_name.loc["revenue", four].tolist() == [
        3 * 471,
        3 * 471,
        2 * 471,
        7 * 471,
    ]
    moved = steps.measure_moves(figures, 0.001).set_index("metric")
    # The order in doubt counts: it is no row of another market, and stands apart.
    assert moved.loc["orders", "change"] == 0 and not moved.loc["orders", "is_moved"]
    assert moved.loc["orders", "doubt_change"] == pytest.approx(0.5)
    assert moved.loc["aov", "doubt_change"] == pytest.approx(0)
    held = sides.set_index("table")
    assert held.loc["orders", ["promise", "n", "n_home", "n_doubt", "n_foreign"]].tolist() == [
        True,
        3,
        2,
        1,
        0,
    ]
    # Ticket 1, and 4 of the order in doubt; 2 and 3 are of a foreign order.
    assert held.loc["production", ["promise", "n", "n_home", "n_doubt", "n_foreign"]].tolist() == [
        True, 2, 1, 1, 0]  # fmt: skip
    assert set(suite.production.production_id.execute()) == {"1", "4"}
    told = moved_figures.find_untold(figures)
    assert "New customers" in told and "Orders" not in told


def test_a_figure_moves_by_the_rows_of_other_markets_that_it_counts(suite):
    """Of three customers one is of another market by tenant: a third of the home market's two too many."""
    figures, _ = moved_figures.compare_figures(suite, ["registered_customers"])
    assert figures.loc[0, ["published", "gated"]].tolist() == [3, 2]
    moved = steps.measure_moves(figures, 0.001)
    assert moved.loc[0, "change"] == pytest.approx(0.5) and moved.loc[0, "is_moved"]


def test_filters_let_in_and_lose_what_a_plain_loop_does(suite):
    filters = order_filters.compare_filters(suite).set_index("filter")
    known = {n: (t, c, *SHOPS[s]) for n, (t, c, s) in ORDERS.items() if s in SHOPS}
    keeps = {
        "No filter": lambda *_: True,
        "Shops without the test flag": lambda t, c, st, sc, z, f: f == 0,
        "Tenant alone": lambda t, c, *_: t not in ("LKTEST", "LKCN"),
        "As reports do": lambda t, c, *_: t not in ("LKTEST", "LKCN") and c == "USD",
        "Shops that sell in US dollars": lambda t, c, st, sc, z, f: sc == "USD",
    }
    home = {1, 5}
    for name, keep in keeps.items():
        kept = {n for n, labels in known.items() if keep(*labels)}
        assert filters.loc[name, ["n", "n_let_in", "n_lost"]].tolist() == [
            len(kept), len(kept - home), len(home - kept)], name  # fmt: skip
    assert filters.loc["As reports do", "home_money"] == pytest.approx(4.71)
    assert filters.loc["No filter", "other_money"] == pytest.approx(3 * 4.71)


def test_the_orders_in_doubt_are_named_and_hold_those_of_the_finance_pages(suite):
    doubtful = order_filters.list_doubtful(suite)
    assert doubtful[["order_id", "store_name", "paid"]].to_numpy().tolist() == [["3", "Shop <9>", 4.71]]
    assert order_filters.count_unnamed(suite, doubtful) == 0
    assert order_filters.count_unnamed(suite, doubtful.iloc[:0]) == 1


FOUND = steps.Found(
    n_leaked=0, leaking=(), n_figures=24, n_moved=0, moved_tables=(), worst="Cups", worst_change=0.0,
    n_worst=0, ungated_change=None, n_doubt=0, doubt_money=0.0, n_new_doubt=0, n_databases=5,
    n_failed_databases=0, n_tenant_databases=0, n_rows=9, n_failed=0, n_red=0, n_unknown=0, n_unflagged=0,
    n_missing=0,
)  # fmt: skip
MOVED = {"n_moved": 2, "worst_change": 0.05}
FAILED = {"n_failed": 4, "n_failed_databases": 2}


@pytest.mark.parametrize(
    ("changes", "title", "answer"),
    [
        ({}, "No row of another market is counted anywhere", "hold no row of another market. No label"),
        ({"n_missing": 3}, "as far as tables were there", "hold no row of another market"),
        ({"n_databases": 0, "n_figures": 0}, "as far as tables were there", "could not be compared"),
        (FAILED, "though {databases_failed:value} mislabel", "contradict each other stand in Details"),
        (
            {"n_doubt": 3, "doubt_money": 9.0},
            "clean but for {in_doubt:value} worth {doubt_money:value} in",
            "clean but for {in_doubt",
        ),
        ({"n_doubt": 3}, "clean but for {in_doubt:value} in shops", "clean but for {in_doubt"),
        ({"worst_change": 0.0005}, "counted anywhere", "off by more than {most_moved:value} because"),
        ({"n_failed": 1, "n_failed_databases": 1}, "} mislabels rows", "stand in Details"),
        (MOVED, "most of all cups", "{most_moved:value} higher than without"),
        (MOVED | {"worst_change": -0.05}, "most of all cups", "{most_moved:value} lower than without"),
        (
            {"n_leaked": 3, "leaking": ("orders",)} | MOVED,
            "{leaked:value} of other",
            "the table orders should",
        ),
    ],
)
def test_title_and_answer_say_no_more_than_was_found(changes, title, answer):
    found = dataclasses.replace(FOUND, **changes)
    assert title in texts.name_finding(found) and answer in texts.describe_answer(found)
    assert len(texts.name_finding(found).split()) <= 14 and len(texts.describe_answer(found).split()) <= 40


@pytest.mark.parametrize(
    ("changes", "action", "strength"),
    [
        ({}, "keep the filters as they are", "do not decide on this yet"),
        ({"n_missing": 3}, "take a snapshot with the 3 tables", "do not decide on this yet"),
        (FAILED, "settle 4 rows", "lean"),
        (FAILED | {"n_tenant_databases": 2}, "never by tenant alone", "lean"),
        ({"n_unflagged": 1, "n_tenant_databases": 2}, "set the test flag of 1 shop", "lean"),
        (MOVED, "in the 2 figures that move", "lean"),
        (MOVED | {"n_moved": 1}, "in the 1 figure that moves", "lean"),
        ({"n_unflagged": 1}, "set the test flag of 1 shop", "lean"),
        ({"n_unknown": 7}, "labels of 7 rows that nobody knows", "lean"),
        ({"n_doubt": 3, "doubt_money": 9.0}, "ask who rang up the 3 orders", "lean"),
        ({"n_doubt": 3}, "ask who rang up the 3 orders", "do not decide on this yet"),
        (
            {"n_leaked": 2, "leaking": ("orders", "order_items")},
            "the table orders and the table order_items",
            "lean",
        ),
    ],
)
def test_what_to_do_follows_from_what_was_found(changes, action, strength):
    made = texts.decide(dataclasses.replace(FOUND, **changes))
    assert action in made.action and made.strength.word == strength
    assert len(made.action.split()) <= 40


@pytest.mark.full
def test_an_estate_without_a_contradiction_passes_and_asks_for_nothing(tmp_path):
    suite = estate_rows.suite(tmp_path, estate(**CLEAN))
    audit = label_counts.audit_tables(suite)
    assert audit.rows["n_failed"].sum() == 0
    listed = label_counts.list_failing(suite, audit, 10)
    assert listed.empty and list(listed) == label_counts.ROW_COLUMNS
    figures, sides = moved_figures.compare_figures(suite, ["orders", "revenue"])
    figures = steps.measure_moves(figures, 0.001)
    doubtful = order_filters.list_doubtful(suite)
    found = steps.find(audit, figures, sides, doubtful, dt.date(2026, 2, 7))
    assert (found.n_moved, found.n_doubt, found.n_failed_databases, found.n_leaked) == (0, 0, 0, 0)
    assert texts.decide(found).worth is None and texts.decide(found).action == "keep the filters as they are"
    filters = order_filters.compare_filters(suite)
    assert texts.name_filters(filters) == "Without a filter 1 orders of other markets count"
    bars = views.show_bars(figures)
    assert bars["kind"].tolist() == ["as published", "if nothing were left out"] * 2
    assert bars.loc[bars["kind"] == "as published", "percent"].tolist() == [0.0, 0.0]


def test_rows_that_fail_beside_clean_reports_are_explained_and_the_limit_is_named():
    databases = pd.DataFrame({"database": ["b", "a"], "n_failed": [1, 3]})
    failed = dataclasses.replace(FOUND, **FAILED)
    assert texts.point_to_rows(failed, databases, 0.001) == (
        "4 rows of 2 databases have labels that contradict each other, most of them in a; because of "
        "them no published figure is off by 0.1 % or more."
    )
    assert texts.point_to_rows(FOUND, databases, 0.001) == ""
    moved = dataclasses.replace(failed, **MOVED)
    assert texts.point_to_rows(moved, databases, 0.001) == ""
    assert texts.name_worst(FOUND, 0.001) == "Most that a published figure is off, limit 0.1 %"
    assert texts.name_worst(moved, 0.001) == "Cups: too high by"
    none = dataclasses.replace(FOUND, worst_change=None)
    assert texts.name_worst(none, 0.001) == "Most that a published figure is off"


def test_titles_of_charts_say_less_where_there_is_less():
    cells = pd.DataFrame({"result": [steps.PASS, steps.PART, steps.NOT_TESTED]})
    assert texts.name_cells(cells) == "None of 3 label checks fails, 1 could not be made, 1 only in part"
    assert texts.name_cells(cells.assign(result=steps.FAIL)) == "3 of 3 label checks fail"
    filters = pd.DataFrame({"filter": ["No filter", "Tenant alone"], "n_let_in": [0, 0], "n": [0, 0]})
    assert texts.name_filters(filters) == "No order of another market is there to be let in"
    assert texts.describe_unfiltered(filters) == "Null without orders"
    assert "4.4 %" in texts.describe_unfiltered(filters.assign(n=487_497, n_let_in=21_282))
    figures = pd.DataFrame({"metric": ["orders"], "ungated_change": [0.0456]})
    assert "4.6 % too many" in texts.name_moves(figures, FOUND)
    assert texts.name_moves(figures.iloc[:0], FOUND) == "No published figure moves"
