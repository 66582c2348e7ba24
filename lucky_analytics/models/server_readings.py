"""What the servers said up to one moment: the newest of each, hours of four weeks, days of months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.estate import servers as fleet
from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.methods.calendars.business_days import find_midnight

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Readings", "end_days", "list_heard", "name_short", "read_servers"]

HOURLY = dt.timedelta(days=28)
DAILY = dt.timedelta(days=100)
_HOURLY_OF = ("connections", "connections_limit", "memory_limit", "slow_statements", "statements",
              "transactions", "used_memory")  # fmt: skip
_DAILY_OF = ("memory_limit", "slow_statements", "statements", "table_bytes", "table_rows", "used_memory")


@dataclass(frozen=True)
class Readings:
    """Up to ``moment`` (UTC), the newest collection. ``asked``: the newest row of each server as in
    ``server_answers``, with ``name`` (short) and ``heard_at`` (null: never). ``newest``: its numbers then,
    long, as ``server_metrics``. ``lately``: of four weeks, every collection, ``daily`` the last of each whole
    UTC day of a hundred days; both ``server``, ``metric``, ``subject``, ``said_at``, ``value``, ``rate``,
    ``seconds``. ``n_collections`` in all. ``never``: named servers that were never asked."""

    moment: pd.Timestamp
    asked: pd.DataFrame
    newest: pd.DataFrame
    lately: pd.DataFrame
    daily: pd.DataFrame
    n_collections: int
    never: tuple[str, ...]


def read_servers(suite: Suite, server: str = "") -> Readings | None:
    """None where nothing was collected by then. ``server``: one by its full or short name, with its nodes;
    all for an empty one. The newest ``as_of`` counts all collections, an earlier one those of its days.

    Raises ``UnknownNameError`` for a server that the company does not name.
    """
    answers, said = list_heard(suite, server)
    moment = answers.asked_at.max().execute()
    if pd.isna(moment):
        return None
    heard = answers.filter(_.is_reached).group_by("server").agg(heard_at=_.asked_at.max())
    last = answers.group_by(of="server").agg(last_at=_.asked_at.max())
    asked = answers.join(last, (answers.server == last.of) & (answers.asked_at == last.last_at))
    asked = asked.left_join(heard, "server").drop("of", "last_at", "server_right").execute()
    asked = asked[[name for name in asked if not name.endswith("_right")]].sort_values("server")
    asked["name"] = [name_short(name) for name in asked["server"]]
    columns = ["server", "metric", "subject", "said_at", "value", "rate", "seconds"]
    newest = said.filter(_.said_at == moment).select(*columns).execute()
    lately = said.filter(_.metric.isin(_HOURLY_OF), _.said_at > moment - HOURLY).select(*columns).execute()
    daily = end_days(said.filter(_.said_at > moment - DAILY), _DAILY_OF, moment)
    known = fleet.load()
    named = {name for name, each in known.servers.items() if not server or name == known.server(server).name}
    never = tuple(sorted(named - {name.partition("/")[0] for name in asked["server"]}))
    n = int(answers.asked_at.nunique().execute())
    return Readings(pd.Timestamp(moment), asked.reset_index(drop=True), newest, lately, daily, n, never)


def list_heard(suite: Suite, server: str = "") -> tuple[ir.Table, ir.Table]:
    """``server_answers`` and ``server_metrics`` of all servers or of one with its nodes, by ``as_of``.

    The newest ``as_of`` counts all collections, an earlier one those of its days. Raises ``UnknownNameError``
    for a server that the company does not name.
    """
    answers, said = suite.server_answers, suite.server_metrics
    if suite.as_of != suite.snapshot.last_closed_day:
        end = find_midnight(suite.as_of + dt.timedelta(days=1), MARKETS[0].time_zone).replace(tzinfo=None)
        answers, said = answers.filter(_.asked_at < end), said.filter(_.said_at < end)
    if server:
        own = fleet.load().server(server).name
        answers = answers.filter((_.server == own) | _.server.startswith(f"{own}/"))
        said = said.filter((_.server == own) | _.server.startswith(f"{own}/"))
    return answers, said


def end_days(said: ir.Table, metrics: Collection[str], moment: pd.Timestamp) -> pd.DataFrame:
    """What was said last on each whole UTC day before that of ``moment``: ``server``, ``metric``,
    ``subject``, ``day``, ``value``, and of counters how many were ``counted`` in how many known
    ``seconds``."""
    day = _.said_at.truncate("D").name("day")
    ends = said.filter(_.metric.isin(list(metrics))).group_by(["server", "metric", "subject", day]).agg(
        value=_.value.argmax(_.said_at),
        counted=(_.rate * _.seconds).sum(),
        seconds=_.seconds.sum(where=_.rate.notnull()),
    )  # fmt: skip
    return ends.filter(_.day < pd.Timestamp(moment).floor("D")).execute()


def name_short(server: str) -> str:
    """A server's name as IT says it; a cache is told from a database of the same name.

    >>> name_short("aws-luckyus-salesorder-rw"), name_short("luckyus-isales-order/2")
    ('salesorder', 'isales-order/2 (Redis)')
    """
    base, slash, node = server.partition("/")
    declared = fleet.load().servers.get(base)
    if declared is None:
        return server
    short = f"{declared.source}{slash}{node}"
    return f"{short} (Redis)" if declared.kind == "redis" else short
