"""Features of customers: from orders up to the cut alone, without delivery accounts."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.catalog.customers.customer_features import features_at, purchases
from tests import estate_rows

ORDERS = [
    # (order, day, customer, shop, list, paid, product): U1 orders on Mon 1, Wed 3 and Sat 13 December
    (1, "2025-12-01", "U1", 1, 8.00, 4.00, "A"),
    (2, "2025-12-03", "U1", 1, 5.00, 5.00, "A"),
    (3, "2025-12-13", "U1", 2, 5.00, 4.50, "B"),
    (4, "2025-12-13", "U2", 2, 0.00, 0.00, "C"),
    (5, "2025-12-13", "D1", 1, 9.00, 9.00, "A"),
]
LATER = [
    (6, "2026-01-13", "U1", 1, 8.00, 8.00, "D"),
    (7, "2026-02-01", "U3", 2, 3.00, 1.00, "A"),
]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return estate_rows.suite(tmp_path_factory.mktemp("features"), source_rows(ORDERS), as_of="2026-01-12")


def source_rows(orders, **more):
    return {
        "luckyus_opshop.t_shop_info": [
            {**estate_rows.NEW_YORK, "id": shop, "set_up_time": "2025-06-30T12:00:00"} for shop in (1, 2)
        ],
        "luckyus_sales_crm.t_user": [
            {
                "id": number,
                "user_no": user,
                "origin": origin,
                "time_zone": "America/New_York",
                "register_activity_no": campaign,
            }
            for number, (user, origin, campaign) in enumerate(
                [("U1", 2, "A9009"), ("U2", 1, None), ("D1", 3, None), ("U3", 2, None)]
            )
        ],
        "luckyus_sales_order.t_order": [
            {
                "id": number,
                "create_time": f"{day}T17:00:00",
                "user_no": user,
                "shop_id": shop,
                "total_money": listed,
                "pay_money": paid,
                "status": 90,
                "currency_code": "USD",
                "channel": 2,
            }
            for number, day, user, shop, listed, paid, _ in orders
        ],
        "luckyus_sales_order.t_order_item": [
            {"id": number, "order_id": str(number), "spu_code": product, "pay_money": paid}
            for number, _, _, _, _, paid, product in orders
        ],
        **more,
    }


def test_one_row_a_person_who_ordered(suite):
    frame = suite.customer_features.execute().set_index("customer_id")
    assert sorted(frame.index) == ["U1", "U2"]
    u1 = frame.loc["U1"]
    assert (u1["n_orders"], u1["n_stores"], u1["n_products"]) == (3, 2, 2)
    assert (u1["days_since_first"], u1["days_since_last"]) == (42, 30)
    assert u1["home_store_id"] == "1"
    assert u1["orders_a_month"] == pytest.approx(3 * 30 / 43)
    assert u1["mean_order_cents"] == 450
    assert u1["discount_share"] == pytest.approx(0.25)
    assert u1["first_discount_share"] == pytest.approx(0.5)
    assert u1["gap_sd_days"] == pytest.approx(((2 - 6) ** 2 + (10 - 6) ** 2) ** 0.5)
    assert u1["weekend_share"] == pytest.approx(1 / 3)
    assert frame["is_coupon_acquired"].to_dict() == {"U1": True, "U2": False}
    assert frame["discount_share"].isna()["U2"]  # nothing listed, so no share of it


def test_nothing_after_the_cut_enters(suite):
    early = features_at(purchases(suite), dt.date(2025, 12, 4)).execute().set_index("customer_id")
    assert early.index.tolist() == ["U1"]
    assert (early.loc["U1", "n_orders"], early.loc["U1", "n_products"]) == (2, 1)
    assert early.loc["U1", "days_since_last"] == 1
    assert early["gap_sd_days"].isna().all()
    assert early.loc["U1", "orders_a_month"] == pytest.approx(2 * 30 / 7)  # four days count as a week


def test_nobody_ordered_yet(suite):
    assert len(features_at(purchases(suite), dt.date(2025, 11, 30)).execute()) == 0


def test_rows_that_arrive_later_change_no_feature(suite, tmp_path):
    refund = {"id": 1, "trade_no": "R1", "order_id": "1", "amount": 400, "trade_type": 2, "status": 5}
    late = {"luckyus_sales_payment.t_trade": [{**refund, "create_time": "2026-01-20T17:00:00"}]}
    grown = estate_rows.suite(tmp_path, source_rows(ORDERS + LATER, **late), as_of="2026-01-12")
    assert grown.source("salesorder").t_order.count().execute() == 7
    before, after = (each.customer_features.order_by("customer_id").execute() for each in (suite, grown))
    pd.testing.assert_frame_equal(before, after)
    assert "U3" in set(customers_known_on(grown, "2026-02-13"))


def customers_known_on(suite, day):
    return type(suite)(suite.snapshot, as_of=day).customer_features.customer_id.execute()
