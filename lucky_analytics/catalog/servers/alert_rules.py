"""``alert_rules``: the alert rules of the monitoring tools, and whether each could tell anybody anything."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["ALERT_RULES"]


def _build(suite: Tables) -> ir.Table:
    said = suite.source("cloud").alert_rules
    paused = said.is_paused == 1
    return said.select(
        rule=said.rule,
        tool=said.tool,
        health=said.health,
        is_paused=paused,
        evaluated_at=said.evaluated_at,
        can_fire=(said.health == "ok") & ~paused,
    )


ALERT_RULES = Conformed(
    name="alert_rules",
    grain="one row per alert rule, as its tool had it when it was exported",
    key=("rule",),
    columns={
        "rule": Field("string", "its name in the tool"),
        "tool": Field("string", "grafana or cloudwatch"),
        "health": Field("string", "ok, nodata or error, as the tool says"),
        "is_paused": Field("boolean", "switched off by somebody"),
        "evaluated_at": Field("timestamp", "UTC; null: never", "UTC", nullable=True),
        "can_fire": Field("boolean", "healthy and not paused; whom it tells is in no export"),
    },
    build=_build,
)
