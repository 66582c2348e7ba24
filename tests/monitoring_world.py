"""What tools that watch servers handed in: a few rows by hand, as the mapped files bring them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import pandas as pd

from lucky_analytics.catalog import TABLES
from tests.server_world import Suite

AS_OF = dt.date(2026, 2, 13)
CONFORMED = ("slow_statements", "disk_space", "topic_lags")
_ORDERS, _USERS = "luckyus_sales_order.t_order", "luckyus_sales_crm.t_user"
_FREE, _SIZE = "node_filesystem_avail_bytes", "node_filesystem_size_bytes"


def raw() -> dict[str, pd.DataFrame]:
    """The tables of ``monitoring``: two servers, two disks (one without its size once), two topics."""
    day = [dt.date(2026, 2, number) for number in (5, 12, 13, 13, 14)]
    slow = pd.DataFrame(
        {
            "day": day,
            "server": ["salesorder", "salesorder", "salesorder", "salescrm", "salescrm"],
            "digest": ["aa" * 8, "aa" * 8, "bb" * 8, "cc" * 8, "cc" * 8],
            "verb": ["SELECT", "SELECT", "UPDATE", "SELECT", "SELECT"],
            "tables": [_ORDERS, _ORDERS, _ORDERS, _USERS, _USERS],
            "calls": [3, 10, 2, 4, 99],
            "seconds": [6.0, 40.0, 5.0, 4.5, 300.0],
            "seconds_most": [3.0, 9.0, 4.0, 2.0, 30.0],
            "rows_examined": [30, 1_000_000, 50, 80, 990],
            "rows_sent": [3, 10, 0, 4, 99],
        }
    )
    at = [pd.Timestamp(2026, 2, number, 10) for number in (6, 13, 14)]
    samples = [
        (at[0], "db-1", _FREE, "mountpoint=/data", 40e9),
        (at[0], "db-1", _SIZE, "mountpoint=/data", 1e11),
    ]
    samples += [
        (at[1], "db-1", _FREE, "mountpoint=/data", 10e9),
        (at[1], "db-1", _SIZE, "mountpoint=/data", 1e11),
    ]
    samples += [(at[1], "db-2", _FREE, "mountpoint=/", 50e9), (at[1], "db-2", _SIZE, "mountpoint=/", 8e10)]
    samples += [(at[2], "db-2", _FREE, "mountpoint=/", 1e9), (at[2], "db-2", _SIZE, "mountpoint=/", 8e10)]
    samples += [(at[0], "db-2", _FREE, "mountpoint=/", 51e9), (at[1], "db-2", "up", "", 1.0)]
    topics = pd.DataFrame(
        {
            "said_at": [at[0], at[1], at[1], at[1], at[2]],
            "topic": ["orders", "orders", "orders", "pushes", "orders"],
            "partition": [0, 0, 1, 0, 0],
            "consumer_group": ["warehouse", "warehouse", "warehouse", "", "warehouse"],
            "log_end": [100, 900, 800, 50, 1_000],
            "lag": pd.array([0, 500, 20, None, 0], dtype="Int64"),
        }
    )
    names = ["said_at", "instance", "metric", "subject", "value"]
    return {
        "slow_statements": slow,
        "prometheus_samples": pd.DataFrame(samples, columns=names),
        "kafka_topics": topics,
    }


def conform(as_of: dt.date = AS_OF) -> dict[str, ibis.Table]:
    """The conformed tables of these rows, as the catalog builds them."""
    given: Any = Suite(raw_tables={name: ibis.memtable(rows) for name, rows in raw().items()}, as_of=as_of)
    return {name: TABLES[name].build(given) for name in CONFORMED}
