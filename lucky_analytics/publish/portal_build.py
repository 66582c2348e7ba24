"""Fill an empty folder with a portal: reports copied as they are, and the portal's own pages around them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lucky_analytics import estate, metrics
from lucky_analytics.publish import catalogue, failures, run_folders
from lucky_analytics.publish.access_page import find_waiting, name_access, write_access
from lucky_analytics.publish.app_links import list_app_links
from lucky_analytics.publish.coupon_verdict import COUPONS, QUESTIONS, read_coupons, write_coupons
from lucky_analytics.publish.entities import gather
from lucky_analytics.publish.entity_pages import list_kinds, write_entities, write_names
from lucky_analytics.publish.feed import format_feed
from lucky_analytics.publish.forms import Forms, write_forms
from lucky_analytics.publish.home import write_home
from lucky_analytics.publish.home_needs import RunAlert, list_needs, say_calm
from lucky_analytics.publish.morning import read_morning
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.quality import QUALITY, find_manifest, readers_of, write_quality
from lucky_analytics.publish.run_folders import FOLDER
from lucky_analytics.publish.run_pages import format_history
from lucky_analytics.publish.search_index import format_index
from lucky_analytics.publish.shelf import Run, Shelf
from lucky_analytics.publish.track import TRACK, Track, write_track
from lucky_analytics.publish.trial_calendar import TRIALS, write_trials
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.wanted import Wanted, find_wanted
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest

__all__ = ["build"]


def build(
    site: Path,
    shelf: Shelf,
    settings: Settings,
    previous: Path,
    forms: Forms,
    track: Track,
    alerts: Sequence[RunAlert] | None = None,
    *,
    is_unrestricted: bool,
) -> None:
    """Write the whole portal of ``shelf`` into the folder ``site``, empty but for runs of another portal.

    ``previous`` is the portal that it replaces, if there is one; ``track`` is what came of predictions;
    ``alerts`` are those that hold, null where nobody looked. Without ``is_unrestricted`` the pages about the
    company's databases are left out.
    """
    run_folders.link_folder(settings.runs_dir / "assets", site / "assets")
    run_folders.keep_only(site / FOLDER, {run.id for run in shelf.every})
    for shown in shelf.shown:
        _place_report(site, shelf.runs[shown.key], shelf.beside.get(shown.key, ()), shown, forms, track)
        if shown.is_good:
            write_forms(site / shown.address, shown, forms, previous / shown.address)
    _write_frame(site, shelf, settings if is_unrestricted else None, track, alerts)
    (site / "feed.xml").write_text(format_feed(shelf, settings.site_url), encoding="utf-8")


def _write_frame(
    site: Path,
    shelf: Shelf,
    settings: Settings | None,
    track: Track,
    alerts: Sequence[RunAlert] | None,
) -> None:
    """The portal's own pages around the reports; null settings leave out those about the databases."""
    failed, n_unread = failures.find_failures(shelf), len(shelf.unreadable) + len(shelf.drafts)
    n_failures = len(failed) + n_unread
    has_demo = settings is not None and catalogue.has_demo(settings)
    manifest = find_manifest(settings, shelf.shown) if settings else None
    entities, morning = gather(shelf), read_morning(shelf.shown)
    coupons = read_coupons(shelf.shown)
    beside = [
        *list_kinds(entities),
        *([] if track.is_empty else [TRACK]),
        TRIALS,
        *([COUPONS] if coupons else []),
    ]
    wanted = _find_wanted(settings, manifest)
    waits = name_access(shelf, wanted)
    entries = [
        NavEntry("index.html", "All reports"),
        *beside,
        *([QUALITY] if manifest else []),
        catalogue.METRICS,
        *([catalogue.DICTIONARY] if settings else []),
        *([catalogue.DEMO] if has_demo else []),
        NavEntry("failures.html", f"Failures ({n_failures})" if n_failures else "Failures"),
        *waits,
    ]
    is_generated = any(run.is_generated for run in shelf.shown)
    frame = Frame(site, tuple(entries), is_generated)
    apps = list_app_links(settings) if settings else []
    waiting = [run.notebook for run in find_waiting(shelf)]
    needs = list_needs(shelf, failed, n_unread, manifest, alerts or (), waiting)
    calm = say_calm(has_rules=alerts is not None, has_contracts=manifest is not None)
    write_home(frame, shelf, needs, calm, entities, morning, apps, coupons)
    write_entities(frame, entities, morning, shelf.shown)
    write_track(frame, track, shelf)
    topics = dict.fromkeys(QUESTIONS, COUPONS) if coupons else {}
    write_names(frame, entities, apps, beside, shelf.shown, topics)
    declared, databases = list(metrics.REGISTRY.values()), list(estate.load().databases.values())
    index = format_index(shelf.shown, entities, declared, databases if settings else [], apps)
    (site / "search.js").write_text(index, encoding="utf-8")
    left_out = {"unreadable": shelf.unreadable, "drafts": shelf.drafts, "n_waiting": len({*waiting})}
    frame.write("failures.html", "failures.html.j2", failures=failed, **left_out)
    if waits:
        write_access(frame, shelf, wanted)
    write_trials(frame, shelf.shown)
    write_coupons(frame, coupons)
    if manifest:
        write_quality(frame, manifest, shelf.shown)
    catalogue.write_metrics(frame, declared, shelf.shown)
    if settings:
        catalogue.write_dictionary(frame, databases, readers_of(shelf.shown))
    if settings and has_demo:
        catalogue.write_demo(frame, settings)


def _find_wanted(settings: Settings | None, manifest: Manifest | None) -> list[Wanted]:
    """What notebooks wait for; the demo has every table that one of ours needs."""
    if settings is None or manifest is None or manifest.kind == "demo":
        return []
    readable, _ = notebooks.load_all(settings)  # what cannot be read is told where it is run
    cells = {notebook.name: loaded.cells for notebook, loaded in readable.items()}
    return find_wanted(cells, manifest)


def _place_report(
    site: Path, runs: Sequence[Run], beside: Sequence[Run], shown: Run, forms: Forms, track: Track
) -> None:
    """The shown report at its address, and every run at its own, with the same history."""
    home = site / shown.address
    run_folders.place(shown, home)
    text = format_history(runs, beside, shown, forms, track)
    history = run_folders.write_same(home / "history.js", text, site / FOLDER / shown.id / "history.js")
    for run in (*runs, *beside):
        run_folders.place(run, site / FOLDER / run.id, history)
