"""The home: numbers first, one line and one number a question, leaders' order, a search of everything."""

from __future__ import annotations

import dataclasses
import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.publish import audiences, home_needs, morning, publish
from lucky_analytics.publish.home_asks import LEAST, call
from lucky_analytics.publish.home_briefing import read_briefing
from lucky_analytics.publish.home_entries import Department, list_asks, list_departments, mark
from lucky_analytics.publish.home_needs import RunAlert, list_needs
from lucky_analytics.publish.morning import read_morning
from lucky_analytics.publish.shelf import read_shelf
from lucky_analytics.schedule.open_alerts import watch_headlines
from tests.example_runs import (
    ERROR,
    make_settings,
    write_briefing,
    write_portal_runs,
    write_run,
    write_store_week,
)

TUTORIAL = {"notebook": "counted_orders", "department": "tutorial", "title": "Which rows count as orders?"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("home"))
    write_portal_runs(settings)
    write_store_week(settings)
    write_run(settings, run_id="7070", **TUTORIAL)
    return settings


@pytest.fixture(scope="module")
def site(settings):
    return publish(settings).folder


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
        "$99.7K ($86.6K to $114.8K) against $93.0K in the last seven, by the forecasts in use. "
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


def test_what_needs_somebody_stands_first_of_all_alerts(settings, tmp_path):
    rules = settings.params_dir / "alerts.yml"
    rules.write_text(
        "much:\n  notebook: store_ramp_curves\n  when: plateau > $50K\n"
        "little:\n  notebook: store_ramp_curves\n  when: plateau < $5K\n"
        "any:\n  when: failed run\n"
    )
    built = publish(settings, tmp_path / "www", find_alerts=watch_headlines(settings))
    home = (built.folder / "index.html").read_text()
    operations = home[home.index('<h2 id="operations"') : home.index('<h2 id="marketing"')]
    assert "1 alert<" in operations and "Operations: much" in operations and "$57.9K" in operations
    needs = home[home.index('id="needs"') :]
    assert "little" not in home and "Operations: much" not in needs
    assert "1 contract does not hold: luckyus_sales_order.t_order" in needs
    assert "The newest run of 2 reports: " in needs and "Churn cohorts" in needs and "Waste" in needs
    kinds = re.findall(r'class="kind">([^<]+)<', needs)
    assert kinds == ["Data", "Did not complete"]
    assert publish(settings, tmp_path / "www", find_alerts=watch_headlines(settings)).is_new is False
    rules.write_text("much:\n  notebook: store_ramp_curves\n  when: plateau > $900K\n")
    again = publish(settings, tmp_path / "www", find_alerts=watch_headlines(settings))
    assert "Operations: much" not in (again.folder / "index.html").read_text()
    rules.unlink()


def decided(entry, on=(), notebook="", **decision):
    """An entry of another notebook that decides on something for so much money."""
    record = dataclasses.replace(entry.run.record, notebook=notebook or decision.get("action", "x"))
    run = dataclasses.replace(entry.run, record=record)
    return dataclasses.replace(entry, run=run, on=dict(on), call=call(decision, "2026-02-13"))


def usd(value, low=None, high=None, unit="USD a month"):
    return {"value": value, "low": low, "high": high, "unit": unit}


GAIN = usd(5_000.0, 1_000.0, 9_000.0)


@pytest.mark.parametrize(
    ("decision", "word"),
    [
        ({"strength": "do", "worth": GAIN}, "Act"),
        ({"strength": "lean", "worth": GAIN}, "Act, small risk"),
        ({"strength": "lean", "worth": usd(5_000.0, -500.0, 9_000.0)}, "Act, small risk"),
        ({"strength": "lean", "worth": usd(5_000.0, -501.0, 9_000.0)}, "Look first"),
        ({"strength": "lean", "worth": usd(5_000.0, 1_000.0, 9_000.0, "USD lost a week")}, "Look first"),
        ({"strength": "lean", "worth": usd(5_000.0, unit="USD at stake")}, "Look first"),
        ({"strength": "lean", "worth": usd(5_000.0), "due": "2026-02-13"}, "Overdue"),
        ({"strength": "lean", "worth": usd(5_000.0), "due": "2026-02-14"}, "Look first"),
        ({"strength": "do not decide on this yet", "worth": GAIN, "due": "2026-01-01"}, ""),
        ({"strength": "do not decide on this yet", "is_idle": True, "worth": GAIN}, ""),
        ({"strength": "do", "worth": usd(5_000.0, unit="rows")}, ""),
        ({"strength": "do", "worth": None}, ""),
        ({"strength": "lean", "worth": usd(-5_000.0, -9_000.0, -1_000.0)}, "Look first"),
    ],
)
def test_the_word_of_a_decision_is_never_stronger_than_its_range(decision, word):
    assert call(decision, "2026-02-13").word == word


def test_money_is_of_a_month_and_says_what_kind_it_is():
    lost = call({"strength": "lean", "worth": usd(840.0, 230.0, 1_380.0, "USD lost a week")}, "2026-02-13")
    assert lost.money.replace("\N{NO-BREAK SPACE}", " ") == "Lost: $3,650 a month ($999 to $5,996)"
    assert lost.monthly == pytest.approx(840 * 365 / 84)
    year = call({"strength": "do", "worth": usd(2_400.0, unit="USD a year")}, "2026-02-13")
    assert (year.money, year.monthly, year.is_large) == ("Gain: $200 a month", 200.0, False)
    once = call({"strength": "do", "worth": usd(LEAST, unit="USD at risk")}, "2026-02-13")
    assert (once.money, once.is_large) == ("At risk, once: $1,000", True)


def test_leadership_has_what_is_overdue_then_by_money_each_matter_once(settings):
    (entry, *_), *_ = [department.entries for department in list_departments(read_shelf(settings))]
    tax = decided(entry, {"tax": "show"}, action="tax", strength="lean", worth=usd(1_200.0), due="2026-01-01")
    audit = decided(
        entry, {"tax": "show", "checks": "settle"}, action="audit", strength="lean", worth=usd(9e5)
    )
    day = decided(entry, {"fall": "ask"}, "executive_briefing", strength="lean", worth=usd(8_400.0, 1.0, 2e4))
    week = decided(entry, {"fall": "ask"}, action="week", strength="lean", worth=usd(12_700.0, 1.0, 2e4))
    part = decided(
        entry, {"A": "no", "B": "wait"}, action="part", strength="lean", worth=usd(45_000.0, 1.0, 9e4)
    )
    whole = decided(
        entry, {"A": "no", "C": "no"}, action="whole", strength="lean", worth=usd(13_000.0, 1.0, 9e4)
    )
    other = decided(entry, {"A": "yes"}, action="other", strength="do", worth=usd(3_000.0, 1.0, 9e4))
    small = decided(entry, action="small", strength="do", worth=usd(999.0, 1.0, 2_000.0))
    waits = decided(entry, action="waits", strength="do not decide on this yet", worth=GAIN)
    every = [small, other, part, whole, week, day, audit, waits, tax]
    found = list_asks([Department("product", every, is_aside=False)])
    assert found == [tax, whole, day, other]
    assert list_asks([Department("tutorial", every, is_aside=True)]) == list_asks([]) == []
    home = (publish(settings).folder / "index.html").read_text()
    listed = home[home.index('id="decisions"') : home.index('<h2 id="operations"')]
    assert "Not known yet" not in listed and "budget nine weeks" in listed and "Lean" not in listed
    assert "look at 8th &amp; Broadway" not in listed  # without a sum it stands with its department
    assert "Worth not measured.</span> Operations: look at 8th &amp; Broadway" in home


def test_alerts_stand_in_the_order_of_departments(settings):
    runs = {run.department: run for run in read_shelf(settings).shown}
    alerts = [RunAlert(runs[name], "off", ("1 above 0",)) for name in ("supply_chain", "operations")]
    needs = list_needs(read_shelf(settings), [], 0, None, alerts)
    assert [need.kind for need in needs[:2]] == ["Operations: off", "Supply chain: off"]


def test_where_nothing_needs_anybody_the_home_says_what_was_looked_at(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    only_runs = (publish(settings).folder / "index.html").read_text()
    assert "Nothing: every report completed its newest run." in only_runs
    watched = publish(settings, find_alerts=watch_headlines(settings))
    assert (
        "Nothing: no alert holds, and every report completed" in (watched.folder / "index.html").read_text()
    )


def test_many_needs_are_named_by_their_first_and_counted():
    runs = [SimpleNamespace(run=SimpleNamespace(notebook=f"question_{place}")) for place in range(5)]
    shelf = SimpleNamespace(shown=[])
    (need, unread) = list_needs(shelf, runs, 2, None, [])
    assert need.text == "The newest run of 5 reports: Question 0, Question 1, Question 2 and 2 more"
    assert (unread.kind, unread.text) == ("Could not be read", "2 notebooks or runs")
    assert list_needs(shelf, [], 0, None, []) == []


def test_a_question_whose_intervals_have_failed_needs_somebody(settings):
    shelf = read_shelf(settings)
    marked = [dataclasses.replace(run, mark="Intervals of this question have failed.") for run in shelf.shown]
    found = list_needs(SimpleNamespace(shown=marked), [], 0, None, [])
    pages = {need.href for need in found if need.kind == "Missed what it predicted"}
    assert "record/store_week.html" in pages and len(pages) == len({run.notebook for run in marked})


def test_departments_are_folded_with_their_size(settings, site):
    home = (site / "index.html").read_text()
    assert home.count('<section class="department-list"') == 4
    assert home.count("<details><summary><h2") == 4
    sizes = {department.name: department.size for department in list_departments(read_shelf(settings))}
    assert sizes["operations"] == "2 questions"
    assert sizes["supply_chain"] == "1 question, 1 not up to date"


def test_departments_stand_in_the_order_of_leaders_and_the_tutorial_is_aside(settings):
    departments = list_departments(read_shelf(settings))
    assert [department.name for department in departments] == [
        "operations",
        "marketing",
        "supply_chain",
        "tutorial",
    ]
    assert [department.is_aside for department in departments] == [False, False, False, True]


def test_a_question_has_one_line_and_the_number_that_the_line_is_about(settings):
    entries = {entry.run.notebook: entry for entry in list_departments(read_shelf(settings))[0].entries}
    ramp = entries["store_ramp_curves"]
    assert ramp.line.startswith("221 Grand reaches its plateau after 6.2 weeks")
    assert "Half of the stores" not in ramp.line
    assert (ramp.number, ramp.interval) == ("6.2 weeks", "5 to 9.1")
    week = entries["store_week"]
    assert week.line == "All stores sold 2\xa0% more than before"
    assert (week.strength, week.word, week.call.money) == ("lean", "Worth not measured", "")
    assert [run.variant for run in entries["store_week"].variants] == ["store=221 Grand"]


@pytest.mark.parametrize(
    ("action", "step"),
    [
        ("sign none", "Ana: sign none"),
        ("try A at $4.40; B at $3.10", "Ana: try A at $4.40"),
        ("go on from 1,591 orders. Leave 7 weeks between", "Ana: go on from 1,591 orders"),
        (
            "send it to two groups (4 orders; 5 orders), and wait",
            "Ana: send it to two groups (4 orders; 5 orders), and wait",
        ),
    ],
)
def test_of_a_decision_the_home_has_the_first_step(tmp_path, action, step):
    settings = make_settings(tmp_path)
    write_store_week(settings)
    run = next(run for run in read_shelf(settings).shown if run.notebook == "store_week" and not run.variant)
    results = run.folder / "results.json"
    said = json.loads(results.read_text())
    worth = {"value": 998.0, "low": 378.0, "high": 1_653.0, "unit": "USD a month"}
    said["decision"] = [{"owner": "Ana", "action": action, "strength": "lean", "worth": worth}]
    results.write_text(json.dumps(said))
    entries = {entry.run.notebook: entry for entry in list_departments(read_shelf(settings))[0].entries}
    assert entries["store_week"].action.replace("\N{NO-BREAK SPACE}", " ") == step
    is_cut = step != f"Ana: {action}"
    assert entries["store_week"].call.money.endswith("$1,653), all steps" if is_cut else "$1,653)")


def test_marks_tell_failure_and_age_apart(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings, run_id="01d", as_of="2026-02-11")
    run = read_shelf(settings).shown[0]
    assert mark(run, run, "2026-02-13").text == "2 days behind the newest report"
    assert mark(run, run, "2026-02-11").tone == "good"
    failed = {"status": "failed", "error": ERROR, "ended_at": "2026-02-16T06:00:00+00:00"}
    write_run(settings, run_id="dead", **failed)
    newest = read_shelf(settings).runs[run.key][0]
    assert mark(run, newest, "2026-02-11").text == "The newest run did not complete"


def test_the_search_knows_everything_that_has_a_name(site):
    script = (site / "search.js").read_text()
    entries = json.loads(script.removeprefix("window.luckySearch = ").removesuffix(";\n"))
    by_kind = {}
    for kind, title, address, _, _ in entries:
        by_kind.setdefault(kind, []).append(title)
        file, _, anchor = address.partition("#")
        page = (site / file).read_text()
        assert not anchor or f'id="{anchor}"' in page, address
    assert {"Report", "Chart", "Table", "Number", "Store", "Product", "Metric", "Data"} <= set(by_kind)
    assert "8th & Broadway" in by_kind["Store"]
    assert "Seven of ten stores level off within six weeks" in by_kind["Chart"]
    assert "Average order value" in by_kind["Metric"]
    assert "luckyus_sales_order.t_order" in by_kind["Data"]


def test_every_link_of_the_home_leads_somewhere(site):
    for address in re.findall(r'href="([^"#]+)', (site / "index.html").read_text()):
        assert (site / address).exists(), address


def test_apps_are_linked_where_they_are_served_and_named_nowhere_else(settings, tmp_path):
    folder = settings.notebooks_dir / "apps"
    folder.mkdir(exist_ok=True)
    about = {"title": "What would a discount do?", "beside": ["store_ramp_curves"]}
    (folder / "price_what_if.ipynb").write_text(json.dumps({"metadata": about, "cells": []}))
    (folder / "broken.ipynb").write_text("[]")
    served = dataclasses.replace(settings, apps_url="https://apps.example.com")
    href = "https://apps.example.com/price_what_if/"
    with_apps, without = (
        publish(each, tmp_path / name).folder for name, each in (("a", served), ("b", settings))
    )
    assert f'<a href="{href}">What would a discount do?</a>' in (with_apps / "index.html").read_text()
    assert f'["App","What would a discount do?","{href}"' in (with_apps / "search.js").read_text()
    names = (with_apps / "names.js").read_text()
    assert f'luckyApps = {{"store_ramp_curves":[["What would a discount do?","{href}"]]}}' in names
    report = (with_apps / "operations" / "store_ramp_curves" / "index.html").read_text()
    assert 'data-notebook="store_ramp_curves"' in report
    for page in ("index.html", "search.js", "names.js"):
        assert "What would a discount do" not in (without / page).read_text()


def test_a_portal_is_built_anew_when_its_apps_are_served_elsewhere_or_say_something_else(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    notebook = settings.notebooks_dir / "apps" / "price_what_if.ipynb"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    notebook.write_text(json.dumps({"metadata": {"title": "What would a discount do?"}, "cells": []}))
    assert publish(settings).is_new and not publish(settings).is_new
    served = dataclasses.replace(settings, apps_url="https://apps.example.com")
    assert publish(served).is_new and not publish(served).is_new
    moved = dataclasses.replace(settings, apps_url="https://elsewhere.example.com")
    portal = publish(moved)
    assert "elsewhere.example.com" in (portal.folder / "index.html").read_text()
    notebook.write_text(json.dumps({"metadata": {"title": "What would a price do?"}, "cells": []}))
    assert "What would a price do?" in (publish(moved).folder / "index.html").read_text()
    assert publish(settings).is_new and not publish(settings).is_new


def test_an_audience_is_not_led_to_apps_which_show_everything(settings, tmp_path):
    served = dataclasses.replace(settings, apps_url="https://apps.example.com")
    only = audiences.Audience("ramp", notebooks=("store_ramp_curves",))
    assert "apps.example" not in (publish(served, tmp_path / "ramp", only).folder / "index.html").read_text()


def test_one_alert_of_each_page_stands_first_by_the_money_that_its_page_decides_on():
    def alert(department, strength, unit, value, rule):
        said = {"strength": strength, "worth": {"value": value, "unit": unit}}
        run = SimpleNamespace(department=department, decisions=[said], key=department)
        return RunAlert(run, rule, ())

    alerts = [
        alert("operations", "do not decide on this yet", "USD a month", 9e6, "waits"),
        alert("finance", "lean", "USD to show as paid", 128_700.0, "tax"),
        alert("finance", "lean", "USD to show as paid", 128_700.0, "tax again"),
        alert("marketing", "lean", "USD lost a week", 100.0, "fell"),
        alert("supply_chain", "do", "USD a month", 440.0, "orders"),
    ]
    bare = RunAlert(SimpleNamespace(department="product", decisions=[], key="product"), "bare", ())
    placed = [found.rule for found in home_needs._rank([bare, *alerts])]
    assert placed == ["tax", "orders", "fell", "waits", "bare", "tax again"]
