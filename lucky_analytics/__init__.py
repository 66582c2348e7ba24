"""The shared library of the analysis suite: ``open`` a snapshot's catalog, or go ``live`` to one source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from lucky_analytics.catalog import Suite

__all__ = ["open"]


def open(snapshot: str = "newest", as_of: dt.date | str | None = None) -> Suite:
    """The conformed tables of one snapshot.

    ``snapshot`` is an id, or ``"newest"`` for the one taken last. ``as_of`` is the last business date
    that counts, inclusive; by default the snapshot's last closed day. Raises ``SnapshotError`` when
    there is no such snapshot or its files are damaged.

    >>> suite = lucky_analytics.open()            # doctest: +SKIP
    >>> suite.orders.count().execute()            # doctest: +SKIP
    466252
    """
    from lucky_analytics.catalog import Suite

    return Suite.open(snapshot, as_of=as_of)
