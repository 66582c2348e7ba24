"""Each run's page and tables in the portal, byte for byte; what an earlier portal had of it stays.

The pages of runs are nearly all of a portal's files, and none of them changes. So the folder of the portal
that was replaced is kept, and the next portal takes it over: what is the same file in both places stays, the
rest is removed or put there anew. Two names of one file are told by the disk's own number of it, so that
nothing is taken for the same because it looks alike.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.publish.shelf import Run

__all__ = [
    "FOLDER",
    "forget",
    "keep",
    "keep_only",
    "kept_folder",
    "link_folder",
    "place",
    "take_over",
    "write_same",
]

FOLDER = "runs"  # of the portal: a folder for each run, by its id


def kept_folder(settings: Settings, portal: Path) -> Path | None:
    """Where the runs' folder of the portal that ``portal`` replaced is kept; null outside of the outputs."""
    if not portal.is_relative_to(settings.outputs_dir):
        return None
    return settings.runs_dir / ".published" / portal.relative_to(settings.outputs_dir)


def take_over(kept: Path | None, site: Path) -> None:
    """Move what was kept into a new portal, if there is any."""
    if kept is not None:
        with contextlib.suppress(OSError):
            kept.rename(site / FOLDER)


def keep(kept: Path | None, old: Path, standing: Path) -> None:
    """Keep the runs' folder of the portal ``old``, without runs that the ``standing`` one has no more: what
    retention removed frees its disk. Where that cannot be done nothing is kept."""
    if kept is None:
        return
    with contextlib.suppress(OSError):
        keep_only(old / FOLDER, {run.name for run in (standing / FOLDER).iterdir()})
        kept.parent.mkdir(parents=True, exist_ok=True)
        (old / FOLDER).rename(kept)


def forget(settings: Settings, portal: Path) -> None:
    """Remove what was kept for a portal that is no more."""
    if kept := kept_folder(settings, portal):
        shutil.rmtree(kept, ignore_errors=True)


def keep_only(folder: Path, names: set[str]) -> None:
    """Remove everything else from ``folder``, which need not be there."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as found:
        for entry in found:
            if entry.name not in names:
                _remove(entry.path)


def place(run: Run, folder: Path, history: Path | None = None) -> None:
    """The run's page and tables, byte for byte, and ``history.js``; no table where its page withholds it.

    ``folder`` may hold what another portal had of the run, and then holds the same as if it had been empty.
    """
    wanted = {"index.html": f"{run.folder}/report.html"}
    if history is not None:
        wanted["history.js"] = str(history)
    tables = None if run.breaches else _list_files(f"{run.folder}/tables")
    _fill(folder, wanted, None if tables is None else {"tables": tables})


def _fill(
    folder: Path | str, files: Mapping[str, str], below: Mapping[str, Mapping[str, str]] | None
) -> None:
    """Make ``folder`` hold these files, by name with their source, and folders ``below`` of such, no other.

    A file is the same one in two places where the disk allows it, else a copy: published files never change.
    """
    below = below or {}
    try:
        with os.scandir(folder) as found:
            there = {entry.name: (entry.is_dir(follow_symlinks=False), entry.inode()) for entry in found}
        device = Path(folder).stat().st_dev
    except FileNotFoundError:
        Path(folder).mkdir(parents=True)
        there, device = {}, -1
    for name, (is_folder, _) in there.items():
        if name not in (below if is_folder else files):
            _remove(f"{folder}/{name}")
    for name, source in files.items():
        if name in there and there[name] != (False, _number_on(device, source)):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{folder}/{name}").unlink()
            del there[name]
        if name not in there:
            _link(source, f"{folder}/{name}")
    for name, inner in below.items():
        _fill(f"{folder}/{name}", inner, None)


def link_folder(source: Path, target: Path) -> None:
    """The files of a folder, in a new one."""
    _fill(target, _list_files(str(source)) or {}, None)


def write_same(file: Path, text: str, earlier: Path) -> Path:
    """Write ``text`` into ``file``, as the same file as ``earlier`` where that holds just this; its path."""
    with contextlib.suppress(OSError):
        if earlier.read_bytes() == text.encode():
            os.link(earlier, file)
            return file
    file.write_text(text, encoding="utf-8")
    return file


def _number_on(device: int, source: str) -> int:
    """The disk's number of the file, -1 where it lies on another disk."""
    facts = Path(source).stat()
    return facts.st_ino if facts.st_dev == device else -1


def _list_files(folder: str) -> dict[str, str] | None:
    """The files of a folder by name, but for those that are being written; null where it is none."""
    try:
        with os.scandir(folder) as found:
            return {entry.name: entry.path for entry in found if not entry.name.startswith(".")}
    except (FileNotFoundError, NotADirectoryError):
        return None


def _remove(path: str) -> None:
    if Path(path).is_dir() and not Path(path).is_symlink():
        shutil.rmtree(path)
    else:
        Path(path).unlink()


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
