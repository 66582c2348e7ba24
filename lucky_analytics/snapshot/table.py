"""One table into the snapshot in the making: linked, read as changes, or read whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lucky_analytics import estate
from lucky_analytics.estate import Table
from lucky_analytics.snapshot import parts
from lucky_analytics.snapshot.boundary import Boundary
from lucky_analytics.snapshot.free_text import free_columns, search
from lucky_analytics.snapshot.incremental import read_changes
from lucky_analytics.snapshot.keep import link_table
from lucky_analytics.snapshot.manifest import REJECTED, Manifest, Part, TableEntry, content_hash, hash_file
from lucky_analytics.snapshot.taking_rules import read_rules
from lucky_analytics.snapshot.tally import Tally
from lucky_analytics.sources.base import Rejected, Source

__all__ = ["Into", "take_table"]


@dataclass(frozen=True)
class Into:
    """Where tables go: the workspace's folder, beside the snapshot whose content may be shared.

    ``whole`` asks for every table to be read from beginning to end. ``elsewhere`` names by database the
    server that has it: exported files beside servers may not have tables of these.
    """

    root: Path
    previous: Manifest | None
    boundary: Boundary
    whole: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def take_table(source: Source, database: str, name: str, into: Into) -> TableEntry:
    """Bring one table across the boundary. Raises ``SourceError``, and ``OSError`` for a full disk."""
    table = source.table(database, name)
    declared = estate.load().database(database).table(name)
    boundary = into.boundary
    columns = boundary.columns(table)
    schema = boundary.schema(table)
    removed: Counter[str] = Counter()
    previous = into.previous
    earlier = previous.tables.get(f"{database}.{name}") if previous else None
    found = source.drift(database, name)
    drift = tuple(difference.line for difference in found if difference.breaks)
    noted = tuple(difference.line for difference in found if not difference.breaks)
    mark = _mark(source, database, table, boundary)
    if previous and earlier and mark and earlier.mark == mark and earlier.server == source.name:
        link_table(earlier, f"{database}.{name}", previous.folder, into.root)
        return replace(earlier, how="linked", drift=drift, noted=noted)
    written, how = _parts(source, database, table, schema, into, removed)
    if previous and earlier:
        _share(written, into.root, previous.folder, earlier.parts)
    rejected = source.rejected(database, name)
    _keep_rejected(rejected, table, into.root / database / name)
    before = earlier if how == "changes" else None
    described = [f"{field.name} {field.type}" for field in schema]
    return TableEntry(
        rows=sum(part.rows for part in written),
        bytes=sum(part.bytes for part in written),
        content_hash=content_hash([*described, *(part.sha256 for part in written)]),
        schema={field.name: str(field.type) for field in schema},
        parts=tuple(written),
        server=source.name,
        how=how,
        masked=tuple(boundary.stopped(table)),
        hashed=dict.fromkeys(boundary.hashed(table), boundary.mark),
        zero_dates=_zero_dates([c for c in columns if table.columns[c].zero_dates], into.root, written),
        drift=drift,
        noted=noted,
        impossible=_at_least(source.impossible(database, name), before.impossible if before else {}),
        removed=_at_least(removed, before.removed if before else {}),
        rejected=rejected.reasons,
        remarks=rejected.remarks,
        absent=tuple(n for n, c in declared.columns.items() if table.columns[n].nullable and not c.nullable),
        mark=mark,
    )


def _mark(source: Source, database: str, table: Table, boundary: Boundary) -> str:
    """Equal marks mean that reading exported files again would give the same table; empty: not known."""
    of_files = source.mark(database, table.name)
    if of_files is None or source.kind == "demo":
        return ""
    return hashlib.sha256(
        "\n".join([of_files, repr(table), boundary.mark, *read_rules()]).encode()
    ).hexdigest()


def _keep_rejected(rejected: Rejected, table: Table, folder: Path) -> None:
    """The rejected rows beside the parts, a line of JSON each; free texts pass as they do in a table."""
    if not rejected.kept:
        return
    free = set(free_columns(table))
    with (folder / REJECTED).open("w", encoding="utf-8") as file:
        for row in rejected.kept:
            values = row["values"]
            assert isinstance(values, dict)
            for name in free & values.keys():
                values[name] = search(pa.array([values[name]], pa.string()))[0][0].as_py()
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _has_personal_texts(source: Source, database: str, table: Table) -> bool:
    columns = free_columns(table)
    batches = source.read(database, table.name, columns) if columns else ()
    return any(search(column)[1] for batch in batches for column in batch.columns)


def _at_least(read: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    """Where only changes were read, the rows before them had theirs counted already."""
    return {name: max(read.get(name, 0), before.get(name, 0)) for name in [*read, *before]}


def _parts(
    source: Source, database: str, table: Table, schema: pa.Schema, into: Into, removed: Counter[str]
) -> tuple[list[Part], str]:
    """The part files, and how they came: ``linked``, ``changes`` or ``whole``."""
    folder = into.root / database / table.name
    # An interrupted run may have left links to an earlier snapshot here: writing would go through them.
    shutil.rmtree(folder, ignore_errors=True)
    name = f"{database}.{table.name}"
    boundary = into.boundary
    columns = boundary.columns(table)
    personal = boundary.stopped(table) or boundary.hashed(table) or boundary.named(table)
    stored = source.stored(database, table.name) if not personal else None
    # the demo's texts are generated: nobody wrote in them
    if stored is not None and (source.kind == "demo" or not _has_personal_texts(source, database, table)):
        return [_linked(stored, folder / "part-00000.parquet", into, name)], "linked"
    if not source.counts:
        batches = boundary.cross(table, source.read(database, table.name, columns), removed)
        return parts.write(batches, schema, folder, into.root), "whole"
    if (
        into.previous
        and not into.whole
        and _same_types(source, table, database, into.previous.tables.get(name))
    ):
        changed = read_changes(source, database, table, boundary, folder, into.root, into.previous, removed)
        if changed is not None:
            return changed, "changes"
        removed.clear()
    tally = Tally(table)
    batches = boundary.cross(table, tally.watch(source.read(database, table.name, columns)), removed)
    written = parts.write(batches, schema, folder, into.root)
    tally.require(source.totals(database, table.name, columns), name)
    return written, "whole"


def _same_types(source: Source, table: Table, database: str, earlier: TableEntry | None) -> bool:
    """Whether the declared columns have the types on the server that they had when ``earlier`` was read.

    A column that got another type may have other values in every row, and no row's time of change says so.
    """
    if earlier is None:
        return False
    differences = source.drift(database, table.name)
    now = {difference.line for difference in differences}
    new = {difference.line for difference in differences if difference.column not in table.columns}
    return now - new == {line for line in (*earlier.drift, *earlier.noted) if "is not declared" not in line}


def _linked(stored: Path, target: Path, into: Into, name: str) -> Part:
    """A file that is a part already. Its hash is known when it is the very file of the last snapshot."""
    parts.link(stored, target)
    rows = pq.read_metadata(target).num_rows
    earlier = into.previous.tables.get(name) if into.previous else None
    if into.previous and earlier and len(earlier.parts) == 1:
        before = earlier.parts[0]
        if target.samefile(into.previous.folder / before.path):
            return Part(str(target.relative_to(into.root)), rows, before.bytes, before.sha256)
    return Part(str(target.relative_to(into.root)), rows, target.stat().st_size, hash_file(target))


def _share(written: Sequence[Part], root: Path, previous: Path, earlier: Sequence[Part]) -> None:
    by_hash = {part.sha256: part.path for part in earlier}
    for part in written:
        if part.sha256 in by_hash:
            parts.share(root / part.path, previous / by_hash[part.sha256])


def _zero_dates(columns: list[str], root: Path, written: Sequence[Part]) -> dict[str, int]:
    """Nulls of the columns that mark "not set" by a zero date, from the files' own statistics if they can."""
    counts = dict.fromkeys(columns, 0)
    for part in written if columns else ():
        file = pq.ParquetFile(root / part.path)
        for group in range(file.num_row_groups):
            facts = file.metadata.row_group(group)
            by_name = {facts.column(i).path_in_schema: facts.column(i) for i in range(facts.num_columns)}
            for column in columns:
                statistics = by_name[column].statistics
                if statistics is not None and statistics.has_null_count:
                    counts[column] += statistics.null_count
                else:
                    values = file.read_row_group(group, columns=[column]).column(column)
                    counts[column] += pc.count(values, mode="only_null").as_py()
    return counts
