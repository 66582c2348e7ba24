"""The steps of the page on waste on worlds and rows that can be counted by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import IDLE, WAIT, say_strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.models import shelves as stocked
from lucky_analytics.models import wasted_goods
from lucky_analytics.questions.supply_chain.waste import (
    advice,
    claim,
    order_levels,
    reasons,
    savings,
    steps,
    texts,
    views,
)
from tests import demo_suite
from tests.waste_world import draw_world

LEVEL, WEEKS = 0.9, 16


@pytest.fixture(scope="module")
def world():
    shelves, truth = draw_world(1)
    return shelves, stocked.follow(shelves), truth


@pytest.fixture(scope="module")
def compared(world):
    shelves, followed, _ = world
    deliveries = order_levels.find_deliveries(shelves, followed)
    table, fits = order_levels.compare_orders(deliveries, shelves, 0.1, LEVEL)
    return deliveries, table, fits


@functools.cache
def usual():
    """The small demo estate, and its shelves, which nobody changes."""
    suite = demo_suite.suite()
    return suite, stocked.load_shelves(suite)


def test_shelves_of_the_estate_are_its_stock_and_account_for_what_expired():
    suite, shelves = usual()
    stock, goods = suite.stock.execute(), suite.goods.execute()
    perishable = goods[goods["shelf_life_days"] <= stocked.LONGEST]["goods_id"]
    own = stock[stock["goods_id"].isin(perishable)]
    assert len(shelves.pairs) == own.groupby(["store_id", "goods_id"]).ngroups
    for part, name in ((shelves.used, "consumed"), (shelves.expired + shelves.other, "wasted"),
                       (shelves.corrected, "adjusted")):  # fmt: skip
        assert part.sum() == pytest.approx(own[f"{name}_quantity"].sum(), rel=1e-6), name
    followed = stocked.follow(shelves)
    assert np.abs(followed.expired - shelves.expired).max() < 1e-3
    last = own[own["stock_date"] == own["stock_date"].max()]
    assert followed.left.sum() == pytest.approx(last["closing_quantity"].sum(), rel=1e-6)
    assert shelves.emptied.any() and (shelves.counted[shelves.emptied] == 0).all()


def test_delivery_days_are_those_on_which_many_goods_came():
    _, shelves = usual()
    weekday = shelves.days.day_of_week.to_numpy()
    first = shelves.pairs["first"].to_numpy()
    regular = np.arange(len(shelves.days))[None, :] > first[:, None]
    for k in (0, len(shelves.pairs) - 40):
        days = set(weekday[shelves.arrives[k] & regular[k]])
        assert len(days) == 3 and not days & {6}
    assert shelves.until.min() == 1 and shelves.until[regular].max() <= 4


def test_waste_is_a_plain_sum_whatever_week_is_cut():
    suite, _ = usual()
    cost = suite.costs.execute().sort_values("start_date").groupby("goods_id")["unit_cost_cents"].last()
    stock = suite.stock.execute()
    start = pd.Timestamp(suite.as_of) - pd.Timedelta(days=7 * WEEKS - 1)
    own = stock[pd.to_datetime(stock["stock_date"]) >= start]
    dollars = (own["wasted_quantity"] * own["goods_id"].map(cost) / 100).sum()
    found = wasted_goods.estimate_waste(wasted_goods.load_waste(suite, WEEKS), LEVEL)
    assert found["value"] == pytest.approx(dollars / WEEKS, rel=1e-6)
    assert found["low"] < found["value"] < found["high"]
    events = reasons.load_events(suite, WEEKS)
    assert events["dollars"].sum() == pytest.approx(dollars, rel=1e-6)
    weeks = reasons.load_store_weeks(suite, WEEKS)
    assert weeks["wasted"].sum() == pytest.approx(dollars, rel=1e-6)


def test_what_no_container_explains_is_told_apart():
    suite = demo_suite.suite(expiry_logs=lambda log: log.filter(log.reason != "spilled or damaged"))
    events = reasons.load_events(suite, WEEKS)
    assert events["dollars"].sum() == pytest.approx(
        reasons.load_events(usual()[0], WEEKS)["dollars"].sum(), rel=1e-6
    )
    assert events.loc[events["reason"] == reasons.NO_REASON, "dollars"].sum() > 0
    shelves = stocked.load_shelves(suite)
    checks = steps.check_waste(shelves, stocked.follow(shelves), events, WEEKS)
    assert [passed for _, passed, _ in checks] == [True, False, True]


def test_needs_and_bounds_of_a_delivery_are_those_of_a_loop(world):
    shelves, followed, _ = world
    found = order_levels.find_deliveries(shelves, followed)
    for k in np.random.default_rng(1).integers(0, len(found.day), 50):
        series, day = found.series[k], found.day[k]
        later = next(at for at in range(day + 1, len(shelves.days)) if shelves.arrives[series, at])
        assert found.need[k] == pytest.approx(shelves.taken[series, day:later].sum())
        had, came = followed.lasting[series, day], shelves.received[series, day]
        assert np.exp(found.high[k]) * found.need[k] == pytest.approx(had + came)
        least = had + came - shelves.pack[series] if came else 0.0
        assert np.exp(found.low[k]) * found.need[k] == pytest.approx(max(least, 0.0))


def test_days_that_ran_out_hide_what_was_needed(world):
    shelves, followed, _ = world
    out = np.zeros_like(shelves.is_out)
    out[:, 150] = True
    fewer = order_levels.find_deliveries(dataclasses.replace(shelves, is_out=out), followed)
    usual = order_levels.find_deliveries(shelves, followed)
    hit = (usual.day <= 150) & (usual.day + shelves.until[usual.series, usual.day] > 150)
    assert len(fewer.day) == len(usual.day) - hit.sum() and hit.any()


def test_the_planted_stores_are_found_and_what_it_cost_is_told(world, compared):
    shelves, followed, truth = world
    deliveries, table, fits = compared
    over = table[table["is_over"]]
    assert set(over["store_id"]) == {"s3", "s6"} and set(over["keeps"]) == {order_levels.KEEPS[0]}
    assert ((over["low"] < 1.8) & (over["high"] > 1.8)).all()
    excess = order_levels.price_excess(shelves, followed, deliveries, table, fits, 40, LEVEL)
    for row in excess.itertuples():
        assert row.excess == pytest.approx(truth[int(row.store_id[1:])].sum(), rel=0.06)
        assert 0 < row.gain_low < row.gain < row.gain_high
    half = order_levels.price_excess(shelves, followed, deliveries, table, fits, 8, LEVEL)
    assert (half["excess"] < excess["excess"]).all()
    stricter, _ = order_levels.compare_orders(deliveries, shelves, 1.5, LEVEL)
    assert not stricter["is_over"].any()


def test_nobody_is_held_against_fewer_than_three_others(world):
    shelves, _, _ = world
    few = _only(shelves, shelves.pairs["store_id"].isin(["s3", "s4", "s5"]).to_numpy())
    table, _ = order_levels.compare_orders(
        order_levels.find_deliveries(few, stocked.follow(few)), few, 0.1, LEVEL
    )
    assert table["ratio"].isna().all() and not table["is_over"].any()


def _only(shelves, rows):
    parts = {
        field.name: getattr(shelves, field.name)[rows]
        for field in dataclasses.fields(shelves)
        if field.name not in ("pairs", "days")
    }
    return dataclasses.replace(shelves, pairs=shelves.pairs[rows].reset_index(drop=True), **parts)


def test_careful_orders_know_only_the_weeks_before(world):
    shelves, followed, _ = world
    levels = order_levels.careful_levels(shelves, followed, WEEKS, 4)
    day = 200
    later = shelves.demand.copy()
    later[:, day:] *= 3
    other = order_levels.careful_levels(dataclasses.replace(shelves, demand=later), followed, WEEKS, 4)
    assert np.array_equal(levels[:, : day + 1], other[:, : day + 1], equal_nan=True)
    assert (other[:, day + 8 :] > levels[:, day + 8 :])[shelves.arrives[:, day + 8 :]].mean() > 0.9
    k, at = np.argwhere(~np.isnan(levels[:, 180:]))[5] + [0, 180]
    wanted = (shelves.demand + shelves.other)[k, at - 28 : at]
    top = wanted.mean() * shelves.until[k, at] + 2.33 * wanted.std(ddof=1) * np.sqrt(shelves.until[k, at])
    assert 0 < levels[k, at] <= max(top, 0) + 1e-6
    often, seldom = (order_levels.careful_levels(shelves, followed, WEEKS, 4, c) for c in (0.95, 0.5))
    told = shelves.arrives & ~np.isnan(often)
    told[:, : -7 * WEEKS] = False
    often, seldom = often[told], seldom[told]
    assert (often >= seldom).all() and (often > 1.05 * seldom).mean() > 0.3
    before = levels[:, : len(shelves.days) - 7 * WEEKS]
    there = (followed.lasting + shelves.received)[:, : before.shape[1]]
    assert np.array_equal(before[~np.isnan(before)], there[~np.isnan(before)])


def test_careful_orders_keep_from_expiring_where_too_much_was_ordered(world, compared):
    shelves, followed, _ = world
    careful = order_levels.replay_careful(shelves, order_levels.careful_levels(shelves, followed, WEEKS, 4))
    table = savings.compare_careful(shelves, careful, compared[1], WEEKS, LEVEL).set_index(
        ["store_id", "keeps"]
    )
    planted = table.loc[[("s3", order_levels.KEEPS[0]), ("s6", order_levels.KEEPS[0])]]
    assert (planted["kept_low"] > 0).all()
    rows = (shelves.pairs["store_id"] == "s3") & (shelves.life <= order_levels.SHORT_LIFE)
    was = shelves.dollars(shelves.expired)[rows.to_numpy()][:, -7 * WEEKS :].sum() / WEEKS
    assert table.at[("s3", order_levels.KEEPS[0]), "was"] == pytest.approx(was)
    assert table["kept"].to_numpy() == pytest.approx((table["was"] - table["careful"]).to_numpy())
    frontier = savings.draw_frontier(shelves, followed, careful, WEEKS, 4)
    line = frontier.dropna(subset="chance")
    assert line["expired"].is_monotonic_increasing and line["missing"].is_monotonic_decreasing
    pairs = savings.save_pairs(shelves, careful, WEEKS)
    assert pairs.sum() == pytest.approx(table["kept"].sum())


DAY = dt.date(2026, 2, 13)


def rows(**columns):
    base = {"store_id": "s1", "store_name": "A", "keeps": order_levels.KEEPS[0], "ratio": 1.8, "low": 1.6,
            "high": 2.0, "is_over": True, "acts": True, "kept": 5.0, "kept_low": 1.0, "kept_high": 9.0,
            "gain": 4.0, "gain_low": 1.0, "gain_high": 7.0, "was": 9.0, "careful": 4.0,
            "missing": 0.1}  # fmt: skip
    return pd.DataFrame([base | columns])


def test_the_decision_follows_the_numbers():
    acts = rows()
    _, worth = savings.add_savings(acts, LEVEL)
    made = advice.decide(acts, worth, DAY)
    assert (
        made.strength.word == "lean"
        and "order what keeps a week at A by the order sheet" in made.action
        and made.on
    )
    assert "44 % less" in made.because and made.worth_unit == "USD a year"
    assert [trial.record["who"] for trial in made.trials] == ["A"] and made.trials[0].lever == "ordered"
    watch = rows(acts=False)
    assert advice.decide(watch, Estimate(0.0), DAY).strength.word == WAIT
    assert not advice.decide(watch, Estimate(0.0), DAY).strength.is_idle
    calm = rows(acts=False, is_over=False)
    assert say_strength(advice.decide(calm, Estimate(0.0), DAY).record) == IDLE
    unsure = savings.find_acting(
        acts.drop(columns=["acts", "gain", "gain_low", "gain_high"]),
        pd.DataFrame([("s1", order_levels.KEEPS[0], 1.0, 0.5, 1.5, 2.0, -1.0, 5.0)], columns=EXCESS),
    )
    assert not unsure["acts"].any()


EXCESS = ["store_id", "keeps", "excess", "excess_low", "excess_high", "gain", "gain_low", "gain_high"]


def test_titles_and_answers_are_no_stronger_than_the_numbers():
    assert texts.name_finding(rows()) == "A throws away what others would not order"
    assert "not sure" in texts.name_finding(rows(acts=False))
    calm = rows(acts=False, is_over=False)
    assert "no store surely" in texts.name_finding(calm)
    small, large = (Estimate(v, v - 1e3, v + 1e3, level=LEVEL) for v in (16e3, 90e3))
    assert "more than all" in texts.note_year(small) and "less than all" in texts.note_year(large)
    assert "about all" in texts.note_year(Estimate(50e3, 30e3, 70e3, level=LEVEL))
    assert "avoidable" not in texts.describe_answer(calm, small, None)
    assert "ledger" in texts.describe_answer(calm, small, 33e3) and "2.1 times" in texts.note_bills(
        small, 33e3
    )
    assert "ledger" not in texts.describe_answer(calm, small, 16.2e3) and "about" in texts.note_bills(
        small, 16.2e3
    )
    last, new = pd.Timestamp("2026-02-13"), pd.DataFrame({"dollars": [200.0, 50.0], "open": [200.0, 100.0]})
    assert texts.note_wasted(new, 16, last).endswith("with all stores open $300")
    assert texts.note_wasted(new.head(1), 16, last) == "Mean of 16 weeks to 13 Feb 2026"
    assert texts.describe_orders(rows()) == "A: +60 % to +100 % more than others order"
    assert "No store" in texts.describe_orders(calm)
    blank = rows(ratio=np.nan, acts=False, is_over=False)
    assert "Too few" in texts.describe_orders(blank)
    trend = {"change": 0.4, "low": 0.1, "high": 0.8, "n_stores": 5}
    assert "rose" in texts.describe_trend(pd.Series(trend))
    assert "fell" in texts.describe_trend(pd.Series(trend | {"change": -0.2, "low": -0.3, "high": -0.1}))
    assert "no more than chance" in texts.describe_trend(pd.Series(trend | {"low": -0.1}))
    assert "cannot be said" in texts.describe_trend(pd.Series(trend | {"change": np.nan}))


def test_the_published_saving_is_held_against_what_there_is():
    year, past = (Estimate(v, v - 1e3, v + 1e3, level=LEVEL) for v in (16e3, 9e3))
    table = claim.weigh_claim(year, past, Estimate(0.0), 20_000.0, 30e3).set_index("what")
    assert table.at["The same share of goods used", "low"] == pytest.approx(0.02 * 20_000 * 365.25 / 7)
    assert table.at["Saving as published", "high"] == 66_000
    assert len(claim.weigh_claim(year, past, Estimate(0.0), 20_000.0, None)) == len(table) - 1
    suite, _ = usual()
    bills = suite.accounting_costs.execute()
    ids = suite.stores.filter("is_trading_store").store_id.execute()
    own = bills[(bills["kind"] == "waste") & bills["store_id"].isin(ids)]
    newest = own[pd.to_datetime(own["week_end_date"]) > pd.Timestamp(suite.as_of) - pd.Timedelta(weeks=8)]
    a_week = newest["cost_cents"].sum() / 100 / newest["week_end_date"].nunique()
    assert claim.load_bills(suite, 8) == pytest.approx(a_week * claim.WEEKS_A_YEAR)


def test_rates_of_stores_are_counts_by_what_the_same_goods_lead_to_expect():
    suite, shelves = usual()
    events = reasons.load_events(suite, WEEKS)
    table = reasons.rate_stores(events, shelves, WEEKS, LEVEL)
    for reason, own in table.groupby("reason"):
        assert own["n"].sum() == events.loc[events["reason"] == reason, "n"].sum()
    assert (table["low"].dropna() < table["ratio"][table["low"].notna()]).all()
    assert table["rate"].to_numpy() == pytest.approx((100 * table["n"] / table["days"]).to_numpy())
    pairs = reasons.rate_pairs(events, shelves, WEEKS, LEVEL)
    assert pairs["dollars"].sum() * WEEKS == pytest.approx(events["dollars"].sum())
    assert pairs["dollars"].is_monotonic_decreasing and (pairs["low"] <= pairs["ratio"]).all()
    assert len(reasons.rate_pairs(events, shelves, WEEKS, LEVEL, 3)) == 3
    summed = reasons.sum_reasons(events, WEEKS, pd.Timestamp(suite.as_of), LEVEL)
    assert summed["value"].sum() * WEEKS == pytest.approx(events["dollars"].sum())
    goods = views.list_goods(events, shelves, WEEKS)
    assert goods["dollars"].sum() * WEEKS == pytest.approx(events["dollars"].sum())


def test_the_trend_is_of_stores_open_all_the_time():
    wasted = np.tile([1.0, 1.1, 0.9, 1.0, 2.0, 2.2, 1.9, 2.1], 2)
    weeks = pd.DataFrame({"store_id": np.repeat(["a", "b"], 8), "week": np.tile(range(8), 2), "n_days": 7,
                          "used": 100.0, "wasted": wasted})  # fmt: skip
    found = reasons.estimate_trend(weeks, 8, LEVEL)
    assert found["n_stores"] == 2 and found["low"] > 0 and found["change"] == pytest.approx(1.05, abs=0.05)
    part = weeks[(weeks["store_id"] == "a") | (weeks["week"] > 3)]
    assert reasons.estimate_trend(part, 8, LEVEL)["n_stores"] == 1
    nobody = reasons.estimate_trend(weeks[weeks["week"] > 0], 8, LEVEL)
    assert nobody["n_stores"] == 0 and np.isnan(nobody["change"])
    none = reasons.estimate_trend(weeks.assign(wasted=0.0), 8, LEVEL)
    assert np.isnan(none["change"])
