"""Each small conformed table equals a plain loop over raw rows: all its rows, all its columns."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from lucky_analytics import estate
from lucky_analytics.catalog import TABLES
from tests import estate_rows
from tests.catalog_loops import LOOPS

# The last instant of 13 February in New York, the first of 14 February, and an ordinary one.
LAST, NEXT, EARLY = "2026-02-14T04:59:59", "2026-02-14T05:00:00", "2025-11-02T03:31:00"
DAYS = (dt.date(2026, 2, 13), dt.date(2026, 2, 14), dt.date(2025, 6, 1))
INSTANTS = ("create_time", "receive_time", "send_time", "hit_time", "start_time", "accept_time", "done_time")
DATES = ("bill_date", "week_start", "effective_start", "stock_date", "business_date")
AT = (LAST, NEXT, EARLY)


def varied(table: estate.Table, number: int) -> dict:
    """A row whose codes, flags, times and amounts differ from those of the rows beside it."""
    row: dict = {"id": number}
    for name, column in table.columns.items():
        kind = column.type.partition("(")[0]
        if name in INSTANTS or (kind == "datetime" and (number + len(name)) % 3):
            row[name] = AT[number % 3]
        elif name in DATES:
            row[name] = DAYS[number % 3]
        elif kind in ("int", "tinyint", "smallint") and name != "id":
            row[name] = number % 13
        elif kind == "decimal":
            row[name] = f"{number}.25"
        elif kind == "bigint" and name != "id":
            row[name] = 1 + number % 2
        elif kind == "varchar" and not (column.nullable and number % 4 == 0):
            row[name] = f"{name[:3]}{number}"
    return row


NUMBERED = {
    "currency_code": lambda n: "USD" if n % 4 else "NZD",
    "time_zone": lambda n: "America/New_York",
    "spu_code": lambda n: f"SP{n // 3}",
    "template_no": lambda n: f"tem{n % 5 or 99}",  # the templates and experiments themselves are told apart
    "experiment_no": lambda n: f"exp{n % 5 or 99}",
    "order_id": lambda n: str(n),
    "open_time": lambda n: "07:30",
    "close_time": lambda n: "21:05" if n % 3 else "06:00",
}
EXACT = {"luckyus_opshop.t_shop_info": [
    {**estate_rows.NEW_YORK, "set_up_time": EARLY, "shop_name": " 8th & Broadway "},
    {**estate_rows.RAROTONGA, "id": 2, "set_up_time": EARLY},
    {**estate_rows.NEW_YORK, "id": 3, "set_up_time": NEXT},
    {**estate_rows.NEW_YORK, "id": 4, "set_up_time": LAST},
    {**estate_rows.NEW_YORK, "id": 5, "set_up_time": None},
    {**estate_rows.NEW_YORK, "id": 6, "set_up_time": EARLY, "internal": 1},
    {**estate_rows.NEW_YORK, "id": 7, "set_up_time": EARLY, "test_flag": 1},
    {**estate_rows.NEW_YORK, "id": 8, "set_up_time": EARLY, "status": 0},
]}  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
READ = [
    "ifiaccounting.t_acc_income_bill", "ifiaccounting.t_acc_cost_bill", "fitax.t_tax_invoice",
    "salesorder.t_order", "salespayment.t_trade", "salespayment.t_channel_fee",
    "scmcommodity.t_commodity_base_info", "salescrm.t_user", "upush.t_push_record",
    "salesmarketing.t_coupon_template", "salesmarketing.t_coupon_record", "salesmarketing.t_coupon_exposure",
    "isalesdatamarketing.t_experiment", "isalesdatamarketing.t_user_hit_experiment_record",
    "scmcommodity.t_mdm_goods", "scmcommodity.t_goods_cost", "scmcommodity.t_formula_spu",
    "scm-shopstock.t_shop_goods_stock_daily", "iotplatform.t_device", "iotplatform.t_cup_order_info",
    "opproduction.t_production", "opproduction.t_commodity", "opshop.t_shop_opening_time",
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
        said = {} if table in ("t_coupon_template", "t_experiment") else NUMBERED
        first = 1 + 100 * WEEKDAYS.index(table[-3:]) if table[-3:] in WEEKDAYS else 1
        rows[f"{database.name}.{table}"] = [
            varied(declared, n)
            | {column: value(n) for column, value in said.items() if is_text(declared, column)}
            | ({"shop_id": n} if table == "t_shop_opening_time" else {})
            for n in range(first, first + 39)
        ]
    return estate_rows.suite(tmp_path_factory.mktemp("loops"), rows)


@pytest.mark.parametrize("name", LOOPS)
def test_a_table_equals_a_plain_loop(suite, name):
    def raw(table: str) -> list[dict]:
        source, _, of_source = table.partition(".")
        return getattr(suite.source(source), of_source).to_pyarrow().to_pylist()

    key = TABLES[name].key
    expected = {tuple(row[part] for part in key): rounded(row) for row in LOOPS[name](raw)}
    rows = suite.table(name).to_pyarrow().to_pylist()
    assert {tuple(row[part] for part in key): rounded(row) for row in rows} == expected
    assert len(rows) == len(expected) > 1


def rounded(row: dict) -> dict:
    return {name: round(value, 9) if isinstance(value, float) else value for name, value in row.items()}


def test_every_table_has_its_loop_or_a_test_that_names_it():
    others = [path for path in Path(__file__).parent.rglob("test_*.py") if path != Path(__file__)]
    words = {word for path in others for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert TABLES.keys() - LOOPS.keys() - words == set()
