"""The shared library of the analysis suite: ``open`` a snapshot's catalog, or go ``live`` to one source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from ibis.backends.mysql import Backend

    from lucky_analytics.catalog import Suite

__all__ = ["live", "open"]


def open(snapshot: str = "newest", as_of: dt.date | str | None = None, engine: str | None = None) -> Suite:
    """The conformed tables of one snapshot.

    ``snapshot`` is an id, or ``"newest"`` for the one taken last. ``as_of`` is the last business date
    that counts, inclusive; by default the snapshot's last closed day. ``engine`` is what computes them,
    ``"duckdb"`` or ``"spark"``; by default what the settings say (``LUCKY_ENGINE``, ``lucky run --engine``).
    Raises ``SnapshotError`` when there is no such snapshot or its files are damaged, ``EngineError`` when the
    engine is not there.

    >>> suite = lucky_analytics.open()            # doctest: +SKIP
    >>> suite.orders.count().execute()            # doctest: +SKIP
    466252
    """
    from lucky_analytics.catalog import Suite

    return Suite.open(snapshot, as_of=as_of, engine=engine)


def live(name: str, *, allow_primary: bool = False) -> Backend:
    """A read-only Ibis connection to one source database, for looking around; reports read snapshots.

    ``name`` is a source, server or database name. A primary is refused unless ``allow_primary``. Raises
    ``UnknownNameError`` or ``SourceError``.

    >>> lucky_analytics.live("salesorder").table("t_order").count().execute()      # doctest: +SKIP
    516000
    """
    from lucky_analytics.sources import live as connections

    return connections.connect(name, allow_primary=allow_primary)
