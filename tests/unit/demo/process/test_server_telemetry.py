"""What servers of the demo estate say of themselves: as live ones do, unwell where planted and only there."""

from __future__ import annotations

import copy
import datetime as dt
import functools
from types import SimpleNamespace

import pandas as pd
import pytest

from lucky_analytics.demo.process.server_clock import keep_time
from lucky_analytics.demo.process.server_work import list_tables
from lucky_analytics.demo.tables import server_answers
from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.demo.truth.server_plants import name_planted
from lucky_analytics.demo.truth.single import only_plants
from lucky_analytics.estate import load, servers
from lucky_analytics.sources.telemetry import keep_times
from tests.server_world import make_orders

PLANT = plants()["servers"]
COUNTERS = ("statements", "slow_statements", "transactions", "cache_requests", "cache_misses", "cache_hits",
            "evicted_keys", "expired_keys", "deadlocks")  # fmt: skip


@functools.cache
def answers(kind="planted", scale=1.0):
    planted = plants() if kind == "planted" else only_plants(copy.deepcopy(plants()), "ramp")
    book, targets = SimpleNamespace(created=make_orders()), SimpleNamespace(scale=scale)
    world = SimpleNamespace(planted=planted, seed=7, targets=targets, book=book)
    return {name: rows.to_pandas() for _, name, rows in server_answers.tables(world)}


def series(kind, metric, **chosen):
    rows = answers(kind)["instance_metrics"]
    rows = rows[rows["metric"] == metric]
    for name, value in chosen.items():
        rows = rows[rows[name] == value]
    return rows.set_index("collected_at")["value"]


def test_collections_are_those_that_a_live_source_would_have_kept():
    epoch, seconds = dt.datetime(1970, 1, 1), keep_time(make_orders(), 1.0).at
    at = [epoch + dt.timedelta(seconds=int(second)) for second in seconds]
    assert at[-1] == dt.datetime(2026, 2, 14, 12) and keep_times(at[:-1], at[-1]) == at[:-1]
    assert len({time.date() for time in at}) == 230  # each day of the horizon, and the morning of the cut
    assert len(keep_time(make_orders(), 0.02).at) < len(at) / 5


def test_each_named_server_answers_and_nobody_is_made_up():
    found = answers()["instances"]
    assert set(found["instance"]) == set(servers.load().servers)
    assert (found.groupby("collected_at").size() == len(servers.load().servers)).all()
    silent = found[found["is_reached"] == 0]
    assert 0 < len(silent) < 0.002 * len(found) and silent["started_at"].isna().all()
    heard = answers()["instance_metrics"][["collected_at", "instance"]].drop_duplicates()
    both = heard.merge(silent, on=["collected_at", "instance"])
    assert both.empty and len(heard) == len(found) - len(silent)


def test_counters_begin_anew_with_their_server_and_never_fall_otherwise():
    rows = answers()["instance_metrics"]
    rows = rows[rows["metric"].isin(COUNTERS)].merge(
        answers()["instances"][["collected_at", "instance", "started_at"]], on=["collected_at", "instance"]
    )
    of = ["instance", "metric", "started_at"]
    assert (rows.sort_values("collected_at").groupby(of)["value"].diff().dropna() >= 0).all()
    assert rows.groupby("instance")["started_at"].nunique().max() == 2
    assert (rows["value"] >= 0).all()


def test_what_is_planted_is_there():
    named = name_planted(PLANT)
    (late,) = named["late_replica"]
    assert series("planted", "replica_lag", instance=late).iloc[-1] == PLANT["replica_late_hours"] * 3_600
    for table in named["growing_tables"]:
        rows = series("planted", "table_rows", subject=table)
        weeks = rows[rows.index >= rows.index[-1] - pd.Timedelta(days=28)]
        assert weeks.iloc[-1] / weeks.iloc[0] == pytest.approx((1 + PLANT["growth_a_week"]) ** 4, rel=0.15)
    (crowded,) = named["crowded_server"]
    used, limit = (series("planted", name, instance=crowded) for name in ("connections", "connections_limit"))
    last = (used / limit).iloc[-192:]
    assert 0.5 < last.median() < 0.8 < last.max()
    (filling,) = named["filling_cache"]
    used, limit = (series("planted", name, instance=filling) for name in ("used_memory", "memory_limit"))
    assert (used / limit).iloc[-1] == pytest.approx(PLANT["filled"], rel=0.05)
    assert series("planted", "evicted_keys", instance=filling).iloc[-1] > 0
    for name in named["unused_caches"]:
        assert series("planted", "cache_hits", instance=name).iloc[-1] == 0
    prefixes = answers()["redis_prefixes"].groupby("instance")["n_expiring"].sum()
    assert (prefixes[named["caches_without_ttl"]] == 0).all()


def test_the_published_share_of_hits_is_met_by_the_cache_that_it_is_of():
    hits, misses = (
        series("planted", name, instance="luckyus-shopsale").iloc[-1]
        for name in ("cache_hits", "cache_misses")
    )
    assert hits / (hits + misses) == pytest.approx(0.029, abs=1e-3)


def test_where_nothing_is_planted_no_server_is_unwell():
    assert series("null", "replica_lag").max() < 10
    rows = answers("null")["instance_metrics"].pivot_table(
        index=["instance", "collected_at"], columns="metric", values="value", aggfunc="max"
    )
    last = rows.groupby("instance").tail(1)
    assert (last["used_memory"] / last["memory_limit"]).max() < 0.7
    assert (rows["connections"] / rows["connections_limit"]).max() < 0.8
    assert last["evicted_keys"].max() == 0 and last["memory_fragmentation"].max() < 1.5
    tables = answers("null")["instance_metrics"].query("metric == 'table_rows' and value > 5_000")
    ends = tables[tables["collected_at"] >= tables["collected_at"].max() - pd.Timedelta(days=7)]
    grown = ends.groupby("subject")["value"].agg(lambda rows: rows.iloc[-1] / rows.iloc[0] - 1)
    assert grown.max() < 0.2
    assert all(not names for label, names in name_planted(only_plants(plants(), "ramp")["servers"]).items()
               if label not in ("slowed_server", "late_replica", "growing_tables"))  # fmt: skip


def test_tables_end_at_their_published_rows():
    rows = answers()["instance_metrics"].query("metric == 'table_rows'")
    last = rows[rows["collected_at"] == rows["collected_at"].max()].set_index("subject")["value"]
    published = {name: n for _, name, n in list_tables(load()) if n > 5_000}
    assert len(published) > 20
    for name, n in published.items():
        assert last[name] == pytest.approx(n, rel=0.05)


def test_the_same_seed_says_the_same():
    first, again = answers(), answers.__wrapped__()
    for name, rows in first.items():
        pd.testing.assert_frame_equal(rows, again[name])
