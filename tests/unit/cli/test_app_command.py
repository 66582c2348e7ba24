"""``lucky app`` says on one line what keeps it from starting."""

from __future__ import annotations

import socket

import pytest

from lucky_analytics.apps.app_parts import list_apps
from lucky_analytics.apps.server import Access, find_app
from lucky_analytics.cli import main
from lucky_analytics.errors import LuckyError
from lucky_analytics.runs import notebooks
from lucky_analytics.settings import load
from tests import estate_rows
from tests.notebook_cells import write_notebook


@pytest.fixture
def here(tmp_path, monkeypatch):
    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    monkeypatch.delenv("LUCKY_APP_TOKEN", raising=False)
    write_notebook(here.notebooks_dir / "apps" / "site_scoring.ipynb", "1")
    return here


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["app", *arguments, "--no-browser"])
    return ended.value.code, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["site_scorin"], 2, "unknown app 'site_scorin': expected one of site_scoring"),
        (["site_scoring"], 3, "Run lucky snapshot take"),
        (["site_scoring", "--host", "0.0.0.0"], 1, "host 0.0.0.0: expected a login"),
        (["site_scoring", "--host", "app.example.org"], 1, "Set LUCKY_APP_TOKEN"),
        (["site_scoring", "--identity-header", ""], 2, "'' is no name of a header"),
        (["site_scoring", "--identity-header", "a\r\nb"], 2, "is no name of a header"),
        (["site_scoring", "--port", "99999"], 2, "99999 is not in the range"),
    ],
)
def test_what_is_wrong_is_one_line(here, capsys, arguments, code, words):
    got, lines = call(capsys, *arguments)
    assert (got, len(lines)) == (code, 1), lines
    assert words in lines[0]


@pytest.mark.parametrize("base_url", ["", "apps", "//evil.example/", "/a b/", "/a?b", "/a/../b#"])
def test_a_base_url_is_a_path_and_nothing_else(here, capsys, base_url):
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    code, (line,) = call(capsys, "site_scoring", "--base-url", base_url)
    assert (code, "base-url: expected a path such as /apps/site/" in line) == (1, True)


def test_a_port_in_use_and_a_short_token(here, capsys, monkeypatch):
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, (line,) = call(capsys, "site_scoring", "--port", port)
    assert code == 1 and f"127.0.0.1:{port}: expected a free address" in line
    monkeypatch.setenv("LUCKY_APP_TOKEN", "short")
    code, (line,) = call(capsys, "site_scoring", "--host", "0.0.0.0")
    assert code == 1 and "16 characters or more, got 5" in line and "short" not in line


def test_what_an_app_is_made_of_is_missing_or_broken(here, capsys, monkeypatch):
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    imports = "from lucky_analytics.apps.site_scoring import site_page"
    write_notebook(here.notebooks_dir / "apps" / "mapped.ipynb", imports)
    code, (line,) = call(capsys, "mapped", "--port", "0")
    assert code == 1 and "reference layer manhattan_tracts.geojson: expected a file in" in line
    (here.notebooks_dir / "apps" / "torn.ipynb").write_text('{"cells": [')
    code, (line,) = call(capsys, "torn", "--port", "0")
    assert code == 1 and "expected a notebook whose cells can be read, got JSONDecodeError" in line
    write_notebook(here.notebooks_dir / "apps" / "undrawn.ipynb", "1")
    code, (line,) = call(capsys, "undrawn", "--port", "0")
    assert code == 1 and "app undrawn: expected a script in lucky_analytics/apps/undrawn/" in line
    monkeypatch.setenv("LUCKY_APP_TOKEN", "x" * 16)
    code, (line,) = call(capsys, "site_scoring", "--port", "0", "--host", "nowhere.invalid")
    assert code == 1 and "nowhere.invalid:0: expected a free address of this machine" in line


def test_who_may_listen_where():
    assert Access("127.0.0.1").is_loopback and Access("::1").is_loopback and Access("localhost").is_loopback
    assert Access("0.0.0.0", token="x" * 16).token and Access("10.0.0.1", identity_header="X-User")
    with pytest.raises(LuckyError, match="a login"):
        Access("10.0.0.1", token="")
    with pytest.raises(LuckyError, match="app of single customers: expected a login"):
        Access("127.0.0.1", needs_login=True)
    assert Access(token="x" * 16, needs_login=True) and Access(identity_header="X-User", needs_login=True)


def test_apps_are_a_namespace_of_their_own():
    here = load()
    assert {"price_what_if", "site_scoring"} <= set(list_apps(here))
    assert find_app("site_scoring", here).parent.name == "apps"
    assert [n.department for n in notebooks.list_all(here) if n.name == "site_scoring"] == ["strategy"]
    assert "apps" not in {n.department for n in notebooks.list_all(here)}
