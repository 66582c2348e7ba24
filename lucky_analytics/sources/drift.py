"""How a table on a server differs from what the estate declares."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lucky_analytics.estate import Table

__all__ = ["drift"]

_WIDTH = re.compile(r"\b(tinyint|smallint|mediumint|int|bigint)\(\d+\)")


def drift(table: Table, there: Mapping[str, str]) -> list[str]:
    """One line per difference: a column that is missing or new, or of another type.

    ``there`` maps column to type as ``information_schema`` writes it. Display widths do not count, nor
    does MariaDB's writing ``longtext`` for ``json``.

    >>> from lucky_analytics import estate
    >>> shops = estate.load().database("opshop").table("t_shop_info")
    >>> drift(shops, {name: column.type for name, column in shops.columns.items()} | {"x": "int(11)"})
    ['column x int(11) is not declared']
    """
    lines = [f"column {name} is missing" for name in table.columns if name not in there]
    lines += [
        f"column {name} {kind} is not declared" for name, kind in there.items() if name not in table.columns
    ]
    for name, column in table.columns.items():
        if name in there and not _same(column.type, there[name]):
            lines.append(f"column {name} is {there[name]}, declared {column.type}")
    return lines


def _same(declared: str, there: str) -> bool:
    one, other = _plain(declared), _plain(there)
    return one == other or (one, other) == ("json", "longtext")


def _plain(kind: str) -> str:
    kind = _WIDTH.sub(r"\1", kind.strip().lower().replace(" zerofill", ""))
    return {"datetime(0)": "datetime", "timestamp(0)": "timestamp", "bit": "bit(1)"}.get(kind, kind)
