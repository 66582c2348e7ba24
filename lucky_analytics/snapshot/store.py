"""The snapshots on disk: list, find, verify, remove."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

from lucky_analytics import settings as settings_module
from lucky_analytics.errors import SnapshotError, UnknownNameError
from lucky_analytics.locks import HeldError, hold_folder
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot.manifest import FILE, Manifest, TableEntry, hash_file, read

__all__ = [
    "find",
    "kept_folder",
    "list_all",
    "list_damaged",
    "newest_of",
    "point_newest",
    "prune",
    "reading",
    "remove",
    "require_whole",
    "verify",
    "without_damaged",
]

_NEWEST = ".newest"
_KEPT = ".kept"


def list_all(settings: Settings) -> list[Manifest]:
    """Every whole snapshot, the one taken last first.

    One whose manifest cannot be read is left out, so that it never stands in the way of taking a new one;
    ``list_damaged`` says what is wrong with it.
    """
    found = [each for each in _read_each(settings) if isinstance(each, Manifest)]
    return sorted(found, key=lambda manifest: (manifest.taken_at, manifest.id), reverse=True)


def list_damaged(settings: Settings) -> list[SnapshotError]:
    """What is wrong with each snapshot whose manifest cannot be read."""
    return [each for each in _read_each(settings) if isinstance(each, SnapshotError)]


def _read_each(settings: Settings) -> Iterator[Manifest | SnapshotError]:
    for path in _folders(settings.snapshots_dir):
        try:
            yield read(path)
        except SnapshotError as error:
            yield error


def _folders(folder: Path) -> list[Path]:
    """What should be a snapshot each, in the order of their names."""
    return sorted(path for path in folder.glob("[!.]*") if path.is_dir())


def find(name: str = "newest", settings: Settings | None = None, *, check: bool = True) -> Manifest:
    """One snapshot by id, by an unambiguous beginning of it, or ``newest``: the one taken last.

    Taking unchanged content again makes the existing snapshot the newest. ``check`` looks whether every
    part is there in its size: a table of which one is not is left out and named in ``Manifest.damaged``, and
    costs what needs it. Raises ``SnapshotError`` when there is none, ``UnknownNameError`` for an unknown id.

    >>> find("20260214T120000Z-demo").kind         # doctest: +SKIP
    'demo'
    """
    settings = settings or settings_module.load()
    folder = settings.snapshots_dir
    ids = sorted(path.parent.name for path in folder.glob(f"[!.]*/{FILE}"))
    if not ids:
        got = ", ".join(f"{path.name} without its {FILE}" for path in _folders(folder)) or "none"
        remedy = "Run lucky snapshot take"
        raise SnapshotError("snapshot", expected=f"one in {folder}", got=got, remedy=remedy)
    if name == "newest":
        pointed = folder / _NEWEST
        chosen = pointed.read_text(encoding="utf-8", errors="replace").strip() if pointed.is_file() else ""
        whole = [chosen] if chosen in ids else [manifest.id for manifest in list_all(settings)] or ids
        manifest = read(folder / whole[0])
    else:
        matching = [name] if name in ids else [known for known in ids if name and known.startswith(name)]
        if not matching:
            raise UnknownNameError("snapshot", name, ids, remedy="lucky snapshot list shows them all")
        if len(matching) > 1:
            raise SnapshotError(f"snapshot {name!r}", expected="one", got=", ".join(matching))
        manifest = read(folder / matching[0])
    return without_damaged(manifest) if check else manifest


def without_damaged(manifest: Manifest) -> Manifest:
    """The snapshot without its damaged tables (a part is missing or has another size), which it names."""
    wrong = {name: next(_wrong_parts(manifest, entry), "") for name, entry in manifest.tables.items()}
    damaged = {name: problem for name, problem in wrong.items() if problem}
    if not damaged:
        return manifest
    whole = {name: entry for name, entry in manifest.tables.items() if name not in damaged}
    return replace(manifest, tables=whole, fingerprint=None, damaged={**manifest.damaged, **damaged})


def require_whole(manifest: Manifest) -> None:
    """Raise ``SnapshotError`` naming every damaged table of what ``find`` gave."""
    if manifest.damaged:
        raise SnapshotError(
            f"snapshot {manifest.id}",
            expected="every table as it was taken",
            got="; ".join(f"{name}: {problem}" for name, problem in manifest.damaged.items()),
            remedy="Take a new snapshot",
        )


def newest_of(kind: str, settings: Settings) -> Manifest | None:
    """The snapshot of one kind of source that was taken last."""
    return next((manifest for manifest in list_all(settings) if manifest.kind == kind), None)


def verify(manifest: Manifest) -> list[str]:
    """What is wrong with a snapshot's files, one line each; an empty list when every byte is as taken.

    Every part is hashed again. Found are missing, changed and additional files.
    """
    problems = list(_wrong_sizes(manifest))
    known = {FILE}
    for entry in manifest.tables.values():
        for part in entry.parts:
            known.add(part.path)
            path = manifest.folder / part.path
            if path.is_file() and path.stat().st_size == part.bytes and hash_file(path) != part.sha256:
                problems.append(f"{part.path} has changed since it was taken")
    for path in sorted(manifest.folder.rglob("*")):
        name = str(path.relative_to(manifest.folder))
        if path.is_file() and name not in known:
            problems.append(f"{name} does not belong to it")
    return problems


@contextlib.contextmanager
def reading(manifest: Manifest) -> Iterator[None]:
    """Until the end of the block nobody prunes this snapshot. Raises ``SnapshotError`` when it is gone."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(hold_folder(manifest.folder, shared=True))
        except (HeldError, OSError) as error:
            raise SnapshotError(
                f"snapshot {manifest.id}",
                expected=f"a folder {manifest.folder}",
                got="one that is being removed" if isinstance(error, HeldError) else "none",
                remedy="lucky snapshot list shows those that are left",
            ) from error
        yield


def prune(
    settings: Settings,
    *,
    keep: int,
    also: Collection[str] = (),
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Manifest]:
    """Remove old snapshots; those removed.

    The rule: of each kind the ``keep`` taken last stay, the last one of each month stays, and so does the
    newest and each whose id is among ``also``. Parts that others share stay with them. One that a run, an
    app or a notebook is reading stays until the next time, and ``tell`` hears of it. What was computed of a
    snapshot goes with it.
    """
    if keep < 1:
        raise SnapshotError("prune", expected="keep of 1 or more", got=str(keep))
    everything = list_all(settings)
    kept = {find("newest", settings).id, *also} if everything else set()
    for kind in {manifest.kind for manifest in everything}:
        of_kind = [manifest for manifest in everything if manifest.kind == kind]
        kept.update(manifest.id for manifest in of_kind[:keep])
        months: dict[tuple[int, int], str] = {}
        for manifest in of_kind:
            months.setdefault((manifest.cut.year, manifest.cut.month), manifest.id)
        kept.update(months.values())
    removed = []
    for manifest in everything:
        if manifest.id in kept:
            continue
        try:
            with hold_folder(manifest.folder):
                removed.append(manifest)
                if not dry_run:
                    remove(manifest.folder)
        except HeldError:
            tell(f"{manifest.id} stays: it is being read")
    if not dry_run:
        for folder in settings.snapshots_dir.glob(f"{_KEPT}/*"):
            if not (settings.snapshots_dir / folder.name).is_dir():
                shutil.rmtree(folder, ignore_errors=True)
    return removed


def kept_folder(manifest: Manifest) -> Path:
    """Where the catalog keeps what it computed of a snapshot: beside it, since a snapshot never changes.

    It goes with the snapshot, and may be removed at any time: what was in it is computed again.
    """
    return manifest.folder.parent / _KEPT / manifest.folder.name


def point_newest(manifest: Manifest) -> None:
    """Make ``manifest`` what ``newest`` means."""
    pointer = manifest.folder.parent / _NEWEST
    spare = pointer.with_suffix(".new")
    spare.write_text(manifest.id + "\n", encoding="utf-8")
    spare.replace(pointer)


def remove(folder: Path) -> None:
    """Remove a snapshot: hidden first, so that nobody finds one that is half removed."""
    stamp = dt.datetime.now(dt.UTC).strftime("%H%M%S%f")
    hidden = folder.with_name(f".removed-{folder.name}-{stamp}")
    folder.rename(hidden)
    shutil.rmtree(hidden)


def _wrong_sizes(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.tables.values():
        yield from _wrong_parts(manifest, entry)


def _wrong_parts(manifest: Manifest, entry: TableEntry) -> Iterator[str]:
    for part in entry.parts:
        path = manifest.folder / part.path
        if not path.is_file():
            yield f"{part.path} is missing"
        elif path.stat().st_size != part.bytes:
            yield f"{part.path} has {path.stat().st_size} bytes instead of {part.bytes}"
