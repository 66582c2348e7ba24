"""Files and folders that one process, or several readers, hold: the system lets go when a holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["HeldError", "hold", "hold_folder"]


class HeldError(Exception):
    """Somebody else holds it. ``holder`` says who, such as ``process 4711``, for the caller's own words."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


@contextlib.contextmanager
def hold(path: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold the file ``path`` until the end of the block: alone, or with others that hold it ``shared``.

    It is made when there is none, and its folder too, and says which process holds it alone. Raises
    ``HeldError`` at once when somebody holds it otherwise, unless ``wait`` is set.

    >>> with hold(Path("/tmp/example.lock")):                       # doctest: +SKIP
    ...     pass
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(handle, shared=shared, wait=wait)
        except BlockingIOError as error:
            written = path.read_text(encoding="ascii", errors="replace").strip()
            raise HeldError(f"process {written or 'unknown'}") from error
        if not shared:
            os.truncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def hold_folder(folder: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold an existing folder as it is, even one that we may only read; nothing is written.

    It stays held when it is renamed. Raises ``HeldError``, unless ``wait`` is set, and ``OSError`` when it
    is not there.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            _lock(handle, shared=shared, wait=wait)
        except BlockingIOError as error:
            raise HeldError("another process") from error
        yield
    finally:
        os.close(handle)


def _lock(handle: int, *, shared: bool, wait: bool) -> None:
    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    fcntl.flock(handle, how if wait else how | fcntl.LOCK_NB)
