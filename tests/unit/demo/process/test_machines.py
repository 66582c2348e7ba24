"""Machines: lives with the planted shape, events that agree with the device table, cups from working ones."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lucky_analytics.demo.process.fleet import N_DEVICES, TYPES, Fleet, assemble_fleet
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.tables.shops import list_shops
from lucky_analytics.demo.truth.machine_lives import shape_and_scales
from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.errors import DemoError

INSTALLED, FAILED, REPAIRED, OUT = 1, 2, 3, 4


def _rows(folder: Path, name: str) -> list[dict]:
    return pq.read_table(folder / "luckyus_iot_platform" / f"{name}.parquet").to_pylist()


def _fleet(seed: int, **overrides: object) -> Fleet:
    plant = plants()
    plant["machines"] |= overrides
    return assemble_fleet(list_shops(plant), plant, seed)


def test_shape_and_scales_are_those_planted():
    fleets = [_fleet(seed) for seed in range(30)]
    shapes = np.array([shape_and_scales(fleet)[:2] for fleet in fleets])
    # 14 scales are fitted beside it: the small-sample bias of a Weibull shape is about 3 % here.
    assert shapes[:, 0].mean() == pytest.approx(1.4 * 1.025, abs=0.05)
    assert shapes[:, 0].std() == pytest.approx(shapes[:, 1].mean(), rel=0.3)
    scales = np.median([shape_and_scales(fleet)[2] for fleet in fleets], axis=0)
    assert scales == pytest.approx(plants()["machines"]["scale_days"], rel=0.25)


def test_another_shape_gives_another_estimate():
    assert np.mean([shape_and_scales(_fleet(seed, shape=3.0))[0] for seed in range(10)]) > 2.7


def test_working_days_are_the_spells():
    fleet = _fleet(7)
    works = np.zeros((N_DEVICES, N_DAYS), dtype=bool)
    for device, start, end in zip(fleet.spell_device, fleet.spell_start, fleet.spell_end, strict=True):
        works[device, start:end] = True
    assert (fleet.works == works).all()
    out = fleet.decommissioned
    assert (out >= 0).sum() == round(0.30 * N_DEVICES)
    assert not any(works[device, day:].any() for device, day in enumerate(out) if day >= 0)


def test_too_few_working_machines_are_refused():
    with pytest.raises(DemoError, match="machines online: expected 93"):
        _fleet(7, scale_days=[2.0] * len(TYPES), repair_days=40.0)


def test_the_device_table_has_the_published_machines(tiny: Path):
    devices = _rows(tiny, "t_device")
    assert len(devices) == 216
    assert len({row["machine_type"] for row in devices}) == 14
    assert Counter(row["online_status"] for row in devices) == {1: 93, 0: 123}
    assert all(row["status"] == 1 for row in devices if row["online_status"])
    assert any(row["status"] == 1 for row in devices if not row["online_status"])  # offline is not failed


def test_events_tell_each_machine_s_life_and_end_in_its_status(tiny: Path):
    lives = defaultdict(list)
    for event in _rows(tiny, "t_device_event"):
        lives[event["device_id"]].append((event["event_type"], event["event_time"]))
    following = {INSTALLED: {FAILED, OUT}, FAILED: {REPAIRED, OUT}, REPAIRED: {FAILED, OUT}, OUT: set()}
    ends = {INSTALLED: 1, REPAIRED: 1, FAILED: 2, OUT: 3}
    for device in _rows(tiny, "t_device"):
        life = lives[device["id"]]
        kinds, times = zip(*life, strict=True)
        assert kinds[0] == INSTALLED and times[0] == device["install_time"]
        assert all(b in following[a] for a, b in itertools.pairwise(kinds))
        assert list(times) == sorted(times)
        assert device["status"] == ends[kinds[-1]]
        assert device["first_fault_time"] == next((at for kind, at in life if kind == FAILED), None)
        assert device["decommission_time"] == (times[-1] if kinds[-1] == OUT else None)


def test_cups_come_from_machines_of_the_shop_that_work_and_belong_to_drinks(tiny: Path):
    down = defaultdict(list)
    open_since: dict[int, object] = {}
    for event in _rows(tiny, "t_device_event"):
        if event["event_type"] in (FAILED, OUT):
            open_since.setdefault(event["device_id"], event["event_time"])
        elif event["event_type"] == REPAIRED:
            down[event["device_id"]].append((open_since.pop(event["device_id"]), event["event_time"]))
    shop = {row["id"]: row["shop_id"] for row in _rows(tiny, "t_device")}
    items = {
        row["id"]: row
        for row in pq.read_table(tiny / "luckyus_sales_order" / "t_order_item.parquet").to_pylist()
    }
    programmes = {row["formula_code"]: row for row in _rows(tiny, "t_coffee_formula")}
    cups = _rows(tiny, "t_cup_order_info")
    assert len(cups) == round(587_400 * 0.02)
    for cup in cups:
        device, start = cup["device_id"], cup["start_time"]
        assert cup["shop_id"] == shop[device]
        assert not any(since <= start < until for since, until in down[device])
        assert start < open_since.get(device, cup["end_time"]) and start < cup["end_time"]
        if cup["cup_type"] == 3:
            assert cup["order_id"] is None and cup["order_item_id"] is None
            continue
        item = items[cup["order_item_id"]]
        assert item["order_id"] == cup["order_id"] and item["one_category_name"] != "Food"
        programme = programmes[cup["formula_code"]]
        assert (programme["sku_code"], programme["status"]) == (item["sku_code"], 1)
    assert {cup["cup_type"] for cup in cups} == {1, 2, 3}
