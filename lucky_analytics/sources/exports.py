"""Folders of exported files: alone, or joining the servers of a snapshot."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

from lucky_analytics import declarations, estate
from lucky_analytics.errors import LuckyError, SourceError
from lucky_analytics.sources import mapping
from lucky_analytics.sources.base import Source
from lucky_analytics.sources.broken import BrokenSource
from lucky_analytics.sources.config import FilesPlace
from lucky_analytics.sources.files import FilesSource
from lucky_analytics.sources.mapped_files import MappedFiles

__all__ = ["NAME", "join_exports", "open_exports"]

NAME = "files"  # of the source, in sources.toml and in a snapshot


def open_exports(place: FilesPlace, databases: Sequence[str] | None, *, joins: bool = False) -> Source:
    """The files of a folder by their mapping, which may lie in it, or laid out as the estate is.

    ``databases`` limits them; ``joins`` says that servers stand beside them. Nothing is opened yet. Raises
    what is wrong with the mapping.
    """
    is_here = "://" not in place.folder
    beside = Path(place.folder) / mapping.NAME
    if place.mapping is not None or (is_here and declarations.is_written(beside)):
        rules = mapping.load(place.mapping or beside)
        return MappedFiles(place.folder, rules, databases, joins=joins)
    if not is_here:
        raise SourceError(
            f"files in {place.folder}", expected="a mapping that says what they are", got="none"
        )
    return FilesSource(Path(place.folder), databases=databases, joins=joins)


def join_exports(
    place: FilesPlace | None, fault: SourceError | None, names: Container[str] | None
) -> tuple[Source | None, set[str]]:
    """The exported files beside the servers, and the databases that they have tables of.

    ``fault`` is what is wrong with their entry in ``sources.toml``. Files whose entry or mapping is wrong are
    a source that says so when it is opened, and costs no server; they might have what no server has.
    ``names`` limits the databases (all for null); none of them there: no source.
    """
    found: Source | None = None
    known = estate.load().databases
    if place is not None:
        asked = None if names is None else [name for name in known if name in names]
        try:
            found = open_exports(place, asked, joins=True)
        except LuckyError as error:
            fault = error if isinstance(error, SourceError) else SourceError(str(error))
    if fault is not None:
        found = BrokenSource(NAME, fault, [], is_export=True)
        has = {name for name, database in known.items() if database.kind == "exports"}
    else:
        has = set(found.tables()) if found else set()
    if names is not None:
        has = {name for name in has if name in names}
        found = found if has else None
    return found, has
