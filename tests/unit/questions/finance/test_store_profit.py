"""The stores' profit, against sums by hand and worlds whose truth is known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models import store_break_even, store_ledger
from lucky_analytics.questions.finance.store_profit import advice, steps, texts, views

SUNDAYS = pd.date_range("2025-12-07", "2026-02-08", freq="7D")
OLD = pd.Timestamp("2025-06-01")


def make_weeks(
    margins: dict[str, list[float]], opened: dict[str, pd.Timestamp] | None = None
) -> pd.DataFrame:
    """Weeks of ``load_weeks`` with net sales of $1,000 and the newest margins given, a store each."""
    bills, sales = [], []
    for store, own in margins.items():
        for end, margin in zip(SUNDAYS[-len(own) :], own, strict=True):
            bills.append((store, end, "rent", round(100_000 * (1 - margin))))
            sales.append((store, end - pd.Timedelta(days=2), 100, 108_000, 8_000, 0, 0.0))
    names = ["store_id", "order_date", "orders", "revenue_cents", "tax_cents", "refund_cents", "fee_cents"]
    weeks = store_ledger.combine_weeks(
        pd.DataFrame(bills, columns=["store_id", "week_end_date", "kind", "cost_cents"]),
        pd.DataFrame(sales, columns=names),
    )
    days = {store: (opened or {}).get(store, OLD) for store in margins}
    return weeks.assign(
        store_name=weeks["store_id"], opened=weeks["store_id"].map(days), is_trading_store=True
    )


def test_a_week_belongs_to_the_month_that_holds_most_of_it_and_the_newest_month_is_partial():
    months = steps.list_months(make_weeks({"a": [0.1] * 10}))
    assert months["n_weeks"].tolist() == [4, 5, 1] and months["is_open"].tolist() == [False, False, True]
    shown = views.show_months(steps.make_statement(make_weeks({"a": [0.1] * 10}), 0.95))
    assert shown["label"].tolist()[:2] == ["Feb 2026, 1 week, partial", "Jan 2026, 5 weeks"]


def test_sums_are_those_of_a_plain_loop_and_the_total_is_the_sum_of_its_rows():
    weeks = make_weeks({"a": [0.1] * 10, "b": [-0.2] * 10})
    said = steps.make_statement(weeks, 0.95)
    by_hand = {"a": 0, "b": 0}
    for row in weeks.itertuples():
        if row.week_end.date() >= said.first_day and row.week_end <= said.last_day_of_month:
            by_hand[row.store_id] += row.net_cents - row.rent_cents
    found = said.stores.set_index("store_name")["profit_cents"].to_dict()
    assert found == by_hand == {"a": 50_000, "b": -100_000}
    assert said.total["profit_cents"] == -50_000 and said.first_day.isoformat() == "2025-12-29"
    table = views.show_stores(said)
    sums = table[~table["is_total"]][["net", "rent", "profit"]].sum()
    assert (sums == table[table["is_total"]][["net", "rent", "profit"]].iloc[0]).all()


def test_a_store_that_loses_is_named_and_one_still_opening_is_not_judged():
    new = {"b": pd.Timestamp("2025-12-20")}
    margins = {"a": [0.1, 0.11, 0.09, 0.1], "b": [-2.0, -1.0, -0.4, -0.1], "c": [-0.2, -0.21, -0.19, -0.2]}
    margins = {name: [*own[:1] * 6, *own] for name, own in margins.items()}
    said = steps.make_statement(make_weeks(margins, new), 0.95)
    verdicts = said.stores.set_index("store_name")["verdict"].to_dict()
    assert verdicts == {"a": store_ledger.PAYS, "b": store_ledger.OPENING, "c": store_ledger.SHORT}
    assert texts.name_finding(said) == "c does not pay its bills"
    made = advice.decide(said, 0.95)
    # $200 a week, whatever the ends
    assert made.worth.value == pytest.approx(200 * 365.25 / 84, rel=0.01) and made.worth.low > 0
    assert "close c" in made.action and "judge b from 15 Mar" in made.action
    quiet = steps.make_statement(make_weeks({name: margins[name] for name in "ab"}, new), 0.95)
    assert advice.decide(quiet, 0.95).strength.is_idle


def test_what_pays_the_bills_is_held_against_the_newest_week():
    weeks = make_weeks(
        {"a": [0.1] * 10, "b": [0.1] * 10, "c": [-0.5] * 10}, {"c": pd.Timestamp("2025-12-20")}
    )
    weeks.loc[weeks["store_id"] == "a", "goods_cents"] = (
        25_000  # a quarter of each dollar, beside $900 of rent
    )
    needed = store_break_even.find_needed_sales(weeks)
    assert needed.round().to_dict() == {"a": 120_000, "b": 90_000, "c": 150_000}
    newest = pd.Series({"a": 119_000.0, "b": 90_100.0, "c": 1.0})
    said = steps.hold_against_newest(steps.make_statement(weeks, 0.95), needed, newest)
    assert said.below["store_name"].tolist() == ["a"]
    points, made = " ".join(texts.list_points(said, dt.date(2026, 2, 13))), advice.decide(said, 0.95)
    assert "week to 13 Feb would not pay the bills of a week: a $1,190 of $1,200 needed" in points
    assert "Watch a: the newest" in made.because and made.strength.is_idle
    well = steps.hold_against_newest(said, needed, newest + 1_000_000)
    assert well.below.empty and "Watch" not in advice.decide(well, 0.95).because


def test_level_widens_the_range():
    weeks = make_weeks({"a": [0.02, 0.05, 0.01, 0.04]})
    wide, narrow = (store_ledger.judge_pace(weeks, level).iloc[0] for level in (0.99, 0.5))
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]
    assert (wide["verdict"], narrow["verdict"]) == (store_ledger.UNSURE, store_ledger.PAYS)


def test_where_all_stores_are_just_even_few_chains_are_said_to_have_one_that_is_not():
    rng = np.random.default_rng(5)
    worlds = 60
    wrong = 0
    for _ in range(worlds):
        weeks = pd.DataFrame(
            {
                "store_id": np.repeat([f"s{k}" for k in range(6)], 4),
                "week_end": np.tile(SUNDAYS[-4:], 6),
                "net_cents": 100_000,
                "profit_cents": np.round(rng.normal(0, 5_000, 24)).astype(int),
            }
        )
        for name in ("revenue_cents", "tax_cents", "refund_cents", "orders", *store_ledger.COSTS):
            weeks[name] = 0
        weeks = weeks.assign(store_name=weeks["store_id"], opened=OLD, is_trading_store=True)
        found = store_ledger.judge_pace(weeks)["verdict"]
        wrong += bool(found.ne(store_ledger.UNSURE).any())
    # 5 % of 60 is 3; three standard errors above are 8
    assert wrong <= 8


def test_nothing_whole_is_no_statement():
    assert steps.make_statement(make_weeks({"a": [0.1]}), 0.95) is None
    assert steps.make_statement(make_weeks({"a": [0.1] * 10}).head(0), 0.95) is None
