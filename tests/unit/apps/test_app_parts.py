"""An app is what lies in its own folder; what is missing there is one line, and no page that stays empty."""

from __future__ import annotations

import json
import logging

import pytest

from lucky_analytics.apps import app_frame, app_parts, handlers
from lucky_analytics.apps.server import check_parts
from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.settings import load
from tests.estate_rows import checkout
from tests.notebook_cells import write_notebook

DRAWN = "  app.views.room = (frame) => ({});"


def test_every_app_has_its_script_and_the_report_it_names():
    here = load()
    for name in app_parts.list_apps(here):
        check_parts(here.notebooks_dir / "apps" / f"{name}.ipynb", here)


def test_only_the_apps_own_files_are_loaded_in_alphabetical_order(tmp_path):
    for name, text in (("room/z.js", DRAWN), ("room/a.js", ""), ("room/b.css", ""), ("other/o.js", "")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    parts = app_parts.find_parts("room", tmp_path)
    assert (parts.scripts, parts.styles) == (("a.js", "z.js"), ("b.css",))
    shown = {
        name: app_frame.Frame(name, {}, {"evaluate": lambda body: {}})._esm
        for name in app_parts.list_apps(load())
    }
    for name, script in shown.items():
        others = [other for other in shown if other != name]
        assert f"app.views.{name} = " in script and not any(f"app.views.{o} = " in script for o in others)
    assert "leaflet" not in shown["price_what_if"]


@pytest.mark.parametrize(
    ("files", "got"),
    [({}, "got none"), ({"a.js": "app.views.rom = 1;", "b.js": "// app.views.room = no"}, "got a.js, b.js")],
)
def test_a_folder_without_a_script_that_draws_it_is_one_line(tmp_path, files, got):
    for name, text in files.items():
        (tmp_path / "room").mkdir(exist_ok=True)
        (tmp_path / "room" / name).write_text(text)
    with pytest.raises(
        LuckyError, match="app room: expected a script in lucky_analytics/apps/room/"
    ) as error:
        app_parts.find_parts("room", tmp_path)
    assert got in str(error.value) and "\n" not in str(error.value)


def test_an_app_without_a_folder_cannot_be_shown_at_all():
    with pytest.raises(LuckyError, match="app nowhere: expected a script"):
        app_frame.Frame("nowhere", {}, {"evaluate": lambda body: {}})


def test_a_report_that_is_unknown_or_takes_no_scenario(tmp_path):
    here = checkout(tmp_path)
    notebook = here.notebooks_dir / "apps" / "site_scoring.ipynb"
    write_notebook(notebook, "1")
    document = json.loads(notebook.read_text())
    for report, kind, words in (
        ("nothing", UnknownNameError, "unknown notebook 'nothing'"),
        ("counted", ParameterError, "report counted of the app: expected a parameter scenario"),
    ):
        write_notebook(here.notebooks_dir / "tutorial" / "counted.ipynb", "1")
        document["metadata"]["report"] = report
        notebook.write_text(json.dumps(document))
        with pytest.raises(kind, match=words):
            check_parts(notebook, here)


@pytest.mark.parametrize(("shown", "words"), [(None, "got no app"), ("other", "got the app other")])
def test_a_notebook_that_shows_no_app_or_another_is_said_on_the_page_and_in_the_log(caplog, shown, words):
    with caplog.at_level(logging.ERROR):
        said = handlers.tell_unshown("room", shown)
    assert said["kind"] == "LuckyError" and said["text"].endswith(words)
    assert said["text"] in caplog.text
