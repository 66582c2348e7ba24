"""Publish what the runs left: one portal for everyone, and one for each declared audience."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lucky_analytics.declarations import is_written
from lucky_analytics.errors import LuckyError, PublishError
from lucky_analytics.locks import hold_folder
from lucky_analytics.publish import fingerprint
from lucky_analytics.publish.swap import remove_leftovers, replacing
from lucky_analytics.runs.notebooks import list_all
from lucky_analytics.runs.predicted import book_file
from lucky_analytics.runs.request import find_unready
from lucky_analytics.settings import Settings
from lucky_analytics.track_record.decided import FILE as DECISIONS

if TYPE_CHECKING:
    from lucky_analytics.publish.audiences import Audience
    from lucky_analytics.publish.home_needs import FindAlerts

__all__ = ["AudiencePortals", "Portal", "publish", "publish_audiences"]


@dataclass(frozen=True)
class Portal:
    """What was published, where. ``is_new`` is false when the folder already was what it should be.

    Of ``n_notebooks`` reports the newest run of ``n_failed`` failed, and ``n_waiting`` wait for tables.
    ``runs`` are the ids of the runs that can be read in it, only when it is new. ``drafts`` are notebooks of
    which nothing can be run and so renewed, with the reason. ``unreadable`` are damaged runs that are left
    out, with the reason; ``said`` is a line for each report that is no longer made,
    ``page_faults`` are the rules that pages break, ``disagreements`` what reports contradict each other in: a
    portal with one of these is built anew each time, so that it is said each time.
    """

    folder: Path
    is_new: bool
    n_notebooks: int = 0
    n_failed: int = 0
    n_waiting: int = 0
    unreadable: Sequence[tuple[str, str]] = ()
    runs: Sequence[str] = ()
    drafts: Mapping[str, LuckyError] = field(default_factory=dict)
    said: Sequence[str] = ()
    page_faults: Sequence[str] = ()
    disagreements: Sequence[LuckyError] = ()

    @property
    def faults(self) -> list[LuckyError]:
        """What is wrong with single reports, though the portal stands."""
        drafts = [PublishError(f"not run, so not renewed: {reason}") for reason in self.drafts.values()]
        left_out = [PublishError(f"left out {name}: {reason}") for name, reason in self.unreadable]
        return [*self.disagreements, *drafts, *left_out]


@dataclass(frozen=True)
class AudiencePortals:
    """Each audience with its portal, null where there is no run to see, and which audiences are wrong."""

    portals: list[tuple[Audience, Portal | None]] = field(default_factory=list)
    faults: Sequence[LuckyError] = ()


def publish(
    settings: Settings,
    to: Path | None = None,
    audience: Audience | None = None,
    *,
    pdf: bool = False,
    mail: bool = False,
    today: dt.date | None = None,
    find_alerts: FindAlerts | None = None,
) -> Portal:
    """Build the portal in ``to``, by default ``outputs/site``, unless nothing changed since the last time.

    It is built beside its place and swapped in when whole; whatever goes wrong, the last good portal
    stands. A notebook whose newest run failed keeps its last good page. With an ``audience`` it holds
    only the runs that this audience may see. ``pdf`` and ``mail`` add these forms of each newest report
    (two to five seconds for each page that is not printed yet). ``today`` is the day, by default now in
    UTC, on which data counts as stale or not. ``find_alerts`` (``schedule.open_alerts``) says which alerts
    hold; without it the home says nothing of alerts.

    Two commands publish one after the other: a folder that one replaces is not read by the other.
    Raises ``PublishError`` when there is no run to show, when one of those shown holds a canary
    (``require_no_leak``), or when the folder cannot be written.

    >>> publish(settings.load()).folder.name  # doctest: +SKIP
    'site'
    """
    folder = (to or settings.site_dir).absolute()
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):  # where there is no such folder, what follows says so
            held.enter_context(hold_folder(settings.outputs_dir, wait=True))
        return _publish(settings, folder, audience, pdf=pdf, mail=mail, today=today, find_alerts=find_alerts)


def _publish(
    settings: Settings,
    folder: Path,
    audience: Audience | None,
    *,
    pdf: bool,
    mail: bool,
    today: dt.date | None,
    find_alerts: FindAlerts | None,
) -> Portal:
    drafts = find_unready(settings) if audience is None or audience.is_unrestricted else {}
    addresses = (settings.site_url, settings.apps_url)
    note = repr(
        (audience, pdf, mail, find_alerts is None, addresses, [str(reason) for reason in drafts.values()])
    )
    note += repr([notebook.name for notebook in list_all(settings)])
    built_from, day = _fingerprint(settings, note), today or dt.datetime.now(dt.UTC).date()
    if fingerprint.is_current(folder, built_from, day):
        remove_leftovers(folder)  # of one that was killed after it had put this portal in place
        noted = fingerprint.read_mark(folder)
        unread = [(name, reason) for name, reason in noted.get("left_out", ())]
        return Portal(folder, False, unreadable=unread, drafts=drafts, said=noted.get("said", ()))
    # Only now, because these imports take longer than finding out that there is nothing to do.
    from lucky_analytics.pages import write_assets
    from lucky_analytics.publish.agreement import find_disagreements
    from lucky_analytics.publish.audiences import Audience, select
    from lucky_analytics.publish.forms import Forms
    from lucky_analytics.publish.freshness import mark_stale, same_until
    from lucky_analytics.publish.leaks import require_no_leak
    from lucky_analytics.publish.portal_build import build
    from lucky_analytics.publish.quality import say_damaged
    from lucky_analytics.publish.run_folders import kept_folder
    from lucky_analytics.publish.shelf import read_shelf
    from lucky_analytics.publish.track import mark_failed, read_track

    seen_by = audience or Audience("everyone")
    shelf = mark_stale(select(read_shelf(settings), seen_by), day)
    shelf = replace(shelf, drafts=drafts)
    if not shelf.runs:
        raise PublishError(
            f"runs for {seen_by.name} in {settings.runs_dir}",
            expected="at least one",
            got="none",
            remedy="Run lucky run --all",
        )
    require_no_leak(shelf.shown)
    track = read_track(settings, shelf, seen_by)
    shelf = mark_failed(shelf, track)
    said: list[str] = []
    if seen_by.is_unrestricted:
        said += [*map(str, shelf.gone.values()), *say_damaged(settings, shelf.shown)]
    against = find_disagreements(shelf.shown)
    if write_assets(settings.runs_dir / "assets"):
        built_from = _fingerprint(settings, note)
    try:
        with replacing(folder, kept_folder(settings, folder)) as site:
            forms = Forms(pdf=pdf, mail=mail, site_url=settings.site_url)
            alerts = None if find_alerts is None else find_alerts(shelf, day)
            unrestricted = seen_by.is_unrestricted
            build(site, shelf, settings, folder, forms, track, alerts, is_unrestricted=unrestricted)
            if not against:
                days = same_until(shelf, day)
                fingerprint.write(site, built_from, days, said=said, left_out=shelf.unreadable)
    except OSError as error:
        remedy = "The last good portal stands. Check permissions and free space"
        raise PublishError.unwritable(f"portal in {folder}", error, remedy) from error
    newest = [runs[0] for runs in shelf.runs.values()]
    n_waiting = sum(run.is_waiting for run in newest)
    n_failed = sum(not run.is_good for run in newest) - n_waiting
    ids = [run.id for run in shelf.every]
    broken = [f"{run.key}: {fault}" for run in shelf.shown for fault in run.page_faults]
    return Portal(
        folder, True, len(newest), n_failed, n_waiting, shelf.unreadable, ids, drafts, said, broken, against
    )


def publish_audiences(
    settings: Settings,
    *,
    pdf: bool = False,
    mail: bool = False,
    today: dt.date | None = None,
    find_alerts: FindAlerts | None = None,
) -> AudiencePortals:
    """A portal in ``outputs/audiences/<name>/`` for each audience of ``params/audiences.yml``.

    An audience without a run to see has no portal (null). The folder of an audience that is no longer
    declared, or that no longer may see anything, is removed: an old page would show what it may not. A
    department, notebook or parameter that there is none of is a fault, and takes away no portal. Where
    the declaration of an audience does not stand, or its folder cannot be written, its last portal does, and
    the others go on.
    """
    home = settings.outputs_dir / "audiences"
    if not home.exists() and not is_written(settings.params_dir / "audiences.yml"):
        return AudiencePortals()
    from lucky_analytics.publish.audience_names import find_unknown_sights
    from lucky_analytics.publish.audiences import load_audiences
    from lucky_analytics.publish.run_folders import forget

    declared = load_audiences(settings)
    portals: list[tuple[Audience, Portal | None]] = []
    faults = [*declared.faults, *find_unknown_sights(declared, settings)]
    for audience in declared.listed:
        try:
            forms = {"pdf": pdf, "mail": mail}
            folder = home / audience.name
            portal = publish(settings, folder, audience, **forms, today=today, find_alerts=find_alerts)
        except PublishError as error:
            if error.got != "none":
                faults.append(error)
                continue
            portal = None
        portals.append((audience, portal))
    made = AudiencePortals(portals, faults)
    if not declared.is_read:
        return made
    standing = {audience.name for audience, _ in made.portals}
    kept = {audience.name for audience, portal in made.portals if portal} | {*declared.names} - standing
    for folder in home.iterdir() if home.is_dir() else ():
        if folder.is_dir() and folder.name not in kept and not folder.name.startswith("."):
            shutil.rmtree(folder)
            forget(settings, folder)
    return made


def _fingerprint(settings: Settings, note: str) -> str:
    facts = [settings.demo_dir / "fit.json", settings.demo_dir / "demo.json"]
    facts += [settings.params_dir / name for name in ("grids", "alerts.yml", DECISIONS)]
    facts.append(book_file(settings))
    facts += sorted(settings.snapshots_dir.glob("[!.]*/manifest.json"))
    if settings.apps_url:  # the links to apps say what their notebooks say of themselves
        facts.append(settings.notebooks_dir / "apps")
    return fingerprint.compute(settings.runs_dir, *facts, note=note)
