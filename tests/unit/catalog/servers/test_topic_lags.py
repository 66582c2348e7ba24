"""Lags of Kafka's consumers: rows as handed in, a group without a commit null, none after ``as_of``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from tests import monitoring_world


def test_rows_are_those_handed_in_up_to_as_of():
    table = monitoring_world.conform()["topic_lags"]
    check_types(TABLES["topic_lags"], table)
    assert find_faults(TABLES["topic_lags"], table) == []
    loop = {
        (row.topic, row.partition, row.consumer_group, row.said_at): (
            row.log_end,
            None if pd.isna(row.lag) else row.lag,
        )
        for row in monitoring_world.raw()["kafka_topics"].itertuples()
        if row.said_at.date() <= monitoring_world.AS_OF
    }
    told = {
        (row.topic, row.partition, row.consumer_group, row.said_at): (
            row.n_written, None if pd.isna(row.n_behind) else row.n_behind
        )
        for row in table.execute().itertuples()
    }  # fmt: skip
    assert told == loop and len(told) == 4
