"""Files and folders that one process, or several readers, hold: the system lets go when a holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["HeldError", "hold"]


class HeldError(Exception):
    """Somebody else holds it. ``holder`` says who, such as ``process 4711``; callers put it in their words."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


@contextlib.contextmanager
def hold(path: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold ``path`` until the end of the block: alone, or with others that hold it ``shared``.

    A file is made when there is none, and its folder too, and says which process holds it; an existing
    folder is held as it is, even one that we may only read. Raises ``HeldError`` at once when somebody
    holds it otherwise, unless ``wait`` is set.

    >>> with hold(Path("/tmp/example.lock")):                       # doctest: +SKIP
    ...     pass
    """
    handle = _open(path)
    try:
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(handle, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HeldError(_holder(path)) from error
        if not shared and not path.is_dir():
            os.truncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    if path.is_dir():
        return os.open(path, os.O_RDONLY)
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _holder(path: Path) -> str:
    written = "" if path.is_dir() else path.read_text(encoding="ascii", errors="replace").strip()
    return f"process {written or 'unknown'}"
