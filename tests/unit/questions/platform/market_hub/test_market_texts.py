"""Each sentence of the markets' pages, and what they advise."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.pages.page_rules import count_numbers
from lucky_analytics.questions.platform.market_hub import holiday_words, texts, views
from tests.market_rows import HOME, ISLANDS, market


def test_a_title_has_fourteen_words_for_a_market_of_a_long_name(clocks):
    few = dataclasses.replace(market(ISLANDS.name), is_inside=None)
    assert len(texts.name_finding([few], clocks).split()) <= 14


@pytest.mark.parametrize(
    ("each", "said"),
    [
        (market(), "as usual"),
        (market(money=130.0), "more than usual"),
        (market(money=70.0), "less than usual"),
        (market(usual=None), "too few days before"),
    ],
)
def test_a_day_is_told_against_what_was_usual(each, said):
    assert views.say_day(each) == said
    note = texts.describe_day(each)
    assert ("Fewer than four" in note) == (each.usual.value is None)
    assert "It was Labor Day." in texts.describe_day(market(holiday="Labor Day"))


@pytest.mark.parametrize(
    ("rows", "note", "title"),
    [
        ([], "Null", "New York: no holiday measured yet"),
        ([("A", -0.1, -0.3, 0.1, False)], "none differs by itself", "New York: no difference on any of 1"),
        (
            [("A", -0.5, -0.6, -0.4, True), ("B", 0.0, -0.1, 0.1, False)],
            "less on A (27 Nov)",
            "less on 1 of 2",
        ),
        (
            [("A", -0.5, -0.6, -0.4, True), ("B", 0.5, 0.4, 0.6, True)],
            "less on A (27 Nov) and more on B (27 Nov)",
            "less on 1 and more on 1 of 2",
        ),
        (
            [("A", 0.5, 0.4, 0.6, True), ("C", np.nan, np.nan, np.nan, None)],
            "more on A (27 Nov)",
            "more on 1 of 1",
        ),
    ],
)
def test_holidays_are_told_as_far_as_they_differ(rows, note, title):
    each = market(holidays=rows)
    assert note in holiday_words.describe_holidays(each)
    assert holiday_words.name_holidays_found([each]).endswith(title)


def test_titles_and_answers_follow_the_clocks(clocks):
    both = [market(), market(ISLANDS.name)]
    title = texts.name_finding(both, clocks)
    assert title.startswith("New York sold {day_new_york:value}, as usual; all markets close by 0")
    assert len(title.split()) <= 14
    away = [market(ISLANDS.name), market(ISLANDS.name)]
    later = dataclasses.replace(clocks, next_change=None, next_gap_hours=None, gap_hours=1.0)
    assert texts.name_finding(away, later) == "Cook Islands (test) closes 1 hour after New York"
    assert texts.name_finding(away, clocks).endswith("5 hours after New York, 6 from 8 Mar")
    same = dataclasses.replace(clocks, gap_hours=0.0)
    assert texts.name_finding(both, same) == "All markets close their days at the same time, 6 from 8 Mar"
    answer = texts.describe_answer(both, clocks)
    assert answer.startswith("New York sold {day_new_york:value} on 13 Feb, as usual. A day is over")
    assert count_numbers(answer.replace("{day_new_york:value}", "$15.4K")) <= 3
    assert ". A day is over in every market by 0" in answer and "{moved_new_york:value}" in texts.say_moved(
        both[0]
    )
    assert texts.describe_answer(both, same).endswith("The day ends in every market at the same time.")
    one = texts.describe_answer([market()], clocks)
    assert "against a usual {usual_new_york:value}; when the data was read it was closed" in one
    assert texts.name_finding([market(money=70.0)], clocks).endswith("on 13 Feb, less than usual")


@pytest.mark.parametrize(
    ("hours", "said"),
    [([-5.0, -6.0], "5 to 6 hours behind New York"), ([16.0, 18.0], "16 to 18 hours ahead of New York"),
     ([1.0], "1 hour ahead of New York"), ([0.0], "level with New York"),
     ([-1.0, 1.0], "from 1 hour behind to 1 ahead of New York")],
)  # fmt: skip
def test_hours_apart_in_words(clocks, hours, said):
    apart = pd.DataFrame({"label": ISLANDS.name, "hours": hours})
    assert texts.name_apart(apart, clocks) == f"Cook Islands (test) is {said}"
    low, high = min(map(abs, hours)), max(map(abs, hours))
    assert "is so far" in texts.judge_claim(apart, low, high, HOME.name)
    assert "is never so far" in texts.judge_claim(apart, high + 1, high + 2, HOME.name)


def test_a_claim_may_hold_part_of_the_time():
    apart = pd.DataFrame({"label": "NZ", "hours": [16.0, 17.0, 18.0]})
    assert "NZ is part of the time so far" in texts.judge_claim(apart, 17, 18, HOME.name)


AS_OF = dt.date(2026, 2, 13)
SLOW = [("Labor Day", -0.5, -0.6, -0.37, True), ("Columbus Day", 0.0, -0.1, 0.1, False)]


def test_the_next_holidays_are_planned_by_what_is_known_of_each(clocks):
    each = market(holidays=SLOW)
    action, why = holiday_words.plan_next(each, AS_OF)
    assert "Washington's Birthday (Mon 16 Feb); cut hours that day only if its morning is slow" in action
    assert why.startswith(
        "Of 2 holidays measured in New York, 1 brought at least 37 % fewer orders; on the other 1"
    )
    assert why.endswith("Washington's Birthday.") and "Not measured yet" in why
    said = texts.decide([each], clocks, moved(20), AS_OF)
    assert said.owner == "Operations" and said.strength.word == "lean" and len(said.action.split()) <= 40
    action, _ = holiday_words.plan_next(each, dt.date(2026, 9, 1))
    assert action == "plan for at least 37 % fewer orders on Labor Day, Mon 7 Sep"
    action, _ = holiday_words.plan_next(each, dt.date(2026, 7, 20))
    assert action.startswith(
        "plan for at least 37 % fewer orders on Labor Day, 7 Sep; no holiday comes before"
    )
    _, why = holiday_words.plan_next(each, dt.date(2026, 10, 8))
    assert "Not measured yet" not in why  # Columbus Day was
    assert holiday_words.plan_next(market(holidays=SLOW[1:]), AS_OF) == ("", "")


def test_a_long_run_of_weeks_has_the_title(clocks):
    falls = weeks(100, 120, 115, 110, 105, 102)
    title = texts.name_finding([market()], clocks, falls)
    assert title == "New York: orders fell 4 weeks in a row to 15 Feb, −15 %"
    assert len(title.replace(" %", "%").split()) <= 14
    assert "sold" in texts.name_finding([market()], clocks, weeks(100, 120, 115, 110, 105))
    both = [market(), market(ISLANDS.name)]
    assert texts.name_finding(both, clocks, falls) == title


LESS = [("A", -0.5, -0.6, -0.349, True), ("B", -0.6, -0.7, -0.5, True), ("C", 0.0, -0.1, 0.1, False)]


def test_holidays_with_fewer_orders_are_planned_for_by_what_is_sure_of_each(clocks, read):
    each = market(holidays=LESS)
    assert holiday_words.say_fewer(each) == "2 holidays bring at least 34 % fewer orders"
    title = texts.name_finding([each], clocks)
    assert (
        title == "New York sold {day_new_york:value}, as usual; 2 holidays bring at least 34 % fewer orders"
    )
    assert len(title.replace(" %", "%").split()) <= 14 and holiday_words.count_fewer(each) == 2
    action = texts.decide([each], clocks, moved(20), AS_OF).action
    assert action.startswith("keep the usual crew and orders for Susan B. Anthony Day (Sun 15 Feb) and")
    less = market(holidays=LESS, money=70.0)  # three words more: the day is told with its date
    assert texts.name_finding([less], clocks).endswith("on 13 Feb, less than usual")
    five = market(holidays=[(name, -0.5, -0.6, -0.4, True) for name in "ABCDE"])
    assert holiday_words.plan_holidays(five) == "plan for at least 40 % fewer orders on 5 public holidays"
    one = market(holidays=LESS[:1])
    assert holiday_words.say_fewer(one) == "1 holiday brings at least 34 % fewer orders"
    for none in (market(holidays=LESS[2:]), market(holidays=[])):
        assert holiday_words.say_fewer(none) == holiday_words.plan_holidays(none) == ""
    assert holiday_words.count_fewer(market(holidays=[])) is None


def weeks(*orders, names=("New York",)):
    days = pd.date_range("2026-01-05", periods=len(orders), freq="7D")
    own = pd.DataFrame({"week": days, "orders": orders})
    own["change"] = own["orders"] / own["orders"].shift() - 1
    return pd.concat([own.assign(market=name) for name in names], ignore_index=True)


@pytest.mark.parametrize(
    ("orders", "said"),
    [((100, 118, 114, 104), "2 weeks of fewer orders in a row, −12 % since the week from 12 Jan"),
     ((100, 110, 121), "2 weeks of more orders in a row, +21 % since the week from 5 Jan"),
     ((100, 110, 99), "Week from 19 Jan against the one before: New York −10 % to 99 orders"),
     ((100, 100), "Week from 12 Jan against the one before: New York 0 % to 100 orders"),
     ((100,), "Week from 5 Jan against the one before: New York: no week before")],
)  # fmt: skip
def test_weeks_of_one_market_are_told_as_a_run_where_they_are_one(orders, said):
    assert texts.name_weeks(weeks(*orders)) == said
    if len(orders) == 4:
        both = texts.name_weeks(weeks(*orders, names=("New York", "Islands")))
        assert both.endswith("New York −9 % to 104 orders, Islands −9 % to 104 orders")


def moved(n, cents=1000):
    rows = [(name, "UTC", 200, n, cents) for name in (HOME.name, ISLANDS.name)]
    return pd.DataFrame(rows, columns=["market", "clock", "orders", "moved", "moved_cents"])


def test_a_decision_is_no_stronger_than_what_is_known(clocks):
    both = [market(), market(ISLANDS.name)]
    said = texts.decide(both, clocks, moved(20), AS_OF)
    assert said.strength.is_idle and said.worth is None
    assert "10.0 % of orders in New York" in said.because and "in New York $10.00 of sales" in said.because
    planned = texts.decide([market(holidays=LESS), market(ISLANDS.name)], clocks, moved(20), AS_OF)
    assert planned.strength.word == "lean" and planned.action.startswith("keep the usual crew")
    islands = texts.decide([market(ISLANDS.name)], clocks, moved(20), AS_OF)
    assert islands.strength.is_idle and "NZ$10.00" in islands.because
    assert "from 00:00 in New York on (06:00 from 8 Mar)" in islands.action
    home = texts.decide([market()], clocks, moved(20), AS_OF)
    assert home.action == (
        "date every sale by its shop's own midnight, and make its report after midnight in New York"
    )
    none = texts.decide(both, clocks, moved(0, 0), AS_OF)
    assert none.strength.is_idle and "has the same date" in none.because


def test_markets_of_test_shops_say_so(read):
    said = texts.describe_shops([market(), market(ISLANDS.name)], read[1])
    assert len(said) == 1 and "1 of 2 shops are flagged as tests; the other 1" in said[0]
    flagged = read[1].assign(is_flagged=True)
    assert "the other" not in texts.describe_shops([market(ISLANDS.name)], flagged)[0]


@pytest.mark.parametrize(
    ("change", "low", "differs", "said"),
    [(-0.5, -0.6, True, "less"), (0.5, 0.4, True, "more"), (0.1, -0.2, False, "no difference to be seen"),
     (np.nan, np.nan, None, "too few weeks around it")],
)  # fmt: skip
def test_a_holiday_in_a_word(change, low, differs, said):
    row = {"is_to_come": False, "change": change, "low": low, "differs": differs}
    assert views._say_holiday(row) == said
