"""Put a whole folder in the place of another, so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lucky_analytics.errors import PublishError
from lucky_analytics.exchange import exchange
from lucky_analytics.publish.fingerprint import MARK
from lucky_analytics.publish.run_folders import keep, take_over

__all__ = ["remove_leftovers", "replacing"]


@contextlib.contextmanager
def replacing(folder: Path, kept: Path | None = None) -> Iterator[Path]:
    """A folder to build in; it takes the place of ``folder`` when the block ends without an error.

    It is empty, but for the runs' folder of an earlier portal where one lies in ``kept``, to which that of
    the replaced one goes (``run_folders``).

    After an error ``folder`` stands as it was. A folder that is not empty and no portal is never
    replaced: that raises ``PublishError``.

    >>> with replacing(settings.site_dir) as site:  # doctest: +SKIP
    ...     (site / "index.html").write_text(home)
    """
    _refuse_strangers(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(folder)
    build = Path(tempfile.mkdtemp(prefix=f".{folder.name}-{os.getpid()}-", dir=folder.parent))
    build.chmod(0o755)
    take_over(kept, build)
    try:
        yield build
        if folder.exists():
            exchange(build, folder, build.with_name(f"{build.name}-old"))
        else:
            build.rename(folder)
    finally:
        keep(kept, build, folder)
        shutil.rmtree(build, ignore_errors=True)


def _refuse_strangers(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise PublishError(f"portal folder {folder}", expected="a folder", got="a link or a file")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise PublishError(
            f"portal folder {folder}",
            expected="an empty folder or a portal",
            got="other files",
            remedy="Choose another folder with --to",
        )


def remove_leftovers(folder: Path) -> None:
    """Build folders of commands that no longer run; the last good state comes back if it was set aside."""
    for path in folder.parent.glob(f".{folder.name}-*"):
        owner = path.name.removeprefix(f".{folder.name}-").split("-")[0]
        if not owner.isdigit() or Path(f"/proc/{owner}").exists():
            continue
        if path.name.endswith("-old") and not folder.exists():
            path.rename(folder)
        else:
            shutil.rmtree(path, ignore_errors=True)
