"""Levels and their replay: on stores made for it, where some order too much and where none does."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.shelf_replay import replay_orders
from lucky_analytics.models.goods_ahead import HORIZON, History, learn_before
from lucky_analytics.models.goods_levels import Rules, draw_span
from lucky_analytics.models.goods_shelf import Shelf
from lucky_analytics.questions.supply_chain.par_levels import had_we_ordered as had
from lucky_analytics.questions.supply_chain.par_levels import level_figures, levels, texts, views
from tests.stock_world import draw_shelf
from tests.waste_world import draw_world

DAY = dt.date(2026, 2, 13)


def shelf_of(shelves, n_days=140):
    """What the page sees of the stores of a world of waste: no forecast, so weekdays before."""
    part = slice(len(shelves.days) - n_days, None)
    pairs = shelves.pairs
    place = np.arange(len(shelves.days))[part]
    demand = np.where(place[None, :] >= pairs["first"].to_numpy()[:, None], shelves.demand[:, part], np.nan).T
    cells = pairs[["store_id", "goods_id", "store_name", "goods_name", "unit", "pack"]].assign(
        portion=pairs["pack"] / 6, weight=pairs["dollars"], cost=pairs["dollars"], margin=pairs["margin"],
        life_days=pairs["life"].astype(float), is_active=True, goods_class="Food", stock=0.0, on_order=0.0,
        safety=0.0, ran_out=False, to_first=0.0, to_order=1.0, to_next=3.0,
    )  # fmt: skip
    history = History(
        shelves.days[part], cells, demand, np.full((n_days, HORIZON, len(pairs)), np.nan), pd.DataFrame()
    )
    routes = dict.fromkeys(pairs["store_id"].unique(), (0, 2, 4))
    return Shelf(history, cells, routes, dt.date(2026, 2, 14), pd.DataFrame(), 0, True, "")


@functools.cache
def tried(seed, over_order):
    shelves, _ = draw_world(seed, over_order)
    return shelves, had.replay_levels(shelf_of(shelves), shelves, Rules(0.0), 1, had.SCALES)


def test_stores_that_order_too_much_would_have_saved_and_no_other():
    shelves, each = tried(1, 0.8)
    stores = had.compare_stores(each[2], shelves, 0.9)
    assert set(stores[stores["saves"]]["store_name"]) == {"Store 3", "Store 6"}
    cover = had.measure_cover(each[2], shelves, 0.9)
    assert set(cover[cover["low"] > 0]["store_name"]) == {"Store 3", "Store 6"}
    made = texts.decide(
        level_figures.join_cover(stores, cover), had.compare_whole(each[2], shelves, 0.9)["net"], 0.9, DAY
    )
    assert made.strength.word == "lean" and "Store 3" in made.action and "Store 6" in made.action
    assert made.on == {f"orders of what keeps a week at most, Store {k}": "less" for k in (3, 6)}
    assert [trial.record["who"] for trial in made.trials] == ["Store 3 and Store 6"]


def test_where_all_order_alike_no_store_is_told_to_order_less():
    shelves, _ = draw_world(2, 0.0)
    (found,) = had.replay_levels(shelf_of(shelves), shelves, Rules(0.0), 1)
    stores = had.compare_stores(found, shelves, 0.9)
    assert not stores["saves"].any()
    made = texts.decide(stores.assign(is_over=False), had.compare_whole(found, shelves, 0.9)["net"], 0.9, DAY)
    assert made.on == {} and made.strength.word != "do"


def test_parts_add_up_and_the_frontier_trades_waste_for_sales():
    shelves, each = tried(1, 0.8)
    whole = had.compare_whole(each[2], shelves, 0.9)
    stores = had.compare_stores(each[2], shelves, 0.9)
    for name in ("expired", "lost", "expired_by", "lost_by", "kept", "net"):
        assert stores[name].sum() == pytest.approx(whole[name].value)
    assert whole["net"].value == pytest.approx(
        whole["expired"].value + whole["lost"].value - whole["expired_by"].value - whole["lost_by"].value
    )
    line = had.draw_frontier(each).query("kind != 'as it was'").sort_values("scale")
    assert line["expired"].is_monotonic_increasing and line["lost"].is_monotonic_decreasing
    weeks = views.show_weeks(each[2], shelves.days[-1])
    assert weeks["expired"].mean() == pytest.approx(whole["expired"].value) and len(weeks) == 8


def test_a_replay_of_what_was_ordered_gives_what_expired():
    shelves, each = tried(1, 0.8)
    assert each[2].was.expired.sum() == pytest.approx(shelves.expired.sum(), rel=0.02)
    checks = {name: holds for name, holds, _ in level_figures.check_replay(shelf_of(shelves), shelves)}
    assert all(checks.values()) and len(checks) == 2
    found, levels_ = each[2].found, each[2].points
    again = replay_orders(
        np.where(np.isnan(levels_), np.nan, levels_)[:, -56:], shelves.demand[:, -56:], shelves.pack,
        shelves.life, shelves.until[:, -56:],
    )  # fmt: skip
    assert again.received.shape == found.received[:, -56:].shape


def test_nothing_after_the_eve_of_a_delivery_changes_its_level():
    shelves, each = tried(1, 0.8)
    day = len(shelves.days) - 20
    later = shelves.demand.copy()
    later[:, day - 1 :] *= 5
    moved = dataclasses.replace(shelves, demand=later)
    again = had.replay_levels(shelf_of(moved), moved, Rules(0.0), 1)[0]
    before = slice(len(shelves.days) - 56, day)
    assert np.allclose(again.points[:, before], each[2].points[:, before], equal_nan=True)
    assert not np.allclose(again.points[:, day:], each[2].points[:, day:], equal_nan=True)


@functools.cache
def plan_of(**rules):
    shelf = draw_shelf(3)
    spread = learn_before(shelf.history, len(shelf.history.days) - 1)
    return shelf, levels.plan_week(shelf, spread, Rules(**rules))


def test_a_week_has_a_level_for_each_delivery_and_more_for_longer_gaps():
    shelf, plan = plan_of()
    days = plan.groupby("store_id")["weekday"].unique()
    assert {store: tuple(sorted(own)) for store, own in days.items()} == shelf.routes
    assert ((plan["most"] - plan["least"]).round(6) == plan["pack"]).all() and (plan["least"] >= 0).all()
    assert (plan["packs"] == np.ceil(plan["least"] / plan["pack"] - 1e-6)).all()
    gaps = [(until - day).days for day, until in zip(plan["day"], plan["until"], strict=True)]
    assert set(gaps) == {2, 3} and (plan["covered"] > 0.5).mean() > 0.9
    big = plan[plan["goods_id"] == "g29"]
    assert (big["least"] > big["need"]).all()


def test_levels_fall_with_cheaper_lack_dearer_stock_and_shorter_life():
    _, plan = plan_of()
    assert plan_of(switch_share=0.99)[1]["least"].sum() < plan["least"].sum()
    assert plan_of(holding_rate=2.0)[1]["least"].sum() < plan_of(holding_rate=0.0)[1]["least"].sum()
    shelf, _ = plan_of()
    spread = learn_before(shelf.history, len(shelf.history.days) - 1)
    short = dataclasses.replace(shelf, cells=shelf.cells.assign(life_days=1.0))
    kept, free = (levels.plan_week(short, spread, Rules(salvage_share=share)) for share in (0.0, 0.99))
    assert kept["least"].sum() < free["least"].sum() <= plan["least"].sum() * 1.001
    assert kept["is_held"].sum() > free["is_held"].sum()


def test_a_span_is_the_demand_of_its_days():
    shelf, _ = plan_of()
    spread = learn_before(shelf.history, len(shelf.history.days) - 1)
    days = np.arange(1.0, 15)[:, None] * np.ones((1, 2))
    drawn = draw_span(days, spread, np.ones(2), np.array([0, 1]), np.array([2, np.inf]))
    one = spread.quantities(np.array(3.0), np.array(3.0), 2, is_fine=True)
    assert drawn[:, 0] == pytest.approx(one) and np.isinf(drawn[:, 1]).all()
    beyond = draw_span(days, spread, np.ones(2), np.array([0, 0]), np.array([14, 28]))
    assert (beyond[:, 1] >= beyond[:, 0]).all()


def test_what_stands_off_its_level_is_found_at_both_ends():
    shelf, plan = plan_of()
    full = dataclasses.replace(shelf, cells=shelf.cells.assign(stock=1e6))
    off = levels.list_off(full, plan)
    assert (
        set(off["state"]) == {levels.MORE}
        and len(off) == plan.drop_duplicates(["store_id", "goods_id"]).shape[0]
    )
    assert off["dollars"].is_monotonic_decreasing
    empty = levels.list_off(dataclasses.replace(shelf, cells=shelf.cells.assign(stock=0.0)), plan)
    assert set(empty["state"]) == {levels.LESS} and (empty["off"] > 0).all()
    # Stores that are delivered today lack nothing before it.
    assert not set(empty["store_id"]) & {store for store, route in shelf.routes.items() if 5 in route}


def test_the_configured_minimum_is_held_against_the_need():
    _, plan = plan_of()
    table = views.compare_minimum(plan.assign(safety=0.0))
    assert table["none"].tolist() == [1.0, 1.0] and level_figures.first_of(table, "below") == 0
    low = views.compare_minimum(plan.assign(safety=plan["need"] / 2))
    high = views.compare_minimum(plan.assign(safety=plan["most"] * 2))
    assert low["below"].iloc[0] == 1.0 and high["above"].iloc[0] == 1.0 and high["below"].iloc[0] == 0


def test_words_follow_the_numbers():
    none = level_figures.no_stores()
    assert "cannot be said" in texts.name_finding(none, Estimate(None))
    assert "lost more" in texts.name_finding(none, Estimate(-9.0, -12.0, -2.0, level=0.9))
    assert "not known" in texts.name_finding(none, Estimate(1.0, -2.0, 4.0, level=0.9))
    assert "at no store" in texts.name_finding(none, Estimate(3.0, 1.0, 5.0, level=0.9))
    idle = texts.decide(none, Estimate(1.0, -2.0, 4.0, level=0.9), 0.9, DAY)
    # Of levels alone: the page on waste may know stores that order too much.
    assert idle.strength.is_idle and idle.action == "order by none of these levels yet"
    assert texts.decide(none, Estimate(None), 0.9, DAY).strength.word == "do not decide on this yet"
    assert texts.decide(none, Estimate(3.0, 1.0, 5.0, level=0.9, n=8), 0.9, DAY).strength.word != "do"
    assert views.pick_store(none, plan_of()[1], "STORE 2") == "store 2"
    assert views.pick_store(none, plan_of()[1], "") == plan_of()[1]["store_name"].iloc[0]


def test_too_little_past_gives_no_replay():
    shelves, _ = tried(1, 0.8)
    assert had.replay_levels(shelf_of(shelves), shelves, Rules(), 1, n_days=6) is None
    young = shelf_of(shelves, 60)
    assert had.replay_levels(young, shelves, Rules(), 1) is None
