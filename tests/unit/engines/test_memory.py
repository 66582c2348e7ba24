"""DuckDB keeps to its memory, what does not fit goes to a private folder, and wrong values are refused."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import pytest

from lucky_analytics import engines, settings
from lucky_analytics.engines import spill_folder
from lucky_analytics.errors import LuckyError
from lucky_analytics.runs.limits import Limits

SMALL = dataclasses.replace(settings.load(), memory_mib=64)
# 64 MB of text that does not compress, and what holds it, is more than may be taken.
WIDE = "SELECT i, md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS text FROM range(1000000) t(i)"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_rows_beyond_the_limit_spill_privately_come_back_whole_and_leave_nothing(home):
    connection = engines.open_engine("duckdb", SMALL).connection
    connection.raw_sql(f"CREATE TABLE wide AS {WIDE}")
    folder = spill_folder.claim()
    # How much of them goes to disk depends on how many threads hold blocks.
    assert sum(file.stat().st_size for file in folder.iterdir()) > 1e6
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    found = connection.raw_sql("SELECT count(*), sum(i), count(DISTINCT text) FROM wide").fetchone()
    assert found == (1_000_000, 1_000_000 * 999_999 // 2, 1_000_000)
    connection.disconnect()
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_not(home):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    alive = spill_folder.claim().parent / str(os.getppid())
    dead = alive.parent / str(gone.pid)
    for folder in (alive, dead):
        folder.mkdir()
        (folder / "rows.tmp").write_text("x")
    spill_folder.claim()
    assert alive.is_dir() and not dead.exists()


def test_a_folder_that_others_may_read_is_not_used(home):
    open_to_all = home / f"lucky-spill-{os.getuid()}"
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    assert open_to_all not in spill_folder.claim().parents


@pytest.mark.parametrize("value", ["2g", "63", "-1", "0", "1.5", "\u0661\u0662\u0668"])
def test_a_memory_that_is_none_is_one_line(monkeypatch, value):
    monkeypatch.setenv("LUCKY_MEMORY", value)
    with pytest.raises(LuckyError, match="LUCKY_MEMORY: expected a whole number of 64 or more"):
        settings.load()


def test_the_default_leaves_a_notebook_room_and_uses_all_cores(monkeypatch):
    monkeypatch.delenv("LUCKY_MEMORY", raising=False)
    monkeypatch.delenv("LUCKY_THREADS", raising=False)
    here = settings.load()
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert here.duckdb_threads == min(len(os.sched_getaffinity(0)), here.duckdb_mib // 512)
    assert here.duckdb_mib == min(machine // 2**21, Limits().memory_mib * 2 / 3)
    monkeypatch.setenv("LUCKY_MEMORY", "3000")
    monkeypatch.setenv("LUCKY_THREADS", "4")
    here = settings.load()
    assert (here.duckdb_mib, here.duckdb_threads) == (3000, 4)
    limits = engines.open_engine("duckdb", here).connection.raw_sql(
        "SELECT current_setting('memory_limit'), current_setting('threads')"
    )
    assert limits.fetchone() == ("2.9 GiB", 4)


def test_runs_side_by_side_share_the_cores_and_what_was_said_stands(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)))
    monkeypatch.setenv("LUCKY_MEMORY", "4096")
    monkeypatch.delenv("LUCKY_THREADS", raising=False)
    here = settings.load()
    assert [here.share_cores(jobs).duckdb_threads for jobs in (1, 2, 4, 9)] == [6, 3, 1, 1]
    monkeypatch.setenv("LUCKY_MEMORY", "1100")  # two threads of 512 MiB
    assert settings.load().duckdb_threads == 2
    monkeypatch.setenv("LUCKY_THREADS", "5")
    assert settings.load().share_cores(2).duckdb_threads == 5
