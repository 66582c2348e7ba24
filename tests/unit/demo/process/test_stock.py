"""Stock: every balance closes, every change is in the right place, and uses follow the recipes."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lucky_analytics.demo.build.arrays import stream
from lucky_analytics.demo.process.consumption import Consumption
from lucky_analytics.demo.process.ingredients import Goods
from lucky_analytics.demo.process.stock_levels import keep_stock
from lucky_analytics.demo.process.store_plan import OPENED

PLAIN = {"waste": {"over_order": 0.0, "over_ordering_stores": [3, 6]}}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUANTITIES = ("opening", "received", "consumed", "wasted", "adjusted", "closing")


def _rows(folder: Path, database: str, name: str) -> list[dict]:
    return pq.read_table(folder / database / f"{name}.parquet").to_pylist()


def _changes(folder: Path) -> list[dict]:
    stock = "luckyus_scm_shopstock"
    return [
        {**row, "weekday": number}
        for number, day in enumerate(WEEKDAYS)
        for row in _rows(folder, stock, f"t_shop_goods_stock_change_{day}")
    ]


@pytest.fixture(scope="module")
def daily(tiny: Path) -> dict[tuple, dict]:
    rows = _rows(tiny, "luckyus_scm_shopstock", "t_shop_goods_stock_daily")
    return {(r["shop_dept_id"], r["goods_code"], r["stock_date"]): r for r in rows}


def test_every_day_closes_and_the_next_opens_with_it(daily: dict[tuple, dict]):
    previous: dict[tuple, Decimal] = {}
    for (shop, good, _), row in sorted(daily.items()):
        opening, received, consumed, wasted, adjusted, closing = (row[f"{q}_quantity"] for q in QUANTITIES)
        assert opening + received - consumed - wasted + adjusted == closing
        assert min(opening, received, consumed, wasted, closing) >= 0
        assert opening == previous.get((shop, good), 0)
        previous[shop, good] = closing


def test_a_stock_out_day_ends_with_nothing_and_nothing_else_runs_out(daily: dict[tuple, dict]):
    out = [row for row in daily.values() if row["stock_out_time"]]
    assert out
    assert all(row["closing_quantity"] == 0 and row["consumed_quantity"] > 0 for row in out)
    # what is left may also be thrown away whole, at closing
    used_up = [
        r
        for r in daily.values()
        if r["closing_quantity"] == 0 and r["consumed_quantity"] > 0 and r["wasted_quantity"] == 0
    ]
    assert len(used_up) == len([r for r in out if r["wasted_quantity"] == 0])


def test_changes_of_a_day_lead_from_its_opening_to_its_closing(tiny: Path, daily: dict[tuple, dict]):
    of_day = defaultdict(list)
    for row in _changes(tiny):
        assert row["stock_date"].weekday() == row["weekday"]
        of_day[row["shop_dept_id"], row["goods_code"], row["stock_date"]].append(row)
    assert len({date for *_, date in of_day}) == 56
    for key, changes in of_day.items():
        changes.sort(key=lambda r: (r["create_time"], r["id"]))
        level = daily[key]["opening_quantity"]
        for change in changes:
            level += change["change_quantity"]
            assert change["stock_quantity"] == level
        assert level == daily[key]["closing_quantity"]
        used = -sum(c["change_quantity"] for c in changes if c["change_type"] == 1)
        assert used == daily[key]["consumed_quantity"]


def test_an_item_uses_its_default_recipe(tiny: Path):
    recipes: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in _rows(tiny, "luckyus_scm_commodity", "t_formula_spu"):
        if row["is_default"] and row["status"] == 1:
            recipes[row["sku_code"]][row["goods_code"]] = row["quantity"]
    sku = {r["id"]: r["sku_code"] for r in _rows(tiny, "luckyus_sales_order", "t_order_item")}
    used: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in _changes(tiny):
        if row["change_type"] == 1:
            used[row["order_item_id"]][row["goods_code"]] = -row["change_quantity"]
    assert len(used) > 1000
    assert all(goods == recipes[sku[item]] for item, goods in used.items())


def test_every_shop_has_its_positions_and_only_trading_stores_have_stock(
    tiny: Path, daily: dict[tuple, dict]
):
    rows = pq.read_table(tiny / "luckyus_scm_shopstock" / "t_shop_goods_stock.parquet")
    assert rows.num_rows == 517 * 290
    trading = {shop for shop, *_ in daily}
    held = rows.filter(pc.greater(rows["stock_quantity"], Decimal("0.000")))
    assert set(held["shop_dept_id"].to_pylist()) == trading
    last = max(date for *_, date in daily)
    for row in held.to_pylist():
        if day := daily.get((row["shop_dept_id"], row["goods_code"], last)):
            assert row["stock_quantity"] == day["closing_quantity"]


def test_deliveries_come_in_packs_and_a_planted_stock_out_is_the_only_one():
    rng = stream(3, "test")
    open_days = np.arange(229) >= OPENED[:10, None]
    used = (rng.integers(0, 9, (10, 229, 2)) * 1000) * open_days[:, :, None]
    is_out = np.zeros(used.shape, dtype=bool)
    is_out[0, 100, 0] = is_out[3, 150, 1] = True
    used[is_out] = 5000
    goods = Goods(("a", "b"), ("A", "B"), ("Food", "Dairy"), ("pc", "g"), np.ones(2), np.ones(2, dtype=bool),
                  np.array([12, 500]), np.array([5, -1]), np.ones(2, dtype=np.int64))  # fmt: skip
    consumption = Consumption(used, used.astype(float), used, is_out)
    stock = keep_stock(consumption, goods, PLAIN, 3)
    assert (stock.closing >= 0).all()
    assert (stock.closing[is_out] == 0).all()
    ran_out = (stock.closing == 0) & (used > 0) & ((stock.wasted == 0) | is_out)
    assert (ran_out == is_out).all()
    packs = stock.received % (goods.pack * 1000)
    assert (packs > 0).sum() <= is_out.sum()
    assert (stock.received[0, 101, 0], stock.received[3, 151, 1]) != (0, 0)
    assert (stock.wasted[:, :, 1] == 0).all() and (stock.wasted[:, :, 0] > 0).any()


def test_over_ordering_makes_more_expire_in_its_stores_and_nowhere_else():
    rng = stream(3, "test")
    open_days = np.arange(229) >= OPENED[:10, None]
    used = (rng.integers(1, 4, (10, 229, 2)) * 1000) * open_days[:, :, None]
    goods = Goods(("a", "b"), ("A", "B"), ("Food", "Dairy"), ("pc", "g"), np.ones(2), np.ones(2, dtype=bool),
                  np.array([1, 100]), np.array([3, 14]), np.ones(2, dtype=np.int64))  # fmt: skip
    consumption = Consumption(used, used.astype(float), used, np.zeros(used.shape, dtype=bool))
    plain = keep_stock(consumption, goods, PLAIN, 3)
    more = keep_stock(consumption, goods, {"waste": {**PLAIN["waste"], "over_order": 2.0}}, 3)
    extra = (more.expired - plain.expired).sum(1)
    assert (extra[[3, 6], 0] > 0.2 * used[[3, 6], :, 0].sum(1)).all()
    extra[[3, 6], 0] = 0
    assert (extra == 0).all()
    for stock in (plain, more):
        assert (stock.opening + stock.received - used - stock.wasted + stock.adjusted == stock.closing).all()
        assert (stock.expired <= stock.wasted).all() and stock.closing.min() >= 0
        assert stock.age.max() <= 14 and (stock.age[:, :, 0] <= 3).all()
