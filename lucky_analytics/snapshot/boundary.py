"""What of a table may pass into a snapshot: personal data stops here, or passes as a keyed hash."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.errors import SnapshotError, SourceError
from lucky_analytics.estate import Column, Table
from lucky_analytics.secrets import write_once
from lucky_analytics.snapshot.free_text import free_columns, search

__all__ = ["Boundary", "load_key"]

# ``pseudonym`` passes: it is the platform's own customer number, and the key that joins everything.
# Which card or device is nobody's business; that two accounts share one is a question of fraud.
_HASHED = frozenset({"device", "card"})
_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Boundary:
    """The rules with the key of the hashes. The same key gives the same hash in every snapshot."""

    key: bytes

    def columns(self, table: Table) -> list[str]:
        """The columns that may leave the source, in declared order. The others are not even asked for."""
        return [name for name, column in table.columns.items() if column.passes]

    def stopped(self, table: Table) -> list[str]:
        """The columns that stay behind."""
        return [name for name, column in table.columns.items() if not column.passes]

    def hashed(self, table: Table) -> list[str]:
        """The columns that pass as a hash."""
        return [name for name, column in table.columns.items() if column.personal in _HASHED]

    def named(self, table: Table) -> list[str]:
        """The columns that pass only where each value has its declared form."""
        return [name for name, column in table.columns.items() if column.like]

    def schema(self, table: Table) -> pa.Schema:
        """The schema behind the boundary: hashes are text."""
        fields = [table.columns[name].arrow for name in self.columns(table)]
        return pa.schema([f.with_type(pa.string()) if f.name in self.hashed(table) else f for f in fields])

    @property
    def mark(self) -> str:
        """What tells two keys apart without showing either."""
        return hashlib.blake2b(b"mark", key=self.key, digest_size=4).hexdigest()

    def cross(
        self, table: Table, batches: Iterable[pa.RecordBatch], removed: Counter[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """``batches`` of ``columns(table)`` with the hashed columns replaced; nulls stay null.

        Telephone numbers and addresses that somebody wrote into a free text are taken out of it; ``removed``
        counts the texts by column. Raises ``SourceError`` for a value of another form than its column
        declares (``like``): it may be anything.
        """
        hashed, free = self.hashed(table), set(free_columns(table))
        named = set(self.named(table))
        if not hashed and not free and not named:
            yield from batches
            return
        schema = self.schema(table)
        for batch in batches:
            arrays = []
            for name, array in zip(batch.schema.names, batch.columns, strict=True):
                if name in hashed:
                    array = self._hash(array)
                elif name in free:
                    array, n_removed = search(array)
                    if removed is not None and n_removed:
                        removed[name] += n_removed
                elif name in named:
                    _require_like(array, table.columns[name], table.name)
                arrays.append(array)
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _hash(self, values: pa.Array) -> pa.Array:
        # Each distinct value once: a card is seen in many rows.
        as_bytes = values if pa.types.is_binary(values.type) else values.cast(pa.string()).cast(pa.binary())
        coded = as_bytes.dictionary_encode()
        hashes = [
            hashlib.blake2b(value, key=self.key, digest_size=_DIGEST_BYTES).hexdigest()
            for value in coded.dictionary.to_pylist()
        ]
        return pa.array(hashes, pa.string()).take(coded.indices)


def _require_like(values: pa.Array, column: Column, table: str) -> None:
    if n := pc.sum(column.find_unlike(values)).as_py():
        raise SourceError(f"{table}.{column.name}", expected=column.like, got=f"{n:,} values of another form")


def load_key(data_dir: Path, kind: str) -> bytes:
    """The key of the hashes: made once, kept in ``<data>/.hash_key`` for its owner alone.

    The demo's persons are invented and its snapshots must be the same everywhere, so its key is fixed.
    Raises ``SnapshotError`` when the file is damaged: another key would cut every customer's history.
    """
    if kind == "demo":
        return b"demo"
    path = data_dir / ".hash_key"
    if not path.exists():
        write_once(path, secrets.token_hex(32) + "\n")
    written = path.read_bytes().strip()
    try:
        key = bytes.fromhex(written.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SnapshotError(
            f"key of the hashes in {path}",
            expected="64 hexadecimal digits",
            got="" if written else "an empty file",
            remedy="Restore it from a backup"
            + ("" if written else ", or remove it if no snapshot was taken with it yet"),
        )
    return key
