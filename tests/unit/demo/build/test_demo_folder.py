"""One build at a time, and the previous estate whole whatever happens to the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lucky_analytics.demo.build.estate_folder import building, locked
from lucky_analytics.errors import DemoError


def _with_estate(folder: Path) -> Path:
    out = folder / "demo"
    out.mkdir()
    (out / "demo.json").write_text("{}")
    (out / "old").write_text("old")
    return out


def test_the_new_estate_replaces_the_old_one_when_whole(tmp_path: Path):
    out = _with_estate(tmp_path)
    with building(out) as fresh:
        (fresh / "new").write_text("new")
        assert (out / "old").exists()
    assert [path.name for path in out.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_build_leaves_the_old_estate_and_no_rubbish(tmp_path: Path, error: BaseException):
    out = _with_estate(tmp_path)
    with pytest.raises(type(error)), building(out):
        raise error
    assert (out / "old").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_killed_build_is_cleaned_up_by_the_next(tmp_path: Path):
    out = _with_estate(tmp_path)
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from lucky_analytics.demo.build.estate_folder import building\n"
        "with building(Path(sys.argv[1])) as fresh:\n"
        "    (fresh / 'half').write_text('half'); print('in', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(out)], stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"in\n"
        os.kill(process.pid, signal.SIGKILL)
    assert (out / "old").exists()
    assert len(list(tmp_path.iterdir())) == 2
    with building(out) as fresh:
        (fresh / "new").write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_an_estate_that_was_being_replaced_is_put_back(tmp_path: Path):
    out = _with_estate(tmp_path)
    out.rename(tmp_path / "demo.1.previous")
    with pytest.raises(OSError, match="no"), building(out):
        raise OSError("no")
    assert (out / "old").exists()


@pytest.mark.parametrize(("name", "got"), [("my.txt", "other files"), ("", "a file")])
def test_nobodys_files_are_replaced(tmp_path: Path, name: str, got: str):
    out = tmp_path / "photos"
    if name:
        out.mkdir()
    mine = out / name
    mine.write_text("mine")
    with pytest.raises(DemoError, match=f"expected an empty folder or an estate, got {got}"), building(out):
        raise AssertionError("nothing may be built")
    assert mine.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [out]


def test_two_builds_at_once_are_refused(tmp_path: Path):
    out = tmp_path / "demo"
    expected = rf"process {os.getpid()} is building it"
    with locked(out), pytest.raises(DemoError, match=expected), locked(out):
        pass
    with locked(out):
        pass
