"""What the customer platform, profiles and campaigns say of customers, against plain loops over the rows."""

from __future__ import annotations

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from tests import estate_rows

EARLY, LATE, NEXT = "2026-02-01T12:00:00", "2026-02-14T04:59:00", "2026-02-14T05:00:00"
STATES = [("U1", "life_cycle", "active", EARLY), ("U1", "taste", "Matcha", LATE), ("U2", "device", "2", NEXT)]
LABELS = [("U1", "device", 1, EARLY), ("U1", "audience_01", 2, LATE), ("U2", "taste", 7, EARLY),
          ("U2", "frequency", 1, NEXT)]  # fmt: skip
PARTS = [("A1", "U1", None, None, EARLY), ("A3", "U2", "U1", None, LATE), ("A2", "U1", None, "10", EARLY),
         ("gone", "U1", None, None, EARLY), ("A1", "U3", None, None, NEXT)]  # fmt: skip
TOUCHES = [("U1", "app_install", "friend", EARLY), ("U2", "store_code", "store_qr", NEXT)]
PROFILES = [
    ("U1", 1, "25-34", 1, 1, EARLY),
    ("U2", None, None, None, 0, LATE),
    ("U3", 3, None, None, 1, NEXT),
]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    kinds = {"A1": 1, "A2": 2, "A3": 3}
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        "luckyus_isales_cdp.t_user_state": [
            {"id": k, "user_no": user, "state_code": code, "state_value": value, "update_time": when}
            for k, (user, code, value, when) in enumerate(STATES)
        ],
        "luckyus_isales_cdp.t_user_event_track": [
            {"id": k, "user_no": user, "event_code": code, "source": source, "create_time": when}
            for k, (user, code, source, when) in enumerate(TOUCHES)
        ],
        "luckyus_sales_marketing.t_user_group_label": [
            {"id": k, "user_no": user, "label_code": code, "label_type": kind, "create_time": when}
            for k, (user, code, kind, when) in enumerate(LABELS)
        ],
        "luckyus_sales_marketing.t_market_activity": [
            {"id": kind, "activity_no": no, "activity_name": f"campaign {no}", "activity_type": kind}
            for no, kind in kinds.items()
        ],
        "luckyus_sales_marketing.t_market_activity_partake": [
            {"id": k, "activity_no": no, "user_no": user, "inviter_user_no": inviter, "order_id": order,
             "partake_time": when}
            for k, (no, user, inviter, order, when) in enumerate(PARTS)
        ],
        "luckyus_sales_crm.t_user_profile": [
            {"id": k, "user_no": user, "gender": gender, "age_band": age, "preferred_shop_id": shop,
             "push_allowed": push, "create_time": when, "preferred_category_name": None}
            for k, (user, gender, age, shop, push, when) in enumerate(PROFILES)
        ],
    }  # fmt: skip
    return estate_rows.suite(tmp_path_factory.mktemp("platform"), rows)


def _rows(table, *columns):
    frame = table.execute().astype(object)
    frame = frame.where(frame.notna(), None)
    return sorted((tuple(row) for row in frame[list(columns)].values.tolist()), key=str)


NAMES = ["customer_states", "customer_labels", "customer_profiles", "campaign_partakes", "first_touches"]


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_keys_are_as_declared(suite, name):
    assert list(suite.table(name).columns) == list(TABLES[name].columns)
    assert find_faults(TABLES[name], suite.table(name)) == []


def test_states_and_labels_are_those_taken_by_as_of(suite):
    states = [(user, code, value) for user, code, value, when in STATES if when < NEXT]
    assert _rows(suite.customer_states, "customer_id", "kind", "value") == sorted(states)
    kinds = {1: "behaviour", 2: "audience"}
    labels = [(user, code, kinds.get(kind, "other")) for user, code, kind, when in LABELS if when < NEXT]
    assert _rows(suite.customer_labels, "customer_id", "label", "kind") == sorted(labels)
    assert str(suite.customer_states.execute().set_index("kind").loc["taste", "since_date"])[:10] == (
        "2026-02-13"
    )


def test_who_took_part_in_what_and_who_invited(suite):
    kinds = {"A1": "welcome", "A2": "price campaign", "A3": "share with a friend"}
    expected = [
        (no, user, inviter, order, kinds.get(no, "other"), f"campaign {no}" if no in kinds else None)
        for no, user, inviter, order, when in PARTS
        if when < NEXT
    ]
    columns = ("campaign_id", "customer_id", "inviter_id", "order_id", "kind", "campaign_name")
    assert _rows(suite.campaign_partakes, *columns) == sorted(expected, key=str)


def test_first_touches_and_profiles(suite):
    touches = [(user, code, source) for user, code, source, when in TOUCHES if when < NEXT]
    assert _rows(suite.first_touches, "customer_id", "event", "touched_through") == touches
    genders = {1: "female", 2: "male", 3: "other"}
    expected = [
        (user, genders.get(gender), age, None if shop is None else str(shop), push == 1)
        for user, gender, age, shop, push, when in PROFILES
        if when < NEXT
    ]
    columns = ("customer_id", "gender", "age_band", "preferred_store_id", "is_push_allowed")
    assert _rows(suite.customer_profiles, *columns) == sorted(expected, key=str)
