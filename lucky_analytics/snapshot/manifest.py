"""What a snapshot says about itself: ``manifest.json``."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucky_analytics.errors import SnapshotError, SourceError, UnknownNameError
from lucky_analytics.estate.markets import last_closed_day
from lucky_analytics.snapshot.findings import Finding

__all__ = [
    "FILE",
    "REJECTED",
    "Manifest",
    "Part",
    "Server",
    "TableEntry",
    "content_hash",
    "hash_file",
    "read",
    "server_entry",
    "table_entry",
]

FILE = "manifest.json"
REJECTED = "rejected.jsonl"  # beside the parts of a table that has some


@dataclass(frozen=True)
class Part:
    """One Parquet file; ``path`` is relative to the snapshot's folder."""

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class TableEntry:
    """One source table. ``schema`` maps column to Arrow type; ``masked`` were left out as personal
    data; ``hashed`` passed as keyed hashes, each with the mark of the key.

    ``how`` it came: ``linked`` to a file that was there, read ``whole``, read as ``changes``, or ``kept``
    from the previous snapshot because it could not be read. ``zero_dates`` counts, per column that may hold
    one, the dates that are null here because the source says "not set"; ``impossible`` those that are no
    dates (``2026-00-00``), at least. ``drift`` are the differences between the server's table and the estate
    that break something, ``noted`` those that do not. ``removed`` counts, by column, the texts that held a
    telephone number or an address, at least. ``rejected`` counts, by reason, the rows of exported files that
    did not fit and are not here, ``remarks``, by ``where: what``, what is read otherwise than it stands.
    ``absent`` are columns that the files do not have, null here. ``mark`` tells exported files that are as
    they were (empty: not known).
    """

    rows: int
    bytes: int
    content_hash: str
    schema: dict[str, str]
    parts: tuple[Part, ...]
    server: str
    how: str
    masked: tuple[str, ...] = ()
    hashed: dict[str, str] = field(default_factory=dict)
    zero_dates: dict[str, int] = field(default_factory=dict)
    drift: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    impossible: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Server:
    """One source as it was read: its version, and the instant (UTC) of its consistent view.

    ``absent`` are the declared tables that it should have had and did not, ``unread`` those that it has and
    that could not be read, with the reason. ``is_export``: exported files that joined servers; ``cut`` is how
    new they are, and the snapshot goes as far as its servers do.
    """

    version: str
    cut: dt.datetime
    absent: tuple[str, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)
    is_export: bool = False

    def document(self) -> dict[str, Any]:
        """The server as JSON values."""
        return {
            "version": self.version,
            "cut": self.cut.isoformat(),
            "absent": list(self.absent),
            "unread": self.unread,
            "is_export": self.is_export,
        }


@dataclass(frozen=True)
class Manifest:
    """One immutable snapshot. ``tables`` is keyed ``database.table``.

    ``cut`` is the instant, in UTC, up to which every table is complete: the earliest of the servers'.
    Exported files beside servers say nothing of that (``Server.is_export``). ``findings`` are the contracts
    that were checked when it was taken. ``unreached`` are the servers that could not be read, with the
    reason: their tables are as the snapshot before had them, if it did. ``damaged`` says of tables that are
    no longer as they were taken what is wrong with them: they are not among ``tables``. ``unchanged`` says
    that this very content had been taken before. Neither is part of the file.
    """

    id: str
    taken_at: dt.datetime
    cut: dt.datetime
    kind: str
    lucky_version: str
    servers: dict[str, Server]
    tables: dict[str, TableEntry]
    folder: Path
    fingerprint: str | None = None
    findings: tuple[Finding, ...] = ()
    unreached: dict[str, str] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)
    unchanged: bool = False

    def paths(self, database: str, table: str) -> list[Path]:
        """The part files of one table. Raises ``UnknownNameError`` for a table that was not taken."""
        name = f"{database}.{table}"
        if name not in self.tables:
            raise UnknownNameError(f"table of snapshot {self.id}", name, self.tables)
        return [self.folder / part.path for part in self.tables[name].parts]

    @property
    def last_closed_day(self) -> dt.date:
        """The last business date that was over in every market at the cut."""
        return last_closed_day(self.cut)

    @property
    def newest_closed_day(self) -> dt.date:
        """The last business date that any server's tables are complete for."""
        return last_closed_day(self._newest_cut)

    @property
    def _newest_cut(self) -> dt.datetime:
        cuts = [server.cut for server in self.servers.values() if not server.is_export]
        return max(cuts, default=self.cut)

    def cut_of(self, tables: Iterable[str]) -> dt.datetime:
        """The instant up to which all of these tables are complete; the earliest cut where none is known.

        Exported files beside servers hold nothing up: of them alone it is the newest cut of a server. How old
        they are is one of the ``findings``.
        """
        names = {self.tables[name].server for name in tables if name in self.tables}
        found = [self.servers[name] for name in names if name in self.servers]
        of_exports = self._newest_cut if found else self.cut
        return min((server.cut for server in found if not server.is_export), default=of_exports)

    def breaches(self, *tables: str) -> list[Finding]:
        """The contracts that do not hold, of ``tables`` (all by default): what depends on them is marked."""
        return [f for f in self.findings if f.is_breach and (not tables or f.table in tables)]

    def notes(self) -> list[Finding]:
        """What was found that stops nothing and that somebody should know."""
        return [finding for finding in self.findings if finding.is_note]

    def failures(self) -> list[str]:
        """What should have been read and was not, one line each: servers, then tables."""
        lines = [f"{name}: {reason}" for name, reason in self.unreached.items()]
        for server in self.servers.values():
            lines += [f"{name} is missing" for name in server.absent]
            for name, reason in server.unread.items():
                lines.append(reason if name in reason else f"{name}: {reason}")
        return lines

    def unread_error(self) -> SourceError | None:
        """The ``failures`` as one error, null when there are none. The snapshot stands all the same."""
        failures = self.failures()
        if not failures:
            return None
        has_some = {entry.server for entry in self.tables.values()}
        unread = {name for server in self.servers.values() for name in (*server.unread, *server.absent)}
        is_new = not unread <= self.tables.keys() or not self.unreached.keys() <= has_some
        standing = "as it was before" + (", or missing" if is_new else "")
        return SourceError(
            f"snapshot {self.id}: {len(failures)} not read, each {standing}",
            got="; ".join(line.rstrip(".") for line in failures),
        )

    @property
    def rows(self) -> int:
        return sum(entry.rows for entry in self.tables.values())

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in self.tables.values())

    def document(self) -> dict[str, Any]:
        """The manifest as JSON values."""
        body = dataclasses.asdict(self)
        del body["folder"], body["unchanged"], body["damaged"]
        body["taken_at"], body["cut"] = self.taken_at.isoformat(), self.cut.isoformat()
        body["servers"] = {name: server.document() for name, server in self.servers.items()}
        return body

    def write(self, folder: Path) -> None:
        """Write ``manifest.json``, in one step: a reader finds the earlier one or this one."""
        spare = folder / f".{FILE}.new"
        spare.write_text(json.dumps(self.document(), indent=1) + "\n", encoding="utf-8")
        spare.chmod(0o600)  # what a snapshot holds is for its owner alone
        spare.replace(folder / FILE)


def read(folder: Path) -> Manifest:
    """The manifest of the snapshot in ``folder``. Raises ``SnapshotError`` when it is missing or damaged."""
    path = folder / FILE
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return _manifest(body, folder)
    except OSError as error:
        raise SnapshotError(
            f"snapshot {folder.name}", expected=f"a readable {FILE}", got=error.strerror or "nothing"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(
            f"snapshot {folder.name}",
            expected=f"a whole {FILE}",
            got=f"{type(error).__name__} {error}",
            remedy="Take a new snapshot",
        ) from error


def table_entry(body: Mapping[str, Any]) -> TableEntry:
    """One table entry from its JSON values."""
    facts = dict(body)
    facts["parts"] = tuple(Part(**part) for part in facts["parts"])
    for name in ("masked", "drift", "noted", "absent"):
        facts[name] = tuple(facts.get(name, ()))
    return TableEntry(**facts)


def server_entry(body: Mapping[str, Any]) -> Server:
    """One server from its JSON values."""
    cut = dt.datetime.fromisoformat(body["cut"])
    absent = tuple(body.get("absent", ()))
    return Server(
        version=body["version"],
        cut=cut,
        absent=absent,
        unread=dict(body.get("unread", {})),
        is_export=body.get("is_export", False),
    )


def content_hash(parts: Iterable[str]) -> str:
    """One SHA-256 over several, in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _manifest(body: dict[str, Any], folder: Path) -> Manifest:
    facts = dict(body)
    facts["taken_at"] = dt.datetime.fromisoformat(facts["taken_at"])
    facts["cut"] = dt.datetime.fromisoformat(facts["cut"])
    facts["servers"] = {name: server_entry(server) for name, server in facts["servers"].items()}
    facts["tables"] = {name: table_entry(table) for name, table in facts["tables"].items()}
    facts["findings"] = tuple(Finding(**finding) for finding in facts.get("findings", ()))
    return Manifest(folder=folder, **facts)


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
