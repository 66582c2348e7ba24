"""The three places that a snapshot can come from, by the name that commands and the schedule use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucky_analytics import estate
from lucky_analytics.errors import SourceError, UnknownNameError
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.sources.base import Source

__all__ = ["KINDS", "connect"]

KINDS = ("demo", "live", "files")


def connect(
    kind: str,
    settings: Settings,
    *,
    path: Path | str | None = None,
    mapping: Path | None = None,
    names: Sequence[str] = (),
    allow_primary: bool = False,
) -> list[Source]:
    """The sources of one kind that hold ``names`` (source, server or database names; all by default).

    ``path`` is the folder of exported files (of S3, too), or of another demo estate; ``mapping`` says what
    they are where they are not laid out as the estate is: ``mapping.yml`` in that folder unless said. With
    ``live`` they join the servers, in place of those that ``sources.toml`` names. Nothing is opened yet.
    Raises ``UnknownNameError`` for an unknown kind or name, ``SourceError`` for files without a folder.
    """
    databases = [estate.load().database(name).name for name in names] or None
    if kind == "demo":  # the drivers of servers take longer to import than an unchanged demo to look at
        from lucky_analytics.sources import demo

        return [demo.connect(Path(path or settings.demo_dir), databases)]
    from lucky_analytics.sources.config import FilesPlace

    if kind == "live":
        from lucky_analytics.sources import configured

        if mapping is not None and path is None:
            raise SourceError(
                "--mapping of files that join servers", expected="--path DIR with it", got="none"
            )
        files = FilesPlace(str(path), mapping) if path is not None else None
        return configured.connect(settings, list(names) or None, allow_primary=allow_primary, files=files)
    if kind != "files":
        raise UnknownNameError("kind of source", kind, KINDS)
    if path is None:
        raise SourceError("files source", expected="--path DIR", got="none")
    from lucky_analytics.sources.exports import open_exports

    return [open_exports(FilesPlace(str(path), mapping), databases)]
