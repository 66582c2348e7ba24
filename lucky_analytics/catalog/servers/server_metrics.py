"""``server_metrics``: each number that a server says of itself, and of counters how fast they ran since."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, seconds_between

__all__ = ["COUNTERS", "SERVER_METRICS"]

# What counts up since the server was started; every other metric is a level.
COUNTERS = ("cache_hits", "cache_misses", "cache_requests", "connections_rejected", "deadlocks",
            "evicted_keys", "expired_keys", "slow_statements", "statements", "transactions")  # fmt: skip


def _build(suite: Tables) -> ir.Table:
    source = suite.source("telemetry")
    asked = source.instances.select("collected_at").distinct()
    asked = asked.select(asked_at="collected_at", asked_before=_before(asked.collected_at))
    started = source.instances.select(heard_at="collected_at", heard_of="instance", started_at="started_at")
    said = source.instance_metrics
    said = said.join(asked, said.collected_at == asked.asked_at)
    said = said.left_join(
        started, (said.collected_at == started.heard_at) & (said.instance == started.heard_of)
    )
    own = ibis.window(group_by=[said.instance, said.metric, said.subject], order_by=said.collected_at)
    said = said.mutate(said_before=said.collected_at.lag().over(own), value_before=said.value.lag().over(own))
    # Null where the collection just before has no such number: then nobody knows how it went in between.
    is_next = said.said_before == said.asked_before
    is_counter = said.metric.isin(COUNTERS)
    is_restarted = is_counter & is_next & (said.started_at >= said.said_before).fill_null(False)
    since = ibis.ifelse(is_restarted, said.started_at, said.said_before)
    counted = ibis.ifelse(is_restarted, said.value, said.value - said.value_before)
    seconds = ibis.ifelse(is_next, seconds_between(since, said.collected_at), None)
    # One that fell without a restart was set to nought by hand at a time that nobody knows.
    is_known = is_counter & is_next & (seconds > 0) & (counted >= 0)
    return said.select(
        server=said.instance,
        metric=said.metric,
        subject=said.subject,
        said_at=said.collected_at,
        value=said.value,
        unit=said.unit,
        is_counter=is_counter,
        is_restarted=is_restarted.fill_null(False),
        seconds=seconds,
        rate=ibis.ifelse(is_known, counted / seconds, None),
    )


def _before(at: ir.Value) -> ir.Value:
    return at.lag().over(ibis.window(order_by=at))


SERVER_METRICS = Conformed(
    name="server_metrics",
    grain="one row per server, metric, subject and collection, all collections of the snapshot",
    key=("server", "metric", "subject", "said_at"),
    columns={
        "server": Field("string", "joins server_answers"),
        "metric": Field("string", "connections, table_rows, used_memory and the like (docs/connecting.md)"),
        "subject": Field("string", "what of the server: database.table, a state; empty for all of it"),
        "said_at": Field("timestamp", "the collection, UTC", "UTC"),
        "value": Field("float64", "as said; of a counter since the start of the server"),
        "unit": Field("string", "of value: count, bytes, seconds, ratio"),
        "is_counter": Field("boolean", "it counts up since the start of the server"),
        "is_restarted": Field("boolean", "a counter that began anew since the collection before"),
        "seconds": Field("float64", "since the collection before, or since a restart after it; null where "
                         "that one has no such number", "seconds", nullable=True),
        "rate": Field("float64", "of a counter, a second, over these seconds; null of levels, after a gap, "
                      "and where it fell without a restart", "a second", nullable=True),
    },
    build=_build,
    is_kept=True,
)  # fmt: skip
