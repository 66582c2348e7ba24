"""Opening times: every shop and date, and no order outside them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq


def _rows(folder: Path, database: str, name: str) -> list[dict]:
    return pq.read_table(folder / database / f"{name}.parquet").to_pylist()


def test_every_shop_and_date_and_no_order_while_closed(tiny: Path):
    hours = _rows(tiny, "luckyus_opshop", "t_shop_opening_time")
    zones = {row["id"]: ZoneInfo(row["time_zone"]) for row in _rows(tiny, "luckyus_opshop", "t_shop_info")}
    by_day = {(row["shop_id"], row["business_date"]): row for row in hours}
    assert len(by_day) == len(hours) == 517 * 261
    seen = defaultdict(list)
    for order in _rows(tiny, "luckyus_sales_order", "t_order"):
        if order["status"] != 90:  # an attempt may come before opening
            continue
        local = order["create_time"].replace(tzinfo=dt.UTC).astimezone(zones[order["shop_id"]])
        row = by_day[order["shop_id"], local.date()]
        assert row["is_open"] == 1 and row["open_time"] <= f"{local:%H:%M}" < row["close_time"]
        assert row["real_open_time"] < order["create_time"]
        assert order["finish_time"] < row["real_close_time"]
        seen[order["shop_id"]].append(local.date())
    assert len(seen) > 15


def test_times_exist_exactly_where_a_shop_opened(tiny: Path):
    hours = _rows(tiny, "luckyus_opshop", "t_shop_opening_time")
    for row in hours:
        happened = row["is_open"] == 1 and row["business_date"] <= dt.date(2026, 2, 13)
        assert (row["real_open_time"] is not None) == (row["real_close_time"] is not None) == happened
        assert (row["open_time"] is not None) == (row["is_open"] == 1)
    zone = ZoneInfo("America/New_York")
    opened = [
        row["real_open_time"].replace(tzinfo=dt.UTC).astimezone(zone).time()
        for row in hours
        if row["real_open_time"] and row["shop_id"] == 100_001
    ]
    late = sum(time > dt.time(7, 2) for time in opened) / len(opened)
    assert 0 < late < 0.08
    assert any(row["is_open"] for row in hours if row["business_date"] > dt.date(2026, 2, 13))
