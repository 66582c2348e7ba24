"""``kill -9`` in the middle of a snapshot: the previous one stays, and the next run is not in its way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
from tests import tiny_estate
from tests.services import mariadb


@pytest.fixture
def live(where: Settings, server: mariadb.Mariadb) -> Settings:
    for name in ("notebooks", "params"):
        (where.root / name).mkdir()
    tiny_estate.write(where.demo_dir, [estate.load().database("salesorder")], n_rows=8000)
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    load(where.demo_dir, server.root, names=["salesorder"], reader=reader)
    return replace(where, source_url=server.reader)


def start(live: Settings, *options: str) -> subprocess.Popen[str]:
    """``lucky snapshot take`` at a snail's pace."""
    environment = os.environ | {
        "LUCKY_HOME": str(live.root),
        "LUCKY_SOURCE_URL": f"{live.source_url}&max_bytes_per_second=500000",
    }
    command = [sys.executable, "-m", "lucky_analytics.cli", "snapshot", "take", "--source", "live", *options]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.full
def test_a_killed_run_leaves_the_newest_snapshot_and_no_lock(live: Settings):
    before = snapshot.take(configured.connect(live, ["salesorder"]), settings=live)
    killed = start(live, "--whole", "--source-name", "salesorder")
    partial = live.snapshots_dir / ".live.partial"
    deadline = time.monotonic() + 60
    while not any(partial.rglob("*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert any(partial.rglob("*.parquet"))

    second = start(live, "--source-name", "salesorder")
    _, told = second.communicate(timeout=60)
    assert second.returncode == 3
    assert told.splitlines() == [
        "lucky: snapshot of live: expected one run at a time, got another one at work. Wait for it to end"
    ]

    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert snapshot.find("newest", live).id == before.id
    assert [path.name for path in live.snapshots_dir.glob("[!.]*")] == [before.id]

    again = snapshot.take(configured.connect(live, ["salesorder"]), settings=live, whole=True)
    assert again.unchanged
    assert snapshot.verify(again) == []
    assert not partial.exists()
