"""A new source, metric or method from templates, each with a test that passes as it is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lucky_analytics import estate
from lucky_analytics.desk.new_files import RULE, is_name, render, require_free_module, split_place, write_all
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estate import servers
from lucky_analytics.settings import Settings

__all__ = ["write_method", "write_metric", "write_source"]

TIMES = {"mysql": "datetime", "postgresql": "timestamptz"}  # a database's kind, and how it writes an instant


def write_source(server: str, tables: Sequence[str], settings: Settings, database: str = "") -> list[Path]:
    """Write the declaration of a database on a named server, with ``tables``, and its test; the files.

    ``database`` is needed where the list of servers knows none. Raises ``UnknownNameError`` for a server
    that no list names, ``ParameterError`` for one of Redis, one that is declared already, or a name that no
    server takes unquoted.
    """
    known = servers.load().server(server)
    command = f"lucky new source {server}"
    if known.kind not in TIMES:
        kinds = " or ".join(TIMES)
        raise ParameterError(
            command, expected=f"a server of {kinds}", got=f"{known.name}, which is {known.kind}"
        )
    name = database or known.database or ""
    if not name:
        raise ParameterError(command, expected="--database NAME", got="none: servers.yml names none")
    for declared in estate.load().databases.values():
        if known.name == declared.server or name == declared.name:
            raise ParameterError(command, expected="one not yet declared", got=declared.name)
    for part in (name, *tables):
        if not part.replace("_", "a").isalnum() or not part.islower() or not part.isascii():
            raise ParameterError(command, expected="names of lower-case letters, digits and _", got=part)
    facts = {
        "database": name,
        "server": known.name,
        "kind": known.kind,
        "time": TIMES[known.kind],
        "source": known.source,
        "about": json.dumps(known.about or f"{name} of the platform", ensure_ascii=False),
        "tables": list(dict.fromkeys(tables)),
    }
    file = known.source.replace("-", "_")
    return write_all(
        {
            settings.root / "lucky_analytics/estate/databases" / f"{file}.yml": render(
                "source.yml.j2", facts
            ),
            settings.root / "tests/unit/estate" / f"test_{file}_source.py": render(
                "test_source.py.j2", facts
            ),
        },
        settings.root,
    )


def write_metric(name: str, table: str, owner: str, settings: Settings) -> list[Path]:
    """Write a metric that counts the rows of a conformed table, and its plain loop; the files.

    Raises ``ParameterError`` for a name that is none or is taken, ``UnknownNameError`` for a table that is
    not declared.
    """
    from lucky_analytics.catalog import TABLES
    from lucky_analytics.metrics import REGISTRY

    if not is_name(name) or not owner.replace(" ", "").isalpha():
        raise ParameterError(
            "lucky new metric", expected=f"a name of {RULE}, an owner in letters", got=f"{name}, {owner}"
        )
    if name in REGISTRY:
        raise ParameterError(f"metric {name}", expected="a name not yet taken", got=name)
    require_free_module(name, settings.root)
    if table not in TABLES:
        raise UnknownNameError("table", table, TABLES)
    fields = TABLES[table].columns.items()
    dates = [column for column, field in fields if field.type == "date" and not field.nullable]
    facts = {
        "name": name,
        "words": name.replace("_", " ").capitalize(),
        "table": table,
        "owner": owner,
        "date": dates[0] if dates else "",
    }
    return write_all(
        {
            settings.root / "lucky_analytics/metrics" / f"{name}.py": render("metric.py.j2", facts),
            settings.root / "tests/unit/metrics" / f"test_{name}.py": render("test_metric.py.j2", facts),
        },
        settings.root,
    )


def write_method(place: str, settings: Settings) -> list[Path]:
    """Write a pure function ``topic/name`` and its test against a published answer; the files.

    A topic that is new becomes a folder. Raises ``ParameterError`` for a name that is none or is taken.
    """
    topic, name = split_place("method", place, "topic")
    require_free_module(name, settings.root)
    facts = {"topic": topic, "name": name, "words": name.replace("_", " ").capitalize()}
    room = settings.root / "lucky_analytics/methods" / topic
    package = {} if (room / "__init__.py").exists() else {room / "__init__.py": ""}
    return write_all(
        {
            **package,
            room / f"{name}.py": render("method.py.j2", facts),
            settings.root / "tests/reference" / f"test_{name}.py": render("test_method.py.j2", facts),
        },
        settings.root,
    )
