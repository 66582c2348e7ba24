"""``server_answers``: whether each server answered when it was asked, and as what."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["SERVER_ANSWERS"]


def _build(suite: Tables) -> ir.Table:
    said = suite.source("telemetry").instances
    heard = said.is_reached == 1
    return said.select(
        server=said.instance,
        asked_at=said.collected_at,
        kind=said.kind,
        is_reached=heard,
        role=ibis.ifelse(heard, said.role, None),
        version=ibis.ifelse(heard, said.version, None),
        started_at=ibis.ifelse(heard, said.started_at, None),
    )


SERVER_ANSWERS = Conformed(
    name="server_answers",
    grain="one row per server (of a cluster: node) and collection, all collections of the snapshot",
    key=("server", "asked_at"),
    columns={
        "server": Field("string", "its name; of a cluster's nodes with /1, /2 behind it"),
        "asked_at": Field("timestamp", "one time for all servers, UTC", "UTC"),
        "kind": Field("string", "mysql, postgresql, redis"),
        "is_reached": Field("boolean", "it answered"),
        "role": Field("string", "primary or replica; null when it did not answer", nullable=True),
        "version": Field("string", "flavour and version; null when it did not answer", nullable=True),
        "started_at": Field("timestamp", "since when it runs, UTC; null when not said", "UTC", nullable=True),
    },
    build=_build,
)
