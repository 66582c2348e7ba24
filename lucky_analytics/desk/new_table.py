"""A new conformed table from a template: the columns of one source table, renamed and typed as ours are."""

from __future__ import annotations

import collections
import keyword
import textwrap
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics import estate
from lucky_analytics.desk.new_files import render, require_free_module, split_place, write_all
from lucky_analytics.errors import ParameterError
from lucky_analytics.settings import Settings

__all__ = ["write_table"]

_INSTANTS = ("datetime", "timestamp", "timestamptz")
_UNCHANGED = ("date", "boolean", "binary", "string")
_PASSES = ("none", "pseudonym")  # what the snapshot's boundary leaves as it is


@dataclass(frozen=True)
class _Column:
    """One column of the new table: its name and type, the expression that makes it, the source's column."""

    name: str
    type: str
    made: str
    raw: estate.Column

    @property
    def is_text(self) -> bool:
        """A number at the source that is text here."""
        return self.made.startswith("text(")

    @property
    def field(self) -> str:
        """The declaration on one line: a meaning that does not fit is shortened, to be said better."""
        unit = self.raw.unit or ("UTC" if self.type == "timestamp" else "")
        end = f', "{unit}"' if unit else ""
        end += ", nullable=True" if self.raw.nullable or self.raw.zero_dates else ""
        line = f'        "{self.name}": Field("{self.type}", "{{}}"{end}),'
        meaning = (self.raw.about or self.raw.name.replace("_", " ")).replace('"', "'")
        return line.format(textwrap.shorten(meaning, 112 - len(line), placeholder=" ..."))


def write_table(place: str, source_table: str, settings: Settings) -> list[Path]:
    """Write ``domain/name`` over ``source.table`` of the estate, and its test against raw rows; the files.

    Ids become text, times end in ``_at``, decimals become floats, personal columns stay out, and rows after
    ``as_of`` do so by the first date, else by ``create_time``'s date in the home market. Raises
    ``ParameterError`` for a name that is none or is taken, or a key that would not pass the boundary,
    ``UnknownNameError`` for a table that the estate does not declare.
    """
    from lucky_analytics.catalog import TABLES

    domain, name = split_place("table", place, "domain")
    if name in TABLES:
        raise ParameterError(f"table {name}", expected="a name not yet taken", got=name)
    require_free_module(name, settings.root)
    source, _, raw_name = source_table.rpartition(".")
    database = estate.load().database(source)
    table = database.table(raw_name)
    passing = [column for column in table.columns.values() if column.personal in _PASSES]
    names = _names(name, passing)
    columns = {column.name: _column(names[column.name], column) for column in passing}
    if stopped := [key for key in table.key if key not in columns]:
        raise ParameterError(
            f"key of {source_table}", expected="columns that are not personal", got=stopped[0]
        )
    dated = next((raw for raw, c in columns.items() if c.type == "date" and not c.raw.nullable), "")
    created = "" if dated or "create_time" not in columns else "create_time"
    needed = dict.fromkeys([*table.key, *filter(None, [dated, created])])
    grain = textwrap.shorten(table.grain.partition(";")[0], 85, placeholder="")
    facts = {
        "domain": domain,
        "name": name,
        "constant": name.upper(),
        "grain": grain + (", by as_of" if dated or created else ""),
        "source": database.source,
        "full_name": f"{database.name}.{table.name}",
        "raw": table.name,
        "columns": list(columns.values()),
        "keys": [columns[key] for key in table.key],
        "dated": dated,
        "created": created,
        "has_text": any(column.is_text for column in columns.values()),
        "rows": [{raw: _value(columns[raw], n) for raw in needed} for n in (0, 1)],
    }
    room = settings.root / "lucky_analytics/catalog" / domain
    package = {} if (room / "__init__.py").exists() else {room / "__init__.py": ""}
    return write_all(
        {
            **package,
            room / f"{name}.py": render("table.py.j2", facts),
            settings.root / "tests/unit/catalog" / domain / f"test_{name}.py": render(
                "test_table.py.j2", facts
            ),
        },
        settings.root,
    )


def _names(table: str, columns: list[estate.Column]) -> dict[str, str]:
    """What each source column is called here; its own name where two would be called the same."""
    names = {}
    for column in columns:
        name = f"{table.removesuffix('s')}_id" if column.name == "id" else column.name
        if column.type in _INSTANTS:
            verb = name.removesuffix("_at").removesuffix("_time")
            name = {"create": "created", "modify": "modified"}.get(verb, verb) + "_at"
        names[column.name] = f"{name}_" if keyword.iskeyword(name) else name
    twice = {name for name, n in collections.Counter(names.values()).items() if n > 1}
    return {raw: raw if name in twice else name for raw, name in names.items()}


def _column(name: str, column: estate.Column) -> _Column:
    import ibis.expr.types as ir
    import pyarrow as pa

    kind = column.arrow.type
    raw = f'raw["{column.name}"]' if hasattr(ir.Table, column.name) else f"raw.{column.name}"
    if pa.types.is_timestamp(kind):
        return _Column(name, "timestamp", raw, column)
    if (as_it_is := {"date32[day]": "date", "bool": "boolean"}.get(str(kind), str(kind))) in _UNCHANGED:
        return _Column(name, as_it_is, raw, column)
    if column.name == "id" or column.name.endswith("_id"):
        return _Column(name, "string", f"text({raw})", column)
    type_ = "int64" if pa.types.is_integer(kind) else "float64"
    return _Column(name, type_, f'{raw}.cast("{type_}")', column)


def _value(column: _Column, number: int) -> str:
    """A raw value as Python writes it: of the first row, and of a second one that came after the last day."""
    day = ("2025-07-01", "2026-02-20")[number]
    if column.type == "timestamp":
        return f'"{day}T16:00:00"'
    if column.type == "date":
        return f'dt.date.fromisoformat("{day}")'
    return f'"{number + 1}"' if column.type == "string" and not column.is_text else str(number + 1)
