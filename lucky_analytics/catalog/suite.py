"""The catalog of one snapshot: raw tables, conformed tables, the business date up to which they count."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
from typing import TYPE_CHECKING

import ibis.expr.operations as ops
import ibis.expr.types as ir

from lucky_analytics import estate, report_record, settings
from lucky_analytics import snapshot as snapshots
from lucky_analytics.catalog.canaries import find_leak
from lucky_analytics.catalog.conformed import Conformed, ConformedTable, check_types, describe
from lucky_analytics.catalog.kept_tables import definition_key, keep_table
from lucky_analytics.declared import find_declared
from lucky_analytics.engines import open_engine
from lucky_analytics.errors import MissingTableError, ParameterError, SnapshotError, UnknownNameError
from lucky_analytics.estate.markets import last_closed_day

if TYPE_CHECKING:
    from lucky_analytics.snapshot import Manifest

__all__ = ["TABLES", "Raw", "Suite"]

TABLES: dict[str, Conformed] = find_declared("lucky_analytics.catalog", Conformed)


class Suite:
    """The tables of one snapshot. Conformed tables are attributes: ``suite.orders``.

    >>> suite = Suite.open()                                       # doctest: +SKIP
    >>> suite.orders.revenue_cents.sum().execute()                 # doctest: +SKIP
    219479900
    """

    def __init__(self, manifest: Manifest, as_of: dt.date | str | None = None, engine: str | None = None):
        self.snapshot = manifest
        self._reading = contextlib.ExitStack()  # as long as this suite lives nobody prunes its snapshot
        self._reading.enter_context(snapshots.reading(manifest))
        here = settings.load()
        self.engine = open_engine(engine or here.engine, here)
        if engine and engine != here.engine:  # a notebook's own choice is part of what it used
            report_record.record_definition(f"engine {engine}", type(self.engine).__module__)
        self._built: dict[str, ir.Table] = {}
        self._expressions: dict[str, ir.Table] = {}  # what each was built as, before it got its name
        self._written: dict[str, str] = {}  # and the SQL of that, where it was asked for
        self.as_of = _date(as_of, manifest.last_closed_day, manifest.newest_closed_day)

    @classmethod
    def open(
        cls, snapshot: str = "newest", as_of: dt.date | str | None = None, engine: str | None = None
    ) -> Suite:
        """The catalog of a snapshot by id or prefix, or of the newest one; ``engine`` as in the settings."""
        return cls(snapshots.find(snapshot or "newest", settings.load()), as_of, engine)

    def source(self, name: str) -> Raw:
        """The raw tables of one source, by source, server or database name: ``suite.source("opshop")``."""
        return Raw(self, estate.load().database(name))

    def sql(self, expression: ir.Expr) -> str:
        """The query behind an expression, over the conformed tables: what a headline shows."""
        return self.engine.to_sql(expression)

    def table(self, name: str) -> ir.Table:
        """One conformed table by name. Raises ``UnknownNameError``."""
        if name not in TABLES:
            raise UnknownNameError("table", name, TABLES)
        if name not in self._built:
            report_record.record_definition(f"table {name}", TABLES[name].build.__module__)
            built = TABLES[name].build(self)
            if tuple(built.columns) != (declared := tuple(TABLES[name].columns)):
                built = built.select(*declared)
            # by name, so that the SQL behind a headline reads FROM orders and not as its definition
            is_watched = TABLES[name].is_kept or TABLES[name].home_by
            key = self._key(name, built) if is_watched else ""
            if TABLES[name].is_kept:
                made = keep_table(self.engine, name, built, key, self.snapshot)
            else:
                made = self.engine.create_view(name, built)
            self._expressions[name] = built
            if leak := find_leak(self.engine, TABLES[name], made, key, self.snapshot):
                report_record.record_leak(*leak)
            freshness = f"snapshot {self.snapshot.id}, read up to {self.snapshot.cut:%Y-%m-%d %H:%M} UTC, "
            about = describe(TABLES[name], freshness + f"business dates up to {self.as_of}")
            check_types(TABLES[name], made)  # as the engine has them: an expression may promise another type
            self._built[name] = ConformedTable(made, about)
        return self._built[name]

    def sources_behind(self, name: str) -> tuple[str, ...]:
        """The source tables, ``database.table``, that a conformed table is made of, by name."""
        self.table(name)
        found, seen, waiting = set(), {name}, [name]
        while waiting:
            for node in self._expressions[waiting.pop()].op().find(ops.DatabaseTable):
                raw = node.name.replace("__", ".", 1)
                if node.name in self._expressions and node.name not in seen:
                    seen.add(node.name)
                    waiting.append(node.name)
                elif raw in self.snapshot.tables:
                    found.add(raw)
        return tuple(sorted(found))

    def _key(self, name: str, built: ir.Table) -> str:
        return definition_key(name, built, self._expressions, self._written, self.snapshot, self.engine)

    def optional(self, name: str) -> ir.Table | None:
        """One conformed table, or ``None`` where the snapshot lacks a source table that it is made of.

        One that is damaged is not lacking: that raises.
        """
        try:
            return self.table(name)
        except MissingTableError as missing:
            if missing.problem:
                raise
            return None

    @functools.cached_property
    def zones(self) -> tuple[str, ...]:
        """The time zones of the registered shops."""
        shops = self.source("opshop").t_shop_info
        return tuple(sorted(shops.time_zone.name("zone").as_table().distinct().execute()["zone"]))

    def __getattr__(self, name: str) -> ir.Table:
        if name in TABLES:
            return self.table(name)
        raise AttributeError(str(UnknownNameError("table", name, TABLES)))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *TABLES]

    def __repr__(self) -> str:
        lines = [f"snapshot {self.snapshot.id}, as of {self.as_of}"]
        return "\n".join(lines + [f"  {table.name}: {table.grain}" for table in TABLES.values()])


class Raw:
    """The tables of one source as they are in the snapshot: ``suite.source("salesorder").t_order``."""

    def __init__(self, suite: Suite, database: estate.Database):
        self._suite, self._database = suite, database

    def __getattr__(self, name: str) -> ir.Table:
        if name.startswith("_") or name not in self._database.tables:
            raise AttributeError(str(UnknownNameError("table", name, self._database.tables)))
        full_name = f"{self._database.name}.{name}"
        manifest = self._suite.snapshot
        if full_name not in manifest.tables:
            # recorded, so that what does without it is made again when it is there
            report_record.record_read(full_name, report_record.NOT_THERE)
            raise MissingTableError(full_name, manifest.id, manifest.damaged.get(full_name, ""))
        if (complete := last_closed_day(manifest.cut_of([full_name]))) < self._suite.as_of:
            server = manifest.tables[full_name].server
            raise SnapshotError(
                f"{full_name} of {server}",
                expected=f"all rows up to {self._suite.as_of}",
                got=f"those up to {complete}: the server could not be read since",
                remedy=f"Pass as_of {complete}, or take a snapshot when it answers",
            )
        report_record.record_read(full_name, manifest.tables[full_name].content_hash)
        parts = manifest.paths(self._database.name, name)
        return self._suite.engine.read_parts(full_name.replace(".", "__"), parts)

    def __dir__(self) -> list[str]:
        return sorted(self._database.tables)


def _date(as_of: dt.date | str | None, default: dt.date, last: dt.date) -> dt.date:
    if as_of in (None, "", "newest"):
        return default
    try:
        date = as_of if isinstance(as_of, dt.date) else dt.date.fromisoformat(str(as_of))
    except ValueError as error:
        raise ParameterError("as_of", expected="a date like 2026-02-13", got=str(as_of)) from error
    if date > last:
        raise ParameterError(
            "as_of", expected=f"at most {last}, the snapshot's last closed day", got=str(date)
        )
    return date
