"""What a prediction is held against: a metric and a filter, read as of a day."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.models.measure import Measure
from tests import estate_rows

FIRST, SECOND = dt.date(2025, 7, 1), dt.date(2025, 7, 2)
ORDERS = [(1, 1, FIRST, "A", 4.50), (2, 1, SECOND, "B", 3.00), (3, 2, SECOND, "A", 2.00)]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    shops = [
        {**estate_rows.NEW_YORK, "id": number, "set_up_time": "2025-06-01T12:00:00"} for number in (1, 2)
    ]
    orders = [
        {"id": number, "shop_id": shop, "create_time": f"{day}T16:00:00", "user_no": who, "pay_money": paid,
         "status": 90, "currency_code": "USD"}
        for number, shop, day, who, paid in ORDERS
    ]  # fmt: skip
    rows = {"luckyus_opshop.t_shop_info": shops, "luckyus_sales_order.t_order": orders}
    return estate_rows.suite(tmp_path_factory.mktemp("measure"), rows)


@pytest.mark.parametrize(
    ("measure", "last", "value"),
    [
        (Measure("orders"), SECOND, 3),
        (Measure("orders"), FIRST, 1),
        (Measure("orders", start=SECOND), SECOND, 2),
        (Measure("orders", until=FIRST), SECOND, 1),
        (Measure("orders", {"store_id": "1"}), SECOND, 2),
        (Measure("orders", {"store_id": ["1", "2"], "is_delivery": False}), SECOND, 3),
        (Measure("orders", {"store_id": "7"}), SECOND, 0),
        (Measure("revenue", {"store_id": "1"}), SECOND, 7.5),  # dollars
        (Measure("aov", {"store_id": "7"}), SECOND, None),
    ],
)
def test_a_measure_is_the_metric_of_its_rows_and_days(suite, measure, last, value):
    assert measure.read(suite, last) == value


def test_its_days_are_a_plain_count(suite):
    days = Measure("orders").read_days(suite, dt.date(2025, 7, 3))
    assert days["y"].tolist() == [1.0, 2.0] and days["ds"].dt.date.tolist() == [FIRST, SECOND]
    assert Measure("revenue").read_days(suite, SECOND)["y"].tolist() == [4.5]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("order",), UnknownNameError, "unknown metric 'order'"),
        (("orders", {"store": "1"}), UnknownNameError, "unknown column of measure of orders 'store'"),
        (("orders", {"store_id": []}), ParameterError, "expected a value, or a list of values"),
        (("orders", {"store_id": 1.5}), ParameterError, "got 1.5"),
        (("trading_stores", {}, FIRST), ParameterError, "it is a state"),
        (("orders", {}, SECOND, FIRST), ParameterError, "start at or before until"),
    ],
)
def test_what_cannot_be_measured_is_one_line(arguments, error, words):
    with pytest.raises(error, match=words):
        Measure(*arguments)


def test_it_says_its_unit_and_its_filter():
    measure = Measure("revenue", {"store_id": ["1", "2"]})
    assert (measure.unit, measure.label) == ("USD", "Revenue (store_id 1 or 2)")
