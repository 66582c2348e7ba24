"""``topic_lags``: how far groups of consumers are behind on each partition of Kafka's topics."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["TOPIC_LAGS"]


def _build(suite: Tables) -> ir.Table:
    said = suite.source("monitoring").kafka_topics
    end = ibis.literal(suite.as_of).cast("timestamp") + ibis.interval(days=1)
    said = said.filter(said.said_at < end)
    return said.select(
        "topic",
        said.partition.cast("int64").name("partition"),
        "consumer_group",
        "said_at",
        said.log_end.name("n_written"),
        said.lag.name("n_behind"),
    )


TOPIC_LAGS = Conformed(
    name="topic_lags",
    grain="one row per topic, partition, group of consumers and time up to the end of as_of (UTC)",
    key=("topic", "partition", "consumer_group", "said_at"),
    columns={
        "topic": Field("string", "as Kafka names it"),
        "partition": Field("int64", "its number in the topic"),
        "consumer_group": Field("string", "empty where nobody reads it"),
        "said_at": Field("timestamp", "UTC", "UTC"),
        "n_written": Field("int64", "messages that were ever written to it"),
        "n_behind": Field("int64", "messages that the group has not read; null where it has read none yet",
                          nullable=True),
    },
    build=_build,
)  # fmt: skip
