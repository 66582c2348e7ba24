"""The demo estate as a source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.files import FilesSource

__all__ = ["DEMO_CUT", "connect"]

# The demo's history ends on business date 2026-02-13; by this instant that day is closed in every market.
DEMO_CUT = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)


def connect(demo_dir: Path, databases: Sequence[str] | None = None) -> FilesSource:
    """The demo estate in ``demo_dir``. Raises ``SourceError`` when it has not been built.

    >>> with connect(Path("data/demo")) as source:      # doctest: +SKIP
    ...     source.cut.isoformat()
    '2026-02-14T12:00:00+00:00'
    """
    if not (demo_dir / "demo.json").is_file():
        raise SourceError(
            "demo source",
            expected=f"a built demo estate in {demo_dir}",
            got="no demo.json there",
            remedy="Run lucky demo build",
        )
    return FilesSource(demo_dir, kind="demo", cut=DEMO_CUT, databases=databases)
