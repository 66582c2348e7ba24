"""Means of days against sums and days counted by hand; groups without rows."""

import pandas as pd
import pytest

from tests import ask_demo


def rows(text):
    answer = ask_demo.asker(with_sql=False).ask(text)
    assert answer.outcome == "answered", answer.sentence
    return {row[0]: row[-1] for row in answer.rows}, answer


def orders():
    table = ask_demo.suite().orders
    frame = table.select("order_date", "store_id").execute()
    frame["order_date"] = pd.to_datetime(frame["order_date"])
    return frame


def test_mondays_are_divided_by_mondays():
    found, _ = rows("average orders on Mondays in January")
    days = orders().query("'2026-01-01' <= order_date < '2026-02-01' and order_date.dt.day_of_week == 0")
    assert list(found.values()) == [pytest.approx(len(days) / 4)]  # 5, 12, 19 and 26 January


def test_months_are_divided_by_their_own_days():
    found, _ = rows("average daily orders by month since December")
    counted = orders()["order_date"].dt.strftime("%Y-%m-01").value_counts()
    for month, days in (("2025-12-01", 31), ("2026-01-01", 31), ("2026-02-01", 13)):
        assert found[month] == pytest.approx(counted[month] / days)


def test_a_store_is_divided_by_the_days_since_it_opened():
    found, answer = rows("average daily orders by store")
    stores = ask_demo.suite().stores.select("store_id", "store_name", "opened_date").execute()
    joined = orders().merge(stores, on="store_id")
    for name, own in joined[joined["store_name"].isin(found)].groupby("store_name"):
        opened = max(pd.Timestamp(own["opened_date"].iloc[0]), joined["order_date"].min())
        days = (pd.Timestamp("2026-02-13") - opened).days + 1
        assert found[name] == pytest.approx(len(own) / days), name
    assert any("opening" in note for note in answer.notes)


def test_the_highest_mean_is_ranked_after_the_division():
    each, _ = rows("average daily orders by store")
    best, _ = rows("which store has the highest average daily orders")
    assert list(best) == [max(each, key=each.get)]


def test_a_day_without_any_is_the_one_with_the_fewest():
    found, _ = rows("which day had the fewest complaints")
    assert set(found.values()) == {0}  # and every day that has none is told
    few, _ = rows("stores with fewer than 1 complaint yesterday")
    table = ask_demo.suite().complaints.select("store_id", "complaint_date").execute()
    stores = ask_demo.suite().stores.select("store_id", "store_name", "is_trading_store").execute()
    had = set(table.loc[pd.to_datetime(table["complaint_date"]) == "2026-02-13", "store_id"])
    without = stores[stores["is_trading_store"] & ~stores["store_id"].isin(had)]
    assert set(few) == set(without["store_name"])
