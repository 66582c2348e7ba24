"""A public data set of another shape becomes a snapshot: lines of invoices as orders and their items."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from lucky_analytics import settings, snapshot
from lucky_analytics.catalog.suite import Suite
from lucky_analytics.errors import LacksTablesError
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.optional import find_missing
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
    assert item.rejected == {"origin_price: expected decimal(12,2), got a text that is no number": 1}
    assert {finding.subject for finding in taken.breaches() if finding.rule == "rejects"} == {"rows"}


# What each of the six first notebooks lacks beside the tables of shops and of orders' amounts, by database.
GOODS = {"luckyus_scm_commodity": {"t_formula_spu", "t_goods_cost", "t_mdm_goods"}}
FEES = {"luckyus_sales_payment": {"t_channel_fee", "t_trade"}}
SEEN = {"luckyus_sales_marketing": {"t_coupon_exposure"}}
PEOPLE = {"luckyus_sales_crm": {"t_user"}}
SITES = {
    **PEOPLE,
    "luckyus_ifiaccounting": {"t_acc_cost_bill"},
    "luckyus_iot_platform": {"t_device"},
    "luckyus_opproduction": {"t_production"},
}
LACKS = {
    "store_ramp_curves": SITES,
    "site_scoring": SITES,
    "churn_cohorts": GOODS | FEES | SEEN | PEOPLE,
    "price_elasticity": GOODS | FEES | SEEN,
    "menu_engineering": FEES | SEEN | PEOPLE | {
        "luckyus_scm_commodity": {*GOODS["luckyus_scm_commodity"], "t_commodity_base_info"},
        "luckyus_opproduction": {"t_commodity", "t_production"},
    },
    "forecast_accuracy": {
        "luckyus_scm_commodity": {"t_goods_cost", "t_mdm_goods"},
        "luckyus_ireplenishment": {"t_order_predict_alg_v2", "wh_goods_daily_demand_pred"},
        "luckyus_scm_shopstock": {"t_shop_goods_stock_daily"},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LACKS)
def test_each_of_the_six_first_notebooks_says_exactly_what_it_lacks(taken: Manifest, name: str):
    """Lines of invoices are orders and items, and no more: none of the six can run on them alone."""
    cells = notebooks.load(notebooks.find(name, settings.load())).cells
    with pytest.raises(LacksTablesError) as waits:
        find_missing(cells, taken)
    named = set(waits.value.what.removeprefix("no ").partition(" in snapshot")[0].split(", "))
    lacks = {f"{database}.{table}" for database, tables in LACKS[name].items() for table in tables}
    assert named == lacks | {"luckyus_opshop.t_shop_info", "luckyus_sales_order.t_order_amount"}
    assert "lucky list --access" in waits.value.remedy
