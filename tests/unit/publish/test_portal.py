"""The portal on disk: what is copied, what is kept on failure, what is refused, what is skipped."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import subprocess
import sys
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest

from lucky_analytics import exchange
from lucky_analytics.errors import PublishError
from lucky_analytics.publish import fingerprint, publish, swap
from lucky_analytics.runs import records
from tests.example_runs import ERROR, make_settings, write_earlier, write_portal_runs, write_run


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("portal"))
    write_portal_runs(settings)
    return settings, publish(settings)


def test_reports_are_published_byte_for_byte(portal):
    settings, built = portal
    run = settings.runs_dir / "store_ramp_curves" / "a1b2c3d4e5f60718"
    page = built.folder / "operations" / "store_ramp_curves" / "index.html"
    assert page.read_bytes() == (run / "report.html").read_bytes()
    assert (page.parent / "tables" / "plateaus.csv").read_text() == "of a1b2c3d4e5f60718\n"


def test_every_run_has_its_own_address_with_its_own_tables(portal):
    _, built = portal
    earlier = built.folder / "runs" / "00b2c3d4e5f60718"
    assert "00b2c3d4e5f60718" in (earlier / "index.html").read_text()
    assert (earlier / "tables" / "plateaus.csv").read_text() == "of 00b2c3d4e5f60718\n"
    for name in re.findall(r'"\.\./\.\./(assets/[^"]+)"', (earlier / "index.html").read_text()):
        assert (built.folder / name).is_file(), name


def test_last_good_page_stays_when_the_newest_run_failed(portal):
    _, built = portal
    home = built.folder / "marketing" / "churn_cohorts"
    assert "c0ffee00c0ffee00" in (home / "index.html").read_text()
    assert "This is the last one that did" in (home / "history.js").read_text()
    failures = (built.folder / "failures.html").read_text()
    assert "ValueError: plateau &lt;0&gt;" in failures
    assert "Trace red" in failures


def test_a_notebook_that_never_completed_has_an_address_too(portal):
    _, built = portal
    assert "did not complete" in (built.folder / "supply_chain" / "waste" / "index.html").read_text()
    assert "This report has not completed yet." in (built.folder / "index.html").read_text()
    assert built.n_failed == 2


def test_every_link_of_the_portal_leads_somewhere(portal):
    _, built = portal
    pages = [*built.folder.glob("*.html"), *built.folder.glob("dictionary/*.html")]
    pages += built.folder.rglob("history.html")
    assert len(pages) > 10
    for page in pages:
        for address in re.findall(r'(?:href|src)="([^"#]+)', page.read_text()):
            assert (page.parent / address).exists(), f"{page.name}: {address}"


def test_history_script_is_what_the_page_reads(portal):
    _, built = portal
    script = (built.folder / "operations" / "store_ramp_curves" / "history.js").read_text()
    history = json.loads(script.removeprefix("window.luckyHistory = ").removesuffix(";\n"))
    plateau = history["runs"]["a1b2c3d4e5f60718"]["headlines"]["plateau"]
    assert plateau["change"] == "Up from $40.5K a month, 1 more day of data"
    assert plateau["values"] == pytest.approx([34_740, 37_635, 40_530, 57_900])
    assert history["runs"]["00b2c3d4e5f60718"]["headlines"]["plateau"] == {"change": "", "values": [34_740]}
    assert history["n_runs"] == 4
    page = built.folder / "operations" / "store_ramp_curves" / "index.html"
    for name in ("home", "newest", "list", "failures"):
        assert (page.parent / history[name]).is_file()


def test_runs_of_the_same_day_are_no_history_of_a_number(tmp_path):
    settings = make_settings(tmp_path)
    write_earlier(settings, day="2026-02-12", run_id="01d", factor=0.5)
    for hour in range(3):
        write_run(settings, run_id=f"a{hour}", ended_at=f"2026-02-14T1{hour}:00:00.000+00:00")
    site = publish(settings).folder
    script = (site / "operations" / "store_ramp_curves" / "history.js").read_text()
    history = json.loads(script.removeprefix("window.luckyHistory = ").removesuffix(";\n"))
    assert history["runs"]["a2"]["headlines"]["plateau"]["values"] == pytest.approx([28_950, 57_900])


def test_nothing_is_built_twice_and_damage_is_repaired(portal):
    settings, built = portal
    before = (built.folder / "index.html").stat().st_mtime_ns
    assert not publish(settings).is_new
    assert (built.folder / "index.html").stat().st_mtime_ns == before
    (built.folder / "failures.html").unlink()
    assert publish(settings).is_new
    assert (built.folder / "failures.html").is_file()


def test_finding_that_nothing_changed_loads_nothing_heavy(portal, monkeypatch):
    settings, _ = portal
    publish(settings)
    monkeypatch.setenv("LUCKY_HOME", str(settings.root))
    script = (
        "import sys; from lucky_analytics import publish, settings;"
        "assert not publish.publish(settings.load()).is_new;"
        "print([name for name in ('pandas', 'nbconvert', 'jinja2', 'duckdb') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=settings.root)
    assert (said.stdout.strip(), said.stderr) == ("[]", "")


def test_an_error_leaves_the_last_good_portal(portal, monkeypatch):
    settings, built = portal
    good = (built.folder / "index.html").read_bytes()
    write_run(settings, notebook="inventory", department="supply_chain", run_id="beef")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(fingerprint, "write", full)
        with pytest.raises(PublishError, match="No space left"):
            publish(settings)
    assert (built.folder / "index.html").read_bytes() == good
    assert [path.name for path in settings.outputs_dir.iterdir() if path.name.startswith(".")] == []
    assert publish(settings).is_new


def test_without_runs_there_is_no_portal(tmp_path):
    settings = make_settings(tmp_path)
    with pytest.raises(PublishError, match="lucky run --all"):
        publish(settings)
    assert not settings.site_dir.exists()


def test_a_folder_with_other_files_is_never_replaced(portal, tmp_path):
    settings, _ = portal
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(PublishError, match="other files"):
        publish(settings, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_the_feed_begins_its_links_with_the_address_of_the_portal(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    feed = publish(settings).folder / "feed.xml"
    page = "operations/store_ramp_curves/index.html"
    assert f'href="{page}"' in feed.read_text()
    moved = dataclasses.replace(settings, site_url="https://reports.example.com")
    assert publish(moved).is_new
    assert f'href="https://reports.example.com/{page}"' in feed.read_text()


def test_publish_to_another_folder(portal, tmp_path):
    settings, _ = portal
    assert (publish(settings, tmp_path / "www").folder / "index.html").is_file()


def test_runs_being_written_and_damaged_runs_do_not_stop_the_rest(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    (settings.runs_dir / "store_ramp_curves" / ".running-1").mkdir()
    (settings.runs_dir / "store_ramp_curves" / "damaged").mkdir()
    write_run(settings, run_id="nopage")
    (settings.runs_dir / "store_ramp_curves" / "nopage" / "report.html").unlink()
    built = publish(settings)
    assert {name for name, _ in built.unreadable} == {"store_ramp_curves/damaged", "store_ramp_curves/nopage"}
    assert "store_ramp_curves/damaged" in (built.folder / "failures.html").read_text()


def test_leftovers_of_a_killed_publish_are_removed_and_the_portal_comes_back(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    dead = "999999999"
    site = publish(settings).folder
    site.rename(site.with_name(f".site-{dead}-abc-old"))
    site.with_name(f".site-{dead}-abc").mkdir()
    assert publish(settings).is_new
    assert sorted(path.name for path in settings.outputs_dir.iterdir()) == ["runs", "site"]


def test_folders_are_exchanged_also_where_the_system_cannot_do_it_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(exchange.ctypes, "CDLL", lambda *_, **__: object())
    site = tmp_path / "site"
    for text in ("first", "second"):
        with swap.replacing(site) as build:
            (build / fingerprint.MARK).write_text("")
            (build / "index.html").write_text(text)
    assert (site / "index.html").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_text_of_a_run_is_escaped(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings, title="<script>alert(1)</script>")
    error = {**ERROR, "message": "<img src=x onerror=alert(1)>"}
    failed = {"status": records.FAILED, "error": error, "ended_at": "2026-02-16T06:00:00+00:00"}
    write_run(settings, run_id="dead-failed", title="<script>alert(1)</script>", **failed)
    site = publish(settings).folder
    for page in site.glob("*.html"):
        assert "<script>alert" not in page.read_text()
        assert "<img" not in page.read_text()


def test_variants_of_a_grid_are_reports_of_their_own(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    for number, variant in enumerate(("store=221 Grand", "store=221-Grand", "store=<b>")):
        write_run(settings, run_id=f"{number}abc", variant=variant, ended_at="2026-02-16T06:00:00+00:00")
    built = publish(settings)
    folders = sorted(path.name for path in (built.folder / "operations").iterdir())
    assert folders[0] == "store_ramp_curves"
    assert len(folders) == 4
    assert (
        "a1b2c3d4e5f60718" in (built.folder / "operations" / "store_ramp_curves" / "index.html").read_text()
    )
    home = (built.folder / "index.html").read_text()
    assert home.count('class="report-entry question-line"') == 1
    assert "3 pages of its own" in home
    assert "store &lt;b&gt;" in home
    for folder in folders[1:]:
        page = built.folder / "operations" / folder / "index.html"
        assert f"operations/{folder}/index.html" in home
        assert "<dt>For</dt>" in page.read_text()


def test_a_notebook_with_any_name_has_links_that_lead_to_it(tmp_path):
    settings, odd = make_settings(tmp_path), "my report's 100% café #1"
    variants = {"run_id": "beef", "variant": "store=a&b #2", "ended_at": "2026-02-14T12:30:00.000+00:00"}
    for changes in ({}, variants):
        write_run(settings, notebook=odd, **changes)
    failed = {"status": records.FAILED, "error": ERROR, "ended_at": "2026-02-16T06:00:00+00:00"}
    write_run(settings, notebook=odd, run_id="dead", **failed)
    site = publish(settings).folder
    home = site / "operations" / odd
    assert (home / "index.html").is_file()
    pages = [*site.glob("*.html"), *site.rglob("history.html"), site / "feed.xml"]
    seen = set()
    for page in pages:
        for written in re.findall(r'(?:href|src)="([^"]*)"', page.read_text()):
            address = urlsplit(html.unescape(written))
            if address.scheme or not address.path:
                continue
            assert (page.parent / unquote(address.path)).exists(), f"{page.name}: {written}"
            seen.add((page.name, (page.parent / unquote(address.path)).resolve()))
    for name in ("index.html", "feed.xml", "failures.html"):
        assert (name, home / "index.html") in seen
    history = json.loads((home / "history.js").read_text().removeprefix("window.luckyHistory = ")[:-2])
    for name in ("home", "newest", "list", "failures"):
        assert (home / unquote(urlsplit(history[name]).path)).is_file()


def test_control_characters_do_not_end_the_feed(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings, title="a bell \x07, a tab \x0b and \ufffe")
    write_run(settings, notebook="other", run_id="beef")
    feed = ElementTree.fromstring((publish(settings).folder / "feed.xml").read_bytes())
    titles = [title.text for title in feed.findall("{*}entry/{*}title")]
    assert len(titles) == 2
    assert any(re.fullmatch(r"a bell .?, a tab .? and .?", title) for title in titles)
