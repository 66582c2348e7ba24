"""Personal values where nobody declared any: a telephone number in a remark, an address in a name."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.estate import Table

__all__ = ["REMOVED", "free_columns", "redact", "search"]

REMOVED = "[removed]"
# Numbers and codes of the platform: they look like telephone numbers, and joins need them as they are.
_CODES = re.compile(r"(?:^|_)(?:id|ids|no|nos|code|codes|key|number|hash|url|uuid|zone)$")
_STREET = r"(?:\d{1,3}(?:st|nd|rd|th)|[A-Z][\w'.]+(?:\s+[A-Z][\w'.]+){0,2})"
_KIND = "St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Ln|Lane|Dr|Drive|Pl|Place|Ct|Court|Pkwy|Ter|Terrace"
_UNIT = r"(?:\.?,?\s*(?:Apt|Apartment|Unit|Suite|Ste|Floor|Fl|#)\.?\s*\w+)?"
_MARK = r"[\s./_\u2010-\u2015-]"
_EXTENSION = r"(?: ?(?i:x|ext)\.? ?\d{1,6})?"
_PERSONAL = re.compile(
    r"(?<![\w.])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]+)+"
    # with marks between its parts, with a country's code, or as ten or eleven digits among words
    rf"|(?<![\w.-])(?:\+?\d{{1,3}}{_MARK}{{0,2}})?(?:\(\d{{3}}\){_MARK}{{0,2}}|\d{{3}}{_MARK}{{1,2}})\d{{3}}{_MARK}{{0,2}}\d{{4}}{_EXTENSION}(?![\w-])"
    rf"|(?<![\w.])\+\d{{1,3}}(?:{_MARK}?\d{{2,5}}){{2,5}}{_EXTENSION}(?![\w-])"
    rf"|(?<![\w.-])1[3-9]\d{_MARK}{{1,2}}\d{{4}}{_MARK}{{1,2}}\d{{4}}(?![\w-])"
    rf"|(?<![\w.-])1?[2-9]\d{{2}}[2-9]\d{{6}}{_EXTENSION}(?!\w|[.-]\w)"
    r"|(?<![\w.-])1[3-9]\d{9}(?!\w|[.-]\w)"
    rf"|\b\d{{1,5}}[A-Za-z]?\s+(?:(?:[NSEW]|North|South|East|West)\.?\s+)?{_STREET}\s+(?:{_KIND})\b{_UNIT}"
    rf"|\b\d{{1,5}}\s+(?:(?:East|West)\s+)?Broadway\b{_UNIT}"
    rf"|\b\d{{1,5}}\s+(?i:(?:[\w.]+\s+){{1,3}}(?:street|avenue|boulevard|road))\b{_UNIT}"
    rf"|\b\d{{1,5}}\s+(?i:(?:(?:[nsew]|north|south|east|west)\.?\s+)?\d{{1,3}}(?:st|nd|rd|th)\s+(?:st|ave))\b{_UNIT}"
)
_DIGITS = re.compile(r"-?\d+(?:[.,]\d+)?")
# What no personal value does without; for the engine that looks at every row, which knows no look-around.
_POSSIBLE = (
    r"@[\w-]|\p{Nd}{3}.{0,3}\p{Nd}{3,4}.{0,2}\p{Nd}{4}|\+\p{Nd}{2}"
    r"|\d\s+\w.*(?i:st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|pl|place|ct|court|pkwy"
    r"|ter|terrace)\b|\d\s.*Broadway"
)


def free_columns(table: Table) -> list[str]:
    """The text columns in which people may write what they like: no keys, no codes, nothing public.

    >>> from lucky_analytics import estate
    >>> free_columns(estate.load().database("opshop").table("t_shop_info"))
    ['tenant', 'country_name', 'administrative_area_name', 'locality_name']
    """
    return [
        name
        for name, column in table.columns.items()
        if pa.types.is_string(column.arrow.type)
        and column.personal == "none"
        and not column.public
        and not column.like
        and name not in table.key
        and not _CODES.search(name)
    ]


def redact(text: str) -> str:
    """``text`` without telephone numbers, mail addresses and street addresses.

    A text that is one number stays: it is a code of some kind, and a telephone number as the whole value
    of a column is for the estate to declare.

    >>> redact("call Ann 212-555-0100, 12 East 86th St Apt 4B")
    'call Ann [removed], [removed]'
    """
    return text if _DIGITS.fullmatch(text) else _PERSONAL.sub(REMOVED, text)


def search(values: pa.Array) -> tuple[pa.Array, int]:
    """``values`` (text) with each redacted, and how many were changed; nulls stay null."""
    possible = pc.fill_null(pc.match_substring_regex(values, _POSSIBLE), False)
    rows = pc.indices_nonzero(possible).to_pylist()
    found = {row: redacted for row in rows if (redacted := redact(text := values[row].as_py())) != text}
    if not found:
        return values, 0
    changed = values.to_pylist()
    for row, redacted in found.items():
        changed[row] = redacted
    return pa.array(changed, values.type), len(found)
