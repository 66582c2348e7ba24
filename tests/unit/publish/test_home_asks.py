"""What the home asks for: decisions told apart by money, range and day, and alerts under their department."""

from __future__ import annotations

import dataclasses
import json
import re
from types import SimpleNamespace

import pytest

from lucky_analytics.publish import home_needs, publish
from lucky_analytics.publish.home_asks import LEAST, call
from lucky_analytics.publish.home_entries import Department, list_asks, list_departments
from lucky_analytics.publish.home_needs import RunAlert, list_needs
from lucky_analytics.publish.shelf import read_shelf
from lucky_analytics.schedule.open_alerts import watch_headlines
from tests.example_runs import (
    make_settings,
    write_run,
    write_store_week,
)


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
    assert "Wait." not in listed and "budget nine weeks" in listed and "Lean" not in listed
    assert "look at 8th &amp; Broadway" not in listed  # without a sum it stands with its department
    assert "Act, gain not measured.</span> Operations: look at 8th &amp; Broadway" in home


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
