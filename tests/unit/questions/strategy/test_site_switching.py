from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.questions.strategy.site_scoring import switching as switched

OPENED = dt.date(2026, 1, 1)
STORES = pd.DataFrame(
    {
        "unique_id": ["a", "late", "b"],
        "store_name": ["A", "Late", "B"],
        "opened": pd.to_datetime(["2025-06-30", "2025-12-20", "2026-01-01"]),
    }
)


class Suite:
    """Ten customers of store a; four order at b too once it opened, and two of the others are gone."""

    def __init__(self):
        rows = []
        for customer in range(10):
            joined, gone = customer < 4, customer > 7
            for day in (-20, -10, 10, 20):
                if not (joined and day == 20) and not (gone and day > 0):
                    rows.append((str(customer), "a", OPENED + dt.timedelta(day)))
            if joined:
                rows.append((str(customer), "b", OPENED + dt.timedelta(5)))
        rows.append(("0", "a", dt.date(2025, 1, 1)))
        frame = pd.DataFrame(rows, columns=["customer_id", "store_id", "order_date"])
        frame = frame.assign(is_trading_store=True, is_delivery=False)
        self.orders = ibis.memtable(frame).cast({"order_date": "date"})


def count(window_days=30):
    return switched.count_switchers(Suite(), "b", OPENED, window_days=window_days).execute()


def test_orders_are_counted_by_who_joined_who_did_not_and_who_still_orders():
    assert count().values.tolist() == [["a", 8, 4, 12, 8, 8, 8]]
    assert count(15).values.tolist() == [["a", 4, 4, 6, 4, 4, 4]]


def test_switching_lies_between_the_fall_beyond_all_others_and_beyond_those_still_active():
    table = switched.estimate_switching(count(), STORES, OPENED, window_days=30)
    # (8 x 8/12 - 4) and (8 x 8/8 - 4) of the 20 orders before
    assert table[["least", "most"]].values.tolist() == [[pytest.approx(1.3333 / 20, rel=1e-3), 0.2]]


def test_a_store_that_opened_in_the_weeks_before_is_not_compared():
    counts = pd.concat([count(), count().assign(store_id="late")])
    assert switched.estimate_switching(counts, STORES, OPENED, window_days=30)["store_name"].tolist() == ["A"]


def test_nobody_to_compare_with_is_null_and_said():
    table = switched.estimate_switching(count().assign(joined_before=0), STORES, OPENED, window_days=30)
    assert table[["least", "most"]].isna().all().all()
    assert switched.describe_switching(table, "B", 0.1).startswith("No opening")


def test_the_newest_store_with_all_its_weeks_is_picked():
    assert switched.pick_opening(STORES, dt.date(2026, 2, 13), 56)["unique_id"] == "late"
    assert switched.pick_opening(STORES, dt.date(2026, 2, 25), 56)["unique_id"] == "b"
    assert switched.pick_opening(STORES, dt.date(2025, 7, 2), 56)["unique_id"] == "a"


@pytest.mark.parametrize(("modelled", "word"), [(0.1, "between"), (0.3, "outside")])
def test_the_sentence_says_whether_the_openings_agree(modelled, word):
    table = pd.DataFrame({"least": [-0.1, 0.0, 0.1], "most": [0.1, 0.2, np.nan]})
    said = switched.describe_switching(table, "B", modelled)
    assert "0 % to 15 %" in said and f"{word} the two" in said
