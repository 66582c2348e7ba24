"""The names and kinds that a snapshot's tables hold: stores, products, campaigns, statuses, reasons."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_dimensions import columns_asked
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import LuckyError, redact
from lucky_analytics.snapshot import kept_folder

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["load_values", "read_values"]

_MOST = 2_000  # different texts: a column with more holds no names that people say


def load_values(suite: Suite) -> dict[str, list[str]]:
    """``read_values``, kept beside the snapshot: the first reader waits some seconds, the next does not."""
    asked = json.dumps({table: columns_asked(table) for table in TABLES}, sort_keys=True)
    version = hashlib.sha256(f"{asked}{suite.as_of}{_MOST}{SPOKEN}".encode()).hexdigest()[:16]
    file = kept_folder(suite.snapshot) / f"asked-{version}.json"
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads(file.read_text(encoding="utf-8")))
    found = read_values(suite)
    with contextlib.suppress(OSError):  # read-only data: every reader reads for itself
        spare = file.with_name(f".{file.name}.{os.getpid()}")
        file.parent.mkdir(parents=True, exist_ok=True)
        spare.write_text(json.dumps(found), encoding="utf-8")
        spare.chmod(0o600)
        spare.replace(file)
    return found


def read_values(suite: Suite) -> dict[str, list[str]]:
    """Different texts of every column that may be asked for by one, ``table.column`` to sorted texts.

    Stores are the trading ones. What looks personal is left out, and so is a table that the snapshot lacks.
    """
    found: dict[str, list[str]] = {}
    for name in TABLES:
        columns = [column for column, kind in columns_asked(name).items() if kind == "string"]
        columns = [column for column in columns if column not in SPOKEN["not_named"]]
        if name in SPOKEN["not_asked"] or not columns:
            continue
        try:
            table = suite.table(name)
        except LuckyError:
            continue
        if name == "stores":
            table = table.filter(table.is_trading_store)
        for column in columns:
            texts = table[column].as_table().distinct().limit(_MOST + 1).execute()[column].dropna()
            kept = sorted(str(text) for text in texts if str(text).strip() and redact(str(text)) == str(text))
            if len(texts) <= _MOST:
                found[f"{name}.{column}"] = kept
    return found
