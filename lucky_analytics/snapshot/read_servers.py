"""Reading the servers of a snapshot, a few at a time; one that fails costs itself, and so does a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from lucky_analytics.errors import SourceError
from lucky_analytics.snapshot.keep import Taken
from lucky_analytics.snapshot.manifest import Manifest, Server, TableEntry
from lucky_analytics.snapshot.table import Into, take_table
from lucky_analytics.snapshot.workspace import Workspace
from lucky_analytics.sources.base import LostConnectionError, Source

__all__ = ["Progress", "read_servers", "where_read"]

Progress = Callable[[str], None]
SERVERS_AT_ONCE = 2
FIRST_PAUSE = 0.5


class NoTableError(SourceError):
    """A source of which no table could be read: as the one reason says, or all of them."""

    @classmethod
    def of(cls, name: str, reasons: Sequence[SourceError]) -> NoTableError:
        if len(reasons) == 1:
            (one,) = reasons
            return cls(one.what, expected=one.expected, got=one.got, remedy=one.remedy)
        said = "; ".join(str(reason).rstrip(".") for reason in reasons)
        return cls(f"{name}: none of {len(reasons)} tables could be read", got=said)


def read_servers(
    sources: Sequence[Source],
    workspace: Workspace,
    into: Into,
    only: list[str] | None,
    gone: set[str],
    say: Progress,
) -> tuple[Taken, dict[str, SourceError]]:
    """Every source that could be read, a few at a time, and what was wrong with the others."""
    taken: Taken = {}
    unreached: dict[str, SourceError] = {}
    with ThreadPoolExecutor(SERVERS_AT_ONCE) as pool:
        futures = {
            source.name: pool.submit(_one_server, source, workspace, into, only, gone, say)
            for source in sources
        }
        try:
            for name, future in futures.items():
                try:
                    taken[name] = future.result()
                except SourceError as error:
                    unreached[name] = error
                    if not isinstance(error, NoTableError):  # its tables were named one by one
                        say(f"not read: {error}")
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return taken, unreached


def where_read(
    servers: Sequence[Source], taken: Taken, previous: Manifest | None, keep_others: bool, gone: set[str]
) -> dict[str, str]:
    """By database the server that has it, also of those that could not be read, or stay as they were.

    Of a server that could not be read nobody knows what it has: what came from exported files before is not
    its.
    """
    before = {}
    if previous:
        of_exports = {name for name, facts in previous.servers.items() if facts.is_export}
        before = {
            name.partition(".")[0]: (entry.server, entry.server in of_exports)
            for name, entry in previous.tables.items()
        }
    found: dict[str, str] = {}
    for source in servers:
        if source.name in taken:
            facts, entries = taken[source.name]
            names = {*entries, *facts.unread, *facts.absent}
            found |= {name.partition(".")[0]: source.name for name in names}
        else:
            mine = [name for name in source.databases or () if not (name in before and before[name][1])]
            found |= dict.fromkeys(mine, source.name)
    if keep_others:
        stay = {name: server for name, (server, is_export) in before.items() if not is_export}
        found = {**stay, **found}
    return {name: server for name, server in found.items() if name not in gone}


def _one_server(
    source: Source, workspace: Workspace, into: Into, only: list[str] | None, gone: set[str], say: Progress
) -> tuple[Server, dict[str, TableEntry]]:
    """One server, begun again from its first table when the connection is lost: one view for all of them."""
    if (done := workspace.finished(source.name)) is not None:
        say(f"{source.name}: finished before, kept")
        return done
    for attempt in range(1, source.attempts):
        try:
            return _read_server(source, workspace, into, only, gone, say)
        except LostConnectionError as error:
            pause = FIRST_PAUSE * 2 ** (attempt - 1)
            say(f"{error.what}: connection lost, reading it again in {pause:g} s")
            time.sleep(pause)
    return _read_server(source, workspace, into, only, gone, say)


def _read_server(
    source: Source, workspace: Workspace, into: Into, only: list[str] | None, gone: set[str], say: Progress
) -> tuple[Server, dict[str, TableEntry]]:
    """The tables of one server, in one view. A table that cannot be read costs itself alone."""
    entries = {}
    unread: dict[str, SourceError] = {}
    with source:
        for line in source.warnings():
            say(f"warning: {line}")
        present = {db: tables for db, tables in source.tables().items() if only is None or db in only}
        lost = _lost(source, present, into, only, gone)
        for database, tables in present.items():
            for table in tables:
                name = f"{database}.{table}"
                if source.is_export and database in into.elsewhere:
                    unread[name] = _in_two_places(name, into.elsewhere[database], source)
                    say(f"not read: {unread[name]}")
                    continue
                try:
                    entries[name] = take_table(source, database, table, into)
                except LostConnectionError:
                    raise
                except SourceError as error:
                    if source.kind == "demo":
                        raise
                    unread[name] = error
                    say(f"not read: {error}")
                else:
                    say(f"{name}: {entries[name].rows:,} rows, {entries[name].how}")
        if unread and not entries:
            raise NoTableError.of(source.name, list(unread.values()))
        absent = {name for name in source.absent() if name.split(".")[0] in present}
        reasons = {name: str(error) for name, error in unread.items()}
        server = Server(source.version, source.cut, tuple(sorted(absent | lost)), reasons, source.is_export)
    workspace.finish(source.name, server, entries)
    return server, entries


def _in_two_places(name: str, server: str, source: Source) -> SourceError:
    return SourceError(
        name,
        expected="a table in one place",
        got=f"server {server} and {source.where}",
        remedy="Take it out of the files and their mapping, or its server out of sources.toml",
    )


def _lost(
    source: Source,
    present: dict[str, list[str]],
    into: Into,
    only: list[str] | None,
    gone: set[str],
) -> set[str]:
    """The tables that the previous snapshot has of the databases here, and that are no longer here.

    Raises ``SourceError`` for a whole database: a grant that was taken away looks like one that is gone,
    and what is left must not become what reports are made from.
    """
    previous = into.previous
    if previous is None or source.kind == "demo":
        return set()
    gone = gone | into.elsewhere.keys() if source.is_export else gone
    known = [name for name in previous.tables if name.split(".")[0] not in gone]
    # what servers have is theirs to lose, and what exported files have is the files'
    of_exports = {name for name, facts in previous.servers.items() if facts.is_export}
    known = [name for name in known if (previous.tables[name].server in of_exports) == source.is_export]
    if only is not None:
        known = [name for name in known if name.split(".")[0] in only]
    mine = source.databases
    databases = {name.split(".")[0] for name in known if mine is None or name.split(".")[0] in mine}
    if missing := sorted(databases - present.keys()):
        raise SourceError(
            f"{source.name}: database {', '.join(missing)}",
            expected=f"as in snapshot {previous.id}",
            got="none that we can see",
            remedy="Grant SELECT on it, or confirm that it is gone: --forget NAME",
        )
    tables = {f"{database}.{table}" for database, names in present.items() for table in names}
    return {name for name in known if name.split(".")[0] in present} - tables
