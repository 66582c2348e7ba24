"""Each control finds what plain loops find, and one row that breaks its rule is one exception more."""

from __future__ import annotations

import datetime as dt
import json
import types

import ibis
import pandas as pd
import pytest

from lucky_analytics.models.matched_books import exceptions as found_in
from lucky_analytics.questions.platform.compliance import query_list
from lucky_analytics.questions.platform.compliance.material import Material
from tests import demo_suite, taxed

QUERIES = query_list.list_queries()
DAY = dt.date(2026, 1, 1)
# What is tested on orders, payments and refunds alone, which every snapshot has.
ALWAYS_THERE = {"tax_charged", "exempt_food", "tax_rate_known", "tax_each_day", "orphan_payment",
                "double_charge", "unpaid_order", "refund_linked", "payment_currency",
                "order_amount"}  # fmt: skip
BOOKS = ("orphan_payment", "double_charge", "unpaid_order", "refund_linked", "order_amount",
         "payments_booked", "ledger_entries", "fee_bills")  # fmt: skip


@pytest.fixture(scope="module")
def material():
    return Material(demo_suite.suite())


class Lazy(dict):
    """What each query found, made when a test asks for it: the books are only matched for tests of books."""

    def __init__(self, material):
        super().__init__()
        self.material = material

    def __missing__(self, name):
        self[name] = QUERIES[name](self.material)
        return self[name]


@pytest.fixture(scope="module")
def found(material):
    return Lazy(material)


def n_of(name, **edits):
    made = QUERIES[name](Material(demo_suite.suite(**edits)))
    return made if isinstance(made, str) else len(made.exceptions)


def first(row, column, where):
    """The first value of a column among the rows that ``where`` holds for."""
    return row.filter(where(row)).order_by(column).limit(1).execute()[column].iloc[0]


def on_first(column, where, **values):
    """An edit of the first row for which ``where`` holds: ``values`` of the row in the place of its own."""

    def edit(row):
        key = first(row, column, where)
        made = {
            name: ibis.ifelse(row[column] == key, value(row), row[name]) for name, value in values.items()
        }
        return row.mutate(**made)

    return edit


@pytest.mark.full
def test_every_query_finds_cases_and_exceptions_in_their_columns(found):
    for name in QUERIES:
        made = found[name]
        if isinstance(made, str):
            assert name == "returns_filed" and "not known" in made
            continue
        assert made.cases["n"].sum() > 0, name
        assert made.exceptions.columns.tolist() == ["case", "date", "store_id", "detail", "cents", "currency"]
        assert made.exceptions[["case", "date", "detail"]].notna().all(axis=None), name
        assert not made.exceptions.duplicated(["case", "detail", "date"]).any(), name


@pytest.mark.full
def test_books_have_the_exceptions_that_the_reconciliation_page_counts(material, found):
    """All kinds but fee records that lack, which stand payment by payment at ``fee_record``."""
    rows = material.exceptions
    rows = rows[
        (rows["currency"] == "USD") | (rows["class"] == "currency")
    ]  # a test market's stand there alone
    assert len(rows)
    listed = pd.concat([found[name].exceptions for name in BOOKS])
    foreign = found["payment_currency"].exceptions
    listed = pd.concat([listed, foreign[foreign["cents"].notna()]])
    own = rows[~((rows["leg"] == "fee records and fee bills") & (rows["class"] == "missing counterpart"))]
    assert len(listed) == len(own)
    for currency in ("USD", "NZD"):
        cents = own.loc[own["currency"] == currency, "at_risk_cents"].sum()
        assert listed.loc[listed["currency"] == currency, "cents"].sum() == cents
    assert found_in.TRUE in set(rows["nature"])


@pytest.mark.full
def test_lines_are_those_of_the_tax_page(found):
    lines = taxed.classified(demo_suite.suite())
    wrong = lines.filter(~lines["class"].isin(("right", "exempt, not taxed", "off by rounding"))).execute()
    parts = [found[name].exceptions for name in ("tax_charged", "exempt_food", "tax_rate_known")]
    assert sorted(pd.concat(parts)["case"]) == sorted(wrong["line_id"]) and len(wrong)


@pytest.mark.full
def test_planted_rows_are_the_exceptions(material, found):
    planted = json.loads((material.suite.snapshot.folder.parents[1] / "demo/truth.json").read_text())
    ids = {name: {str(one) for one in rows} for name, rows in planted["exceptions"]["rows"].items()}
    trade = material.suite.source("salespayment").t_trade
    trade = trade.filter(trade.currency_code == "USD").select("id", "trade_no").execute()
    number = dict(zip(trade["id"].astype(str), trade["trade_no"], strict=True))
    placed = material.suite.all_orders
    dollars = set(placed.filter(placed.currency == "USD").order_id.execute())
    expected = {
        "orphan_payment": {number[one] for one in ids["orphan_trades"] if one in number},
        "unpaid_order": ids["missing_trades"] & dollars,
        "tax_charged": ids["wrong_rate_lines"] | ids["zero_tax_lines"],
        "exempt_food": ids["taxed_exempt_lines"],
    }
    for name, rows in expected.items():
        assert rows and set(found[name].exceptions["case"]) == rows, name


def test_kitchen_and_machines_equal_plain_loops(material, found):
    suite = material.suite
    slow = [row.production_id for row in suite.production.execute().itertuples()
            if row.status == "done" and row.production_seconds > 1800]  # fmt: skip
    assert set(found["making_time"].exceptions["case"]) == set(slow) and slow
    forms = suite.task_forms.execute()
    for name, is_fridge in (("fridge_checks", True), ("other_checks", False)):
        own = forms[(forms["task"] == "fridge temperature") == is_fridge]
        assert found[name].cases["n"].sum() == len(own)
        assert set(found[name].exceptions["case"]) == set(own.loc[own["result"] == "not done", "form_id"])
    listed, n = set(), 0
    for _, own in forms.sort_values(["due_at", "form_id"]).groupby(["store_id", "task"]):
        rows = list(own.itertuples())
        for place, row in enumerate(rows):
            if row.result != "not in order":
                continue
            following = rows[place + 1] if place + 1 < len(rows) else None
            in_time = following is not None and (following.task_date - row.task_date).days <= 3
            if in_time or (suite.as_of - pd.Timestamp(row.task_date).date()).days > 3:
                n += 1
                listed |= set() if in_time and following.result == "in order" else {row.form_id}
    assert set(found["put_right"].exceptions["case"]) == listed and found["put_right"].cases["n"].sum() == n


MINIMA = ((1650, dt.date(2025, 1, 1), dt.date(2026, 1, 1)), (1700, dt.date(2026, 1, 1), dt.date(9999, 1, 1)))


def test_wages_under_each_minimum_equal_a_plain_loop(material, found):
    suite = material.suite
    left = suite.employees.execute().set_index("employee_id")["left_date"]
    listed, n = [], 0
    for person, own in suite.wages.execute().sort_values("start_date").groupby("employee_id"):
        days = [pd.Timestamp(day).date() for day in own["start_date"]]
        ends = [*days[1:], dt.date(9999, 1, 1)]
        gone = dt.date(9999, 1, 1) if pd.isna(left[person]) else pd.Timestamp(left[person]).date()
        for wage, start, end in zip(own.itertuples(), days, ends, strict=True):
            for least, since, until in MINIMA:
                day = max(start, since)
                if day < until and day <= suite.as_of and day < end and day <= gone:
                    n += 1
                    listed += [f"{wage.wage_id} under {least}"] if wage.hour_cents < least else []
    assert found["minimum_wage"].cases["n"].sum() == n
    assert sorted(found["minimum_wage"].exceptions["case"]) == sorted(listed)


def is_done(result):
    return lambda row: (row.task == result) & (row.result == "in order")


# By control: the table, its key, which row, and what of it is changed.
ONE_MORE = {
    "making_time": ("production", "production_id", lambda row: row.production_seconds < 900,
                    {"production_seconds": lambda row: ibis.literal(1801.0)}),
    "fridge_checks": ("task_forms", "form_id", is_done("fridge temperature"),
                      {"result": lambda row: ibis.literal("not done")}),
    "other_checks": ("task_forms", "form_id", is_done("cleaning"),
                     {"result": lambda row: ibis.literal("not done")}),
    "use_by": ("expiry_logs", "log_id", lambda row: row.closed_at <= row.use_by_at,
               {"closed_at": lambda row: row.use_by_at + ibis.interval(minutes=31)}),
    "clocked": ("clock_ins", "clock_id", lambda row: (row.kind == "out") & row.shift_id.notnull(),
                {"kind": lambda row: ibis.literal("other")}),
    "suppliers_paid": ("settlements", "settlement_id", lambda row: row.status == "paid",
                       {"amount_cents": lambda row: row.amount_cents + 1}),
    "vouchers": ("voucher_entries", "entry_id", lambda row: row.side == "debit",
                 {"debit_cents": lambda row: row.debit_cents + 1}),
    "repair": ("device_events", "event_id", lambda row: (row.kind == "repaired") & (row.event_date < DAY),
               {"kind": lambda row: ibis.literal("other")}),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_MORE)
def test_one_row_that_breaks_the_rule_is_one_exception_more(found, name):
    table, key, where, values = ONE_MORE[name]
    assert n_of(name, **{table: on_first(key, where, **values)}) == len(found[name].exceptions) + 1


def test_every_wage_below_the_minimum_is_an_exception(found):
    cases = found["minimum_wage"].cases["n"].sum()
    assert n_of("minimum_wage", wages=lambda row: row.mutate(hour_cents=ibis.literal(1649, "int64"))) == cases


def test_a_break_of_thirty_minutes_is_enough(found):
    def longer(row):
        later = row.clocked_at + ibis.interval(minutes=30)
        return row.mutate(clocked_at=ibis.ifelse(row.kind == "break ends", later, row.clocked_at))

    cases = found["meal_break"].cases["n"].sum()
    assert n_of("meal_break", clock_ins=longer) == 0 and cases >= len(found["meal_break"].exceptions)
    none = n_of("meal_break", clock_ins=lambda row: row.filter(row.kind == "in"))
    assert none == cases


def test_the_tax_system_is_held_against_each_order_with_tax(material, found):
    days = found["tax_system"]
    assert len(days.exceptions) == days.cases["n"].sum()  # it is empty
    order = material.suite.orders.filter(material.suite.orders.tax_cents > 0)
    full = order.select(
        invoice_id="order_id", invoice_no="order_id", order_id="order_id", created_at="ordered_at",
        jurisdiction="store_id", taxable_cents="revenue_cents", tax_cents="tax_cents",
    ).execute()  # fmt: skip
    assert n_of("tax_system", taxes=filled(full)) == 0
    assert n_of("tax_system", taxes=filled(full.iloc[1:])) == 1


@pytest.mark.full
def test_returns_are_tested_as_soon_as_there_is_one():
    def filed(day, end="2025-08-31"):
        row = {"return_id": "1", "jurisdiction": "New York State", "start_date": dt.date(2025, 6, 1),
               "end_date": dt.date.fromisoformat(end), "due_cents": 1, "remitted_cents": 1,
               "filed_at": dt.datetime.fromisoformat(day)}  # fmt: skip
        return lambda table: ibis.memtable(
            pd.DataFrame([{name: row.get(name) for name in table.columns}]), schema=table.schema()
        )

    # Due: June to August, and September to November.
    assert n_of("returns_filed", tax_returns=filed("2025-09-19T12:00:00")) == 1
    assert n_of("returns_filed", tax_returns=filed("2025-12-19T12:00:00")) == 2
    assert n_of("returns_filed", tax_returns=filed("2025-09-19T12:00:00", "2025-07-31")) == 2


@pytest.mark.full
def test_a_day_of_a_store_without_any_tax_is_found(found):
    assert len(found["tax_each_day"].exceptions) == 0

    def untaxed(row):
        last = row.order_date == "2026-02-12"
        is_day = last & (row.store_id == first(row, "store_id", lambda own: own.order_date == "2026-02-12"))
        return row.mutate(tax_cents=ibis.ifelse(is_day, 0, row.tax_cents))

    assert n_of("tax_each_day", order_items=untaxed) == 1


def test_what_the_snapshot_lacks_is_not_testable(monkeypatch):
    suite = demo_suite.suite()
    monkeypatch.setattr(type(suite), "optional", lambda self, name: None)
    books = types.SimpleNamespace(bills=None, entries=None, fee_records=None)
    remitted = types.SimpleNamespace(n_rows=None)
    lacking = Material(suite)
    vars(lacking).update(books=books, booked=None, remitted=remitted)
    for name in set(QUERIES) - ALWAYS_THERE:
        assert "snapshot has no" in QUERIES[name](lacking), name


def filled(frame):
    """An edit that puts the rows of ``frame`` in the place of a table's own."""
    return lambda row: row.get_backend().create_table(
        f"filled_{len(frame)}", ibis.memtable(frame, schema=row.schema()), temp=True, overwrite=True
    )
