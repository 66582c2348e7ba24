"""Conformed expiry logs, task forms and complaints, against plain loops over the rows."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from tests import estate_rows

QUALITY = "luckyus_opqualitycontrol"
NOON, LATE, NEXT = "2026-02-13T17:00:00", "2026-02-14T04:30:00", "2026-02-14T05:30:00"  # the last: the 14th
LOGS = [("G1", NOON, "12.5", "0", None), ("G1", LATE, "3", "3", 1), ("G2", NOON, "2", "1", 3),
        ("G2", NEXT, "2", "0", None)]  # fmt: skip
FORMS = [(1, 1, 13, NOON), (4, 3, 13, None), (9, 2, 14, NOON)]
SAID = [(1, NOON), (7, LATE), (2, NEXT)]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        f"{QUALITY}.t_expiry_log": [
            {"id": k, "shop_id": 1, "goods_code": good, "batch_no": f"20260213-{good}", "open_time": when,
             "received_date": dt.date(2026, 2, 12), "opened_quantity": opened, "discarded_quantity": gone,
             "discard_reason": why}
            for k, (good, when, opened, gone, why) in enumerate(LOGS)
        ],
        f"{QUALITY}.t_task_form": [
            {"id": k, "shop_id": 1, "task_type": kind, "result": result, "submit_time": at,
             "business_date": dt.date(2026, 2, day)}
            for k, (kind, result, day, at) in enumerate(FORMS)
        ],
        f"{QUALITY}.t_complaint": [
            {"id": k, "shop_id": 1, "order_id": "10", "user_no": "U1", "complaint_type": kind, "status": 2,
             "create_time": when}
            for k, (kind, when) in enumerate(SAID)
        ],
    }  # fmt: skip
    return estate_rows.suite(tmp_path_factory.mktemp("quality"), rows)


@pytest.mark.parametrize("name", ["expiry_logs", "task_forms", "complaints"])
def test_columns_and_keys_are_as_declared(suite, name):
    assert list(suite.table(name).columns) == list(TABLES[name].columns)
    assert find_faults(TABLES[name], suite.table(name)) == []


def test_containers_opened_by_as_of_with_what_was_thrown_away(suite):
    why = {1: "past use-by", 2: "prepared for nobody", 3: "spilled or damaged"}
    expected = [
        (good, float(opened), float(gone), why.get(reason, ""))
        for good, when, opened, gone, reason in LOGS
        if when < "2026-02-14T05:00"
    ]
    found = suite.expiry_logs.order_by("log_id").execute()
    found = found.assign(reason=found["reason"].fillna(""))
    columns = ["goods_id", "opened_quantity", "discarded_quantity", "reason"]
    assert [tuple(row) for row in found[columns].values.tolist()] == expected
    assert {str(day)[:10] for day in found["opened_date"]} == {"2026-02-13"}


def test_tasks_and_complaints_by_as_of(suite):
    forms = suite.task_forms.order_by("form_id").execute()
    assert forms[["task", "result"]].values.tolist() == [
        ["opening check", "in order"], ["fridge temperature", "not done"]]  # fmt: skip
    assert forms["submitted_at"].isna().tolist() == [False, True]
    said = suite.complaints.order_by("complaint_id").execute()
    assert said["kind"].tolist() == ["long wait", "other"]
