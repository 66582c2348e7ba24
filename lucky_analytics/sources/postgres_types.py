"""PostgreSQL's types: which are one, which may be read as which, and how each travels as text."""

from __future__ import annotations

import re

__all__ = ["fits", "plain", "same", "select_expression"]

_NAMES = {
    "int2": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "bool": "boolean",
    "character varying": "varchar",
    "character": "char",
    "bpchar": "char",
    "decimal": "numeric",
    "float4": "real",
    "float": "real",  # of the estate, where it is four bytes
    "float8": "double",
    "double precision": "double",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "datetime",
    "timestamp": "datetime",
    "blob": "bytea",
}
_INTEGERS = {"smallint", "integer", "bigint"}
_TEXT = {"text", "varchar", "char", "enum", "uuid", "json", "jsonb", "array", "citext", "name"}
_TIMES = {"timestamptz", "datetime", "date"}
_TAKEN: dict[str, set[str]] = {
    **{kind: {*_INTEGERS, "numeric", *_TEXT} for kind in ("tinyint", *_INTEGERS)},
    **{kind: {*_TEXT, *_INTEGERS, *_TIMES, "numeric", "boolean", "inet"} for kind in _TEXT},
    "numeric": {"numeric", *_INTEGERS, *_TEXT},
    "double": {"double", "real", "smallint", "integer"},
    "real": {"real"},
    "boolean": {"boolean"},
    "bytea": {"bytea"},
    "date": {"date", *_TEXT},
    "datetime": {*_TIMES, *_TEXT},
    "timestamptz": {*_TIMES, *_TEXT},
}
_FORM = re.compile(r"(?P<base>[a-z0-9_ ]+?)\s*(?:\((?P<size>[\d, ]+)\))?(?P<zone> with(?:out)? time zone)?")


def plain(kind: str) -> tuple[str, str]:
    """A type by its one name, and its size as written; every array is ``array``.

    >>> plain("character varying(64)"), plain("timestamp(3) with time zone"), plain("text[]")
    (('varchar', '64'), ('timestamptz', ''), ('array', ''))
    """
    kind = kind.strip().lower()
    if kind.endswith("[]"):
        return "array", ""
    form = _FORM.fullmatch(kind)
    if form is None:
        return kind, ""
    base = (form["base"] + (form["zone"] or "")).strip()
    base = _NAMES.get(base, base)
    size = "" if base in _TIMES else (form["size"] or "").replace(" ", "")
    return base, size


def same(declared: str, there: str) -> bool:
    """Whether a declared type and one of the server are one.

    A ``numeric`` without scale is what a declared scale is for: each value is checked. An enum is text.

    >>> same("numeric(20,7)", "numeric"), same("varchar(8)", "character varying(16)"), same("text", "enum")
    (True, False, True)
    """
    (base, size), (other, other_size) = plain(declared), plain(there)
    if {base, other} == {"text", "enum"} or (base, other, other_size) == ("numeric", "numeric", ""):
        return True
    return (base, size) == (other, other_size)


def fits(declared: str, there: str) -> bool:
    """Whether a column of the type ``there`` may be read as ``declared``, each value checked on the way.

    >>> fits("text", "jsonb"), fits("datetime", "timestamp with time zone"), fits("numeric(9,2)", "real")
    (True, True, False)
    """
    return plain(there)[0] in _TAKEN.get(plain(declared)[0], set())


def select_expression(name: str, kind: str) -> str:
    """The SQL that makes a column of the type ``kind`` travel as text in one form, whatever the session.

    An array becomes a list in JSON, a time with zone the wall clock of UTC.

    >>> select_expression("tags", "text[]")
    'to_json("tags")::text AS "tags"'
    """
    quoted = '"' + name.replace('"', '""') + '"'
    base, _ = plain(kind)
    expression = {
        "array": f"to_json({quoted})::text",
        "boolean": f"{quoted}::int",
        "timestamptz": f"{quoted} AT TIME ZONE 'UTC'",
    }.get(base, quoted)
    return f"{expression} AS {quoted}" if expression != quoted else quoted
