"""The last event before a day, against a plain loop and DuckDB's own as-of join."""

from __future__ import annotations

import datetime as dt
import random

import ibis
import pandas as pd

from lucky_analytics.models.last_before import join_last_before

FIRST = dt.date(2026, 1, 5)


def drawn(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    chance = random.Random(seed)
    weeks = {(chance.choice("abcde"), chance.randrange(60)) for _ in range(60)}
    events = {(chance.choice("abcdf"), chance.randrange(60)) for _ in range(80)}
    week = pd.DataFrame([{"who": who, "week": FIRST + dt.timedelta(days=day)} for who, day in sorted(weeks)])
    event = pd.DataFrame([{"who": who, "on": FIRST + dt.timedelta(days=day)} for who, day in sorted(events)])
    return week, event.assign(n=range(len(event)))


def test_it_is_what_a_loop_finds_and_what_duckdb_finds():
    for seed in range(5):
        week, event = drawn(seed)
        expected = []
        for who, day in week.itertuples(index=False):
            before = event[(event["who"] == who) & (event["on"] < day)]
            expected.append((who, day, int(before.iloc[-1]["n"]) if len(before) else None))
        left, right = ibis.memtable(week), ibis.memtable(event)
        found = join_last_before(left, right, by="who", day="week", at="on")
        own = left.asof_join(right, on=left.week > right.on, predicates="who")
        assert any(n is None for *_, n in expected) and len({n for *_, n in expected}) > 5
        for each in (found, own):
            got = each.select("who", "week", "n").order_by("who", "week").execute()
            rows = [
                (who, day.date(), None if pd.isna(n) else int(n))
                for who, day, n in got.itertuples(index=False)
            ]
            assert rows == sorted(expected, key=lambda row: row[:2])
