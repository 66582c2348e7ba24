"""A public data set of another shape becomes a snapshot: lines of invoices as orders and their items."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from lucky_analytics import snapshot
from lucky_analytics.catalog.suite import Suite
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest
from lucky_analytics.sources import kinds

FOLDER = Path(__file__).parent / "other_retailer"


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    root = tmp_path_factory.mktemp("retailer")
    where = Settings(root=root, data_dir=root / "data", outputs_dir=root / "outputs")
    exports = Path(shutil.copytree(FOLDER, root / "exports"))
    return snapshot.take(kinds.connect("files", where, path=exports), settings=where)


def test_an_invoice_is_an_order_in_utc_and_its_currency(taken: Manifest):
    orders = Suite(taken).source("salesorder").t_order.order_by("id").execute()
    assert orders["id"].tolist() == [536365, 536366, 536370, 536379]
    assert orders["pay_money"].tolist() == [Decimal(total) for total in ("8.49", "5.55", "7.50", "27.50")]
    assert orders["status"].tolist() == [90, 90, 90, 0]
    assert set(orders["currency_code"]) == {"GBP"}
    # half past eight in December is so in UTC, a quarter to nine in July is an hour earlier
    assert orders["create_time"].dt.to_pydatetime().tolist()[1:3] == [
        dt.datetime(2010, 12, 1, 8, 28),
        dt.datetime(2011, 7, 1, 7, 45),
    ]


def test_each_unit_is_an_item_that_belongs_to_its_order(taken: Manifest):
    items = Suite(taken).source("salesorder").t_order_item.execute()
    assert items.groupby("order_id").size().to_dict() == {"536365": 3, "536366": 3, "536370": 2}
    assert items["pay_money"].sum() == Decimal("21.54")


def test_what_did_not_fit_is_left_out_and_told(taken: Manifest):
    order, item = (taken.tables[f"luckyus_sales_order.{name}"] for name in ("t_order", "t_order_item"))
    assert order.rejected == {"total_money: no value, where one is needed": 1}
    assert item.rejected == {"origin_price: expected decimal(12,2), got a value of a decimal(12,2)": 1}
    assert {finding.subject for finding in taken.breaches() if finding.rule == "rejects"} == {"rows"}
