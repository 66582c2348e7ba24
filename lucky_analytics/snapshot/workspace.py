"""Where a snapshot grows: one folder per kind that becomes visible only when it is whole."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics.errors import SnapshotError
from lucky_analytics.locks import HeldError, hold
from lucky_analytics.snapshot import store
from lucky_analytics.snapshot.manifest import (
    REJECTED,
    Manifest,
    Server,
    TableEntry,
    server_entry,
    table_entry,
)

__all__ = ["Workspace", "claim"]

_STATE = ".servers"
_OWNER_FOLDER, _OWNER_FILE = 0o700, 0o600


@dataclass(frozen=True)
class Workspace:
    """The folder of a snapshot in the making. Finished servers are remembered in it for ``--resume``."""

    folder: Path

    def finished(self, server: str) -> tuple[Server, dict[str, TableEntry]] | None:
        """What an interrupted run had finished of ``server``, or ``None``."""
        try:
            body = json.loads(self._state(server).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        tables = {name: table_entry(table) for name, table in body["tables"].items()}
        whole = all(
            (self.folder / part.path).is_file() and (self.folder / part.path).stat().st_size == part.bytes
            for entry in tables.values()
            for part in entry.parts
        )
        return (server_entry(body["server"]), tables) if whole else None

    def finish(self, name: str, server: Server, tables: dict[str, TableEntry]) -> None:
        """Remember that ``name`` has been read to its end. Written at once, so a kill leaves it or not."""
        state = self._state(name)
        state.parent.mkdir(exist_ok=True)
        body = {
            "server": server.document(),
            "tables": {table: dataclasses.asdict(entry) for table, entry in tables.items()},
        }
        spare = state.with_suffix(".new")
        spare.write_text(json.dumps(body), encoding="utf-8")
        spare.replace(state)

    @property
    def has_finished(self) -> bool:
        """Whether a server has been read to its end, which ``--resume`` need not read again."""
        return any((self.folder / _STATE).glob("*.json"))

    def publish(self, manifest: Manifest, *, as_newest: bool) -> None:
        """Make the snapshot visible under its id, whole, and what ``newest`` means if it should be.

        A damaged one of the same id gives way to it.
        """
        shutil.rmtree(self.folder / _STATE, ignore_errors=True)
        known = {part.path for entry in manifest.tables.values() for part in entry.parts}
        known |= {
            f"{name.replace('.', '/', 1)}/{REJECTED}" for name, e in manifest.tables.items() if e.rejected
        }
        self._sweep(known)
        manifest.write(self.folder)
        self._close(manifest)
        _flush(self.folder)
        if manifest.folder.is_dir():  # the same content, damaged since
            store.remove(manifest.folder)
        self.folder.rename(manifest.folder)
        if as_newest:
            store.point_newest(manifest)

    def _close(self, manifest: Manifest) -> None:
        """For its owner alone. A part that is a link to an exported file keeps the modes of that file."""
        linked = {part.path for e in manifest.tables.values() if e.how == "linked" for part in e.parts}
        for path in [self.folder, *self.folder.rglob("*")]:
            if path.is_dir():
                path.chmod(_OWNER_FOLDER)
            elif str(path.relative_to(self.folder)) not in linked:
                path.chmod(_OWNER_FILE)

    def _sweep(self, known: set[str]) -> None:
        """Remove what an interrupted run left and this one did not take: a table dropped since, say."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.is_file() and str(path.relative_to(self.folder)) not in known:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()

    def discard(self) -> None:
        """Remove everything that was written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _state(self, server: str) -> Path:
        return self.folder / _STATE / f"{server.replace(':', '_')}.json"


@contextmanager
def claim(snapshots_dir: Path, kind: str, *, resume: bool) -> Iterator[Workspace]:
    """The workspace for ``kind``, ours alone until the end of the block.

    What an interrupted run left is kept with ``resume`` and removed otherwise, and so is at once what has no
    finished server: nobody could resume it. The lock goes with its
    process, so a killed run blocks nobody. Raises ``SnapshotError`` when another run is at work.
    """
    snapshots_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):  # a folder of somebody else's is theirs to open or close
        snapshots_dir.chmod(_OWNER_FOLDER)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(hold(snapshots_dir / f".{kind}.lock"))
        except HeldError as error:
            raise SnapshotError(
                f"snapshot of {kind}",
                expected="one run at a time",
                got="another one at work",
                remedy="Wait for it to end",
            ) from error
        workspace = Workspace(snapshots_dir / f".{kind}.partial")
        if not resume:
            workspace.discard()
        workspace.folder.mkdir(mode=_OWNER_FOLDER, exist_ok=True)
        try:
            yield workspace
        finally:
            if not workspace.has_finished:
                workspace.discard()


def _flush(folder: Path) -> None:
    """Have the disk hold every file before the rename says so."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
