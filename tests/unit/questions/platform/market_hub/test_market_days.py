"""Days of markets by a plain loop over raw rows, holidays, weeks, and what is in no market."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import zoneinfo
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.questions.platform.market_hub import clocks as clocks_of
from lucky_analytics.questions.platform.market_hub import data, hub_checks, steps, texts, views
from tests.market_rows import HOME, ISLANDS, NY, ORDERS, small
from tests.named_world import simulate


def test_days_are_those_of_a_plain_loop_over_raw_orders(found):
    zones = {1: "America/New_York", 9: "Pacific/Rarotonga", 10: "Pacific/Rarotonga"}
    own = {1: "USD", 9: "NZD", 10: "NZD"}
    sums = collections.defaultdict(lambda: [0, Decimal(0)])
    for shop, status, currency, at, paid in ORDERS[:-1]:
        if status == 90 and own.get(shop) == currency:
            local = dt.datetime.fromisoformat(at + "+00:00").astimezone(zoneinfo.ZoneInfo(zones[shop]))
            sums[zones[shop], local.date()][0] += 1
            sums[zones[shop], local.date()][1] += Decimal(paid)
    for each in found:
        for day in each.days.to_dict("records"):
            n, money = sums.get((each.market.time_zone, day["date"].date()), (0, 0))
            assert (day["orders"], day["money"]) == (n, float(money))
        assert each.days["is_within"].all() and each.days["date"].max() == pd.Timestamp("2025-11-03")
    assert [each.days["orders"].sum() for each in found] == [4, 3]
    by_day = found[0].days.set_index("date")["hours"].to_dict()
    assert by_day[pd.Timestamp("2025-11-02")] == 25 and set(found[1].days["hours"]) == {24}


def test_what_is_in_no_market_is_listed_and_never_added(read):
    apart = read[2].apart.set_index("because")
    assert apart["orders"].to_dict() == {
        "not in the currency of its market": 1, "its shop is not registered": 1,
        "its shop's zone and currency are no declared market": 1,
        "in a shop that is not open to the public": 1,
        "of a test or foreign tenant": 1,
    }  # fmt: skip
    assert apart["cents"].sum() == 100 + 1100 + 1200 + 300 + 1300
    assert len(read[2].days) and set(read[2].days["market"]) == {HOME.name, ISLANDS.name}
    shown = views.show_apart(read[2], [HOME.name])
    assert set(shown["market"]) == {HOME.name, data.NO_MARKET}


def test_another_clock_moves_what_a_plain_loop_moves(read):
    clocks = ["UTC", HOME.time_zone, ISLANDS.time_zone]
    moved = data.count_moved(read[0], read[1], clocks).set_index(["market", "clock"])
    zones = {1: HOME, 9: ISLANDS, 10: ISLANDS}
    for clock in clocks:
        expected = collections.Counter({HOME.name: 0, ISLANDS.name: 0})
        for shop, status, currency, at, paid in ORDERS[:-1]:
            if shop in zones and status == 90 and currency == zones[shop].currency:
                instant = dt.datetime.fromisoformat(at + "+00:00")
                dates = [instant.astimezone(zoneinfo.ZoneInfo(zone)).date()
                         for zone in (clock, zones[shop].time_zone)]  # fmt: skip
                expected[zones[shop].name] += (dates[0] != dates[1]) * int(Decimal(paid) * 100)
        for name, cents in expected.items():
            assert moved.loc[(name, clock), "moved_cents"] == cents
    assert moved.loc[(HOME.name, "UTC"), "moved"] == 2
    table = views.show_moved(
        moved.reset_index(), [HOME.name], {"UTC": "UTC", **{m.time_zone: m.name for m in MARKETS}}
    )
    assert HOME.name not in set(table["clock"]) and len(table) == 2


def test_the_registry_is_told_as_it_is(read):
    zones = views.show_zones(read[1]).set_index("zone")
    assert zones.loc["Pacific/Rarotonga", ["shops", "flagged", "orders"]].tolist() == [2, 1, 3]
    assert zones.loc["Asia/Shanghai", "market"] == data.NO_MARKET
    what = views.show_shops(read[1], MARKETS).set_index("store")["what"].to_dict()
    assert what == {
        "8th & Broadway": "open to the public",
        "Kiosk": "internal, pop-up or not yet open",
        "Avarua": "flagged as a test",
        "Muri": "not flagged, nor a store that trades",
    }
    assert data.registered(read[1]) == MARKETS
    assert data.show(MARKETS, "") == MARKETS and data.show(MARKETS, ISLANDS.name) == (ISLANDS,)
    with pytest.raises(UnknownNameError, match="New York"):
        data.show(MARKETS, "Paris")


def test_one_market_alone_has_a_page_and_none_apart(tmp_path):
    suite = small(tmp_path, shops=(NY,), orders=ORDERS[:4])
    orders = data.load_orders(suite)
    shops = data.load_shops(suite, orders)
    markets = data.registered(shops)
    clocks = clocks_of.read_clocks(suite, markets, None)
    found = [steps.read_market(data.load_sold(orders, shops).days, HOME, suite.as_of)]
    assert markets == (HOME,) and clocks.gap_hours == 0 and clocks.next_change is None
    assert clocks.both_hours is None and clocks.days_to_change is None
    assert texts.name_finding(found, clocks) == (
        "New York sold {day_new_york:value} on 3 Nov; too few days before"
    )
    assert texts.describe_answer(found, clocks).startswith(
        "New York sold {day_new_york:value} on 3 Nov; too few days before say what is usual."
    )
    assert texts.decide(found, clocks, data.count_moved(orders, shops, ["UTC"]), suite.as_of).strength.is_idle
    assert steps.read_market(data.load_sold(orders, shops).days, ISLANDS, suite.as_of) is None


def test_weeks_are_aligned_by_own_mondays_and_never_in_money(found):
    weeks = steps.align_weeks(found, dt.date(2025, 11, 3), 2)
    assert weeks.empty and texts.name_weeks(weeks) == "No whole week yet"
    dates = pd.date_range("2025-10-20", "2025-11-09")
    long = np.where((dates == "2025-11-02"), 25.0, 24.0)
    day = pd.DataFrame({"date": dates, "hours": 24.0, "orders": 10, "money": 50.0, "holiday": None})
    full = [
        dataclasses.replace(found[0], days=day.assign(hours=long)),
        dataclasses.replace(found[1], days=day),
    ]
    weeks = steps.align_weeks(full, dt.date(2025, 11, 9), 3)
    assert len(weeks) == 6 and weeks["orders"].eq(70).all() and weeks["index"].eq(1).all()
    home = weeks[weeks["market"] == HOME.name]
    assert home["hours"].tolist() == [168, 169, 168] and home["change"].tolist()[1:] == [0, 0]
    assert "New York 0 % to 70 orders" in texts.name_weeks(weeks)
    first = texts.name_weeks(weeks[weeks["week"] == weeks["week"].min()])
    assert first.count("no week before") == 2


def test_the_days_between_holidays_are_no_holidays_and_spoil_no_other_day():
    """24 and 26 December and 2 January sell half: told as what they are; the Fridays before stay usual."""
    days = simulate(np.random.default_rng(5), n_units=3)
    odd = days["ds"].isin(pd.to_datetime(["2025-12-24", "2025-12-26", "2026-01-02"]))
    days["y"] = days["y"].where(~odd, days["y"] // 2)
    noon = days["ds"] + pd.Timedelta(hours=17)
    sold = days.rename(columns={"unique_id": "store_id", "ds": "date", "y": "orders"})
    sold = sold.assign(market=HOME.name, hour=12, cents=500 * days["y"], first=noon, last=noon)
    found = steps.read_market(sold[sold["orders"] > 0], HOME, dt.date(2026, 2, 13))
    others = found.others.set_index("ds")
    assert [f"{day:%-d %b}" for day in others.index] == ["24 Dec", "26 Dec", "2 Jan"]
    assert others["name"].str.contains("eve|between").all() and (others["change"] < -0.4).all()
    assert not found.holidays["differs"].fillna(False).any() and found.together.holds(0)
    assert found.days["is_within"].all() and found.is_inside


def test_holidays_of_a_market_are_its_own_and_those_to_come_come_first(found):
    shown = views.show_holidays(found, dt.date(2025, 11, 3), 60)
    assert (shown["verdict"] == "to come").all()
    by = shown.groupby("market")["holiday"].agg(set)
    assert "Thanksgiving Day" in by[HOME.name] and "Thanksgiving Day" not in by[ISLANDS.name]
    assert "Boxing Day" in by[ISLANDS.name] and "Boxing Day" not in by[HOME.name]


def test_checks_name_what_is_off(found, read):
    passed = hub_checks.check_markets(found, read[2], read[3], dt.date(2025, 11, 3)).set_index("name")[
        "passed"
    ]
    assert passed.tolist() == [True, False, False, True]
    late = hub_checks.check_markets(found, read[2], read[3], dt.date(2025, 11, 9))
    assert not late["passed"].iloc[-1] and "not of New York" in late["detail"].iloc[-1]
    astray = dataclasses.replace(found[0], days=found[0].days.assign(is_within=False))
    assert not hub_checks.check_markets([astray], read[2], None, dt.date(2025, 11, 3))["passed"].iloc[0]


def test_hours_of_the_day_are_shares_of_the_own_market(read):
    shares = steps.share_hours(read[2].days, [HOME.name, ISLANDS.name])
    assert shares.groupby("market")["share"].sum().tolist() == [1, 1]
    assert "New York from" in texts.name_hours(shares)
