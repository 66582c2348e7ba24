"""``traffic_splits``: how many customers were split into which branch, before they met an experiment."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["TRAFFIC_SPLITS"]


def _build(suite: Tables) -> ir.Table:
    counted = suite.source("isalesdatamarketing").t_user_traffic_stat
    counted = counted.filter(counted.stat_date <= suite.as_of)
    return counted.select(
        layer_id=counted.layer_no,
        experiment_id=counted.experiment_no,
        branch=counted.branch,
        split_date=counted.stat_date,
        n_customers=counted.user_count,
    )


TRAFFIC_SPLITS = Conformed(
    name="traffic_splits",
    grain="one row per layer of experiments, branch and day, up to and including as_of",
    key=("layer_id", "branch", "split_date"),
    columns={
        "layer_id": Field("string", "text; layers are split apart from each other"),
        "experiment_id": Field("string", "joins experiments; null in a free layer", nullable=True),
        "branch": Field("string", "control, treatment; none in a free layer"),
        "split_date": Field("date", "date in the home market"),
        "n_customers": Field("int64", "customers who were split on the day, whatever they did after"),
    },
    build=_build,
)
