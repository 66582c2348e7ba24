"""The capacity plan on made servers: what is planted comes back, and nothing is claimed of nothing."""

from __future__ import annotations

import datetime as dt
import functools

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import IDLE, WAIT
from lucky_analytics.questions.platform.capacity_plan import demand as driven
from lucky_analytics.questions.platform.capacity_plan import loads as carried
from lucky_analytics.questions.platform.capacity_plan import store_needs as needs
from lucky_analytics.questions.platform.capacity_plan import texts, views
from tests import server_world
from tests.notebook_said import headlines, page_faults, rows, said_by

NOTEBOOK = "platform/capacity_plan"
AS_OF = server_world.AS_OF
MOST = {"connections": 0.8, "used_memory": 0.85}
HEADLINES = {"servers", "naive", "enlarged", "first_end", "added", "bill", "bill_follows", "short", "follow",
             "tried_off"}  # fmt: skip


def _world(
    limits: dict[str, float], slopes: dict[str, float], n_stores: int = 10, seed: int = 1, grow: float = 0.0
):
    """A catalog of databases with connections of 50 and so many for each order of the hour, hour by hour."""
    chance = np.random.default_rng(seed)
    at = pd.date_range("2026-01-16 00:00", "2026-02-13 23:00", freq="h")
    per_hour = np.maximum(0, 300 * np.sin((at.hour - 11) / 13 * np.pi) * (at.hour > 11)).astype(int)
    ordered = np.repeat(at - pd.Timedelta(minutes=30), per_hour)
    said, answers = [], []
    for server, slope in slopes.items():
        load = 50 + slope * per_hour + grow * np.arange(len(at)) / 24 + chance.normal(0, 2, len(at))
        both = {"connections": load, "connections_limit": np.full(len(at), limits[server])}
        for metric, values in both.items():
            named = {"server": server, "metric": metric, "subject": ""}
            said.append(pd.DataFrame({"said_at": at, "value": values}).assign(**named))
        answers.append(pd.DataFrame({"server": server, "kind": "mysql", "asked_at": at}))
    said = pd.concat(said).assign(rate=np.nan, seconds=3600.0)
    stores = pd.DataFrame(
        {"store_id": [f"s{i}" for i in range(n_stores)], "opened_date": dt.date(2025, 7, 1)}
    )
    ids = [f"s{i}" for i in np.arange(len(ordered)) % max(n_stores, 1)]
    orders = pd.DataFrame({"ordered_at": ordered, "order_date": ordered.date, "store_id": ids})
    made = server_world.Suite(
        as_of=AS_OF, snapshot=server_world.SimpleNamespace(last_closed_day=AS_OF),
        server_metrics=ibis.memtable(said), server_answers=ibis.memtable(pd.concat(answers)),
        all_orders=ibis.memtable(orders), stores=ibis.memtable(stores.assign(is_trading_store=True)),
    )  # fmt: skip
    made.optional = lambda name: getattr(made, name, None)
    return made


LIMITS = {"aws-luckyus-a-rw": 1000.0, "aws-luckyus-b-rw": 1000.0, "aws-luckyus-c-rw": 1000.0}
SLOPES = {"aws-luckyus-a-rw": 0.5, "aws-luckyus-b-rw": 0.05, "aws-luckyus-c-rw": 0.0}


@functools.cache
def _read():
    suite = _world(LIMITS, SLOPES)
    moment = carried.find_moment(suite)
    demand = driven.load_demand(suite, moment)
    return demand, carried.read_loads(suite, demand, moment, 0.9)


def test_what_is_planted_comes_back_server_by_server():
    demand, loads = _read()
    by = loads.rows.set_index("server")
    assert [by.loc[server, "class"] for server in LIMITS] == [carried.FOLLOWS, carried.FOLLOWS, carried.FIXED]
    ends = needs.find_ends(loads, demand, MOST, 0.9).set_index("server")
    # 800 connections at 300 orders an hour of 10 stores: (800 - 50) / 0.5 orders are those of 50 stores
    row = ends.loc["aws-luckyus-a-rw"]
    assert row["stores"] == pytest.approx(50, rel=0.05)
    # A busy hour stands above its line, so it is rather sooner.
    assert row["stores_low"] <= row["stores"] <= row["stores_high"] <= 50.5
    assert "aws-luckyus-c-rw" not in ends.index
    peaks = needs.foretell_peaks(loads, demand, [10, 50, 200], MOST, 0.9)
    counted = needs.count_instances(peaks, loads, demand, [10, 50, 200]).set_index("n_stores")
    assert counted.loc[10, "servers"] == 3 and counted.loc[200, "servers"] > counted.loc[50, "servers"] >= 3
    assert counted["naive"].tolist() == pytest.approx([3, 15, 60])
    assert (counted["servers_low"] <= counted["servers"]).all()
    assert (counted["servers"] <= counted["servers_high"]).all()


def test_a_server_that_grows_by_itself_is_not_said_to_follow_orders():
    suite = _world(LIMITS, dict.fromkeys(LIMITS, 0.0), grow=3.0)
    moment = carried.find_moment(suite)
    loads = carried.read_loads(suite, driven.load_demand(suite, moment), moment, 0.9)
    assert set(loads.rows["class"]) == {carried.FIXED}


def test_in_null_worlds_hardly_any_server_is_said_to_follow_orders():
    called = 0
    for seed in range(6):
        suite = _world(LIMITS, dict.fromkeys(LIMITS, 0.0), seed=seed)
        moment = carried.find_moment(suite)
        loads = carried.read_loads(suite, driven.load_demand(suite, moment), moment, 0.9)
        called += (loads.rows["class"] == carried.FOLLOWS).any()
    assert called == 0


def test_more_stores_bring_more_orders_and_more_doubt_of_how_many():
    demand, _ = _read()
    spread = driven.Demand(demand.ordered_at, pd.Series([900.0, 1100, 1000, 1300, 700]), demand.opened, "")
    known = [spread.times(n, 0.9) for n in (5, 10, 50)]
    assert known[0].low is None and known[0].value == 1
    assert known[1].low < 2 < known[1].high and known[2].high - known[2].low > known[1].high - known[1].low


def test_the_page_is_whole_and_moves_with_its_parameters_and_rows():
    suite = _world(LIMITS, SLOPES)
    said = said_by(NOTEBOOK, suite)
    found = headlines(said)
    assert page_faults(said) == [] and set(found) == HEADLINES
    assert "runs out first" in said["answer"][0]["text"] and found["short"]["value"] == 0
    tight = said_by(NOTEBOOK, suite, connections_most=0.1)
    assert headlines(tight)["short"]["value"] == 1 and "runs out next" in tight["answer"][0]["text"]
    assert found["naive"]["value"] == pytest.approx(15) and found["added"]["value"] == 0
    assert found["bill"]["value"] is None and "no bill" in found["bill"]["note"]
    decided = said["decision"][0]
    assert decided["strength"] == WAIT and any("never seen" in doubt for doubt in decided["doubts"])
    more = headlines(said_by(NOTEBOOK, suite, target_stores=400, connections_most=0.3))
    assert more["servers"]["value"] > found["servers"]["value"] and more["naive"]["value"] == pytest.approx(
        120
    )
    assert more["enlarged"]["value"] > found["enlarged"]["value"]
    steeper = headlines(said_by(NOTEBOOK, _world(LIMITS, {**SLOPES, "aws-luckyus-b-rw": 2.0})))
    for name in ("servers", "enlarged", "first_end", "tried_off"):
        assert steeper[name]["value"] != found[name]["value"], name
    assert [row["n_stores"] for row in rows(said, "instances")] == [10, 25, 50, 100, 200]


def test_where_nothing_follows_orders_there_is_nothing_to_decide():
    said = said_by(NOTEBOOK, _world(LIMITS, dict.fromkeys(LIMITS, 0.0)))
    assert said["decision"][0]["is_idle"] and page_faults(said) == []
    assert headlines(said)["first_end"]["value"] is None
    assert IDLE == "nothing to decide"


def test_one_store_few_hours_or_none_bring_a_page_that_says_so():
    one = said_by(NOTEBOOK, _world(LIMITS, SLOPES, n_stores=1))
    assert page_faults(one) == [] and any(
        "fewer than three stores" in limit["text"] for limit in one["caveat"]
    )
    few = _world(LIMITS, SLOPES)
    few.server_metrics = few.server_metrics.filter(few.server_metrics.said_at > pd.Timestamp("2026-02-11"))
    assert said_by(NOTEBOOK, few)["title"][0]["text"] == texts.NOTHING[0]
    none = _world(LIMITS, SLOPES)
    none.server_answers = none.server_answers.filter(ibis.literal(False))
    assert said_by(NOTEBOOK, none)["title"][0]["text"] == texts.NOTHING[0]


def test_a_flat_bill_is_not_said_to_follow_orders_and_one_that_does_is():
    at = pd.date_range("2025-11-01", "2026-02-13")
    chance = np.random.default_rng(3)
    suite = _world(LIMITS, SLOPES)
    seconds = np.sort(np.concatenate([
        np.repeat(day.value // 10**9 + 3600 * 15, 2000 - 900 * (day.day_of_week > 4)) for day in at
    ]))  # fmt: skip
    base = driven.load_demand(suite, carried.find_moment(suite))
    demand = driven.Demand(seconds, base.by_store, base.opened, "")
    orders = demand.in_day(pd.Series(at))
    for slope in (0.0, 0.4):
        cost = 1600 + slope * orders + chance.normal(0, 5, len(at))
        lines = {"service": "EC2", "usage": "hours", "paid_by": "on_demand", "unit": "hours", "amount": 1.0}
        bills = pd.DataFrame({"day": at.date, "cost_cents": 100 * cost}).assign(**lines)
        suite.cloud_costs = ibis.memtable(bills)
        bill = needs.read_bill(suite, demand, [10, 50], 0.9)
        assert bill.follows.holds(0) == (slope == 0)
        assert ("does not move" in texts.name_bill(bill)) == (slope == 0)
        assert bill.by_stores["naive"].iloc[1] == pytest.approx(5 * bill.month)
    assert views.check_loads(_read()[1], bill)["passed"].iloc[3]
