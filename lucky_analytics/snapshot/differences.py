"""What a later snapshot says differently about days that an earlier one had closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lucky_analytics import estate
from lucky_analytics.estate import Table
from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.snapshot.manifest import Manifest

if TYPE_CHECKING:
    import duckdb

__all__ = ["TableChange", "compare"]

# The columns that say when a row's event happened, the first that a table has.
_EVENT_COLUMNS = ("create_time", "trade_time", "assign_time")


@dataclass(frozen=True)
class TableChange:
    """How one table differs; counts are rows, matched by key.

    ``n_restated`` are the rows added, changed or removed in days that were closed in every market at the
    earlier cut. ``days`` are their dates in the server's time, each with its number of such rows; a table
    without an event time has none.
    """

    table: str
    n_added: int
    n_changed: int
    n_removed: int
    n_restated: int
    days: dict[str, int]


def compare(earlier: Manifest, later: Manifest) -> list[TableChange]:
    """Every table of both snapshots whose content differs, in name order.

    A row that arrived late (a refund, a posting) for a day that ``earlier`` had closed is counted as
    restated: a report of that day, run on ``later``, may differ. Columns that only one of the two has are
    not compared. Tables with equal content hashes are not read.

    >>> compare(find("20260214"), find("20260215"))[0]             # doctest: +SKIP
    TableChange(table='luckyus_sales_order.t_order', n_added=3201, n_changed=12, ...)
    """
    changes = []
    closed = _closed_before(earlier.cut)
    import duckdb  # brings pandas; most commands that import snapshot never compare

    with duckdb.connect() as connection:
        for name in sorted(set(earlier.tables) & set(later.tables)):
            if earlier.tables[name].content_hash != later.tables[name].content_hash:
                change = _compare_table(connection, name, earlier, later, closed)
                if change.n_added or change.n_changed or change.n_removed:
                    changes.append(change)
    return changes


def _compare_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    earlier: Manifest,
    later: Manifest,
    closed: dt.datetime,
) -> TableChange:
    database, _, table_name = name.partition(".")
    table = estate.load().database(database).table(table_name)
    for side, manifest in (("old", earlier), ("new", later)):
        paths = [str(path) for path in manifest.paths(database, table_name)]
        connection.read_parquet(paths).create_view(f"side_{side}", replace=True)
    shared = [column for column in earlier.tables[name].schema if column in later.tables[name].schema]
    key = ", ".join(f'"{column}"' for column in table.key)
    event = _event(table, shared)
    differing = " OR ".join(
        f'o."{column}" IS DISTINCT FROM n."{column}"' for column in shared if column not in table.key
    )
    happened = f'least(o."{event}", n."{event}")' if event else "NULL::TIMESTAMP"
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW changes AS
        SELECT CASE WHEN o."{table.key[0]}" IS NULL THEN 'added'
                    WHEN n."{table.key[0]}" IS NULL THEN 'removed' ELSE 'changed' END AS what,
               {happened} AS happened
        FROM side_old o FULL JOIN side_new n USING ({key})
        WHERE o."{table.key[0]}" IS NULL OR n."{table.key[0]}" IS NULL OR {differing or "FALSE"}"""
    )
    counts = dict(connection.execute("SELECT what, count(*) FROM changes GROUP BY what").fetchall())
    days = connection.execute(
        "SELECT strftime(happened, '%Y-%m-%d') AS day, count(*) FROM changes WHERE happened < ?"
        " GROUP BY day ORDER BY day",
        [closed],
    ).fetchall()
    return TableChange(
        table=name,
        n_added=counts.get("added", 0),
        n_changed=counts.get("changed", 0),
        n_removed=counts.get("removed", 0),
        n_restated=sum(n for _, n in days),
        days=dict(days),
    )


def _closed_before(cut: dt.datetime) -> dt.datetime:
    """The start, in UTC without its zone, of the first business day still open in a market at the cut."""
    local = [cut.astimezone(ZoneInfo(market.time_zone)) for market in MARKETS]
    midnights = [at.replace(hour=0, minute=0, second=0, microsecond=0) for at in local]
    return min(midnight.astimezone(dt.UTC) for midnight in midnights).replace(tzinfo=None)


def _event(table: Table, columns: list[str]) -> str | None:
    return next((name for name in _EVENT_COLUMNS if name in table.columns and name in columns), None)
