"""Collections add up: all of two days, then the last of each day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from lucky_analytics.sources import telemetry, telemetry_mysql
from lucky_analytics.sources.collection import Collected
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.telemetry import TelemetrySource


def test_old_days_are_thinned_to_their_last_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(telemetry_mysql, "collect", lambda *_: Collected("primary", "mysql 8", None, []))
    source = TelemetrySource({"one": Endpoint("h")}, tmp_path)
    first = dt.datetime(2026, 2, 1, 6, tzinfo=dt.UTC)
    times: list[dt.datetime] = []
    for hours in range(0, 24 * 5, 6):
        with source:
            source._at = first + dt.timedelta(hours=hours)
            batches = list(source.read(telemetry.DATABASE, "instances", ["collected_at"]))
        times = [row["collected_at"] for batch in batches for row in batch.to_pylist()]
    per_day = [sum(time.day == day for time in times) for day in range(1, 7)]
    assert per_day == [1, 1, 1, 4, 4, 1]
    assert times == sorted(set(times))
    assert times[0] == dt.datetime(2026, 2, 1, 18)
