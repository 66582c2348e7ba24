"""Who can work by a file, cover for who does not come, notice, and titles that fit any store's name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.bar_hands import load_shifts
from lucky_analytics.models.no_shows import NoShows
from lucky_analytics.pages.page_rules import _count_words
from lucky_analytics.questions.operations.staffing import (
    advice,
    crew,
    no_show_cover,
    notice_texts,
    past_weeks,
    staffing_answer,
    steps,
    terms_texts,
    texts,
    workweek,
)
from lucky_analytics.questions.operations.staffing.availability import apply_availability, read_availability
from lucky_analytics.questions.operations.staffing.notice import Notice
from lucky_analytics.reference.fair_workweek import load_fair_workweek
from tests import demo_suite
from tests.staffing_world import TERMS, make_people, make_prepared

EXAMPLE = Path(__file__).parents[4] / "docs/examples/availability.csv"
NO_RELIEF = Estimate(-0.005, -0.012, 0.002, level=0.9, n=9)
SURE = Estimate(50.0, 20.0, 90.0, level=0.9, n=4)


def write(path, *lines, header="employee,weekday,from,until"):
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def test_a_file_says_days_and_times(tmp_path):
    rows = read_availability(write(tmp_path / "a.csv", "E1,monday,6:30,15:00", "E1,Sat,,", "E2,none,,"))
    assert rows[["weekday", "first", "last"]].to_numpy().tolist() == [["Mon", 13, 30], ["Sat", 0, 48],
                                                                     ["none", 0, 48]]  # fmt: skip
    people = make_people(1, 3).assign(employee_id=["E1", "E2", "E3"])
    found = apply_availability(people, rows, "a.csv")
    assert found["Mon"].tolist() == [True, False, True] and found["Tue"].tolist() == [False, False, True]
    assert found["Mon_first"].tolist() == [13, 0, 0] and found["Mon_last"].tolist() == [30, 48, 48]
    assert found["is_told"].tolist() == [True, True, False] and people["Mon"].all()
    assert read_availability("") is None
    bare = read_availability(write(tmp_path / "b.csv", "E1,Mon", header="employee,weekday"))
    assert bare["last"].tolist() == [48]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("E1,Caturday,,", "row 3, weekday: expected a weekday from Mon to Sun, or none, got 'caturday'"),
        ("E1,Tue,6:15,", "row 3, from: expected a time on the half-hour"),
        ("E1,Tue,25:00,", "row 3, from: expected a time"),
        ("E1,Tue,12:00,11:30", "row 3, until: expected a time after from"),
        ("E1,Monday,,", "row 3, weekday: expected each weekday of an employee once"),
        ("E1,none,,", "row 3, weekday: expected none alone, or weekdays"),
        (",Tue,,", "row 3, employee: expected text"),
        ("E1,,,", "row 3, weekday: expected text"),
    ],
)
def test_what_a_file_may_not_hold_is_one_line_with_row_and_column(tmp_path, line, said):
    with pytest.raises(LuckyError) as caught:
        read_availability(write(tmp_path / "a.csv", "E1,Mon,,", line))
    assert said in str(caught.value) and "a.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_a_number_of_nobody_is_refused_and_not_repeated(tmp_path):
    path = write(tmp_path / "a.csv", "E1,Mon,,", "E9431,Tue,,")
    people = make_people(1, 1).assign(employee_id=["E1"])
    with pytest.raises(LuckyError, match="row 3, employee: expected the number of an employee") as caught:
        apply_availability(people, read_availability(path), path)
    assert "9431" not in str(caught.value)
    left = apply_availability(people, read_availability(path), path, ("E9431",))
    assert left["is_told"].tolist() == [True] and not left["Tue"].any()
    for content in ("", "employee,weekday\n", "who,when\nE1,Mon\n"):
        (tmp_path / "b.csv").write_text(content)
        with pytest.raises(LuckyError, match=r"b\.csv"):
            read_availability(tmp_path / "b.csv")


def test_people_of_a_suite_have_the_days_of_the_example_or_those_they_worked():
    suite = demo_suite.suite()
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name").execute()
    shifts = load_shifts(suite, suite.as_of.replace(day=1))
    taken, _ = crew.list_people(suite, shifts, stores)
    told, _ = crew.list_people(suite, shifts, stores, str(EXAMPLE))
    assert not taken["is_told"].any() and told["is_told"].sum() == 3
    assert "employee_id" not in told
    rest = ~told["is_told"]
    assert (told.loc[rest, list(crew.WEEKDAYS)] == taken.loc[rest, list(crew.WEEKDAYS)]).all().all()
    assert "of 3 of" in notice_texts.say_availability(told)
    assert "no file was given" in notice_texts.say_availability(taken)
    assert "made up by hand" in EXAMPLE.read_text()


def test_shifts_lie_within_the_times_that_somebody_can():
    prepared = make_prepared(n_stores=1)
    people = prepared.people.copy()
    people.loc[people.index < 8, [f"{day}_last" for day in crew.WEEKDAYS]] = 28  # until two
    one = staffing_answer.answer_store(prepared, "0", TERMS, people)
    early = np.isin(one.who.person, range(8))
    assert early.any() and (one.plan.shifts["end"][early] <= 28).all() and (one.who.person < 0).any()


def with_no_shows(prepared, away, alone, **parts):
    shares = [Estimate(x, x / 2, min(2 * x, 1), level=0.9, n=900) for x in (away, alone, away * alone)]
    return replace(prepared, no_shows=NoShows(*shares, 9), absent=away * alone, **parts)


def test_cover_is_held_where_nobody_stands_in_and_its_cost_is_said():
    prepared, law = make_prepared(n_stores=1), load_fair_workweek()
    premiums = workweek.count_premiums(prepared.shifts, law)
    for away, alone in ((0.1, 0.0), (0.1, 1.0), (0.0, 0.0)):
        own = with_no_shows(prepared, away, alone)
        terms = steps.choose_terms(own, TERMS.hands)
        found = no_show_cover.price_cover(own, terms, law, premiums)
        assert terms.absent == away * alone and found.called == 0
        assert (found.held > 0) == (away * alone > 0) and (found.instead.value > 0) == (away > 0)
        said = notice_texts.say_no_shows(own, found)
        assert ("holds no cover" in said) == (found.held == 0)
    assert found.dollars.value == 0
    at_ten = no_show_cover.price_cover(with_no_shows(prepared, 0.1, 1.0), TERMS, law, premiums)
    hour = prepared.ahead.paid_cents.sum() / prepared.ahead.paid.sum() / 100 * prepared.on_top.value
    assert at_ten.dollars.value == pytest.approx(hour * at_ten.instead.value)
    assert at_ten.instead.low <= at_ten.instead.value <= at_ten.instead.high


def test_cover_is_held_where_premiums_for_calling_in_cost_more():
    prepared, law = make_prepared(n_stores=1), load_fair_workweek()
    dear = replace(law, premiums=law.premiums.assign(moved_cents=1_000_000))
    premiums = workweek.count_premiums(prepared.shifts, dear)
    own = with_no_shows(prepared, 0.1, 0.0)
    assert no_show_cover.hold_cover(own, TERMS, dear, premiums).absent == 0  # the law does not bind
    many = replace(own, n_stores=30)
    assert no_show_cover.hold_cover(many, TERMS, dear, premiums).absent == 0.1
    cheap = workweek.count_premiums(prepared.shifts, law)
    assert no_show_cover.hold_cover(many, TERMS, law, cheap.assign(cents=0)).absent == 0


def test_who_came_is_not_thinned_again():
    prepared = make_prepared(n_stores=1)
    own = with_no_shows(prepared, 0.2, 1.0)
    plain = staffing_answer.answer_store(prepared, "0", TERMS)
    thin = staffing_answer.answer_store(own, "0", replace(TERMS, absent=0.2))
    assert thin.late_today == plain.late_today and thin.late_plan > plain.late_plan
    assert (thin.lights_today == plain.lights_today).all()


def test_notice_is_weighed():
    trial = past_weeks.Trial(pd.DataFrame(), SURE, Estimate(None), np.zeros((0, 3)))
    kept, lost = (Notice(each, Estimate(9.0, 1.0, 17.0, level=0.9, n=4), Estimate(0.1))
                  for each in (SURE, Estimate(5.0, -9.0, 20.0, level=0.9, n=4)))  # fmt: skip
    eases = Estimate(-0.1, -0.15, -0.05, level=0.9, n=9)
    made = advice.decide(trial, eases, kept, cost=0.0)
    assert made.strength.word == LEAN and "14 days ahead" in made.action and made.on
    unsure = advice.decide(trial, eases, lost, cost=0.0)
    assert unsure.strength.word == WAIT and "before shifts move" in unsure.action and not unsure.on
    assert "fewer in time" in notice_texts.say_notice(kept)
    shown = Notice(SURE, Estimate(1.0, -8.0, 9.0, level=0.9, n=4), Estimate(0.1))
    assert "is not shown" in notice_texts.say_notice(shown)
    for lost, words in ((shown.lost, "nor that"), (SURE, "costs some")):
        none = Notice(Estimate(5.0, -9.0, 20.0, level=0.9, n=4), lost, Estimate(0.1))
        assert "more in time is not shown" in notice_texts.say_notice(none)
        assert words in notice_texts.say_notice(none)
    assert "cannot be said" in notice_texts.say_notice(Notice(*[Estimate(None)] * 3))


def test_the_same_view_costs_nothing_and_a_worse_one_orders():
    prepared = make_prepared(n_stores=1)
    same = replace(prepared, told=prepared.past)
    trial, notice = steps.try_weeks(same, TERMS)
    assert notice.lost.value == pytest.approx(0, abs=1e-9) and notice.hours.value == 0
    assert notice.gain.value == pytest.approx(trial.gain.value)
    wrong = tuple(replace(week, mean=week.mean[:, :, ::-1]) for week in prepared.past)  # noon at night
    worse = steps.try_weeks(replace(prepared, told=wrong), TERMS)[1]
    assert worse.lost.value > notice.lost.value and worse.gain.value < notice.gain.value
    wide = tuple(replace(week, spread=week.spread + 0.3) for week in prepared.past)
    assert steps.try_weeks(replace(prepared, told=wide), TERMS)[1].hours.value > 0


@pytest.mark.parametrize(
    "where", ["", "221 Grand", "15th & 3rd", "The corner of 34th Street & 8th Avenue", "A" * 60]
)
@pytest.mark.parametrize("gain", [Estimate(None), SURE, Estimate(0.2, 0.0, 0.5, level=0.9, n=4),
                                  Estimate(5.0, -2.0, 9.0, level=0.9, n=4)])  # fmt: skip
@pytest.mark.parametrize(("n_thin", "cost"), [(0, 0.0), (0, 900.0), (1, 0.0)])
def test_a_title_is_no_longer_than_a_page_allows(where, gain, n_thin, cost):
    found = steps.Found([None], TERMS, SURE, SURE, 1_000.0, cost, SURE, pd.DataFrame(),
                        past_weeks.Trial(pd.DataFrame(), gain, SURE, np.zeros((0, 3))),
                        Notice(SURE, SURE, SURE), 0.0, 0, (), 0, n_thin)  # fmt: skip
    title = texts.name_finding(found, NO_RELIEF, where)
    assert _count_words(title) <= 14 and title.startswith(where[:10])


@pytest.mark.parametrize("times", [1.6, 55.0])
def test_a_target_beyond_all_rosters_is_said_so_and_not_as_a_per_cent_of_hours(times):
    target = Estimate(times, times - 0.1, times + 0.1, level=0.9, n=4)
    found = steps.Found([None], TERMS, SURE, SURE, 1_000.0, 0.0, target, pd.DataFrame(),
                        past_weeks.Trial(pd.DataFrame(), SURE, SURE, np.zeros((0, 3))),
                        Notice(SURE, SURE, SURE), 0.0, 0, (), 0, 0)  # fmt: skip
    assert found.is_out_of_reach
    for relief in (NO_RELIEF, Estimate(-0.1, -0.15, -0.05, level=0.9, n=9)):
        said = texts.describe_answer(found, relief)
        assert "no roster meets it" in said and "target_hours" not in said
    assert terms_texts.say_target(found) == f"{1 + times:.1f} times the hours of last week's rosters"
    within = replace(found, target=Estimate(0.2, 0.1, 0.3, level=0.9, n=4))
    assert not within.is_out_of_reach and "no roster" not in texts.describe_answer(within, NO_RELIEF)
