"""Kinds of slow statements: rows as handed in, none after ``as_of``."""

from __future__ import annotations

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from tests import monitoring_world


def test_rows_are_those_handed_in_up_to_as_of():
    table = monitoring_world.conform()["slow_statements"]
    check_types(TABLES["slow_statements"], table)
    assert find_faults(TABLES["slow_statements"], table) == []
    loop = {
        (row.day, row.server, row.digest): (row.verb, row.tables, row.calls, row.seconds, row.seconds_most,
                                            row.rows_examined, row.rows_sent)
        for row in monitoring_world.raw()["slow_statements"].itertuples()
        if row.day <= monitoring_world.AS_OF
    }  # fmt: skip
    told = {
        (row.day.date(), row.server, row.digest): (row.verb, row.tables, row.n_slow, row.seconds,
                                                   row.longest_seconds, row.n_examined, row.n_sent)
        for row in table.execute().itertuples()
    }  # fmt: skip
    assert told == loop and len(told) == 4
