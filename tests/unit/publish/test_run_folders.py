"""A portal that takes over what an earlier one had of each run is the one that a full publication makes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lucky_analytics.publish import publish, publish_audiences
from lucky_analytics.publish.fingerprint import MARK
from lucky_analytics.runs.history import prune
from tests.example_runs import make_settings, write_earlier, write_portal_runs, write_run

RAMP = "store_ramp_curves"


def contents(site: Path) -> dict[str, bytes]:
    """Every file by name; of the mark what it says of files, for the rest holds where it was built."""
    found = {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    found[MARK] = json.dumps(json.loads(found[MARK])["files"], sort_keys=True).encode()
    return found


def kept_pages(settings) -> Path:
    return settings.runs_dir / ".published" / "site"


def add_run(settings) -> None:
    write_run(settings, run_id="beef", as_of="2026-02-14", ended_at="2026-02-15T12:00:00.000+00:00")


def add_other_report(settings) -> None:
    write_run(settings, notebook="inventory", department="supply_chain", run_id="cafe")


def retain_one(settings) -> None:
    assert prune(settings, 1)


def rewrite_page(settings) -> None:
    """As ``lucky run`` renders a page again: another file of that name."""
    page = settings.runs_dir / RAMP / "a1b2c3d4e5f60718" / "report.html"
    text = page.read_text()
    page.unlink()
    page.write_text(text + "<!-- again -->")


def add_table(settings) -> None:
    (settings.runs_dir / RAMP / "a1b2c3d4e5f60718" / "tables" / "more.csv").write_text("more\n")


def remove_tables(settings) -> None:
    shutil.rmtree(settings.runs_dir / RAMP / "a1b2c3d4e5f60718" / "tables")


def withhold(settings) -> None:
    results = settings.runs_dir / RAMP / "a1b2c3d4e5f60718" / "results.json"
    said = json.loads(results.read_text())
    results.write_text(json.dumps({**said, "problems": ["orders: a key stands twice"]}))


@pytest.mark.parametrize(
    "change", [add_run, add_other_report, retain_one, rewrite_page, add_table, remove_tables, withhold]
)
def test_the_portal_after_a_change_is_the_one_that_a_full_publication_makes(tmp_path, change):
    settings = make_settings(tmp_path)
    write_portal_runs(settings)
    publish(settings)
    write_run(settings, run_id="d0d0", as_of="2026-02-11", ended_at="2026-02-11T12:00:00.000+00:00")
    publish(settings)  # from now on an earlier portal's pages are there to be taken over
    before = (kept_pages(settings) / "00b2c3d4e5f60718").stat().st_ino
    change(settings)
    after = publish(settings)
    assert after.is_new
    full = publish(settings, tmp_path / "elsewhere")
    assert contents(after.folder) == contents(full.folder)
    if change is not retain_one:  # and it was not made again
        assert (after.folder / "runs" / "00b2c3d4e5f60718").stat().st_ino == before


def test_what_lies_wrong_among_the_kept_pages_reaches_no_portal(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    write_earlier(settings, day="2026-02-12", run_id="01d", factor=0.5)
    publish(settings)
    add_run(settings)
    publish(settings)
    page = kept_pages(settings) / "01d" / "index.html"
    page.unlink()
    page.write_text("not what the run made")
    (page.parent / "history.js").unlink()
    (page.parent / "history.js").mkdir()
    (page.parent / "tables" / "secret.csv").write_text("of nobody\n")
    (page.parent / "more").mkdir()
    (kept_pages(settings) / "gone").mkdir()
    (kept_pages(settings) / "gone" / "index.html").write_text("a run that there is none of")
    (kept_pages(settings) / "link").symlink_to("/nowhere")
    write_run(settings, run_id="feed", as_of="2026-02-15", ended_at="2026-02-16T12:00:00.000+00:00")
    assert contents(publish(settings).folder) == contents(publish(settings, tmp_path / "elsewhere").folder)


def test_a_page_of_the_standing_portal_is_never_written_over(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    publish(settings)
    add_run(settings)
    old = publish(settings).folder / "runs" / "a1b2c3d4e5f60718" / "history.js"
    with old.open() as reader:  # somebody reads the portal while the next one takes its place
        text = old.read_text()
        write_run(settings, run_id="feed", as_of="2026-02-15", ended_at="2026-02-16T12:00:00.000+00:00")
        publish(settings)
        assert reader.read() == text != old.read_text()


def test_what_retention_removed_is_kept_nowhere_after_the_next_publication(tmp_path):
    settings = make_settings(tmp_path)
    write_portal_runs(settings)
    publish(settings)
    add_run(settings)
    publish(settings)
    gone = [record.run_id for record in prune(settings, 1)]
    assert gone and (kept_pages(settings) / gone[0]).exists()
    site = publish(settings).folder
    assert not [
        run for run in gone for place in (kept_pages(settings), site / "runs") if (place / run).exists()
    ]


def test_pages_of_an_audience_that_is_no_more_are_not_kept(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    declared = settings.params_dir / "audiences.yml"
    declared.write_text("a:\n  departments: [operations]\nb:\n  departments: [operations]\n")
    publish_audiences(settings)
    add_run(settings)
    publish_audiences(settings)
    kept = settings.runs_dir / ".published" / "audiences"
    assert {path.name for path in kept.iterdir()} == {"a", "b"}
    declared.write_text("a:\n  departments: [operations]\n")
    publish_audiences(settings)
    assert {path.name for path in kept.iterdir()} == {"a"}
