"""``lucky publish`` and ``lucky serve``: what they say, what they log, how they refuse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

from lucky_analytics import settings as settings_module
from lucky_analytics.audit_log import read_entries
from lucky_analytics.cli.options import Host
from lucky_analytics.cli.past_runs import prune
from lucky_analytics.cli.publish import publish, serve
from lucky_analytics.errors import LuckyError, PublishError
from tests.example_runs import make_settings, write_run, write_store_week


@pytest.fixture
def settings(tmp_path, monkeypatch):
    made = make_settings(tmp_path)
    monkeypatch.setattr(settings_module, "load", lambda: made)
    return made


def run(command, *arguments):
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    return result.output.strip().splitlines()


def test_publish_says_what_it_did_and_logs_it_once(settings):
    write_run(settings)
    (settings.params_dir / "audiences.yml").write_text(
        "leadership: everything\nlegal: {parameters: {as_of: 1999-01-01}}"
    )
    first = run(publish)
    assert first[0].startswith("portal of leadership published: 1 reports")
    assert first[1] == "portal of legal: no run it may see"
    assert first[2].startswith("portal published: 1 reports: ")
    assert run(publish)[-1].startswith("portal unchanged: ")
    (entry,) = read_entries(settings)
    assert entry["command"] == "publish"
    assert [path.rpartition("/")[2] for path in entry["exports"]] == ["leadership", "site"]


def test_a_wrong_audience_is_named_at_the_end_and_the_others_are_published(settings):
    write_run(settings)
    (settings.params_dir / "audiences.yml").write_text("odd: {department: [x]}\nleadership: everything")
    ended = CliRunner().invoke(publish)
    assert "audiences.yml line 1, odd 'department'" in str(ended.exception)
    assert isinstance(ended.exception, LuckyError)
    assert [line.partition(" published: 1 reports")[0] for line in ended.output.strip().splitlines()] == [
        "portal of leadership",
        "portal",
    ]


def test_a_report_that_is_no_longer_made_is_said_each_time_until_it_is_removed(settings):
    write_run(settings)
    write_store_week(settings)
    assert run(publish)[0].startswith("portal published: 3 reports")
    (settings.notebooks_dir / "operations" / "store_ramp_curves.ipynb").unlink()
    (settings.params_dir / "grids" / "store_week.yml").write_text("store: [Elsewhere]\n")
    remedy = "Its last page stays; lucky history prune --gone removes it"
    expected = [
        "report store_ramp_curves is no longer made: expected notebooks/operations/store_ramp_curves.ipynb,"
        f" got none. {remedy}",
        "report store_week store=221 Grand is no longer made: expected store=221 Grand in"
        f" params/grids/store_week.yml, got none. {remedy}",
    ]
    for state in ("published: 3 reports", "unchanged"):
        said = run(publish)
        assert said[:2] == expected
        assert said[2].startswith(f"portal {state}")
    home = (settings.site_dir / "index.html").read_text()
    entry = home.split('data-key="store_ramp_curves"')[1].split("</li>")[0]
    assert '<span class="mark bad">No longer made</span>' in entry
    assert home.count('221 Grand</a> <span class="mark bad">no longer made</span>') == 1
    assert home.lower().count("no longer made") == 2  # the page of all stores goes on
    note = (settings.site_dir / "operations" / "store_ramp_curves" / "history.js").read_text()
    assert "This report is no longer made. Its last run was that of 2026-02-14." in note
    assert run(prune, "--gone") == ["history: removed 2 runs"]
    assert run(publish)[0].startswith("portal published: 1 reports")


def test_publish_to_a_folder_leaves_the_audiences_alone(settings, tmp_path):
    write_run(settings)
    (settings.params_dir / "audiences.yml").write_text("leadership: everything")
    assert "www" in run(publish, "--to", str(tmp_path / "www"))[0]
    assert not (settings.outputs_dir / "audiences").exists()


@pytest.mark.parametrize(
    "arguments",
    [("--host", ""), ("--host", "a b"), ("--allow-host", "http://a/b"), ("--allow-host", "reports.x:8000")],
)
def test_a_host_that_would_be_every_address_or_never_match_is_refused(settings, arguments):
    result = CliRunner().invoke(serve, list(arguments))
    assert result.exit_code == 2 and "is no host alone, like reports.example.internal" in result.output


@pytest.mark.parametrize("name", ["localhost", "::1", "127.0.0.1", "reports.example.internal."])
def test_a_host_alone_passes(name):
    assert Host().convert(name, None, None) == name


def test_serve_refuses_without_a_portal(settings):
    with pytest.raises(PublishError, match="lucky publish"):
        run(serve)


def test_serve_serves_on_this_machine_only(settings, tmp_path):
    write_run(settings)
    run(publish)
    command = [sys.executable, "-m", "lucky_analytics.cli", "serve", "--port", "0"]
    environment = {**os.environ, "LUCKY_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().split()[2]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert b"Lucky Analytics" in answer.read()
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 130
