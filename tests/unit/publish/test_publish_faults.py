"""What goes wrong around a publication: killed in the middle, full and read-only disks. Real processes."""

from __future__ import annotations

import datetime as dt
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lucky_analytics.locks import hold_folder
from lucky_analytics.publish import fingerprint, publish
from tests.example_runs import make_settings, write_run
from tests.read_only import read_only

PATIENCE = 300  # seconds: on a busy machine a command may take a minute to start
PUBLISH = [sys.executable, "-m", "lucky_analytics.cli", "publish"]


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """A published portal that a second publication would change."""
    settings = make_settings(tmp_path)
    write_run(settings)
    publish(settings)
    write_run(settings, run_id="beef", as_of="2026-02-14", ended_at="2026-02-15T12:00:00.000+00:00")
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    return settings


def is_whole(site: Path) -> bool:
    noted = fingerprint.read_mark(site)
    return fingerprint.is_current(site, noted["built_from"], dt.date(2026, 2, 14))


@pytest.mark.parametrize(
    "moment",
    [
        ".site-*/index.html",
        *(pytest.param(moment, marks=pytest.mark.full) for moment in (".site-*", ".site-*/feed.xml")),
    ],
)
def test_a_killed_publication_leaves_the_last_portal_and_the_next_one_goes_on(portal, moment):
    before = (portal.site_dir / "index.html").read_bytes()
    running = subprocess.Popen(PUBLISH, cwd=portal.root, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not list(portal.outputs_dir.glob(moment)) and running.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    running.kill()
    running.wait()
    assert is_whole(portal.site_dir)
    left = (portal.site_dir / "index.html").read_bytes()
    publish(portal)
    assert is_whole(portal.site_dir)
    # one or the other, never a mixture: it may be killed after the exchange, while it removes the old portal
    assert left in (before, (portal.site_dir / "index.html").read_bytes())
    assert (portal.site_dir / "runs" / "beef" / "index.html").is_file()
    assert not list(portal.outputs_dir.glob(".site-*"))


def test_two_publications_follow_one_another(portal):
    with ThreadPoolExecutor() as pool:
        with hold_folder(portal.outputs_dir):
            later = pool.submit(publish, portal)
            time.sleep(0.5)
            assert not later.done()
        assert later.result().is_new and is_whole(portal.site_dir)


def test_an_unchanged_portal_is_freed_of_what_a_killed_publication_left(portal):
    publish(portal)
    ended = subprocess.Popen(["true"])
    ended.wait()
    left, at_work = (portal.outputs_dir / f".site-{pid}-x" for pid in (ended.pid, 1))
    left.mkdir()
    at_work.mkdir()
    assert not publish(portal).is_new
    assert (left.exists(), at_work.exists()) == (False, True)


def test_a_full_disk_is_one_line_and_leaves_the_last_portal(portal):
    before = (portal.site_dir / "index.html").read_bytes()

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ended = subprocess.run(PUBLISH, cwd=portal.root, capture_output=True, text=True, preexec_fn=small_files)
    assert ended.returncode != 0
    assert (len(ended.stderr.splitlines()), "File too large" in ended.stderr) == (1, True), ended.stderr
    assert (portal.site_dir / "index.html").read_bytes() == before
    assert is_whole(portal.site_dir)


def test_read_only_outputs_are_one_line(portal):
    command = read_only(portal.outputs_dir, PUBLISH)
    ended = subprocess.run(command, cwd=portal.root, capture_output=True, text=True)
    portal.outputs_dir.chmod(0o755)
    assert ended.returncode != 0
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    assert "Read-only" in lines[0] or "Permission denied" in lines[0]
    assert is_whole(portal.site_dir)
