"""Conformed coupons and exposures: who was shown which depth, and what was used."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import estate_rows

MARKETING = "luckyus_sales_marketing"


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    given = {"template_no": "CT1", "user_no": "U1", "receive_time": "2026-02-14T03:00:00"}
    shown = {"user_no": "U1", "template_no": "CT1", "one_category_name": "Matcha"}
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        f"{MARKETING}.t_coupon_template": [
            {"id": 1, "template_no": "CT1", "campaign_type": 2, "one_category_name": "Matcha",
             "discount_depth": "0.30", "valid_days": 7, "status": 2, "template_name": "Matcha 30",
             "create_time": "2026-02-02T05:00:00", "start_time": "2026-02-09T05:00:00",
             "end_time": "2026-02-16T05:00:00"},
            # 14 February in New York already: not set up by the last closed day
            {"id": 2, "template_no": "CT2", "create_time": "2026-02-14T05:00:00"},
            {"id": 3, "template_no": "CT3", "campaign_type": 9, "create_time": "2026-02-14T04:59:59"},
        ],
        f"{MARKETING}.t_coupon_record": [
            {**given, "id": 1, "coupon_no": "C1", "status": 2, "order_id": "10", "discount_money": "1.95",
             "use_time": "2026-02-14T04:00:00"},
            {**given, "id": 2, "coupon_no": "C2", "status": 1},
            # 14 February in New York already: not given by the last closed day
            {**given, "id": 3, "coupon_no": "C3", "receive_time": "2026-02-14T05:30:00"},
            {**given, "id": 4, "coupon_no": "C4", "template_no": "unknown", "status": 9},
        ],
        f"{MARKETING}.t_coupon_exposure": [
            {**shown, "id": 1, "assign_type": 1, "discount_depth": "0.30", "week_start": dt.date(2026, 2, 9)},
            {**shown, "id": 2, "assign_type": 2, "discount_depth": "0", "week_start": dt.date(2026, 2, 9)},
            {**shown, "id": 3, "assign_type": 1, "week_start": dt.date(2026, 2, 16)},
        ],
    }  # fmt: skip
    return estate_rows.suite(tmp_path_factory.mktemp("coupons"), rows)


def test_a_coupon_has_its_templates_depth_and_what_it_took_off(suite):
    coupons = suite.coupons.execute().set_index("coupon_id").sort_index()
    assert list(coupons.index) == ["C1", "C2", "C4"]
    used = coupons.loc["C1"]
    assert (used.campaign, used.category, used.depth) == ("weekly program", "Matcha", 0.3)
    assert (used.status, used.order_id, used.discount_cents) == ("used", "10", 195)
    assert coupons["used_at"].isna().tolist() == [False, True, True]


def test_a_coupon_without_a_template_stays_and_has_no_depth(suite):
    stray = suite.coupons.execute().set_index("coupon_id").loc["C4"]
    assert (stray.campaign, stray.status) == ("other", "other")
    assert stray.depth != stray.depth


def test_exposures_say_who_drew_the_depth_and_stop_at_as_of(suite):
    shown = suite.coupon_exposures.execute().set_index("exposure_id").sort_index()
    assert shown["assignment"].to_dict() == {"1": "random", "2": "rule"}
    assert shown["depth"].tolist() == [0.3, 0.0]


def test_templates_are_all_that_were_set_up_given_or_not(suite):
    kinds = suite.coupon_templates.execute().set_index("template_id").sort_index()
    assert list(kinds.index) == ["CT1", "CT3"]
    weekly = kinds.loc["CT1"]
    assert (weekly.campaign, weekly.category, weekly.depth, weekly.valid_days) == (
        "weekly program", "Matcha", 0.3, 7,
    )  # fmt: skip
    dates = [str(weekly[name])[:10] for name in ("created_date", "start_date", "end_date")]
    assert (dates, weekly.status) == (["2026-02-02", "2026-02-09", "2026-02-16"], "ended")
    assert kinds.loc["CT3"].campaign == "other"
