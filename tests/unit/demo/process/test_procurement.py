"""Purchases of a small estate: they cover the stores' deliveries, and one supplier degrades."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

from lucky_analytics.demo.process.ingredients import Goods
from lucky_analytics.demo.process.procurement import N_SUPPLIERS, Purchases, buy
from lucky_analytics.demo.process.stock_levels import Stock
from lucky_analytics.demo.truth.planted import plants


@pytest.mark.parametrize(
    "sql",
    [
        """(select o.amount, sum(i.amount) as lines from t_purchase_order o
            join t_purchase_order_item i on i.purchase_order_id = o.id group by o.id, o.amount)
           where amount <> lines""",
        "t_purchase_order_item where amount <> ordered_packs * pack_price or ordered_packs <= 0",
        """t_purchase_order o left join t_purchase_order_item i on i.purchase_order_id = o.id
           where i.id is null""",
        "t_purchase_order o anti join t_supplier using (supplier_no)",
        """t_ship_order s join t_purchase_order o on o.id = s.purchase_order_id
           where o.status = 3 or s.promised_date < o.expected_date""",
        "t_ship_order where rejected_packs not between 0 and shipped_packs or shipped_packs < 0",
        "t_ship_order where (arrived_time is null) <> (status = 1) or arrived_time > '2026-02-14 12:00'",
        """t_supplier_settlement e join t_ship_order s on s.id = e.ship_order_id
           where e.amount <> s.accepted_amount or s.status <> 2 or e.paid_time <= s.arrived_time""",
        "t_supplier_settlement where (paid_time is null) <> (status = 2) or paid_time > '2026-02-14 12:00'",
        "(select ship_order_id from t_supplier_settlement group by 1 having count(*) > 1)",
    ],
)
def test_nothing_is_implausible(db: duckdb.DuckDBPyConnection, sql: str):
    assert (db.execute(f"select count(*) from {sql}").fetchone() or ())[0] == 0


def test_what_was_bought_is_what_the_stores_received(db: duckdb.DuckDBPyConnection):
    """Within a pack for each order, good by good, for goods of which the stores took hundreds of packs."""
    sql = """
        with bought as (select goods_code, sum(ordered_packs) as packs, count(*) as lines,
                               any_value(pack_quantity) as size from t_purchase_order_item group by 1),
             taken as (select goods_code, sum(received_quantity) as received
                       from t_shop_goods_stock_daily group by 1)
        select count(*),
               count(*) filter (packs not between received / size - 1 and received / size + lines + 1)
        from bought join taken using (goods_code)"""
    n, off = db.execute(sql).fetchone() or (0, 1)
    assert n > 50 and off == 0


def test_truth_names_the_supplier(tiny: Path):
    truth = json.loads((tiny / "truth.json").read_text())
    assert truth["exceptions"]["rows"]["degrading_supplier"] == ["S5003"]


def _bought(**plant: float | str) -> Purchases:
    n, ones = 24, np.ones(24, dtype=np.int64)
    names, classes = tuple("abcdefghijklmnopqrstuvwx"), ("Dairy",) * 12 + ("Food",) * 12
    goods = Goods(names, names, classes, ("g",) * n, np.ones(n), ones > 0, 10 * ones, -ones, ones)
    received = np.full((10, 229, n), 50_000)
    nothing = np.zeros_like(received)
    planted = plants()
    planted["suppliers"] = {**planted["suppliers"], **plant}
    return buy(Stock(*[received] * 5, nothing, nothing), goods, planted, 1.0, 7)


def test_only_the_planted_supplier_degrades_and_only_after_its_day():
    worse = _bought(on_time_after=0.2, rejected_after=0.3)
    own = worse.supplier[worse.ship_order] == 2
    after = worse.ordered[worse.ship_order] >= 138
    there = worse.arrived > -1_000
    late = worse.arrived > worse.promised
    assert late[own & after & there].mean() > 0.6
    assert late[~(own & after) & there].mean() == pytest.approx(0.07, abs=0.02)
    refused = worse.rejected / np.maximum(worse.shipped, 1)
    assert refused[own & after & there].mean() > 0.25 > 0.02 > refused[~(own & after) & there].mean()
    quiet = _bought(on_time_after=0.93, rejected_after=0.008, price_rise=0.0)
    assert (quiet.arrived > quiet.promised)[own & after & there].mean() < 0.25


def test_counts_are_the_published_ones():
    bought = _bought()
    assert (len(bought.supplier), len(bought.ship_order), len(bought.settled)) == (694, 1_670, 1_363)
    assert len(bought.lead) == N_SUPPLIERS
