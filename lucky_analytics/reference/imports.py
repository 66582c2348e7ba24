"""Layers that no public package carries: read from a file that somebody gives, checked against a contract.

A contract says which columns a CSV must have and what each may hold. Without a file the factor is absent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.formats import join_names

__all__ = ["CONTRACTS", "Contract", "read_import", "refuse_rows"]


@dataclass(frozen=True)
class Contract:
    """``columns``: name to (lowest, highest), or null for text. ``about`` says what a row is.

    No two rows may agree in all columns of ``key``, where it has any. ``optional``: columns that a file may
    lack, and cells of them that may be empty.
    """

    about: str
    columns: dict[str, tuple[float, float] | None]
    key: tuple[str, ...]
    optional: dict[str, tuple[float, float] | None] = field(default_factory=dict)


_MOST_QUOTED = 60  # characters of a value
_PLACE = {"latitude": (40.4, 41.0), "longitude": (-74.3, -73.6)}
CONTRACTS = {
    "rent": Contract(
        "one site: asking rent, dollars a month, all in",
        {"site": None, "rent_dollars_month": (0, 1_000_000)},
        ("site",),
    ),
    "foot_traffic": Contract(
        "one site: people passing its door a day, and when they were counted",
        {"site": None, "people_day": (0, 1_000_000), "counted": None},
        ("site",),
    ),
    "competitors": Contract(
        "one coffee shop of another chain, with its place",
        {"name": None, **_PLACE},
        ("name", "latitude", "longitude"),
    ),
    "competitor_prices": Contract(
        "one price as somebody saw it: whose, where, of which drink and size, US dollars before tax, when",
        {
            "competitor": None,
            "location": None,
            "product": None,
            "kind": None,
            "ounces": (1, 64),
            "dollars": (0.25, 50),
            "currency": None,
            "sold_through": None,
            "promotion": None,
            "seen": None,
            "source": None,
        },
        ("competitor", "location", "product", "ounces", "sold_through", "promotion", "seen"),
    ),
    "competitor_openings": Contract(
        "one coffee shop of another chain that opened or closed, with its place and the day",
        {"competitor": None, "location": None, "change": None, **_PLACE, "day": None, "source": None},
        ("competitor", "location", "change", "day"),
    ),
    "predictions": Contract(
        "one store: what an existing model predicts for it, dollars a month at maturity",
        {"store_name": None, "predicted_dollars_month": (1, 10_000_000)},
        ("store_name",),
    ),
    "spend": Contract(
        "one month and channel: what marketing spent on it, US dollars",
        {"month": None, "channel": None, "dollars": (0, 100_000_000)},
        ("month", "channel"),
    ),
    "payouts": Contract(
        "one line of a payout statement: our payment number, what was paid out before fees, the fee, the day",
        {
            "line_id": None,
            "payment_id": None,
            "currency": None,
            "gross_dollars": (-1_000_000, 1_000_000),
            "fee_dollars": (-1_000_000, 1_000_000),
            "paid_out": None,
        },
        ("line_id",),
    ),
    "touches": Contract(
        "one touch of one person by one channel, or one that was withheld",
        {"customer": None, "touched_at": None, "channel": None},
        (),
        {"campaign": None, "cost": (0, 1_000_000), "held_out": None, "ordered_at": None},
    ),
    "posts": Contract(
        "one post or review: where it stands, when it was written, what it says",
        {"post_id": None, "source": None, "posted_at": None},
        ("post_id",),
        {"store": None, "rating": (1, 5), "text": None, "language": None},
    ),
    "availability": Contract(
        "one weekday on which one employee can work, from when to when",
        {"employee": None, "weekday": None},
        ("employee", "weekday"),
        {"from": None, "until": None},
    ),
    "incidents": Contract(
        "one incident: its number, when it began, what was said of it",
        {"incident_id": None, "opened_at": None, "said": None},
        ("incident_id",),
        {"resolved_at": None, "server": None, "class": None},
    ),
    "labels": Contract(
        "one post that somebody read: what it feels, what it is about",
        {"post_id": None, "sentiment": None, "topic": None},
        ("post_id",),
    ),
}


def read_import(kind: str, path: str | Path) -> pd.DataFrame | None:
    """The rows of an imported file, or null when ``path`` is empty.

    Columns that the contract does not name are left out; of those that are optional an empty cell, or one
    of a column that the file lacks, is null (a number) or an empty text. Raises ``UnknownNameError`` for a
    kind without a contract, ``LuckyError`` naming the file, the column and the first row that breaks it; for
    a file without rows (nothing known is not the same as none there); and for a row or a column that stands
    twice.

    >>> read_import("rent", "") is None
    True
    """
    if kind not in CONTRACTS:
        raise UnknownNameError("import", kind, CONTRACTS)
    if not str(path):
        return None
    contract, where = CONTRACTS[kind], f"import {kind} from {path}"
    try:
        # Spreadsheets open their CSV with a byte order mark.
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", header=None)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        told = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        raise LuckyError(where, expected="a CSV file in UTF-8", got=str(told)) from error
    # The header as a row: pandas would number the second column of a name.
    rows = rows.set_axis(rows.iloc[0].str.strip(), axis=1).iloc[1:].fillna("").reset_index(drop=True)
    rows = rows.rename_axis(columns=None)
    missing = [name for name in contract.columns if name not in rows]
    if missing:
        raise LuckyError(
            where,
            expected="columns " + ", ".join(contract.columns),
            got="columns " + ", ".join(map(_shorten, rows.columns)),
        )
    twice = rows.columns[rows.columns.duplicated()]
    if len(twice):
        raise LuckyError(where, expected="each column once", got=f"{twice[0]!r} a second time")
    if rows.empty:
        raise LuckyError(where, expected=f"rows, each {contract.about}", got="none", remedy="Give no file")
    for name, limits in (contract.columns | contract.optional).items():
        values = rows[name].str.strip() if name in rows else pd.Series("", index=rows.index)
        may_be_empty = (values == "") & (name in contract.optional)
        if limits is None:
            rows[name], broken = values, values == ""
        else:
            numbers = pd.to_numeric(values, errors="coerce")
            rows[name], broken = numbers, ~numbers.between(*limits)
        wanted = "text" if limits is None else f"a number from {limits[0]:,} to {limits[1]:,}"
        refuse_rows(kind, path, name, wanted, broken & ~may_be_empty, values)
    again = rows.duplicated(list(contract.key)).to_numpy() if contract.key else np.zeros(len(rows), bool)
    if again.any():
        first = int(again.argmax())
        got = ", ".join(_shorten(str(rows[name].iloc[first])) for name in contract.key)
        raise LuckyError(
            f"{where}, row {first + 2}", expected=f"each {join_names(contract.key)} once",
            got=f"{got} a second time",
        )  # fmt: skip
    return rows[[*contract.columns, *contract.optional]]


def refuse_rows(
    kind: str, path: str | Path, column: str, expected: str, broken: pd.Series, values: pd.Series
) -> None:
    """Raise ``LuckyError`` for the first row of a file that is ``broken``, with what stands in it.

    >>> rows = pd.Series(["5", "x"])
    >>> refuse_rows("spend", "spend.csv", "dollars", "a number", rows == "x", rows)
    Traceback (most recent call last):
    lucky_analytics.errors.LuckyError: import spend from spend.csv, row 3, dollars: expected a number, got 'x'
    """
    if broken.any():
        first = int(broken.to_numpy().argmax())
        where = f"import {kind} from {path}, row {first + 2}, {column}"
        raise LuckyError(where, expected=expected, got=_shorten(values.iloc[first]))


def _shorten(value: str) -> str:
    """A value as an error quotes it: a whole essay in a column of days is told by its beginning."""
    return repr(value if len(value) <= _MOST_QUOTED else f"{value[:_MOST_QUOTED]}…")
