"""The estate's folder: one build at a time, the previous estate intact until the new one is whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lucky_analytics.errors import DemoError
from lucky_analytics.locks import HeldError, hold

__all__ = ["MARK", "building", "locked"]

MARK = "demo.json"  # what a folder has that this module may replace


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the build lock of ``out``; the kernel drops it with the process. Raises ``DemoError`` if taken."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(hold(out.parent / f".{out.name}.lock"))
        except HeldError as error:
            raise DemoError(
                f"demo estate {out}",
                expected="one build at a time",
                got=f"{error.holder} is building it",
                remedy="Wait for it, or build into another folder (--out)",
            ) from None
        yield


@contextlib.contextmanager
def building(out: Path) -> Iterator[Path]:
    """A temporary sibling of ``out`` that takes its place when the block ends without an error.

    Call it under ``locked``: what earlier, killed builds left behind is then nobody's and is removed, and
    an estate that was being replaced when they died is put back. Raises ``DemoError`` for a file, and for a
    folder with anything but an estate in it: nobody's files are replaced.
    """
    _refuse_strangers(out)
    fresh = out.parent / f"{out.name}.{os.getpid()}.building"
    previous = out.parent / f"{out.name}.{os.getpid()}.previous"
    for old in sorted(out.parent.glob(f"{out.name}.*.previous")):
        if not out.exists():
            old.rename(out)
        else:
            shutil.rmtree(old)
    for left in out.parent.glob(f"{out.name}.*.building"):
        shutil.rmtree(left)
    fresh.mkdir()
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if out.exists():
        out.rename(previous)
    fresh.rename(out)
    shutil.rmtree(previous, ignore_errors=True)


def _refuse_strangers(out: Path) -> None:
    is_file = out.exists() and not out.is_dir()
    if is_file or (out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file()):
        raise DemoError(
            f"demo estate {out}",
            expected="an empty folder or an estate",
            got="a file" if is_file else "other files",
            remedy="Name another folder with --out",
        )
