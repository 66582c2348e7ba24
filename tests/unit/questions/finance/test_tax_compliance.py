"""Tax of a small estate by a plain loop over raw rows; worksheets, what was booked, what was remitted."""

from __future__ import annotations

import collections
import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest

from lucky_analytics.models.taxed_sales import booked as books
from lucky_analytics.models.taxed_sales import filing
from lucky_analytics.models.taxed_sales import lines as sold
from lucky_analytics.questions.finance.tax_compliance import views
from lucky_analytics.reference import sales_tax
from tests import demo_suite, estate_rows, taxed
from tests.catalog_loops.raw import cents

NYC = Decimal("0.08875")
TAX, SALES = "luckyus_fi_tax", "luckyus_sales_order"


@pytest.fixture(scope="module")
def suite():
    return demo_suite.suite()


@pytest.fixture(scope="module")
def rules():
    return sales_tax.load_tax_rules()


@pytest.fixture(scope="module")
def lines(suite):
    return taxed.classified(suite)


@pytest.fixture(scope="module")
def filled(suite, lines, rules):
    booked, remitted = books.load_booked(suite), books.load_remitted(suite)
    days = filing.compare_days(lines, sold.load_fees(suite, lines), booked)
    ledger = filing.sum_ledger(lines, rules)
    sheets = [
        filing.fill_worksheet(days, ledger, remitted, rules, suite.as_of, by) for by in ("month", "quarter")
    ]
    return days, ledger, *sheets


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def test_each_line_equals_a_plain_loop_over_raw_rows(suite, lines):
    counted = set(suite.orders.order_id.execute())
    places = {str(shop["id"]): shop["address"] or "" for shop in raw(suite, "opshop", "t_shop_info")}
    shop_of = {str(order["id"]): str(order["shop_id"]) for order in raw(suite, "salesorder", "t_order")}
    packed = {row["spu_code"] for row in raw(suite, "scmcommodity", "t_commodity_base_info")
              if row["mode"] and row["one_category_name"] == "Food"}  # fmt: skip
    expected = {}
    for item in raw(suite, "salesorder", "t_order_item"):
        if item["order_id"] not in counted:
            continue
        paid, charged, rate = cents(item["pay_money"]), cents(item["tax"]), item["tax_rate"]
        if ", NY" not in places[shop_of[item["order_id"]]]:
            due, kind = 0, "no rate on file"
        elif item["spu_code"] in packed:
            due, kind = 0, "exempt, but taxed" if charged else "exempt, not taxed"
        else:
            due = half_up(paid * NYC)
            if due and not charged and (not rate or due > 1):
                kind = "zero where tax is due"
            elif not due and not charged:
                kind = "right"
            elif rate != NYC:
                kind = "wrong rate"
            else:
                off = abs(due - charged)
                kind = ("right", "off by rounding")[off] if off < 2 else "right rate, wrong amount"
        expected[str(item["id"])] = (due, due - charged, kind)
    found = lines.execute()
    own = zip(found["due_cents"], found["gap_cents"], found["class"], strict=True)
    assert dict(zip(found["line_id"], own, strict=True)) == expected
    assert len(set(found["class"])) > 4


def raw(suite, source: str, table: str) -> list[dict]:
    return getattr(suite.source(source), table).to_pyarrow().to_pylist()


def test_sums_are_the_same_in_every_table(lines, filled):
    days, ledger, months, quarters = filled
    total = views.sum_groups(lines, "class").drop(columns="class").sum()
    for name in ("receipt", "taxable", "due", "charged", "under", "over"):
        for frame in (days, ledger, months, quarters):
            assert frame[name].sum() == round(100 * total[name]), name
    for by in (("store",), ("jurisdiction", "taxability"), ("date", "store", "taxability")):
        own = views.sum_groups(lines, *by)
        assert (own["due"] - own["charged"] - own["gap"]).abs().max() < 1e-9
    assert (ledger["due"] == ledger["charged"] + ledger["gap"]).all()
    assert (days["due"] == days["charged"] + days["under"] - days["over"] + days["rounded"]).all()
    assert views.show_classes(lines).iloc[-1]["n"] == lines.count().execute()


def test_a_return_rounds_each_part_of_its_receipts_once(lines, filled):
    months = filled[2]
    taxed_lines = lines.filter(lines.rate.notnull() & lines.is_taxable).execute()
    by_month = collections.Counter()
    for row in taxed_lines.itertuples():
        by_month[f"{row.date:%b %Y}"] += int(row.receipt_cents)
    for row in months.to_dict("records"):
        receipts = by_month[row["period"]]
        assert row["taxable"] == receipts
        assert row["state"] == half_up(receipts * Decimal("0.04"))
        assert row["city"] == half_up(receipts * Decimal("0.045"))
        assert row["district"] == half_up(receipts * Decimal("0.00375"))
        assert row["to_pay"] == max(row["state"] + row["city"] + row["district"], row["charged"])
        assert pd.isna(row["remitted"])


def test_stores_that_sold_nothing_taxable_here_come_last(lines):
    stores, elsewhere = views.show_stores(lines), views.sum_groups(lines, "store").query("taxable == 0")
    assert len(elsewhere) and stores["store"].tail(len(elsewhere)).tolist() == elsewhere["store"].tolist()
    assert sorted(stores["store"]) == sorted(views.sum_groups(lines, "store")["store"])


def test_booked_is_the_bills_and_every_cent_of_it_has_a_class(suite):
    booked = books.load_booked(suite)
    bills = [bill for bill in raw(suite, "ifiaccounting", "t_acc_income_bill")
             if bill["bill_type"] in (2, 11) and bill["currency_code"] == "USD"
             and bill["bill_date"] <= suite.as_of]  # fmt: skip
    assert booked.cents == sum(cents(bill["amount"]) for bill in bills) == booked.by_date.sum()
    assert booked.ledger_cents == booked.cents
    assert booked.classes["right_cents"].sum() == booked.cents
    assert booked.classes["left_cents"].sum() == suite.orders.tax_cents.sum().execute()
    assert booked.off_cents == round(100 * (booked.rows["charged"] - booked.rows["booked"]).abs().sum())


def test_the_form_follows_the_threshold(suite, lines, filled, rules, tmp_path):
    days, ledger, *_ = filled
    text = sales_tax._FILE.read_text().replace("monthly_from_dollars: 300000", "monthly_from_dollars: 10")
    (tmp_path / "sales_tax.yml").write_text(text)
    low = sales_tax.load_tax_rules(tmp_path / "sales_tax.yml")
    sheets = {by: filing.fill_worksheet(days, ledger, books.load_remitted(suite), low, suite.as_of, by)
              for by in ("month", "quarter")}  # fmt: skip
    assert sheets["quarter"]["form"].tolist() == ["ST-100", "ST-810", "ST-810"]
    assert sheets["month"]["form"].tolist() == ["ST-100"] * 3 + ["ST-809", "ST-809", "ST-810"] * 2
    returns = filing.list_returns(sheets["month"], sheets["quarter"])
    assert returns["form"].tolist() == ["ST-100", *["ST-809", "ST-809", "ST-810"] * 2]
    assert returns["charged"].sum() == days["charged"].sum()
    assert filled[2]["form"].unique().tolist() == ["ST-100"]  # a small chain files by quarter


def test_exposure_is_counted_from_the_day_on_which_a_return_was_due(filled, rules, suite):
    exposure = filing.bound_exposure(filing.list_returns(*filled[2:]), rules, suite.as_of)
    over = exposure["due_date"].dt.date < suite.as_of
    assert over.any() and not over.all()
    ends = [name for name in exposure if name.endswith(("_interest", "_penalty"))]
    assert (exposure.loc[~over, ends] == 0).all(axis=None)
    assert (exposure.loc[over, "all_penalty"] > 0.1 * exposure.loc[over, "all"] - 1).all()


def test_a_rate_holds_on_its_days_and_a_fee_is_taxed_as_what_it_delivers(tmp_path):
    text = sales_tax._FILE.read_text()
    old = "{part: city, percent: 4.5, start: 2009-08-01,"
    new = f"{old} end: 2026-02-01, source: x}}\n      - {{part: city, percent: 5.5, start: 2026-02-01,"
    (tmp_path / "rules.yml").write_text(text.replace(old, new))
    rules = sales_tax.load_tax_rules(tmp_path / "rules.yml")
    suite = small(tmp_path)
    lines = sold.load_lines(suite, rules)
    due = lines.execute().set_index("line_id")["due_cents"].to_dict()
    # 8.875 % in January, 9.875 % from 1 February on; the packed muffin is exempt; nothing is known of Newark.
    assert due == {"1": 44, "2": 49, "3": 0, "4": 0, "order 5": 99}
    fees = sold.load_fees(suite, lines).execute().set_index("order_id")["fee_tax_cents"].to_dict()
    assert fees == {"2": 20, "3": 0}
    kinds = lines.execute().set_index("line_id")["class"]
    assert kinds["order 5"] == "no tax recorded" and kinds["4"] == "no rate on file"
    assert sold.round_by_order(lines) == 44 + 49 + 99


def small(root, **more):
    shops = [{**estate_rows.NEW_YORK, "address": "755 Broadway, New York, NY 10003"},
             {**estate_rows.NEW_YORK, "id": 2, "address": "1 Main St, Newark, NJ 07102"}]  # fmt: skip
    jan, feb = "2026-01-31T17:00:00", "2026-02-01T17:00:00"
    at = {1: (1, jan), 2: (1, feb), 3: (1, feb), 4: (2, feb), 5: (1, feb)}
    drink, muffin = ("D", "Matcha", "5.00", "0.44"), ("M", "Food", "5.00", "0")
    bought = {1: drink, 2: drink, 3: muffin, 4: drink}
    rows = {
        "luckyus_opshop.t_shop_info": [{**shop, "set_up_time": "2025-06-30T12:00:00"} for shop in shops],
        f"{SALES}.t_order": [
            {"id": n, "shop_id": shop, "status": 90, "pay_money": "10.00", "currency_code": "USD",
             "create_time": when, "order_type": 2, "channel": 3}
            for n, (shop, when) in at.items()
        ],
        f"{SALES}.t_order_amount": [
            {"id": n, "order_id": n, "delivery_fee": "2.00", "currency_code": "USD"} for n in (2, 3)
        ],
        f"{SALES}.t_order_item": [
            {"id": n, "order_id": str(n), "spu_code": spu, "one_category_name": category, "pay_money": paid,
             "tax": tax, "tax_rate": "0.08875" if float(tax) else "0", "tax_mode": 1}
            for n, (spu, category, paid, tax) in bought.items()
        ],
        "luckyus_scm_commodity.t_commodity_base_info": [
            {"id": 1, "spu_code": "D", "one_category_name": "Matcha", "mode": 0, "status": 4},
            {"id": 2, "spu_code": "M", "one_category_name": "Food", "mode": 1, "status": 4},
        ],
        **more,
    }  # fmt: skip
    return estate_rows.suite(root, rows, dt.date(2026, 2, 13))


@pytest.mark.full
def test_a_return_in_the_tax_system_is_what_was_remitted_and_no_row_is_not_known(tmp_path, rules):
    filed = {"jurisdiction": "New York", "tax_due": "0.44", "tax_remitted": "0.40",
             "period_start": dt.date(2026, 1, 1), "period_end": dt.date(2026, 1, 31)}  # fmt: skip
    suite = small(tmp_path, **{f"{TAX}.t_tax_return": [{"id": 1, **filed}],
                               f"{TAX}.t_tax_invoice_item": [{"id": 7, "invoice_id": 3}]})  # fmt: skip
    remitted, lines = books.load_remitted(suite), taxed.classified(suite)
    assert (remitted.cents, remitted.dollars, remitted.n_rows) == (40, 0.4, 2)
    days = filing.compare_days(lines, sold.load_fees(suite, lines), None)
    ledger = filing.sum_ledger(lines, rules)
    months = filing.fill_worksheet(days, ledger, remitted, rules, suite.as_of, "month")
    assert months["remitted"].tolist() == [40, pd.NA] and months["booked"].isna().all()
    bare = books.Remitted(remitted.returns.head(0), 0)
    assert bare.cents is None and bare.dollars is None


@pytest.mark.full
def test_without_a_product_table_food_is_not_classified_and_drinks_are(suite, lines):
    bare = demo_suite.suite()
    bare.optional = lambda name: None if name == "products" else type(bare).optional(bare, name)
    found = taxed.classified(bare).execute()
    food = found["category"] == "Food"
    assert set(found.loc[food, "taxability"]) == {"not classified"}
    assert set(found.loc[~food, "taxability"]) == {"taxable"}


def test_rate_times_revenue_comes_apart_without_a_rest(suite, lines, rules):
    revenue = int(suite.orders.revenue_cents.sum().execute())
    charged = int(suite.orders.tax_cents.sum().execute())
    naive, bridge = views.bridge_naive(lines, revenue, charged, rules)
    amounts = bridge.set_index("step")["amount"]
    steps = amounts.iloc[: list(amounts.index).index("due, line by line")]
    assert steps.sum() == pytest.approx(amounts["due, line by line"])
    assert naive == pytest.approx(0.08875 * revenue / 100) and naive > 1.05 * amounts["due, line by line"]
    n = lines.count().execute()
    assert abs(amounts["rounding line by line, and other rates"]) < 0.005 * n
