"""The home's first lines: the number of the week, what moved and why, and what the next days bring."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from lucky_analytics.publish import morning, publish
from lucky_analytics.publish.home_briefing import read_briefing
from lucky_analytics.publish.morning import read_morning
from lucky_analytics.publish.shelf import read_shelf
from tests.example_runs import (
    ERROR,
    make_settings,
    write_briefing,
    write_run,
    write_store_week,
)


def test_the_chain_and_each_store_stand_first_with_their_week(settings):
    morning = read_morning(read_shelf(settings).shown)
    assert (morning.level, morning.change) == ("$25.6K", "+2 %")
    assert morning.older == "The 3 older stores: $7,872, \u221236 % against their usual week"
    grand, broadway = morning.stores
    assert (grand.level, grand.change, grand.tone) == ("$17.7K", "+12 %", "")
    assert (broadway.level, broadway.change, broadway.tone) == ("$7,872", "\u221216 %", "down")
    assert grand.points == "50,4.147 98,2"  # nothing before its first week


def test_a_change_that_an_opening_makes_is_said_without_it():
    stores = pd.DataFrame(
        {"store_name": ["A", "B", "C"], "dollars": [90.0, 180.0, 50.0], "week_change": [-0.1, -0.1, np.nan]}
    )
    assert morning._without_new(stores) == " (\u221210 % without C, new)"
    assert morning._without_new(stores.head(2)) == morning._without_new(stores.tail(1)) == ""


def test_what_moved_has_money_a_cause_and_how_rare_it_is(settings):
    moves = read_morning(read_shelf(settings).shown).moves
    assert [(move.name, move.change) for move in moves] == [
        ("221 Grand", "+$1,905"),
        ("8th & Broadway", "\u2212$1,499"),
        ("Iced Latte", "+$534"),
    ]
    assert moves[0].rarity == "3 of 7 earlier changes from week to week were as large"
    assert moves[1].rarity == "the largest of 9 weeks"


def test_without_the_page_of_all_stores_the_home_has_no_such_numbers(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    assert read_morning(read_shelf(settings).shown) is None
    assert "the last seven days" not in (publish(settings).folder / "index.html").read_text()


FALLEN = "Below their usual week: 8th &amp; Broadway (\u221236 %)."


def test_the_home_has_the_number_of_the_week_what_moved_and_why_then_what_to_decide(tmp_path):
    settings = make_settings(tmp_path)
    write_store_week(settings)
    write_run(settings)
    write_briefing(settings)
    found = read_briefing(read_shelf(settings).shown)
    assert found.title == "Friday's revenue was as usual; 7 things were not"
    assert (found.why, found.ahead) == ("Point 1 of the day.", "")
    home = (publish(settings).folder / "index.html").read_text()
    parts = (
        'id="week"',
        FALLEN,
        'id="briefing"',
        "Point 1 of the day.",
        'id="decisions"',
        '<h2 id="strategy"',
    )
    places = [home.index(text) for text in parts]
    assert places == sorted(places)
    assert "Point 2 of the day." not in home
    assert '<a href="strategy/executive_briefing/index.html">The whole briefing</a>' in home


def test_the_next_seven_days_are_one_forecast_with_its_range_and_holidays(tmp_path):
    settings = make_settings(tmp_path)
    write_briefing(settings)
    (run,) = read_shelf(settings).shown
    results = run.folder / "results.json"
    said = json.loads(results.read_text())
    about = {**said["headlines"][0], "unit": "USD"}
    week = {"name": "outlook", "label": "The next seven days", "value": 99_724.0, "low": 86_600.0}
    said["headlines"] += [
        {**about, **week, "high": 114_836.0},
        {**about, "name": "last_seven", "value": 93_039.0, "low": None, "high": None},
    ]
    said["points"] = [{"text": "The next seven days: much."}, {"text": "Stores fell."}]
    results.write_text(json.dumps(said))
    found = read_briefing(read_shelf(settings).shown)
    plain = found.ahead.replace("\N{NO-BREAK SPACE}", " ")
    assert plain == (
        "$99.7K ($86.6K to $114.8K) against $93.0K in the last seven, by the order forecasts as corrected. "
        "Monday is Washington's Birthday."
    )
    assert found.why == "Stores fell."  # the forecast is said once


def test_a_briefing_that_is_not_there_withheld_or_old_is_said_as_that(tmp_path, site):
    assert "briefing" not in (site / "index.html").read_text()
    settings = make_settings(tmp_path / "withheld")
    write_briefing(settings, problem="12 rows of another currency")
    found = read_briefing(read_shelf(settings).shown)
    assert (found.title, found.why, found.ahead) == ("", "", "")
    assert found.answer.startswith("Not shown, because of its data")
    assert "usual Friday" not in (publish(settings).folder / "index.html").read_text()
    settings = make_settings(tmp_path / "failed")
    failed = {"status": "failed", "error": ERROR, "ended_at": "2026-02-16T06:00:00+00:00", "run_id": "dead"}
    write_briefing(settings, **failed)
    assert read_briefing(read_shelf(settings).shown) is None  # it never completed
    write_briefing(settings)
    assert read_briefing(read_shelf(settings).shown).run.is_good
    home = (publish(settings).folder / "index.html").read_text()
    assert "The newest run did not complete" in home.partition('id="needs"')[0]
