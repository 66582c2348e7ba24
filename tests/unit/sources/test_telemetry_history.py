"""Collections add up: all of two days, an hour's last for four weeks, then the last of each day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from lucky_analytics.sources import telemetry, telemetry_mysql
from lucky_analytics.sources.collection import Collected
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.telemetry import TelemetrySource


def test_old_times_are_thinned_to_the_last_of_their_hour_and_then_of_their_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(telemetry_mysql, "collect", lambda *_: Collected("primary", "mysql 8", None, []))
    source = TelemetrySource({"one": Endpoint("h")}, tmp_path)
    first = dt.datetime(2026, 1, 1, 0, 10, tzinfo=dt.UTC)
    times: list[dt.datetime] = []
    asked = [
        first + dt.timedelta(days=days, minutes=minutes) for days in range(33) for minutes in (0, 20, 700)
    ]
    for at in asked:
        with source:
            source._at = at
            batches = list(source.read(telemetry.DATABASE, "instances", ["collected_at"]))
        times = [row["collected_at"] for batch in batches for row in batch.to_pylist()]
    assert times == sorted(set(times))
    end = asked[-1].replace(tzinfo=None)
    by_age: dict[int, int] = {}
    for time in times:
        by_age[(end.date() - time.date()).days] = by_age.get((end.date() - time.date()).days, 0) + 1
    assert [by_age[age] for age in (0, 1)] == [3, 3]  # all of two days
    assert {by_age[age] for age in range(3, 28)} == {2}  # 0:30 for its hour, 11:50 for its hour
    assert {by_age[age] for age in range(29, 33)} == {1}
    assert times[0] == dt.datetime(2026, 1, 1, 11, 50)
