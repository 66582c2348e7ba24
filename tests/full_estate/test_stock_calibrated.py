"""The calibrated demo estate: stores planted to order too much are those whose levels would have saved."""

from __future__ import annotations

import pytest

from lucky_analytics.models.goods_demand import load_goods_demand
from lucky_analytics.models.goods_levels import Rules
from lucky_analytics.models.goods_shelf import load_shelf
from lucky_analytics.models.shelves import load_shelves
from lucky_analytics.questions.supply_chain.par_levels import had_we_ordered as had

pytestmark = pytest.mark.full


def test_over_ordering_stores_would_have_saved_by_levels_and_no_other(suite, truth):
    shelf, shelves = load_shelf(suite, 1), load_shelves(suite)
    (found,) = had.replay_levels(shelf, shelves, Rules(), 1)
    stores = had.compare_stores(found, shelves, 0.9)
    opened = suite.stores.filter("is_trading_store").order_by(["opened_date", "store_id"]).execute()
    names = opened.sort_values("store_id")["store_name"].tolist()
    planted = {names[place] for place in truth["waste"]["over_ordering_stores"]["planted"]}
    assert set(stores[stores["saves"]]["store_name"]) == planted


def test_the_share_of_a_day_that_a_stock_out_lost_is_the_planted_one(suite, truth):
    demand = load_goods_demand(suite, suite.as_of.replace(year=2025), suite.as_of)
    lost = 1 - demand.filter("is_stock_out").served_share.execute()
    planted = truth["forecasts"]["lost_share_of_a_stock_out_day"]["realised"]
    assert lost.mean() == pytest.approx(planted, abs=0.01)
