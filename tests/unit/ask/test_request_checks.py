"""Requests of any origin: by form, by names, by sense, by who asks."""

import datetime as dt

import pytest

from lucky_analytics.ask.ask_request import Condition, Having, Rank, Request
from lucky_analytics.ask.request_checks import OPEN, RefusedError, Scope, check_request
from lucky_analytics.ask.request_document import from_document, to_document
from lucky_analytics.errors import LuckyError, ParameterError

AS_OF = dt.date(2026, 2, 13)
STORE = "stores.store_name"
GOOD = Request(
    ("orders",), (STORE, "month"), (Condition("orders.channel", ("ios",)),), dt.date(2026, 1, 1),
    dt.date(2026, 2, 1), (dt.date(2025, 12, 1), dt.date(2026, 1, 1)), Rank("most", 3, (STORE,)),
    Having("orders", "more than", 5),
)  # fmt: skip


def check(request, scope=OPEN):
    check_request(request, scope, AS_OF)


def test_a_request_survives_its_json():
    assert from_document(to_document(GOOD)) == GOOD
    check(GOOD)


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        "select 1",
        {"measures": "orders"},
        {"measures": ["orders"], "sql": "drop table orders"},
        {"measures": ["orders"], "where": [{"key": "x"}]},
        {"measures": ["orders"], "start": "yesterday"},
        {"measures": ["orders"], "rank": {"direction": "most", "n": 10_000}},
        {"measures": ["orders"], "rank": {"direction": "most", "n": True}},
        {"measures": ["orders"], "having": {"measure": "orders", "above": "; drop", "number": 1}},
        {
            "measures": ["orders"],
            "having": {"measure": "orders", "above": "more than", "number": float("inf")},
        },
        {"measures": ["orders"], "per": "year"},
        {"measures": ["orders"] * 30},
        {"measures": ["orders"], "where": [{"key": "orders.channel", "values": [{"a": 1}]}]},
    ],
)
def test_what_is_no_request_by_form_is_refused(said):
    with pytest.raises(ParameterError, match="of a request"):
        from_document(said)


@pytest.mark.parametrize(
    "request_",
    [
        Request(()),
        Request(("no_such",)),
        Request(("sum:orders.no_such",)),
        Request(("count:t_user",)),
        Request(("count:payment_methods",)),
        Request(("orders", "units")),
        Request(("orders",), ("goods.goods_name",)),
        Request(("orders",), ("orders.customer_id",)),
        Request(("orders",), ("stores.address",)),
        Request(("orders",), (), (Condition("orders.channel", (1,)),)),
        Request(("orders",), (), (Condition("orders.local_hour", ("8 or 1=1",)),)),
        Request(("orders",), (), (Condition("orders.order_id", ("1",)),)),
        Request(("trading_stores",), (), (), dt.date(2026, 1, 1), dt.date(2026, 2, 1)),
        Request(("orders",), (), (), dt.date(2026, 2, 1), dt.date(2026, 1, 1)),
        Request(("active_customers",), per="day"),
        Request(("aov",), share=(Condition("orders.is_delivery", (True,)),)),
        Request(("orders",), rank=Rank("most", 1)),
        Request(("sum:stock.wasted_quantity",)),
        Request(("sum:stock.wasted_quantity",), ("goods.goods_class",)),
    ],
)
def test_a_request_without_sense_is_refused(request_):
    with pytest.raises(LuckyError):
        check(request_)


def test_days_that_are_not_over_are_the_future_and_today_has_no_data():
    for start, why in [(AS_OF + dt.timedelta(days=2), "future"), (AS_OF + dt.timedelta(days=1), "no data")]:
        with pytest.raises(RefusedError) as refused:
            check(Request(("orders",), start=start, end=start + dt.timedelta(days=1)))
        assert refused.value.why == why


def test_single_customers_are_counted_or_ranked_and_never_listed():
    check(Request(("orders",), ("customer",), rank=Rank("most", 10)))
    check(Request(("orders",), ("customer",), having=Having("orders", "more than", 3)))
    for by in [("customer",), ("customer", STORE)]:
        with pytest.raises(RefusedError) as refused:
            check(Request(("orders",), by))
        assert refused.value.why == "personal"


def test_an_audience_asks_its_own_numbers_only():
    scope = Scope("operations", frozenset({"operations"}))
    check(Request(("orders",)), scope)
    with pytest.raises(RefusedError, match="belongs to finance") as refused:
        check(Request(("revenue",)), scope)
    assert refused.value.why == "not yours"
    with pytest.raises(RefusedError):  # nor as the limit of something else
        check(Request(("orders",), (STORE,), having=Having("revenue", "more than", 1)), scope)


def test_an_audience_of_one_store_asks_nothing_without_stores():
    scope = Scope("grand", None, frozenset({"100057"}))
    check(Request(("orders",)), scope)
    for measure in ("payments", "count:suppliers", "count:products", "registered_customers"):
        with pytest.raises(LuckyError):
            check(Request((measure,)), scope)
