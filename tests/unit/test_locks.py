"""One holder, or several readers; a holder that dies holds nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lucky_analytics.locks import HeldError, hold, hold_folder

PACKAGE = Path(__file__).parents[2] / "lucky_analytics"


def test_a_second_holder_is_told_who_has_it(tmp_path: Path):
    path = tmp_path / "not yet there" / "one.lock"
    with hold(path):
        with pytest.raises(HeldError, match=f"process {os.getpid()}"), hold(path):
            pass
        with pytest.raises(HeldError), hold(path, shared=True):
            pass
    with hold(path):
        assert path.read_text() == f"{os.getpid()}\n"


def test_readers_share_a_folder_and_keep_a_writer_out(tmp_path: Path):
    reader = hold_folder(tmp_path, shared=True)
    with reader, hold_folder(tmp_path, shared=True), pytest.raises(HeldError), hold_folder(tmp_path):
        pass
    with hold_folder(tmp_path):
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError), hold_folder(tmp_path / "gone"):
        pass
    assert not (tmp_path / "gone").exists()


def test_a_killed_holder_lets_go(tmp_path: Path):
    path = tmp_path / "one.lock"
    program = (
        "import os, sys; from pathlib import Path; from lucky_analytics.locks import hold\n"
        "with hold(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == -9
    with hold(path):
        pass


def test_no_other_module_locks_by_itself():
    users = {
        path.name
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bimport fcntl|\bflock\(", path.read_text())
    }
    assert users == {"locks.py"}
