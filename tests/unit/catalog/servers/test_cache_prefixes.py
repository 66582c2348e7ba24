"""Samples of keys: rows as they were collected, with their nulls."""

from __future__ import annotations

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from tests import server_world


def test_rows_are_those_of_the_source():
    frames = server_world.pick(server_world.raw(), has_prefixes=True)
    table, raw = server_world.conform(frames)["cache_prefixes"], frames["redis_prefixes"]
    check_types(TABLES["cache_prefixes"], table)
    assert tuple(table.columns) == tuple(TABLES["cache_prefixes"].columns)
    assert find_faults(TABLES["cache_prefixes"], table) == []
    rows = table.order_by("server", "prefix", "type", "said_at").execute()
    raw = raw.sort_values(["instance", "prefix", "type", "collected_at"], ignore_index=True)
    same = {"server": "instance", "prefix": "prefix", "type": "type", "said_at": "collected_at",
            "n_keys": "n_keys", "n_sampled": "n_sampled", "n_expiring": "n_expiring",
            "ttl_seconds": "ttl_seconds", "key_bytes": "bytes_per_key"}  # fmt: skip
    for column, exported in same.items():
        equal = (rows[column] == raw[exported]) | (rows[column].isna() & raw[exported].isna())
        assert equal.all() and len(rows) == len(raw) > 1_000, column
    assert 0 < rows["ttl_seconds"].isna().sum() < len(rows)
    assert (rows["n_expiring"] <= rows["n_keys"]).all()
