"""Rates of counters between two collections, as a plain loop counts them: restarts, gaps, resets by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.servers.server_metrics import COUNTERS
from tests import server_world

NOON = dt.datetime(2026, 2, 13, 12)
HOUR = dt.timedelta(hours=1)
START = dt.datetime(2026, 1, 1)


def told(rows, metric="statements"):
    """``rows``: hours after noon, value (null: silent), since when it runs."""
    common = {
        "instance": "a",
        "subject": "",
        "unit": "count",
        "kind": "mysql",
        "role": "replica",
        "version": "8",
    }
    times = [{**common, "collected_at": NOON + at * HOUR} for at, _, _ in rows]
    asked = [
        {**time, "is_reached": int(value is not None), "started_at": started if value is not None else None}
        for time, (_, value, started) in zip(times, rows, strict=True)
    ]
    said = [
        {**time, "metric": metric, "value": float(value)}
        for time, (_, value, _) in zip(times, rows, strict=True)
        if value is not None
    ]
    frames = {"instances": pd.DataFrame(asked), "instance_metrics": pd.DataFrame(said)}
    frames["instances"]["started_at"] = pd.to_datetime(frames["instances"]["started_at"])
    return server_world.conform(frames)["server_metrics"].execute().sort_values("said_at", ignore_index=True)


def test_a_counter_is_a_rate_between_collections_and_the_first_has_none():
    rows = told([(0, 100, START), (1, 3_700, START), (3, 10_900, START)])
    assert rows["rate"].isna().tolist() == [True, False, False]
    assert rows["rate"].iloc[1:].tolist() == [1.0, 1.0] and rows["seconds"].iloc[1:].tolist() == [
        3_600,
        7_200,
    ]


@pytest.mark.parametrize("hours", [1.5, 1.0])  # between two collections, and in the second of one
def test_a_restart_counts_from_there_and_says_so(hours):
    rows = told([(0, 100, START), (1, 3_700, START), (2, 5_400, NOON + hours * HOUR)])
    seconds = (2 - hours) * 3_600
    assert rows["rate"].iloc[2] == 5_400 / seconds and rows["seconds"].iloc[2] == seconds
    assert rows["is_restarted"].tolist() == [False, False, True]


def test_after_a_gap_and_after_a_reset_by_hand_nothing_is_said():
    rows = told([(0, 100, START), (1, None, START), (2, 7_300, START), (3, 10, START), (4, 3_610, START)])
    assert rows["said_at"].tolist() == [NOON, NOON + 2 * HOUR, NOON + 3 * HOUR, NOON + 4 * HOUR]
    assert rows["rate"].isna().tolist() == [True, True, True, False] and rows["rate"].iloc[3] == 1.0


def test_a_level_has_no_rate():
    rows = told([(0, 100, START), (1, 90, START)], metric="connections")
    assert rows["rate"].isna().all() and not rows["is_counter"].any()


def test_all_rates_of_a_made_world_equal_a_plain_loop():
    frames = server_world.pick(server_world.raw(), server_world.FEW[-5:-2])
    table = server_world.conform(frames)["server_metrics"]
    assert find_faults(TABLES["server_metrics"], table) == []
    rows = table.execute()
    asked = sorted(frames["instances"]["collected_at"].unique())
    before = dict(zip(asked[1:], asked, strict=False))
    started = {(row.instance, row.collected_at): row.started_at for row in frames["instances"].itertuples()}
    said = {(row.instance, row.metric, row.subject, row.collected_at): row.value
            for row in frames["instance_metrics"].itertuples()}  # fmt: skip
    n_restarts = n_known = 0
    for row in rows.itertuples():
        own = (row.server, row.metric, row.subject)
        last = said.get((*own, before.get(row.said_at)))
        expected = None
        if row.metric in COUNTERS and last is not None:
            begun = started[row.server, row.said_at]
            if begun >= before[row.said_at]:
                expected, n_restarts = row.value / (row.said_at - begun).total_seconds(), n_restarts + 1
            elif row.value >= last:
                expected = (row.value - last) / (row.said_at - before[row.said_at]).total_seconds()
        assert (row.rate != row.rate) if expected is None else row.rate == pytest.approx(expected), row
        n_known += expected is not None
    assert n_known > 1_000 and n_restarts > 0
