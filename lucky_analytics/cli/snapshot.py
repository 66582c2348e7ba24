"""``lucky snapshot``: take, list, show, verify, compare, prune."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import WrittenPath, json_option
from lucky_analytics.errors import ParameterError, SnapshotError, require_none

__all__ = ["snapshot"]


@click.group()
def snapshot() -> None:
    """Immutable copies of the source tables."""


@snapshot.command()
@click.option(
    "--source",
    type=click.Choice(["demo", "live", "files"]),
    default="demo",
    show_default=True,
    help="The demo estate, the servers of sources.toml, or exported files.",
)
@click.option(
    "--path",
    metavar="DIR",
    help="Folder of files, or of those that join --source live; s3:// too. Or a demo.",
)
@click.option("--mapping", type=WrittenPath(), help="What the files are; mapping.yml in DIR unless said.")
@click.option("--source-name", "names", multiple=True, metavar="NAME", help="Only this source; repeatable.")
@click.option("--keep-others", is_flag=True, help="Databases not named stay as in the newest snapshot.")
@click.option(
    "--forget", multiple=True, metavar="NAME", help="A database that is gone on purpose; repeatable."
)
@click.option("--resume", is_flag=True, help="Keep the servers that an interrupted run finished.")
@click.option("--whole", is_flag=True, help="Read live tables whole, not only what changed.")
@click.option("--allow-primary", is_flag=True, help="Read a primary where no replica is configured.")
@json_option
def take(
    source: str,
    path: str | None,
    mapping: Path | None,
    names: tuple[str, ...],
    keep_others: bool,
    forget: tuple[str, ...],
    resume: bool,
    whole: bool,
    allow_primary: bool,
    as_json: bool,
) -> None:
    """Take a snapshot; returns the existing one when nothing changed.

    What cannot be read stays as it was; the command names it at its end and is non-zero. So it is with 3
    where a table was taken of which no number will be shown, because many of its rows did not fit or its key
    stands twice.
    """
    from lucky_analytics import snapshot as snapshots
    from lucky_analytics.audit_log import append_entry
    from lucky_analytics.estate import load as load_estate
    from lucky_analytics.sources import kinds

    if path == "":
        raise ParameterError("--path", expected="a folder", got="nothing")
    _refuse_unused(
        source,
        {
            "--path": ("demo files live", path),
            "--mapping": ("files live", mapping),
            "--whole": ("live", whole),
            "--allow-primary": ("live", allow_primary),
            "--forget": ("live files", forget),
        },
    )
    if keep_others and not names:
        raise ParameterError("--keep-others", expected="--source-name with it", got="every source")
    where = settings.load()
    sources = kinds.connect(
        source, where, path=path, mapping=mapping, names=names, allow_primary=allow_primary
    )
    manifest = snapshots.take(
        sources,
        settings=where,
        resume=resume,
        whole=whole,
        names=names or None,
        keep_others=keep_others,
        forget=forget,
        progress=lambda line: click.echo(line, err=True),
    )
    if not manifest.unchanged:
        rows = {name: table.rows for name, table in manifest.tables.items()}
        append_entry(
            where, "snapshot take", snapshot=manifest.id, tables=rows, exports=[str(manifest.folder)]
        )
    state = "unchanged" if manifest.unchanged else "taken"
    for name in (load_estate().database(name).name for name in forget):
        if any(table.startswith(f"{name}.") for table in manifest.tables):
            click.echo(f"note: {name} is not forgotten: it is there, and was read", err=True)
    facts = f"{len(manifest.tables)} tables, {manifest.rows:,} rows, {manifest.bytes / 1e6:.1f} MB"
    for note in manifest.notes():
        click.echo(f"note: {note}", err=True)
    for breach in manifest.breaches():
        click.echo(f"breach: {breach}", err=True)
    _print(manifest.document(), f"snapshot {manifest.id} {state}: {facts}", as_json)
    if unread := manifest.unread_error():
        raise unread
    lost = [f for f in manifest.breaches() if f.is_severe and f.rule in ("rejects", "key")]
    if lost:
        raise SnapshotError(
            f"snapshot {manifest.id} is {state}: {len(lost)} contracts broken, no number of these is shown",
            got="; ".join(map(str, lost)),
            remedy="See lucky snapshot contracts",
        )


@snapshot.command("list")
@json_option
def list_(as_json: bool) -> None:
    """The snapshots, the one taken last first."""
    from lucky_analytics import snapshot as snapshots

    where = settings.load()
    found = snapshots.list_all(where)
    newest = ""
    with contextlib.suppress(SnapshotError):  # damaged itself: it is named below
        newest = snapshots.find("newest", where, check=False).id
    lines = [
        f"{m.id}  {m.taken_at:%Y-%m-%d %H:%M}Z  {len(m.tables)} tables  {m.rows:,} rows"
        + ("  newest" if m.id == newest else "")
        for m in found
    ]
    _print([m.document() for m in found], "\n".join(lines) or "no snapshot yet", as_json)
    require_none(snapshots.list_damaged(where))


@snapshot.command()
@click.argument("name", default="newest")
@json_option
def show(name: str, as_json: bool) -> None:
    """One snapshot's tables, with rows, parts and content hash."""
    from lucky_analytics import snapshot as snapshots

    manifest = snapshots.find(name, settings.load())
    lines = [f"snapshot {manifest.id}", f"cut {manifest.cut.isoformat()}, from {manifest.kind}"]
    for server, facts in manifest.servers.items():
        ends = f", as of {facts.cut:%Y-%m-%d %H:%M} UTC" if facts.is_export else ""
        lines.append(f"{'files' if facts.is_export else 'server'} {server}: {facts.version}{ends}")
    for table, entry in manifest.tables.items():
        masked = f", without {', '.join(entry.masked)}" if entry.masked else ""
        masked += f", hashed {', '.join(entry.hashed)}" if entry.hashed else ""
        lines.append(
            f"{table}  {entry.rows:,} rows, {len(entry.parts)} parts, {entry.content_hash[:12]},"
            f" from {entry.server}{masked}"
        )
    _print(manifest.document(), "\n".join(lines), as_json)
    snapshots.require_whole(manifest)


@snapshot.command()
@click.argument("name", default="newest")
@json_option
def verify(name: str, as_json: bool) -> None:
    """Hash every part again and compare; non-zero when anything differs."""
    from lucky_analytics import snapshot as snapshots

    manifest = snapshots.find(name, settings.load(), check=False)
    problems = snapshots.verify(manifest)
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        if as_json:
            click.echo(json.dumps({"id": manifest.id, "problems": problems}))
        raise SnapshotError(
            f"snapshot {manifest.id}", expected="the bytes that were taken", got=problems[0] + more
        )
    _print({"id": manifest.id, "problems": []}, f"snapshot {manifest.id} is as it was taken", as_json)


@snapshot.command()
@click.argument("name", default="newest")
@json_option
def contracts(name: str, as_json: bool) -> None:
    """What was checked when it was taken: breaches, known issues with their counts; non-zero on a breach."""
    from lucky_analytics import snapshot as snapshots

    manifest = snapshots.find(name, settings.load())
    marks = {True: "ok    ", False: "issue "}
    marked = {
        f: "BREACH" if f.is_breach else "note  " if f.is_note else marks[f.holds] for f in manifest.findings
    }
    lines = [f"{mark}  {finding}" for finding, mark in marked.items()]
    _print([dataclasses.asdict(finding) for finding in manifest.findings], "\n".join(lines), as_json)
    snapshots.require_whole(manifest)
    if breaches := manifest.breaches():
        more = f" and {len(breaches) - 1} more" if len(breaches) > 1 else ""
        raise SnapshotError(f"contracts of {manifest.id}", expected="none broken", got=f"{breaches[0]}{more}")


@snapshot.command()
@click.argument("earlier")
@click.argument("later", default="newest")
@json_option
def compare(earlier: str, later: str, as_json: bool) -> None:
    """What a later snapshot says differently, and of which closed days."""
    from lucky_analytics import snapshot as snapshots

    where = settings.load()
    both = snapshots.find(earlier, where), snapshots.find(later, where)
    changes = snapshots.compare(*both)
    lines = []
    for change in changes:
        lines.append(
            f"{change.table}  {change.n_added:,} added, {change.n_changed:,} changed,"
            f" {change.n_removed:,} removed; {change.n_restated:,} in closed days"
        )
        lines += [f"  {day}  {n:,} rows restated" for day, n in change.days.items()]
    _print([dataclasses.asdict(change) for change in changes], "\n".join(lines) or "no difference", as_json)
    for manifest in both:
        snapshots.require_whole(manifest)


@snapshot.command()
@click.option("--keep", type=int, default=7, show_default=True, help="How many of each kind stay.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@json_option
def prune(keep: int, dry_run: bool, as_json: bool) -> None:
    """Remove old snapshots. The newest stay, each month's last one, those being read, and those that the
    newest good run of a report was made from."""
    from lucky_analytics import snapshot as snapshots
    from lucky_analytics.runs import records

    here = settings.load()
    shown = {record.snapshot["id"] for record in records.newest_good(here)}
    removed = snapshots.prune(
        here, keep=keep, also=shown, dry_run=dry_run, tell=lambda line: click.echo(line, err=True)
    )
    verb = "would be removed" if dry_run else "removed"
    lines = [f"{m.id} {verb}" for m in removed] or ["nothing to remove"]
    _print([m.id for m in removed], "\n".join(lines), as_json)


def _refuse_unused(source: str, options: Mapping[str, tuple[str, object]]) -> None:
    """No option is taken and left unused: each is given with the sources that it means something for."""
    for option, (kinds, given) in options.items():
        if given and source not in kinds.split():
            expected = f"--source {' or '.join(kinds.split())} with it"
            raise ParameterError(option, expected=expected, got=f"--source {source}")


def _print(document: object, text: str, as_json: bool) -> None:
    click.echo(json.dumps(document) if as_json else text)
