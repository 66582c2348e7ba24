"""Build the portal from the finished runs: reports copied as they are, and a frame of pages around them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lucky_analytics.errors import PublishError
from lucky_analytics.publish import fingerprint
from lucky_analytics.publish.swap import replacing
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.publish.shelf import Run, Shelf

__all__ = ["Portal", "publish"]


@dataclass(frozen=True)
class Portal:
    """What was published, where. ``is_new`` is false when the folder already was what it should be."""

    folder: Path
    is_new: bool
    n_notebooks: int = 0
    n_failed: int = 0
    unreadable: Sequence[tuple[str, str]] = ()


def publish(settings: Settings, to: Path | None = None) -> Portal:
    """Build the portal in ``to``, by default ``outputs/site``, unless nothing changed since the last time.

    It is built beside its place and swapped in when whole; whatever goes wrong, the last good portal
    stands. A notebook whose newest run failed keeps its last good page. Raises ``PublishError`` when
    there is no run yet, or when the folder cannot be written.

    >>> publish(settings.load()).folder.name  # doctest: +SKIP
    'site'
    """
    folder = (to or settings.site_dir).absolute()
    built_from = _fingerprint(settings)
    if fingerprint.is_current(folder, built_from):
        return Portal(folder, is_new=False)
    # Only now, because these imports take longer than finding out that there is nothing to do.
    from lucky_analytics.pages import write_assets
    from lucky_analytics.publish.shelf import read_shelf

    shelf = read_shelf(settings)
    if not shelf.runs:
        raise PublishError(
            f"runs in {settings.runs_dir}", expected="at least one", got="none", remedy="Run lucky run --all"
        )
    if write_assets(settings.runs_dir / "assets"):
        built_from = _fingerprint(settings)
    try:
        with replacing(folder) as site:
            _build(site, shelf, settings)
            fingerprint.write(site, built_from)
    except OSError as error:
        raise PublishError(
            f"portal in {folder}",
            expected="a folder that can be written",
            got=error.strerror or str(error),
            remedy="The last good portal stands. Check permissions and free space",
        ) from error
    n_failed = sum(not runs[0].is_good for runs in shelf.runs.values())
    return Portal(folder, True, len(shelf.runs), n_failed, shelf.unreadable)


def _fingerprint(settings: Settings) -> str:
    return fingerprint.compute(
        settings.runs_dir, settings.demo_dir / "fit.json", settings.demo_dir / "demo.json"
    )


def _build(site: Path, shelf: Shelf, settings: Settings) -> None:
    _link_folder(settings.runs_dir / "assets", site / "assets")
    for shown in shelf.shown:
        _place_notebook(site, shelf.runs[shown.notebook], shown)
    _write_frame(site, shelf, settings)


def _write_frame(site: Path, shelf: Shelf, settings: Settings) -> None:
    """The portal's own pages around the reports."""
    from lucky_analytics import estate, metrics
    from lucky_analytics.publish import catalogue, failures, feed
    from lucky_analytics.publish.frame import Frame, NavEntry
    from lucky_analytics.publish.home import write_home

    failed = failures.find_failures(shelf)
    n_failures = len(failed) + len(shelf.unreadable)
    has_demo = catalogue.has_demo(settings)
    entries = [
        NavEntry("index.html", "All reports"),
        NavEntry("failures.html", f"Failures ({n_failures})" if n_failures else "Failures"),
        catalogue.METRICS,
        catalogue.DICTIONARY,
        *([catalogue.DEMO] if has_demo else []),
    ]
    is_generated = any(run.record.snapshot["source"] == "demo" for run in shelf.shown)
    frame = Frame(site, tuple(entries), is_generated)
    write_home(frame, shelf, n_failures)
    frame.write("failures.html", "failures.html.j2", failures=failed, unreadable=shelf.unreadable)
    catalogue.write_metrics(frame, list(metrics.REGISTRY.values()))
    catalogue.write_dictionary(frame, list(estate.load().databases.values()))
    if has_demo:
        catalogue.write_demo(frame, settings)
    (site / "feed.xml").write_text(feed.format_feed(shelf), encoding="utf-8")


def _place_notebook(site: Path, runs: Sequence[Run], shown: Run) -> None:
    """The shown report at the notebook's address, and every run at its own, with the same history."""
    from lucky_analytics.publish.history import format_history

    home = site / shown.department / shown.notebook
    _place(shown, home)
    (home / "history.js").write_text(format_history(runs, shown), encoding="utf-8")
    for run in runs:
        _place(run, site / "runs" / run.id)
        _link(home / "history.js", site / "runs" / run.id / "history.js")


def _place(run: Run, folder: Path) -> None:
    """The run's page and tables, byte for byte."""
    folder.mkdir(parents=True)
    _link(run.folder / "report.html", folder / "index.html")
    if (run.folder / "tables").is_dir():
        _link_folder(run.folder / "tables", folder / "tables")


def _link_folder(source: Path, target: Path) -> None:
    target.mkdir()
    for file in source.iterdir():
        if not file.name.startswith("."):
            _link(file, target / file.name)


def _link(source: Path, target: Path) -> None:
    """The same file in two places where the disk allows it, else a copy: published files never change."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
