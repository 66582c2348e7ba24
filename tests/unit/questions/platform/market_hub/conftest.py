"""The two markets of ``tests/market_rows.py``, read once."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.questions.platform.market_hub import clocks as clocks_of
from lucky_analytics.questions.platform.market_hub import data, steps
from tests.market_rows import small


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    dates = [dt.date(2025, 11, day) for day in (1, 2, 3, 4)]
    hours = [(shop, date, "07:00", "20:00") for shop in (1, 2, 9, 10) for date in dates]
    hours += [(5, dt.date(2025, 11, 2), "07:00", "20:00")]
    return small(tmp_path_factory.mktemp("markets"), hours=hours)


@pytest.fixture(scope="module")
def read(suite):
    orders = data.load_orders(suite)
    shops = data.load_shops(suite, orders)
    return orders, shops, data.load_sold(orders, shops), data.load_hours(suite, shops)


@pytest.fixture(scope="module")
def found(read):
    return [steps.read_market(read[2].days, market, dt.date(2025, 11, 3)) for market in MARKETS]


@pytest.fixture
def clocks(suite, read):
    return clocks_of.read_clocks(suite, MARKETS, read[3])
