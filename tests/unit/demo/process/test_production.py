"""Kitchens: the planted slope is the slope, tickets belong to orders, February keeps its mean."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lucky_analytics.demo.build import generate
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process import making_times as production
from lucky_analytics.demo.process.making_times import _settle
from lucky_analytics.demo.process.timing import open_tickets
from lucky_analytics.demo.truth.planted import Realised, plants


def _rows(folder: Path, database: str, name: str) -> list[dict]:
    return pq.read_table(folder / database / f"{name}.parquet").to_pylist()


def test_settled_seconds_are_what_a_loop_through_the_day_gives():
    rng = np.random.default_rng(4)
    n, slope = 400, 0.5
    accepted, shop = np.sort(rng.integers(0, 20_000, n)), rng.integers(0, 2, n)
    work = rng.normal(0, 0.3, n)
    usual, february = np.ones(n, dtype=bool), np.ones(n, dtype=bool)
    seconds, load = _settle(work, accepted, shop, usual, february, slope)
    assert seconds.mean() == pytest.approx(204, rel=0.01)
    level = np.log(seconds[0]) - work[0]  # nobody was there before the first
    expected: list[int] = []
    for i in range(n):
        at = accepted[i]
        others = sum(shop[j] == shop[i] and accepted[j] < at < accepted[j] + expected[j] for j in range(i))
        assert load[i] == others
        expected.append(int(seconds[i]))
        assert np.log(seconds[i]) == pytest.approx(level + work[i] + slope * np.log1p(others), abs=0.03)
    assert load.max() >= 3
    assert (load == open_tickets(accepted, accepted + seconds, shop)).all()


def test_a_planted_slope_comes_out():
    plant = plants()
    plant["production"] |= {"load_slope": 0.6, "learning": 0.0}
    making = generate.generate(Targets.at(0.05), plant, 7).making
    truth = Realised(plant)
    never = np.zeros(len(making.load), dtype=bool)
    never[:2] = True
    production.note(making, truth, never, never)
    fact = truth._facts["production"]
    assert abs(fact["load_slope"]["realised"] - 0.6) < 4 * fact["load_slope"]["se"] < 0.1
    assert fact["noise_sd"]["realised"] == pytest.approx(0.35, abs=0.01)


def test_february_has_its_rows_and_mean_and_the_longest_is_the_longest(tiny: Path):
    zones = {row["id"]: row["time_zone"] for row in _rows(tiny, "luckyus_opshop", "t_shop_info")}
    seconds = []
    longest = 0.0
    for row in _rows(tiny, "luckyus_opproduction", "t_production"):
        if row["accept_time"] is None or row["done_time"] is None:
            continue
        took = (row["done_time"] - row["accept_time"]).total_seconds()
        longest = max(longest, took)
        hours = 5 if zones[row["shop_id"]] == "America/New_York" else 10
        if row["create_time"] - dt.timedelta(hours=hours) >= dt.datetime(2026, 2, 1):
            seconds.append(took)
    assert longest == 9_839
    assert len(seconds) == pytest.approx(36_696 * 0.02, abs=25)
    assert np.mean([s for s in seconds if s <= 1_800]) == pytest.approx(204, abs=2)


def test_tickets_name_orders_and_the_missing_ones_are_the_planted(tiny: Path):
    tickets = {row["order_id"]: row for row in _rows(tiny, "luckyus_opproduction", "t_production")}
    orders = {str(row["id"]): row for row in _rows(tiny, "luckyus_sales_order", "t_order")}
    assert set(tickets) <= set(orders)
    missing = {order for order, row in orders.items() if row["status"] == 90 and order not in tickets}
    planted = json.loads((tiny / "truth.json").read_text())["exceptions"]["rows"]
    assert missing == set(planted["completed_without_production"]) and missing
    items = {row["id"]: row for row in _rows(tiny, "luckyus_sales_order", "t_order_item")}
    for unit in _rows(tiny, "luckyus_opproduction", "t_commodity"):
        item, ticket = items[unit["order_item_id"]], tickets[unit["order_id"]]
        assert (item["order_id"], item["sku_code"]) == (unit["order_id"], unit["sku_code"])
        assert unit["production_id"] == ticket["id"]
        assert ticket["accept_time"] <= unit["start_time"]
        if unit["done_time"]:
            assert unit["start_time"] <= unit["done_time"] <= ticket["done_time"]
