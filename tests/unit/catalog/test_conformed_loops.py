"""Each small conformed table equals a plain loop over raw rows: all its rows, all its columns."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import zlib
from pathlib import Path

import pytest

from lucky_analytics import estate
from lucky_analytics.catalog import TABLES, find_faults
from tests import estate_rows
from tests.catalog_loops import LOOPS

# The last instant of 13 February in New York, the first of 14 February, and an ordinary one.
LAST, NEXT, EARLY = "2026-02-14T04:59:59", "2026-02-14T05:00:00", "2025-11-02T03:31:00"
DAYS = (dt.date(2026, 2, 13), dt.date(2026, 2, 14), dt.date(2025, 6, 1))
# Those that decide on which day a row counts lie on either side of midnight, row by row.
INSTANTS = ("create_time", "receive_time", "send_time", "hit_time", "start_time", "clock_time", "event_time",
            "partake_time", "update_time")  # fmt: skip
DATES = ("bill_date", "week_start", "effective_start", "stock_date", "business_date", "order_date",
         "hire_date", "effective_date", "entry_date", "period_end", "pred_date", "stat_date",
         "receive_week")  # fmt: skip
AT = tuple(map(dt.datetime.fromisoformat, (LAST, NEXT, EARLY)))


def varied(table: estate.Table, number: int) -> dict:
    """A row whose codes, flags, times and amounts differ from those of the rows and the columns beside it."""
    row: dict = {"id": number}
    for name, column in table.columns.items():
        kind, _, size = column.type.partition("(")
        own = number + zlib.crc32(name.encode())
        may_be_null = column.nullable or column.zero_dates
        if name == "id" or (may_be_null and name not in INSTANTS and (number + len(name)) % 4 == 0):
            continue
        if name in INSTANTS:
            row[name] = AT[number % 3]
        elif kind == "datetime":
            row[name] = AT[own // 2 % 3] - dt.timedelta(minutes=own % 53)
        elif name in DATES:
            row[name] = DAYS[number % 3]
        elif kind == "date":
            row[name] = DAYS[own // 2 % 3] - dt.timedelta(days=own % 5)
        elif kind in ("int", "tinyint", "smallint"):
            row[name] = own % 13
        elif kind == "decimal":
            digits, scale = map(int, size.strip(")").split(","))
            row[name] = f"{own % min(9973, 10 ** (digits - scale))}.25"
        elif kind == "bigint":
            row[name] = 1 + own % 2
        elif kind == "varchar":
            row[name] = f"{name}{number}"
    return row


NUMBERED = {
    "currency_code": lambda n: "USD" if n % 4 else "NZD",
    "time_zone": lambda n: "America/New_York",
    "tenant": lambda n: "LKUS" if n % 11 else "LKTEST",
    "spu_code": lambda n: f"SP{n // 3}",
    "template_no": lambda n: (
        f"template_no{n % 5 or 99}"
    ),  # the templates and experiments themselves are told apart
    "experiment_no": lambda n: f"experiment_no{n % 5 or 99}",
    "activity_no": lambda n: f"activity_no{n % 5 or 99}",
    "account_code": lambda n: ACCOUNTS[n % len(ACCOUNTS)],
    "order_id": lambda n: str(n + 3),
    "open_time": lambda n: "07:30" if n % 2 else "09:00",
    "close_time": lambda n: "21:05" if n % 3 else "06:00",
}
ACCOUNTS = ("1122", "2202", "2221", "2222", "6001", "6002", "6003", "6011", "6051", "6401", "6603", "6604",
            "9001", "9002", "9003", "7777")  # fmt: skip
SHOPS = (99, 1, 2, 1, 4, 1, 2)  # nobody knows the first
SHOP = {"shop_id": lambda n: SHOPS[n % 7]}
DEPT = {"shop_dept_id": lambda n: SHOPS[n % 7]}
BOUGHT = {"purchase_order_id": lambda n: n + 1}
# Ids that meet those of other tables, and some that meet none; codes of which many have a name.
JOINED = {
    "t_order": {**SHOP, "status": lambda n: (90, 90, 0, 90, 50)[n % 5]},
    "t_order_item": {"order_id": lambda n: str(n // 2 + 1)},
    "t_order_amount": {"order_id": lambda n: 2 * n},
    "t_order_oper_history": {"order_id": lambda n: n + 1},
    "t_trade": {"trade_type": lambda n: 1 + n % 2, "order_id": lambda n: str(n // 2),
                "amount": lambda n: 7 * n},
    "t_coupon_template": {
        "campaign_type": lambda n: n,
        "start_time": lambda n: AT[n % 3] + dt.timedelta(days=n % 4),
    },
    "t_purchase_order_item": BOUGHT,
    "t_ship_order": BOUGHT,
    "t_employee": {"leave_date": lambda n: (*DAYS, None)[n % 4]},
    "t_production": {**SHOP, "status": lambda n: (10, 20, 30, 40, 50)[n % 5]},
    "t_commodity": {**SHOP, "production_id": lambda n: n // 2 + 1, "order_item_id": lambda n: n + 5,
                    "status": lambda n: (20, 30, 40, 50)[n % 4]},
    "t_expiry_log": {**SHOP, "open_time": lambda n: AT[n % 3]},
    "t_complaint": SHOP,
    "t_risk_rule_count": {"record_count": lambda n: 7 * n, "hit_count": lambda n: 2 * n},
    "t_coupon_expired_stat": {
        "template_no": lambda n: f"template_no{n}", "given_count": lambda n: 9 * n,
        "used_count": lambda n: 2 * n, "expired_count": lambda n: 7 * n,
    },
    "t_user_traffic_stat": {"user_count": lambda n: 5 * n},
    "t_etl_task": {"every_minutes": lambda n: (0, 1, 5, 60)[n % 4]},
    "t_etl_task_day": {"run_count": lambda n: 9 * n, "failure_count": lambda n: n % 3,
                       "error_type": lambda n: n % 6, "row_count": lambda n: 7 * n,
                       "mean_seconds": lambda n: None if n % 4 == 0 else n / 8},
    "t_login_stat": {"attempt_count": lambda n: 7 * n, "failure_count": lambda n: n % 7},
    "t_device": SHOP,
    "t_cup_order_info": SHOP,
    "t_device_event": {"device_id": lambda n: 2 * n},
    "wh_goods_daily_demand_pred": DEPT,
    "t_order_predict_alg_v2": DEPT,
    "t_shop_opening_time": {"shop_id": lambda n: n},
}  # fmt: skip
EXACT = {"luckyus_opshop.t_shop_info": [
    {**estate_rows.NEW_YORK, "set_up_time": EARLY, "shop_name": " 8th & Broadway ", "shop_no": "US00001",
     "address": "755 Broadway", "location_latitude": "40.730600", "location_longitude": "-73.992300"},
    {**estate_rows.RAROTONGA, "id": 2, "set_up_time": EARLY},
    {**estate_rows.NEW_YORK, "id": 3, "set_up_time": NEXT},
    {**estate_rows.NEW_YORK, "id": 4, "set_up_time": LAST},
    {**estate_rows.NEW_YORK, "id": 5, "set_up_time": None},
    {**estate_rows.NEW_YORK, "id": 6, "set_up_time": EARLY, "internal": 1},
    {**estate_rows.NEW_YORK, "id": 7, "set_up_time": EARLY, "test_flag": 1},
    {**estate_rows.NEW_YORK, "id": 8, "set_up_time": EARLY, "status": 0},
    {**estate_rows.NEW_YORK, "id": 9, "set_up_time": EARLY, "tenant": "LKTEST"},
]}  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
READ = [
    "ifiaccounting.t_acc_income_bill", "ifiaccounting.t_acc_cost_bill", "fitax.t_tax_invoice",
    "fitax.t_tax_invoice_item",
    "ifiaccounting.t_pre_voucher_entry_assist", "fitax.t_tax_return",
    "salesorder.t_order", "salesorder.t_order_item", "salesorder.t_order_amount",
    "salesorder.t_order_oper_history", "salespayment.t_trade", "salespayment.t_channel_fee",
    "salespayment.t_user_channel",
    "scmcommodity.t_commodity_base_info", "salescrm.t_user", "salescrm.t_user_profile", "upush.t_push_record",
    "salesmarketing.t_coupon_template", "salesmarketing.t_coupon_record", "salesmarketing.t_coupon_exposure",
    "salesmarketing.t_market_activity", "salesmarketing.t_market_activity_partake",
    "salesmarketing.t_user_group_label", "isalescdp.t_user_state", "isalescdp.t_user_event_track",
    "isalesdatamarketing.t_experiment", "isalesdatamarketing.t_user_hit_experiment_record",
    "scmcommodity.t_mdm_goods", "scmcommodity.t_goods_cost", "scmcommodity.t_formula_spu",
    "scm-shopstock.t_shop_goods_stock_daily", "scm-shopstock.t_shop_goods_stock",
    "ireplenishment.wh_goods_daily_demand_pred", "ireplenishment.t_order_predict_alg_v2",
    "scmsrm.t_supplier", "scm-purchase.t_purchase_order", "scm-purchase.t_purchase_order_item",
    "scm-purchase.t_ship_order", "scm-purchase.t_supplier_settlement",
    "iotplatform.t_device", "iotplatform.t_device_event", "iotplatform.t_cup_order_info",
    "iotplatform.t_coffee_formula",
    "opproduction.t_production", "opproduction.t_commodity", "opshop.t_shop_opening_time",
    "opqualitycontrol.t_expiry_log", "opqualitycontrol.t_task_form", "opqualitycontrol.t_complaint",
    "opempefficiency.t_employee", "opempefficiency.t_employee_wage", "opempefficiency.t_employee_skill",
    "opempefficiency.t_shift_roster", "opempefficiency.t_clock_record",
    "iriskcontrolservice.t_risk_rule", "iriskcontrolservice.t_risk_rule_count",
    "iriskcontrolservice.t_risk_log", "iriskcontrolservice.t_blacklist", "salescrm.t_login_stat",
    "salesmarketing.t_coupon_expired_stat", "isalesdatamarketing.t_user_traffic_stat",
    "icyberdata.t_etl_task", "icyberdata.t_etl_task_day",
    *(f"scm-shopstock.t_shop_goods_stock_change_{day}" for day in WEEKDAYS),
]  # fmt: skip


def is_text(table: estate.Table, column: str) -> bool:
    return column in table.columns and table.columns[column].type.startswith("varchar")


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    rows = dict(EXACT)
    for name in READ:
        source, _, table = name.partition(".")
        database = estate.load().database(source)
        declared = database.table(table)
        said = {} if table in ("t_coupon_template", "t_experiment", "t_market_activity") else NUMBERED
        first = 1 + 100 * WEEKDAYS.index(table[-3:]) if table[-3:] in WEEKDAYS else 1
        rows[f"{database.name}.{table}"] = [
            varied(declared, n)
            | {column: value(n) for column, value in said.items() if is_text(declared, column)}
            | {column: value(n) for column, value in JOINED.get(table, {}).items()}
            for n in range(first, first + 39)
        ]
    return estate_rows.suite(tmp_path_factory.mktemp("loops"), rows)


@pytest.fixture(scope="module")
def made(suite):
    """The rows of a conformed table, asked for once."""
    return functools.cache(lambda name: suite.table(name).to_pyarrow())


@pytest.fixture(scope="module")
def raw(suite):
    """The rows of a source's table, read once: many loops go over orders and shops."""

    @functools.cache
    def read(table: str) -> list[dict]:
        source, _, of_source = table.partition(".")
        return getattr(suite.source(source), of_source).to_pyarrow().to_pylist()

    return read


@pytest.mark.parametrize("name", LOOPS)
def test_a_table_equals_a_plain_loop(suite, made, raw, name):
    key = TABLES[name].key
    expected = {tuple(row[part] for part in key): rounded(row) for row in LOOPS[name](raw)}
    rows = made(name).to_pylist()
    assert {tuple(row[part] for part in key): rounded(row) for row in rows} == expected
    assert len(rows) == len(expected) > 1
    assert find_faults(TABLES[name], suite.table(name)) == []


@pytest.mark.parametrize("name", LOOPS)
def test_rows_tell_a_column_from_a_constant_and_from_its_neighbours(made, name):
    columns = made(name).to_pydict()
    constant = {column for column, values in columns.items() if len(set(values)) == 1}
    assert constant <= {"reference_branch"} | (
        {"currency"} if name in ("purchase_orders", "refunds") else set()
    )
    pairs = itertools.combinations(columns, 2)
    assert [(one, other) for one, other in pairs if columns[one] == columns[other]] == []


def rounded(row: dict) -> dict:
    return {name: round(value, 9) if isinstance(value, float) else value for name, value in row.items()}


def test_every_table_has_its_loop_or_a_test_file_of_its_own():
    own = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("*/test_*.py")}
    assert TABLES.keys() - LOOPS.keys() - own == set()
    assert LOOPS.keys() <= TABLES.keys()
