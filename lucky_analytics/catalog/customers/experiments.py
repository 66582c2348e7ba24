"""``experiments``: who was assigned to which branch of which experiment, and when."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name
from lucky_analytics.catalog.local_time import home_date

__all__ = ["EXPERIMENTS"]

CONTROL = "control"


def _build(suite: Tables) -> ir.Table:
    source = suite.source("isalesdatamarketing")
    hit = source.t_user_hit_experiment_record
    plan = source.t_experiment.select(
        "experiment_no", "experiment_name", "metric", "planned_share", "start_date", "end_date"
    )
    hit = hit.mutate(assigned_date=home_date(hit.hit_time))
    joined = hit.filter(hit.assigned_date <= suite.as_of).left_join(plan, "experiment_no")
    return joined.select(
        "assigned_date",
        "branch",
        "metric",
        "start_date",
        "end_date",
        experiment_id=joined.experiment_no,
        experiment_name=name(joined.experiment_name),
        customer_id=joined.user_no,
        reference_branch=ibis.literal(CONTROL),
        planned_share=joined.planned_share.cast("float64"),
        assigned_at=joined.hit_time,
    ).select(*EXPERIMENTS.columns)


EXPERIMENTS = Conformed(
    name="experiments",
    grain="one row per customer and experiment, at the customer's first hit by as_of",
    key=("experiment_id", "customer_id"),
    columns={
        "experiment_id": Field("string", "text"),
        "customer_id": Field("string", "text; joins customers"),
        "branch": Field("string", "control or treatment"),
        "reference_branch": Field("string", "what other branches are compared with"),
        "assigned_at": Field("timestamp", "UTC; exposure begins here", "UTC"),
        "assigned_date": Field("date", "date in the home market"),
        "experiment_name": Field("string", "null when the experiment is not registered", nullable=True),
        "metric": Field(
            "string", "what the experiment was meant to change; null like its name", nullable=True
        ),
        "planned_share": Field(
            "float64", "share meant for the treatment, 0 to 1; null like the name", "0 to 1", nullable=True
        ),
        "start_date": Field("date", "first date of assignment; null like the name", nullable=True),
        "end_date": Field("date", "first date without assignment; null like the name", nullable=True),
    },
    build=_build,
)
