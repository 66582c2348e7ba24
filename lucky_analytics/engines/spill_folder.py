"""Where DuckDB puts rows that do not fit in memory: never in the checkout, and read by nobody else."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["claim"]


def claim() -> Path:
    """This process's folder for spilled rows, private to the user; DuckDB makes it when it spills first.

    Rows may hold personal data. DuckDB removes what it wrote when it is closed, but a process that is killed
    leaves it: what such processes left is removed here. Raises ``OSError`` where temporary files cannot be
    written.

    >>> claim().name == str(os.getpid())
    True
    """
    home = Path(tempfile.gettempdir()) / f"lucky-spill-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        home.mkdir(mode=0o700)
    if home.is_symlink() or home.stat().st_uid != os.getuid() or home.stat().st_mode & 0o077:
        # somebody else made it: what is ours does not go there
        home = Path(tempfile.mkdtemp(prefix="lucky-spill-"))
    for left in home.iterdir():
        if left.name.isdigit() and not _is_alive(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)
    return home / str(os.getpid())


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
