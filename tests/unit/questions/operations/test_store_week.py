"""The steps of store_week on days that can be counted by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.steady_level import expect_steady
from lucky_analytics.models.calendar import NO_YEAR_BEFORE
from lucky_analytics.models.store_growth import RecentWeeks
from lucky_analytics.models.store_weeks import aggregate_weeks
from lucky_analytics.models.weeks_advice import ask_about_weeks
from lucky_analytics.questions.operations.store_week import advice, steps, texts, verdict
from lucky_analytics.questions.operations.store_week.comparable import estimate_comparable, find_comparable
from lucky_analytics.questions.operations.store_week.moves import explain_moves, load_sold
from tests import demo_suite


def make_days(*weekly: float) -> pd.DataFrame:
    """Weeks of seven equal days, up to 13 Feb 2026."""
    dollars = [week / 7 for week in weekly for _ in range(7)]
    dates = pd.date_range(end="2026-02-13", periods=len(dollars))
    return pd.DataFrame({"date": dates, "orders": 10, "dollars": dollars})


def test_days_are_one_stores_rows_and_add_up_to_all_stores():
    suite = demo_suite.suite()
    stores = suite.stores.filter("is_trading_store").execute().set_index("store_id")["store_name"]
    orders = suite.orders.filter("is_trading_store").execute()
    for name in ("221 Grand", "8th & Broadway"):
        own = orders[orders["store_id"].map(stores) == name]
        days = steps.load_days(suite, name)
        assert days["orders"].sum() == len(own)
        assert days["dollars"].sum() == pytest.approx(own["revenue_cents"].sum() / 100)
        assert days["date"].is_monotonic_increasing and days["date"].iloc[-1].date() == suite.as_of
        assert len(days) == (days["date"].iloc[-1] - days["date"].iloc[0]).days + 1
    assert steps.load_days(suite, "")["orders"].sum() == len(orders)
    with pytest.raises(UnknownNameError, match="221 Gramd"):
        steps.load_days(suite, "221 Gramd")


def test_a_week_ends_on_the_last_day_and_the_first_days_are_left_out():
    weeks = aggregate_weeks(make_days(700, 1400).tail(12))
    assert weeks[["orders", "dollars"]].values.tolist() == [[70, pytest.approx(1400)]]
    assert str(weeks["end"].iloc[0].date()) == "2026-02-13"
    with pytest.raises(LuckyError, match="at least 7, got 6"):
        aggregate_weeks(make_days(700).tail(6))


def test_a_range_comes_from_the_weeks_before_and_from_no_more_of_them_than_asked():
    weeks = aggregate_weeks(make_days(100, 110, 120, 135, 150, 400))
    ranges = steps.estimate_ranges(weeks, 4, 0.9)
    last, expected = ranges.iloc[-1], expect_steady([110, 120, 135, 150], 0.9)
    found = (last["expected"], last["low"], last["high"])
    assert found == pytest.approx((expected.value, expected.low, expected.high))
    assert ranges["is_inside"].tolist() == [None, None, None, None, False, False]


def judged(*weekly, level=0.95, n_before=8):
    ranges = steps.estimate_ranges(aggregate_weeks(make_days(*weekly)), n_before, level)
    return ranges, verdict.judge(ranges, n_before, level)


STEADY = [1000, 1040, 970, 1010, 990, 1030, 960, 1000, 1020, 980]


CALM = judged(*STEADY)[1]  # the older stores together, as usual


def test_what_older_stores_share_goes_before_single_ones_as_on_the_page_of_store_performance():
    stores = verdict.compare_stores({"a": make_days(*STEADY, 700), "b": make_days(*STEADY, 1000)}, 8, 0.95)
    ranges, together = judged(*[2 * week for week in STEADY], 1500)
    made = advice.advise_all(stores, 0.95, together)
    assert made.action == (
        "look for what the older stores share; what a single one does, its own page says; furthest off are a"
    )
    assert made.strength.word == LEAN and NO_YEAR_BEFORE in made.strength.doubts
    newest = ranges.iloc[-1]
    assert made.worth.value == pytest.approx(newest["expected"] - newest["dollars"])
    recent = RecentWeeks(
        4, pd.DataFrame(), Estimate(-0.15, -0.24, -0.04, level=0.95, n=2), 2, 2000.0, Estimate(None)
    )
    shared = advice.advise_all(stores, 0.95, together, recent)
    assert shared.worth == ask_about_weeks(recent, 0.95).worth and shared.worth.value == pytest.approx(300)
    assert shared.action.endswith("furthest off are a") and shared.on == made.on
    above = advice.advise_all(stores, 0.95, judged(*[2 * week for week in STEADY], 2600)[1])
    assert "share" not in above.action


def test_a_store_that_lost_a_third_on_every_weekday_is_not_usual():
    ranges, found = judged(*STEADY, 950, 900, 850, 800, 740, 680)
    assert found.newest["is_inside"] is False
    assert "% less than in the weeks before" in texts.describe(found)
    assert found.n_running == 5
    assert texts.name_finding("S", found) == "S lost 24 % since November; 5 weeks running below range"
    said = texts.name_finding("Older stores", found, is_group=True)
    assert said == "Older stores sold 24 % less, the 5th week running below range"
    _, sudden = judged(*STEADY, *STEADY, 680)
    assert sudden.n_running == 1
    assert texts.name_finding("S", sudden) == "S sold 32 % less than before, more than chance"
    assert "its last four weeks stand 24 % below its best four" in texts.describe(found)
    assert advice.advise(sudden).action.startswith("find what was different")
    assert found.keeps_falling and not sudden.keeps_falling
    made = advice.advise(found)
    assert made.action.startswith("plan hours and crew by the order forecast, not by its best weeks")
    assert made.action.endswith(f"since {found.best_end:%B}") and found.best_end < ranges["end"].iloc[-4]
    assert "5 weeks running are below its range" in made.because
    assert made.strength.word == DO and made.worth.low > 0 and made.worth_unit == "USD lost a week"
    table = verdict.compare(ranges, found)
    assert table["change"].iloc[0] == pytest.approx(680 / 740 - 1)
    assert table["change"].iloc[2] == pytest.approx(found.since_best.value)


def test_a_level_that_may_be_what_it_was_is_not_called_lost(monkeypatch):
    monkeypatch.setattr(verdict, "fall_of_steady", lambda *_: 0.0)
    _, found = judged(1000, 1080, 930, 1060, 950, 1010, 940, 990)
    assert found.since_best.value < 0 < found.since_best.high
    assert not found.is_fallen and "below its best four" not in texts.describe(found)


def test_a_store_that_settled_lower_is_told_its_lost_level_though_the_week_is_usual():
    low = [610, 590, 600, 605, 595, 610, 590, 600, 605, 598]
    _, found = judged(*STEADY, *low)
    assert found.newest["is_inside"] and found.is_fallen
    assert "not unusual" in texts.describe(found) and "below its best four" in texts.describe(found)
    assert texts.name_finding("S", found).endswith("% below the best four")
    assert "why the best ones did not last" in advice.advise(found).action
    best = 1 / (1 + found.since_best.value) - 1
    assert advice.advise(found).worth.value == pytest.approx(found.recent * best)


def test_a_steady_store_is_left_alone_and_told_what_would_go_unnoticed():
    _, found = judged(*STEADY)
    assert found.newest["is_inside"] and not found.is_fallen
    assert texts.name_finding("S", found).endswith("than before, no more than chance")
    assert found.since_best.value <= 0 and "best four" not in texts.describe(found)
    same = dataclasses.replace(
        found, newest=pd.Series(dict(found.newest) | {"dollars": 0.998 * found.newest["expected"]})
    )
    assert texts.name_finding("S", same) == "S sold as much as before"
    assert texts.describe(same) == ", not unusual: as much as in the weeks before"
    assert "asks for no explanation" in advice.advise(found).because
    assert "go unnoticed" in advice.advise(found).because and advice.advise(found).strength.word == LEAN


def test_false_alarms_of_steady_stores_come_as_often_as_is_said():
    """200 stores of 20 steady weeks: outside in 5 of 100, called fallen in 5 of 100."""
    chance = np.random.default_rng(3)
    weeks = [1000 * np.exp(chance.normal(0, 0.08, 20)) for _ in range(200)]
    ends = pd.date_range(end="2026-02-13", periods=20, freq="7D")
    usual = [pd.DataFrame({"end": ends, "usual_dollars": own, "dollars": own}) for own in weeks]
    found = [verdict.judge(steps.estimate_ranges(own, 8, 0.95), 8, 0.95) for own in usual]
    assert np.mean([not each.newest["is_inside"] for each in found]) == pytest.approx(0.05, abs=0.04)
    assert np.mean([each.is_fallen for each in found]) == pytest.approx(0.05, abs=0.06)
    # The best weeks are picked after the fact: nought is outside the interval no more often than is said.
    clear = [each.since_best.high < 0 for each in found]
    assert clear == [each.is_fallen for each in found]


SWINGING = [*[1000, 1010, 990, 1005, 1500, 1490, 1510, 1500] * 2, 1000]


def test_every_title_fits_a_page():
    names = ("8th & Broadway", "All stores")
    found = [
        judged(*dollars, n_before=4)[1] for dollars in (SWINGING, [1000.0] * 12, [1000.0] * 11 + [600.0])
    ]
    titles = [texts.name_finding(name, each) for name in names for each in found]
    assert max(len(title.replace(" %", "%").split()) for title in titles) <= 14


def test_a_store_whose_weeks_are_seldom_inside_is_not_said_to_be_beyond_chance():
    ranges, found = judged(*SWINGING, n_before=4)
    assert found.newest["is_inside"] is False and not found.is_steady
    assert (found.n_inside, found.n_judged) == (int(ranges["is_inside"].iloc[4:-5].sum()), len(SWINGING) - 9)
    assert texts.name_finding("S", found).endswith("% less, as unusual as 2 of 8 weeks before")
    made = advice.advise(found)
    assert made.strength.word != DO and made.strength.doubts == ("its weeks are often outside their range",)


def test_as_many_stores_outside_as_in_any_week_are_no_news():
    stores = verdict.compare_stores({"a": make_days(*SWINGING), "b": make_days(*SWINGING)}, 4, 0.95)
    assert not stores["is_inside"].any()
    earlier = stores.assign(n_inside=0, n_judged=10, is_fallen=False)
    made = advice.advise_all(earlier, 0.95, CALM)
    assert made.strength.word == WAIT and "earlier weeks had as many outside" in made.strength.doubts
    assert "in earlier weeks 2.0 of these were" in made.because
    news = advice.advise_all(stores.assign(n_inside=10, n_judged=10), 0.95, CALM)
    gap = 2 * abs(stores["expected"] - stores["dollars"]).iloc[0]
    assert made.worth is None and news.worth.value == pytest.approx(gap) and news.worth.n == 2
    assert news.strength.word == (DO if news.worth.low > 0 else LEAN)


def test_one_store_of_ten_outside_is_no_news_and_one_week_alone_no_do():
    steady = [make_days(*STEADY[:-1], STEADY[-1] + place) for place in range(9)]
    by_store = {str(place): days for place, days in enumerate(steady)} | {
        "odd": make_days(*STEADY, *STEADY, 1300)
    }
    stores = verdict.compare_stores(by_store, 8, 0.95)
    assert stores["is_inside"].eq(False).sum() == 1
    made = advice.advise_all(stores, 0.95, CALM)
    assert made.strength.word == WAIT and made.worth is None
    assert "chance alone puts as many outside" in made.strength.doubts
    _, alone = judged(*STEADY, *STEADY, 1300)
    assert alone.n_running == 1 and advice.advise(alone).strength.word == LEAN
    both = advice.advise_all(stores.assign(is_inside=False, n_inside=10, n_judged=10), 0.95, CALM)
    assert both.worth is not None and "outside" not in " ".join(both.strength.doubts)


def test_more_than_before_is_growth_in_the_first_months_and_less_is_not():
    weeks = [700, 760, 800, 850, 880, 900, 920, 1500]
    _, young = judged(*weeks)
    assert young.newest["is_inside"] is False and young.is_growing
    assert texts.name_finding("S", young).endswith("more than before; new stores grow")
    made = advice.advise(young)
    assert made.strength.word == LEAN and "plan the next week on this one, $1,500" in made.action
    stores = verdict.compare_stores({"new": make_days(*weeks), "old": make_days(*STEADY)}, 8, 0.95)
    assert stores.set_index("store_name").loc["new", ["is_growing", "verdict"]].tolist() == [
        True, "still growing",
    ]  # fmt: skip
    assert "look first" not in advice.advise_all(stores, 0.95, CALM).action
    for others in ([*weeks[:-1], 300], [*STEADY, *STEADY, 1500]):
        _, found = judged(*others)
        assert found.newest["is_inside"] is False and not found.is_growing


def test_a_young_store_is_not_judged():
    _, found = judged(100, 110, 120)
    assert texts.name_finding("S", found).startswith("S: too young")
    assert "fewer than 4 whole weeks" in texts.describe(found) and found.since_best.value is None
    assert advice.advise(found).action == "plan by the opening plan"
    assert advice.advise(found).strength.word == WAIT


def test_a_holiday_before_does_not_lower_what_is_expected():
    days = make_days(*STEADY)
    days["dollars"], days["orders"] = days["dollars"] * 1.0, 100
    holiday = days.index[-9]
    days.loc[holiday, ["dollars", "orders"]] = [days["dollars"][holiday] * 0.2, 20]
    usual = aggregate_weeks(days)["usual_dollars"]
    assert usual.tolist() == pytest.approx(STEADY, rel=0.02)


def test_stores_are_compared_with_others_at_their_age():
    grown = [500, 600, 700, 800, 900, 950, 980, 1000, 1000, 1000, 1000, 1000]
    table = verdict.compare_stores(
        {"old": make_days(*grown), "young": make_days(*grown[:8]), "lost": make_days(*STEADY, 700, 690)},
        8,
        0.95,
    ).set_index("store_name")
    growth = (900 + 950 + 980 + 1000) / (500 + 600 + 700 + 800) - 1
    assert table.loc["young", "growth"] == pytest.approx(growth)
    others = np.median([growth, sum(STEADY[4:8]) / sum(STEADY[:4]) - 1])
    assert table.loc["young", "age_growth"] == pytest.approx(others)
    assert not table.loc["lost", "is_inside"]
    said = advice.advise_all(table.reset_index(), 0.95, CALM)
    assert said.action.startswith("look first at") and "lost" in said.action
    quiet = verdict.compare_stores({"a": make_days(*STEADY), "b": make_days(*STEADY[::-1])}, 8, 0.95)
    assert advice.advise_all(quiet, 0.95, CALM).action == "plan on the last four weeks of each store"


def test_a_closed_week_before_gives_no_range():
    weeks = aggregate_weeks(make_days(100, 110, 0, 135, 150))
    assert steps.estimate_ranges(weeks, 8, 0.9)["is_inside"].tolist() == [None] * 5


def test_weekdays_are_compared_with_the_same_weekdays():
    days = make_days(700, 1400, 2100)
    compared = steps.compare_weekdays(days, 1)
    assert compared["date"].tolist()[0] == "Sat 7 Feb"
    assert compared["change"].tolist() == pytest.approx([0.5] * 7)
    assert steps.compare_weekdays(days, 2)["usual_dollars"].tolist() == pytest.approx([150] * 7)
    assert steps.compare_weekdays(days.tail(7), 2)["usual_dollars"].isna().all()


def sold_weeks(**changes):
    """Ten orders of two items at $5 listed and $4 paid a day, for four weeks; ``changes`` to the newest."""
    week = {"what": "store", "name": "A", "days": 7, "orders": 70, "items": 140, "list_dollars": 700.0}
    rows = [{**week, "dollars": 560.0, "ago": ago} for ago in range(4)]
    rows[0] |= changes
    return pd.DataFrame(rows)


def test_a_move_names_what_it_came_from():
    fewer = explain_moves(sold_weeks(orders=35, items=70, list_dollars=350.0, dollars=280.0)).iloc[0]
    assert (fewer["change"], fewer["cause"]) == (-280.0, "fewer orders −$280")
    assert (fewer["as_large"], fewer["n_changes"]) == (0, 2)
    cheaper = explain_moves(sold_weeks(dollars=420.0)).iloc[0]
    assert cheaper["cause"] == "larger discounts −$140"


def test_days_without_a_sale_come_before_all_other_causes():
    closed = explain_moves(sold_weeks(days=3, orders=30, items=60, list_dollars=300.0, dollars=240.0))
    assert closed["cause"].tolist() == ["sold on 3 of 7 days, on 7 in the week before"]
    gone = sold_weeks().query("ago > 0")
    assert explain_moves(gone)["cause"].tolist() == ["nothing sold this week"]
    assert explain_moves(gone.assign(ago=gone["ago"] + 1)).empty


def test_what_stores_sold_is_what_products_sold():
    sold = load_sold(demo_suite.suite(), 3)
    sums = sold.groupby("what")[["items", "list_dollars"]].sum()
    assert sums.loc["store"].tolist() == pytest.approx(sums.loc["product"].tolist())
    assert set(sold["ago"]) == {0, 1, 2}
    assert sold["days"].between(1, 7).all()


def test_a_store_moves_by_its_revenue_as_everywhere():
    suite = demo_suite.suite()
    sold = load_sold(suite, 1).query("what == 'store'").set_index("name")["dollars"]
    weeks = {name: days["dollars"].tail(7).sum() for name, days in steps.load_by_store(suite).items()}
    assert sold.to_dict() == pytest.approx(weeks)


def test_a_chain_that_grows_by_openings_alone_is_judged_by_its_older_stores():
    """Ten steady weeks of two stores that lose a third in the last, and a store that opens in it."""
    old = {name: make_days(*STEADY[:9], 660) for name in ("a", "b")}
    by_store = {**old, "new": make_days(720)}
    assert find_comparable(by_store, 8) == ["a", "b"] and find_comparable(by_store, 8, ago=9) == ["a", "b"]
    weeks = estimate_comparable(by_store, 8, 0.95)
    plain = [
        sum(days["dollars"].iloc[7 * week : 7 * week + 7].sum() for days in old.values())
        for week in range(10)
    ]
    assert weeks["dollars"].tolist() == pytest.approx(plain)
    assert weeks["n_stores"].eq(2).all()
    found = verdict.judge(weeks, 8, 0.95)
    assert found.newest["is_inside"] is False and found.change == pytest.approx(-0.34, abs=0.02)
    assert "older stores sold {older} of it, 34 % less" in texts.describe_older(found)
    together = aggregate_weeks(make_days(*(2 * week for week in STEADY[:9]), 1320 + 720))
    assert steps.estimate_ranges(together, 8, 0.95)["is_inside"].iloc[-1], "all together hide it"


def test_each_earlier_week_has_the_stores_of_its_own_time():
    by_store = {"a": make_days(*[100.0] * 20), "b": make_days(*[100.0] * 18), "c": make_days(*[100.0] * 3)}
    weeks = estimate_comparable(by_store, 4, 0.9)
    assert weeks["n_stores"].tolist() == [1] * 13 + [2] * 7  # twelve weeks of its own make b comparable
    assert weeks["dollars"].tolist() == pytest.approx([100.0] * 13 + [200.0] * 7)
    assert weeks["usual_dollars"].notna().tolist() == [False] * 2 + [True] * 18
    young = estimate_comparable({"c": make_days(*[100.0] * 3)}, 4, 0.9)
    assert young["is_inside"].isna().all() and find_comparable({}, 4) == []
