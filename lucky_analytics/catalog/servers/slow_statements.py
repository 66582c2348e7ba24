"""``slow_statements``: which kinds of statement were slow, by server and day; never a statement."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["SLOW_STATEMENTS"]


def _build(suite: Tables) -> ir.Table:
    said = suite.source("monitoring").slow_statements
    said = said.filter(said.day <= suite.as_of)
    return said.select(
        "day", "server", "digest", "verb", "tables",
        n_slow=said.calls,
        seconds=said.seconds,
        longest_seconds=said.seconds_most,
        n_examined=said.rows_examined,
        n_sent=said.rows_sent,
    )  # fmt: skip


SLOW_STATEMENTS = Conformed(
    name="slow_statements",
    grain="one row per day (UTC) up to as_of, server and kind of statement that was slow",
    key=("day", "server", "digest"),
    columns={
        "day": Field("date", "UTC"),
        "server": Field("string", "as the mapping of its log names it"),
        "digest": Field("string", "the same for all that differ by their values alone; not parsed: by verb"),
        "verb": Field("string", "SELECT, UPDATE and the like"),
        "tables": Field("string", "that it names, by comma; empty where they could not be told"),
        "n_slow": Field("int64", "how often it was slower than the server's long_query_time"),
        "seconds": Field("float64", "of all these calls together", "seconds"),
        "longest_seconds": Field("float64", "of the longest call", "seconds"),
        "n_examined": Field("int64", "rows that were looked at, all calls"),
        "n_sent": Field("int64", "rows that came back, all calls"),
    },
    build=_build,
)  # fmt: skip
