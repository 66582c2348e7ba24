"""Orders, shops and hours of two markets written by hand, and single markets as the page reads them."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.platform.market_hub import steps
from tests import estate_rows

HOME, ISLANDS = MARKETS
AS_OF = "2025-11-03"
SHANGHAI = {**estate_rows.NEW_YORK, "id": 5, "shop_name": "Pudong", "time_zone": "Asia/Shanghai",
            "currency_code": "CNY", "status": 2, "tenant": "LKCN", "test_flag": 1}  # fmt: skip
NY = {**estate_rows.NEW_YORK, "tenant": "LKUS", "set_up_time": "2025-10-30T12:00:00"}
KIOSK = {**NY, "id": 2, "shop_name": "Kiosk", "internal": 1}
CK = {**estate_rows.RAROTONGA, "tenant": "LKTEST", "test_flag": 1, "set_up_time": "2025-10-30T12:00:00"}
CK_PLAIN = {**CK, "id": 10, "shop_name": "Muri", "tenant": "LKUS", "test_flag": 0}
# Shop, status, currency, instant (UTC), paid. New York's 2 November has 25 hours, from 04:00 to 05:00 UTC.
ORDERS = [
    (1, 90, "USD", "2025-11-02T03:59:59", "5.00"), (1, 90, "USD", "2025-11-02T04:00:00", "6.00"),
    (1, 90, "USD", "2025-11-03T04:59:59", "7.00"), (1, 90, "USD", "2025-11-03T05:00:00", "8.01"),
    (1, 0, "USD", "2025-11-03T15:00:00", "9.00"), (2, 90, "USD", "2025-11-03T15:00:00", "3.00"),
    (9, 90, "NZD", "2025-11-02T09:59:59", "4.00"), (9, 90, "NZD", "2025-11-02T10:00:00", "4.50"),
    (10, 90, "NZD", "2025-11-03T09:59:59", "2.25"), (9, 90, "USD", "2025-11-02T20:00:00", "1.00"),
    (77, 90, "USD", "2025-11-02T20:00:00", "11.00"), (5, 90, "CNY", "2025-11-02T20:00:00", "12.00"),
    (1, 90, "USD", "2025-11-02T20:00:00", "13.00"),
]  # fmt: skip
TENANTS = {len(ORDERS): "LKTEST"}  # of orders by number


def small(root, shops=(NY, KIOSK, CK, CK_PLAIN, SHANGHAI), orders=ORDERS, hours=(), as_of=AS_OF):
    rows = {
        "luckyus_opshop.t_shop_info": list(shops),
        "luckyus_sales_order.t_order": [
            {"id": number, "shop_id": shop, "status": status, "currency_code": currency, "create_time": at,
             "pay_money": paid, "tenant": TENANTS.get(number, "LKUS")}
            for number, (shop, status, currency, at, paid) in enumerate(orders, 1)
        ],
        "luckyus_opshop.t_shop_opening_time": [
            {"id": number, "shop_id": shop, "business_date": date, "is_open": 1, "open_time": opens,
             "close_time": closes}
            for number, (shop, date, opens, closes) in enumerate(hours, 1)
        ],
    }  # fmt: skip
    return estate_rows.suite(root, rows, as_of)


def market(
    name="New York", money=100.0, *, usual=(100.0, 80.0, 120.0), holidays=(), holiday=None, hours=24.0
):
    """A market with one day; ``holidays``: (name, change, low, high, differs)."""
    of = HOME if name == HOME.name else ISLANDS
    midnight = [pd.Timestamp("2026-02-13 05:00", tz="UTC"), pd.Timestamp("2026-02-14 05:00", tz="UTC")]
    days = pd.DataFrame(
        {
            "date": [pd.Timestamp("2026-02-13")],
            "starts_at": midnight[:1],
            "ends_at": midnight[1:],
            "hours": hours,
            "orders": 9,
            "money": money,
            "holiday": holiday,
            "is_within": True,
        }
    )
    listed = pd.DataFrame([(pd.Timestamp("2025-11-27"), *row) for row in holidays],
                          columns=["ds", "name", "change", "low", "high", "differs"])  # fmt: skip
    listed["differs"] = listed["differs"].astype("boolean")
    estimate = Estimate(None, n=2) if usual is None else Estimate(*usual, level=0.95, n=8)
    inside = None if usual is None else estimate.holds(money)
    return steps.MarketDays(
        of, days, estimate, inside, pd.DataFrame(), listed, Estimate(None), pd.DataFrame()
    )
