"""Counts and sums of what arrived, to hold against the server's own in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Table
from lucky_analytics.sources.base import KEY_MODULUS, Totals

__all__ = ["Tally", "key_sum"]

_EXACT = Context(prec=76)  # the default of 28 digits would round sums of wide decimals


@dataclass
class Tally:
    """Rows, key sum and decimal sums of the batches that passed; no key sum without a single integer key."""

    table: Table
    rows: int = 0
    key: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def watch(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pass ``batches`` on, counting them."""
        for batch in batches:
            self.rows += batch.num_rows
            if (name := self.table.integer_key) is not None:
                self.key += key_sum(batch.column(name).to_numpy())
            for field_ in batch.schema:
                if pa.types.is_decimal(field_.type):
                    wide = batch.column(field_.name).cast(pa.decimal256(76, field_.type.scale))
                    total = pc.sum(wide).as_py() or Decimal(0)
                    self.sums[field_.name] = _EXACT.add(self.sums.get(field_.name, Decimal(0)), total)
            yield batch

    def require(self, totals: Totals, where: str) -> None:
        """Raise ``SourceError`` naming the first figure in which the server's totals differ."""
        pairs: list[tuple[str, int | Decimal, int | Decimal]]
        pairs = [("rows", totals.rows, self.rows), ("sum of keys", totals.key, self.key)]
        pairs += [(f"sum of {name}", total, self.sums.get(name, 0)) for name, total in totals.sums.items()]
        for what, expected, got in pairs:
            if expected != got:
                raise SourceError(
                    f"{where}: {what}",
                    expected=f"{expected}, as the server counts in the same transaction",
                    got=str(got),
                    remedy="Take it again; if it stays, report it",
                )


def key_sum(keys: np.ndarray) -> int:
    """The sum of keys modulo ``KEY_MODULUS``, as MySQL's MOD has it: never overflows, any row moves it."""
    return int(np.fmod(keys, keys.dtype.type(KEY_MODULUS)).astype(np.int64).sum())
