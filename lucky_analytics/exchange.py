"""Put a whole folder in the place of another, so that no moment shows neither."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

__all__ = ["exchange"]

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


def exchange(new: Path, standing: Path, aside: Path) -> None:
    """Swap two folders in one step where the system can, else in two; then ``new`` holds the old content.

    In two steps the old folder stands at ``aside`` for a moment: who finds one there, and nothing at
    ``standing``, puts it back.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "renameat2"):
        paths = os.fsencode(new), os.fsencode(standing)
        if libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0:
            return
    standing.rename(aside)
    try:
        new.rename(standing)
    except OSError:
        aside.rename(standing)
        raise
    aside.rename(new)
