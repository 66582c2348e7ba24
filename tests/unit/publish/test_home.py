"""The home as a way in: departments, one line and one number a question, search, links, apps."""

from __future__ import annotations

import dataclasses
import json
import re

from lucky_analytics.publish import audiences, publish
from lucky_analytics.publish.home_entries import list_departments, mark
from lucky_analytics.publish.shelf import read_shelf
from tests.example_runs import (
    ERROR,
    make_settings,
    write_run,
)


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
    assert (week.word, week.call.money) == ("Act, gain not measured", "")
    assert [run.variant for run in entries["store_week"].variants] == ["store=221 Grand"]


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
