"""The steps of the page on shelf lives on worlds and rows that can be counted by hand."""

from __future__ import annotations

import dataclasses

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import IDLE, say_strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.ledgers.control_limits import bound_share
from lucky_analytics.models.shelves import follow, load_shelves
from lucky_analytics.questions.supply_chain.shelf_life import (
    advice,
    batch_chances,
    containers,
    steps,
    texts,
    views,
)
from tests import demo_suite
from tests.waste_world import cut_world, draw_history, draw_world

LEVEL = 0.9


@pytest.fixture(scope="module")
def world():
    shelves, _ = draw_world(1)
    return shelves, draw_history(shelves, steps.HISTORY_DAYS)


@pytest.fixture(scope="module")
def told(world):
    shelves, history = world
    last = len(shelves.days) - 1
    spread = batch_chances.learn(history, len(history.days) - 1)
    return batch_chances.foretell(shelves, batch_chances.see_batches(shelves, last), history, spread, last)


def test_batches_of_the_estate_add_up_to_its_stock():
    shelves = load_shelves(demo_suite.suite())
    last = len(shelves.days) - 1
    found = batch_chances.see_batches(shelves, last)
    left = np.zeros(len(shelves.pairs))
    np.add.at(left, found["series"], found["left"])
    assert left == pytest.approx(shelves.closing[:, -1], abs=1e-3)
    followed = follow(shelves).left
    ages = np.zeros_like(followed)
    ages[found["series"], last - found["day"]] = found["left"]
    assert ages == pytest.approx(followed, abs=1e-3)
    assert (found["ahead"] >= 1).all()
    checks = steps.check_batches(shelves, found)
    assert all(passed for _, passed, _ in checks)
    assert not steps.check_batches(shelves, found.head(3))[0][1]


def test_what_is_left_of_a_batch_does_not_depend_on_what_came_later(world):
    shelves, _ = world
    early = batch_chances.see_batches(shelves, 150)
    same = batch_chances.see_batches(cut_world(shelves, len(shelves.days) - 151), 150)
    pd.testing.assert_frame_equal(early, same)


def test_chances_and_dollars_follow_what_stands_there(world, told):
    shelves, history = world
    assert told["chance"].between(0, 1).all() and (told["expected"] <= told["left"] + 1e-9).all()
    prices = shelves.pairs["dollars"].to_numpy()[told["series"]]
    assert told["dollars"].to_numpy() == pytest.approx(told["expected"].to_numpy() * prices)
    last = len(shelves.days) - 1
    spread = batch_chances.learn(history, len(history.days) - 1)
    more = batch_chances.see_batches(shelves, last)
    more["left"] *= 3
    tripled = batch_chances.foretell(shelves, more, history, spread, last)
    assert tripled["dollars"].sum() > 3 * told["dollars"].sum()
    none = batch_chances.foretell(shelves, more.head(0), history, spread, last)
    assert none.empty and {"chance", "dollars"} <= set(none)
    quiet = dataclasses.replace(history, demand=history.demand * 0 + 1e-9)
    idle = batch_chances.foretell(shelves, batch_chances.see_batches(shelves, last), quiet, spread, last)
    assert idle["dollars"].sum() > told["dollars"].sum()


def test_the_forecast_is_tried_from_what_was_known_then(world, told):
    shelves, history = world
    tried = batch_chances.try_evenings(shelves, history, 3, 28)
    assert len(tried.evenings) == 28 and tried.evenings["date"].is_monotonic_increasing
    assert tried.evenings["date"].iloc[-1] == shelves.days[-4]
    day = int((tried.evenings["date"].iloc[5] - shelves.days[0]).days)
    batches = batch_chances.see_batches(shelves, day)
    own = batches[batches["ahead"] <= 3]
    came = sum(
        shelves.expired[row.series, row.day + shelves.life[row.series]] * shelves.pairs["dollars"][row.series]
        for row in own.itertuples()
    )
    assert tried.evenings["came"].iloc[5] == pytest.approx(came)
    later = history.demand.copy()
    later[-10:] *= 5
    other = batch_chances.try_evenings(shelves, dataclasses.replace(history, demand=later), 3, 28)
    assert other.evenings["expected"].iloc[5] == tried.evenings["expected"].iloc[5]
    assert other.evenings["expected"].iloc[-1] != tried.evenings["expected"].iloc[-1]
    few = batch_chances.try_evenings(shelves, history, 3, 9)
    assert len(few.evenings) == 9
    assert batch_chances.interval_of_sum(told, 3, few, LEVEL).low is None
    found = batch_chances.interval_of_sum(told, 3, tried, LEVEL)
    assert found.low < found.value == batch_chances.sum_ahead(told, 3) < found.high
    assert batch_chances.interval_of_sum(told, 3, tried, 0.5).high < found.high
    cells = views.show_calibration(tried)
    assert cells["n"].sum() == len(tried.batches) == tried.evenings["n"].sum()
    assert (cells["told"].diff().dropna() > 0).all()
    young = draw_history(cut_world(shelves, len(shelves.days) - 9), 9)
    nothing = batch_chances.try_evenings(cut_world(shelves, len(shelves.days) - 9), young, 3, 28)
    assert nothing.evenings.empty and steps.ratio_came(nothing, LEVEL).value is None
    assert views.show_calibration(nothing).empty


def test_lists_are_of_the_batches_that_are_due(world, told):
    shelves, _ = world
    due = views.list_batches_due(told, shelves)
    labels = views.list_labels(due)
    assert len(labels) == (told["ahead"] == 1).sum() and due["dollars"].is_monotonic_decreasing
    tomorrow = (shelves.days[-1] + pd.Timedelta(days=1)).strftime("%a %-d %b")
    assert set(labels["use_by"]) <= {tomorrow} and len(steps.name_labels(labels)) == len(labels)
    stores = views.show_stores(due, 3)
    assert stores["dollars"].sum() == pytest.approx(batch_chances.sum_ahead(told, 3))


def test_containers_out_of_order_and_late_ones_are_those_of_a_loop():
    suite = demo_suite.suite()
    usual = containers.load_containers(suite, 16)
    assert not usual[["is_breach", "is_opened_late", "is_kept_late"]].any().any() and len(usual) > 1000
    log = suite.expiry_logs.execute()
    own = log[log["store_id"] == "100008"]
    own = own[own["goods_id"] == own["goods_id"].mode().iloc[0]].sort_values("opened_at")
    first, kept, later = own["log_id"].iloc[-9], own["log_id"].iloc[-15], own["received_date"].iloc[-1]
    assert own["received_date"].iloc[-8] < later
    edited = demo_suite.suite(expiry_logs=lambda t: t.mutate(
        received_date=(t.log_id == first).ifelse(pd.Timestamp(later).date(), t.received_date),
        closed_at=(t.log_id == kept).ifelse(t.use_by_at + ibis.interval(hours=3), t.closed_at),
    ))  # fmt: skip
    found = containers.load_containers(edited, 16)
    assert found.loc[found["is_breach"], "log_id"].tolist() == [first]
    assert found.loc[found["is_kept_late"], "log_id"].tolist() == [kept]
    by_store = containers.sum_stores(found, LEVEL).set_index("store_id")
    assert by_store.at["100008", "breaches"] == 1 == by_store["breaches"].sum()
    assert by_store.at["100008", "late"] == 1 and by_store["n"].sum() == len(found)
    each = 1 - (1 - LEVEL) / len(by_store)
    n = int(by_store.at["100008", "n"])
    assert by_store.at["100008", "high"] == pytest.approx(bound_share(1, n, each)[1])
    listed = containers.list_breaches(found)
    assert sorted(listed["what"]) == ["kept past its use-by", "opened before an older one"]


def test_hours_are_plain_quantiles():
    found = containers.load_containers(demo_suite.suite(), 8)
    hours = containers.sum_hours(found, 12.0)
    one = found[found["goods_name"] == hours["goods_name"].iloc[0]]["hours"]
    assert hours["median"].iloc[0] == pytest.approx(one.median())
    assert hours["long"].iloc[0] == pytest.approx((one > 12).mean())
    assert hours["most"].is_monotonic_decreasing
    assert containers.count_share(0, 100, LEVEL).high == pytest.approx(1 - 0.05 ** (1 / 100))
    assert containers.count_share(0, 0, LEVEL).value is None


def test_decisions_and_texts_follow_the_numbers():
    sure = Estimate(96.0, 80.0, 99.0, level=LEVEL)
    assert advice.decide(sure, 9, 2).strength.word == "lean"
    assert advice.decide(Estimate(96.0), 9, 2).strength.word == "do not decide on this yet"
    assert say_strength(advice.decide(Estimate(1.0), 0, 2).record) == IDLE
    assert "throw away tonight" in advice.decide(Estimate(1.0), 0, 2).action
    stores = pd.DataFrame({"store_name": ["A", "B"], "dollars": [9.0, 3.0]})
    assert texts.name_finding(stores, sure, 3, 3) == (
        "Goods for $96 will likely expire within three days, most at A"
    )
    assert texts.name_finding(stores, Estimate(0.2), 1, 3).startswith("Goods for under a dollar will")
    assert "No batch" in texts.name_finding(stores, sure, 0, 1)
    assert "no older batch" in texts.describe_answer(0, 3) and "before an older" in texts.describe_answer(
        2, 3
    )
    assert "75 %" in texts.describe_stores(stores)
    cells = pd.DataFrame({"told": [0.1, 0.9], "came": [0.2, 0.8], "n": [10, 10]})
    assert texts.describe_calibration(cells) == (
        "Of batches told to be likely to expire, 90 % on average, 80 % did"
    )
    assert "could not be tried" in texts.describe_calibration(cells.head(0))
