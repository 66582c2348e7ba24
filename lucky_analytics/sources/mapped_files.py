"""A folder of exports of any shape as a source, by its mapping file."""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import pyarrow as pa
from pyarrow import fs

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.sources.base import Rejected, Since, Source
from lucky_analytics.sources.drift import Difference
from lucky_analytics.sources.export_blocks import Block, Reject, Told
from lucky_analytics.sources.export_query import read_query
from lucky_analytics.sources.export_rows import ENDINGS, read_rows
from lucky_analytics.sources.export_values import array_field, declared_rows
from lucky_analytics.sources.mapping import FilesMapping, TableMapping

__all__ = ["Folder", "MappedFiles"]

MOST_KEPT = 10_000  # rejected rows of one table that are kept; all are counted


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, or ``s3://bucket/prefix?region=...&endpoint_override=...``.

    Credentials of S3 are found as Amazon's own tools find them (variables, profile, role); one in the address
    is refused.
    """

    address: str

    def open(self) -> tuple[fs.FileSystem, str]:
        """The file system and the folder's path in it. Raises ``SourceError``."""
        if "://" not in self.address:
            return fs.LocalFileSystem(), str(Path(self.address).expanduser().resolve())
        if "@" in self.address.partition("://")[2].partition("/")[0]:
            raise SourceError("files source", expected="an address without a key", got="one with it")
        try:
            return fs.FileSystem.from_uri(self.address)
        except (pa.ArrowInvalid, OSError) as error:
            raise SourceError(
                "files source", expected="a folder or s3://bucket/prefix", got=str(error)
            ) from error

    def files(self) -> dict[str, fs.FileInfo]:
        """Exported files by their path below the folder, each once however many links lead to it; links that
        lead nowhere among them. Raises ``SourceError`` when there is no folder."""
        system, root = self.open()
        try:
            found = system.get_file_info(fs.FileSelector(root, recursive=True))
        except OSError as error:
            plain = {FileNotFoundError: "nothing there", NotADirectoryError: "a file"}
            got = plain.get(type(error), str(error))
            raise SourceError("files source", expected=f"a folder {self.address}", got=got) from error
        files = [info for info in found if info.is_file]
        if isinstance(system, fs.LocalFileSystem):
            files = _follow_once(files) + system.get_file_info(_dead_links(root))
        return {
            info.path.removeprefix(root).lstrip("/"): info
            for info in sorted(files, key=lambda info: info.path)
            if info.path.lower().removesuffix(".gz").endswith(ENDINGS)
        }


def _follow_once(files: list[fs.FileInfo]) -> list[fs.FileInfo]:
    """Each file by its own path, or else by the shortest that links give it."""
    paths = {info.path: str(Path(info.path).resolve()) for info in files}
    last = sorted(files, key=lambda info: (paths[info.path] != info.path, len(info.path)), reverse=True)
    return list({paths[info.path]: info for info in last}.values())


def _dead_links(root: str) -> list[str]:
    return [str(path) for path in Path(root).rglob("*") if path.is_symlink() and not path.exists()]


@dataclass
class _Rejects:
    """What was not taken of one table, and what of it was taken otherwise than it stands."""

    reasons: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    kept: list[dict[str, object]] = field(default_factory=list)

    def of(self, path: str) -> Told:
        """Takes what is said of one file, by its path below the folder."""
        return Told(lambda reject: self.add(replace(reject, file=path)), self.remark_of(path))

    def remark_of(self, what: str) -> Callable[[str, int], None]:
        return lambda words, count: self.remarks.update({f"{what}: {words}": count})

    def add(self, reject: Reject, values: dict[str, str | None] | None = None) -> None:
        self.reasons[reject.reason] += reject.lines
        if len(self.kept) < MOST_KEPT:
            facts = {"file": reject.file, "row": reject.row, "reason": reject.reason}
            self.kept.append({**facts, "values": values or {}})


class MappedFiles(Source):
    """The tables that ``mapping`` makes of the files in ``folder``; ``databases`` limits them.

    Rows come in the order of the files. A row that does not fit is left out, counted and kept with its reason
    and those of its values that are not personal (``rejected``). ``joins`` says that servers stand beside
    them.

    >>> source = MappedFiles("exports", mapping.load(Path("exports/mapping.yml")))     # doctest: +SKIP
    >>> with source: sum(batch.num_rows for batch in source.read("luckyus_opshop", "t_shop_info"))
    ...                                                                                # doctest: +SKIP
    517
    """

    def __init__(
        self,
        folder: str,
        mapping: FilesMapping,
        databases: Sequence[str] | None = None,
        *,
        joins: bool = False,
    ) -> None:
        self.name, self.kind, self.is_export = "files", "live" if joins else "files", joins
        self.folder, self.mapping, self.databases = Folder(folder), mapping, databases
        self._files: dict[str, fs.FileInfo] | None = None
        self._rejects: dict[tuple[str, str], _Rejects] = {}

    def __enter__(self) -> Self:
        found = self._found()
        if not any(self._matching(found, rule) for rule in self.mapping.tables.values()):
            raise SourceError(
                f"files source {self.folder.address}",
                expected="files that the mapping names",
                got=", ".join(list(found)[:3]) or "none",
            )
        return self

    @property
    def where(self) -> str:
        return f"files in {self.folder.address}"

    @property
    def version(self) -> str:
        return "exported files"

    @property
    def cut(self) -> dt.datetime:
        if self.mapping.cut is not None:
            return self.mapping.cut
        newest = max(int((info.mtime_ns or 0) // 1_000_000_000) for info in self._found().values())
        return dt.datetime.fromtimestamp(newest, tz=dt.UTC)

    def tables(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for database, table in sorted(self.mapping.tables):
            if self.databases is None or database in self.databases:
                found.setdefault(database, []).append(table)
        return found

    def table(self, database: str, table: str) -> estate.Table:
        declared, absent = super().table(database, table), self.mapping.tables[database, table].absent
        columns = {
            name: replace(column, nullable=column.nullable or name in absent)
            for name, column in declared.columns.items()
        }
        return replace(declared, columns=columns)

    def drift(self, database: str, table: str) -> list[Difference]:
        absent = self.mapping.tables[database, table].absent
        return [
            Difference(n, f"column {n} is not in the files, as their mapping says", False) for n in absent
        ]

    def rejected(self, database: str, table: str) -> Rejected:
        found = self._rejects.get((database, table), _Rejects())
        return Rejected(dict(found.reasons), tuple(found.kept), dict(found.remarks))

    def read(
        self,
        database: str,
        table: str,
        columns: Sequence[str] | None = None,
        *,
        since: Since | None = None,
    ) -> Iterator[pa.RecordBatch]:
        if since is not None:
            raise NotImplementedError("files do not know what changed")
        declared, rule = self.table(database, table), self.mapping.tables[database, table]
        wanted = [declared.columns[name] for name in (columns or declared.columns)]
        rejects = self._rejects[database, table] = _Rejects()
        columns_of = {name: declared.columns[name] for name in rule.columns}
        is_personal = {n: column.personal != "none" or bool(column.like) for n, column in columns_of.items()}
        personal = {mapped.source for name, mapped in rule.columns.items() if is_personal[name]}
        shown = {n: m.source for n, m in rule.columns.items() if m.source and m.source not in personal}
        seen: set[tuple] = set()
        n_taken = 0
        for path, block in self._rows(rule, rejects, f"{database}.{table}"):

            def misfit(row: int, reason: str, path: str = path, block: Block = block) -> None:
                values = {n: block.columns[s][row].as_py() for n, s in shown.items() if s in block.columns}
                rejects.add(Reject(path, block.rows[row], reason), values)

            # a column that does not pass further on is checked all the same, when it is part of the key
            chosen = [
                *wanted,
                *(declared.columns[n] for n in declared.key if declared.columns[n] not in wanted),
            ]
            try:
                remark = rejects.remark_of("columns")
                batch = declared_rows(block.columns, len(block.rows), rule, chosen, misfit, remark)
            except SourceError as error:
                raise SourceError(
                    f"{database}.{table}: {path}: {error.what}", expected=error.expected, got=error.got
                ) from error
            if rule.one_per_key:
                batch = _first_of_each(batch, declared.key, seen)
            n_taken += batch.num_rows
            arrays = [batch.column(column.name) for column in wanted]
            yield pa.RecordBatch.from_arrays(arrays, schema=pa.schema([array_field(c, rule) for c in wanted]))

        if rejects.reasons and not n_taken:
            raise _none_fit(f"{database}.{table}", rejects.reasons)

    def mark(self, database: str, table: str) -> str | None:
        rule = self.mapping.tables[database, table]
        return self._digest(repr(rule), self._matching(self._found(), rule))

    def warnings(self) -> list[str]:
        if self.cut <= dt.datetime.now(dt.UTC):
            return []
        return [f"{self.where}: complete up to {self.cut:%Y-%m-%d %H:%M} UTC, they say, which is yet to come"]

    def fingerprint(self) -> str | None:
        return self._digest(repr(self.mapping), self._found())

    def _digest(self, rules: str, paths: Iterable[str]) -> str:
        found = self._found()
        facts = [f"{path}|{found[path].size}|{found[path].mtime_ns}" for path in paths]
        return hashlib.sha256("\n".join([rules, *facts]).encode()).hexdigest()

    def _found(self) -> dict[str, fs.FileInfo]:
        if self._files is None:
            self._files = self.folder.files()
        return self._files

    @staticmethod
    def _matching(found: dict[str, fs.FileInfo], rule: TableMapping) -> list[str]:
        return [path for path in found if any(fnmatch.fnmatch(path, pattern) for pattern in rule.files)]

    def _rows(self, rule: TableMapping, rejects: _Rejects, name: str) -> Iterator[tuple[str, Block]]:
        found = self._found()
        paths = self._matching(found, rule)
        if not paths:
            raise SourceError(name, expected=f"files like {', '.join(rule.files)}", got="none")
        system, _ = self.folder.open()
        blocks = (
            (path, block)
            for path in paths
            for block in read_rows(
                system,
                found[path].path,
                rejects.of(path),
                delimiter=rule.delimiter,
                encoding=rule.encoding,
                sheet=rule.sheet,
                wanted=None
                if rule.query
                else {mapped.source for mapped in rule.columns.values() if mapped.source},
            )
        )
        yield from read_query(rule.query, blocks, name) if rule.query else blocks


def _first_of_each(batch: pa.RecordBatch, key: Sequence[str], seen: set[tuple]) -> pa.RecordBatch:
    kept = []
    for row, value in enumerate(zip(*(batch.column(name).to_pylist() for name in key), strict=True)):
        if value not in seen:
            seen.add(value)
            kept.append(row)
    return batch.take(pa.array(kept, pa.int64()))


def _none_fit(name: str, reasons: Counter[str]) -> SourceError:
    """An empty table would look like one that nobody wrote into."""
    most = ", ".join(f"{reason} ({n:,})" for reason, n in reasons.most_common(3))
    got = f"none of {reasons.total():,}: {most}"
    return SourceError(name, expected="rows that fit", got=got, remedy="Correct the mapping, or the files")
