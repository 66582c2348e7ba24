"""Markets on their own clocks: days by a plain loop over raw rows, hours, and each sentence of the page."""

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
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.platform.market_hub import clocks as clocks_of
from lucky_analytics.questions.platform.market_hub import data, hub_checks, steps, texts, views
from tests import estate_rows
from tests.named_world import simulate

HOME, ISLANDS = MARKETS
AS_OF = "2025-11-03"
SHANGHAI = {**estate_rows.NEW_YORK, "id": 5, "shop_name": "Pudong", "time_zone": "Asia/Shanghai",
            "currency_code": "CNY", "status": 2, "tenant": "LKCN", "test_flag": 1}  # fmt: skip
NY = {**estate_rows.NEW_YORK, "tenant": "LKUS", "set_up_time": "2025-10-30T12:00:00"}
KIOSK = {**NY, "id": 2, "shop_name": "Kiosk", "internal": 1}
CK = {**estate_rows.RAROTONGA, "tenant": "LKTEST", "test_flag": 1, "set_up_time": "2025-10-30T12:00:00"}
CK_PLAIN = {**CK, "id": 10, "shop_name": "Muri", "tenant": "LKUS", "test_flag": 0}
# Shop, status, currency, instant (UTC), paid. New York's 2 November has 25 hours, from 04:00 to 05:00 UTC.
ORDERS = [
    (1, 90, "USD", "2025-11-02T03:59:59", "5.00"), (1, 90, "USD", "2025-11-02T04:00:00", "6.00"),
    (1, 90, "USD", "2025-11-03T04:59:59", "7.00"), (1, 90, "USD", "2025-11-03T05:00:00", "8.01"),
    (1, 0, "USD", "2025-11-03T15:00:00", "9.00"), (2, 90, "USD", "2025-11-03T15:00:00", "3.00"),
    (9, 90, "NZD", "2025-11-02T09:59:59", "4.00"), (9, 90, "NZD", "2025-11-02T10:00:00", "4.50"),
    (10, 90, "NZD", "2025-11-03T09:59:59", "2.25"), (9, 90, "USD", "2025-11-02T20:00:00", "1.00"),
    (77, 90, "USD", "2025-11-02T20:00:00", "11.00"), (5, 90, "CNY", "2025-11-02T20:00:00", "12.00"),
    (1, 90, "USD", "2025-11-02T20:00:00", "13.00"),
]  # fmt: skip


TENANTS = {len(ORDERS): "LKTEST"}  # of orders by number


def small(root, shops=(NY, KIOSK, CK, CK_PLAIN, SHANGHAI), orders=ORDERS, hours=(), as_of=AS_OF):
    rows = {
        "luckyus_opshop.t_shop_info": list(shops),
        "luckyus_sales_order.t_order": [
            {"id": number, "shop_id": shop, "status": status, "currency_code": currency, "create_time": at,
             "pay_money": paid, "tenant": TENANTS.get(number, "LKUS")}
            for number, (shop, status, currency, at, paid) in enumerate(orders, 1)
        ],
        "luckyus_opshop.t_shop_opening_time": [
            {"id": number, "shop_id": shop, "business_date": date, "is_open": 1, "open_time": opens,
             "close_time": closes}
            for number, (shop, date, opens, closes) in enumerate(hours, 1)
        ],
    }  # fmt: skip
    return estate_rows.suite(root, rows, as_of)


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


def test_a_market_of_which_no_hours_are_known_is_neither_open_nor_closed(suite, read):
    known = read[3][read[3]["market"] == HOME.name]
    clocks = clocks_of.read_clocks(suite, MARKETS, known)
    assert clocks.both_hours is None and clocks.days["n_open"].isna().tolist() == [False, True]
    answer = texts.describe_answer([market(), market(ISLANDS.name)], clocks)
    assert answer.startswith("Dated by UTC")
    assert "closed" not in texts.describe_answer([market(ISLANDS.name)], clocks)


def test_a_title_has_fourteen_words_for_a_market_of_a_long_name(clocks):
    few = dataclasses.replace(market(ISLANDS.name), is_inside=None)
    assert len(texts.name_finding([few], clocks).split()) <= 14


def test_clocks_at_the_moment_of_the_page(suite, read):
    clocks = clocks_of.read_clocks(suite, MARKETS, read[3])
    # The last day closed everywhere at 10:00 UTC of the 4th: 05:00 in New York, 00:00 in Rarotonga.
    assert clocks.moment == dt.datetime(2025, 11, 4, 10, tzinfo=dt.UTC) and clocks.date == dt.date(
        2025, 11, 4
    )
    assert (clocks.first, clocks.last, clocks.gap_hours, clocks.next_gap_hours) == (HOME, ISLANDS, 5, 6)
    assert clocks.next_change == dt.datetime(2026, 3, 8, 7, tzinfo=dt.UTC) and clocks.days_to_change == 123
    assert clocks.days["n_open"].tolist() == [0, 0] and clocks.days["n_shops"].tolist() == [1, 2]
    assert clocks.both_hours == 8  # 12:00 to 20:00 in New York
    spans = clocks_of.show_spans(clocks, MARKETS, read[3])
    # The evening before, the islands' shops are open until 01:00 of New York's day.
    assert spans["open"].tolist() == [ISLANDS.name, "none", HOME.name, "both", ISLANDS.name]
    assert spans["hours"].tolist() == [1, 6, 5, 8, 4] and spans["clock_1"].iloc[3] == "07:00 to 15:00"
    by_hour = clocks_of.show_hours(clocks, MARKETS, read[3])
    assert len(by_hour) == 24 and by_hour["open"].tolist().count("both") == 8
    assert clocks_of.show_hours(clocks, MARKETS, None)["open"].isna().all()


def test_the_hours_in_common_are_those_of_a_walk_over_the_minutes(suite, read):
    for date in (dt.date(2025, 11, 1), dt.date(2025, 11, 2), dt.date(2025, 11, 3)):
        asked = dataclasses.replace(suite.snapshot, cut=dt.datetime.combine(date, dt.time(15), dt.UTC))
        other = type("S", (), {"snapshot": asked, "as_of": asked.last_closed_day})()
        clocks = clocks_of.read_clocks(other, MARKETS, read[3])
        minutes = 0
        at, zones = (
            clocks.days["starts_at"].iloc[0].to_pydatetime(),
            [zoneinfo.ZoneInfo(m.time_zone) for m in MARKETS],
        )
        n_minutes = int(clocks.days["hours"].iloc[0] * 60)
        for number in range(n_minutes):
            walls = [(at + number * clocks_of.MINUTE).astimezone(zone) for zone in zones]
            known = all(dt.date(2025, 11, 1) <= wall.date() <= dt.date(2025, 11, 4) for wall in walls)
            minutes += known and all(dt.time(7) <= wall.time() < dt.time(20) for wall in walls)
        assert clocks.both_hours == minutes / 60 and clocks.date == date
        assert clocks.both_hours == (7 if date.day == 1 else 8)
        n_rows = len(clocks_of.show_hours(clocks, MARKETS, read[3]))
        assert n_rows == (25 if date.day == 2 else 24)


def test_hours_apart_are_a_series_with_its_change_days():
    steps_of = clocks_of.list_apart(HOME, {"CK": ISLANDS.time_zone, "NZ": "Pacific/Auckland"},
                                    dt.date(2025, 7, 1), dt.date(2026, 7, 1))  # fmt: skip
    by_label = {label: own["hours"].tolist() for label, own in steps_of.groupby("label")}
    assert by_label == {"CK": [-6, -5, -6, -6], "NZ": [16, 17, 18, 17, 16, 16]}
    changes = clocks_of.list_changes(MARKETS, dt.date(2025, 7, 1), dt.date(2026, 7, 1))
    assert changes["day_hours"].tolist() == [25, 23] and set(changes["market"]) == {HOME.name}
    assert changes[["before", "after"]].to_numpy().tolist() == [[6, 5], [5, 6]]
    auckland = dataclasses.replace(ISLANDS, name="Auckland", time_zone="Pacific/Auckland")
    both = clocks_of.list_changes((HOME, auckland), dt.date(2025, 7, 1), dt.date(2026, 7, 1))
    assert [f"{day:%-d %b}" for day in both["date"]] == ["28 Sep", "2 Nov", "8 Mar", "5 Apr"]
    assert both["day_hours"].tolist() == [23, 25, 23, 25]
    assert both.loc[0, ["against", "before", "after"]].tolist() == [HOME.name, 16, 17]
    alone = clocks_of.list_changes((HOME,), dt.date(2025, 7, 1), dt.date(2026, 7, 1))
    assert alone["against"].isna().all()


def test_a_shop_that_closes_after_midnight_is_open_until_then(tmp_path):
    hours = [(1, dt.date(2025, 11, 2), "18:00", "02:00"), (1, dt.date(2025, 11, 3), "00:00", "00:00")]
    suite = small(tmp_path, hours=hours)
    orders = data.load_orders(suite)
    read = data.load_hours(suite, data.load_shops(suite, orders)).sort_values("date")
    assert [f"{at:%d %H:%M}" for at in read["closes_at"]] == ["03 07:00", "04 05:00"]


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
        "New York sold {day_new_york:value} on 3 Nov. Dated"
    )
    assert (
        texts.decide(found, clocks, data.count_moved(orders, shops, ["UTC"]), shops).strength.word == "lean"
    )
    assert steps.read_market(data.load_sold(orders, shops).days, ISLANDS, suite.as_of) is None


def market(
    name="New York", money=100.0, *, usual=(100.0, 80.0, 120.0), holidays=(), holiday=None, hours=24.0
):
    """A market with one day; ``holidays``: (name, change, low, high, differs)."""
    of = HOME if name == HOME.name else ISLANDS
    midnight = [pd.Timestamp("2026-02-13 05:00", tz="UTC"), pd.Timestamp("2026-02-14 05:00", tz="UTC")]
    days = pd.DataFrame(
        {
            "date": [pd.Timestamp("2026-02-13")],
            "starts_at": midnight[:1],
            "ends_at": midnight[1:],
            "hours": hours,
            "orders": 9,
            "money": money,
            "holiday": holiday,
            "is_within": True,
        }
    )
    listed = pd.DataFrame([(pd.Timestamp("2025-11-27"), *row) for row in holidays],
                          columns=["ds", "name", "change", "low", "high", "differs"])  # fmt: skip
    listed["differs"] = listed["differs"].astype("boolean")
    estimate = Estimate(None, n=2) if usual is None else Estimate(*usual, level=0.95, n=8)
    inside = None if usual is None else estimate.holds(money)
    return steps.MarketDays(
        of, days, estimate, inside, pd.DataFrame(), listed, Estimate(None), pd.DataFrame()
    )


@pytest.mark.parametrize(
    ("each", "said"),
    [
        (market(), "as usual"),
        (market(money=130.0), "more than usual"),
        (market(money=70.0), "less than usual"),
        (market(usual=None), "too few days before"),
    ],
)
def test_a_day_is_told_against_what_was_usual(each, said):
    assert views.say_day(each) == said
    note = texts.describe_day(each)
    assert ("Fewer than four" in note) == (each.usual.value is None)
    assert "It was Labor Day." in texts.describe_day(market(holiday="Labor Day"))


@pytest.mark.parametrize(
    ("rows", "note", "title"),
    [
        ([], "Null", "New York: no holiday measured yet"),
        ([("A", -0.1, -0.3, 0.1, False)], "none differs by itself", "New York: no difference on any of 1"),
        (
            [("A", -0.5, -0.6, -0.4, True), ("B", 0.0, -0.1, 0.1, False)],
            "less on A (27 Nov)",
            "less on 1 of 2",
        ),
        (
            [("A", -0.5, -0.6, -0.4, True), ("B", 0.5, 0.4, 0.6, True)],
            "less on A (27 Nov) and more on B (27 Nov)",
            "less on 1 and more on 1 of 2",
        ),
        (
            [("A", 0.5, 0.4, 0.6, True), ("C", np.nan, np.nan, np.nan, None)],
            "more on A (27 Nov)",
            "more on 1 of 1",
        ),
    ],
)
def test_holidays_are_told_as_far_as_they_differ(rows, note, title):
    each = market(holidays=rows)
    assert note in texts.describe_holidays(each)
    assert texts.name_holidays_found([each]).endswith(title)


@pytest.fixture
def clocks(suite, read):
    return clocks_of.read_clocks(suite, MARKETS, read[3])


def test_titles_and_answers_follow_the_clocks(clocks):
    both = [market(), market(ISLANDS.name)]
    assert (
        texts.name_finding(both, clocks) == "Cook Islands (test) closes 5 hours after New York, 6 from 8 Mar"
    )
    later = dataclasses.replace(clocks, next_change=None, next_gap_hours=None, gap_hours=1.0)
    assert texts.name_finding(both, later) == "Cook Islands (test) closes 1 hour after New York"
    same = dataclasses.replace(clocks, gap_hours=0.0)
    assert texts.name_finding(both, same) == "All markets close their days at the same time, 6 from 8 Mar"
    answer = texts.describe_answer(both, clocks)
    assert "New York was closed, Cook Islands (test) closed; they share {both_open:value} a day" in answer
    assert "never share an hour" in texts.describe_answer(both, dataclasses.replace(clocks, both_hours=0.0))
    blind = dataclasses.replace(clocks, both_hours=None, days=clocks.days.assign(n_open=None))
    assert texts.describe_answer(both, blind).startswith(
        "Dated by UTC, {moved_new_york:value} of orders in New York"
    )
    one = texts.describe_answer([market()], clocks)
    assert "against a usual {usual_new_york:value}; when the data was read it was closed" in one
    assert texts.name_finding([market(money=70.0)], clocks).endswith("on 13 Feb, less than usual")


def test_the_main_chart_has_each_market_of_the_page_and_home(clocks):
    bars = views.draw_day(clocks, [ISLANDS.name])
    assert bars.groupby("market", sort=False)["kind"].count().to_dict() == {HOME.name: 2, ISLANDS.name: 2}
    opened = bars[bars["kind"] == "open"].set_index("market")
    assert opened.loc[ISLANDS.name, ["start", "end"]].tolist() == [12, 25]
    assert set(opened["shown"]) == {"07:00 to 20:00"} and views.place_moment(clocks) == 5
    assert views.name_ticks(clocks) == {0: "00:00", 6: "06:00", 12: "12:00", 18: "18:00", 24: "00:00"}
    assert set(views.draw_day(clocks, [HOME.name])["market"]) == {HOME.name}
    names = [HOME.name, ISLANDS.name]
    assert texts.name_overlap(clocks, names).endswith("for 8 hours of it shops are open in both")
    assert texts.name_overlap(clocks, [HOME.name]) == "4 Nov has 24 hours in New York"
    blind = dataclasses.replace(clocks, both_hours=None)
    assert (
        texts.name_overlap(blind, names) == "4 Nov ends 5 hours later in Cook Islands (test) than in New York"
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [([-5.0, -6.0], "5 to 6 hours behind New York"), ([16.0, 18.0], "16 to 18 hours ahead of New York"),
     ([1.0], "1 hour ahead of New York"), ([0.0], "level with New York"),
     ([-1.0, 1.0], "from 1 hour behind to 1 ahead of New York")],
)  # fmt: skip
def test_hours_apart_in_words(clocks, hours, said):
    apart = pd.DataFrame({"label": ISLANDS.name, "hours": hours})
    assert texts.name_apart(apart, clocks) == f"Cook Islands (test) is {said}"
    low, high = min(map(abs, hours)), max(map(abs, hours))
    assert "is so far" in texts.judge_claim(apart, low, high, HOME.name)
    assert "is never so far" in texts.judge_claim(apart, high + 1, high + 2, HOME.name)


def test_a_claim_may_hold_part_of_the_time():
    apart = pd.DataFrame({"label": "NZ", "hours": [16.0, 17.0, 18.0]})
    assert "NZ is part of the time so far" in texts.judge_claim(apart, 17, 18, HOME.name)


def moved(n, cents=1000):
    rows = [(name, "UTC", 200, n, cents) for name in (HOME.name, ISLANDS.name)]
    return pd.DataFrame(rows, columns=["market", "clock", "orders", "moved", "moved_cents"])


def test_a_decision_is_no_stronger_than_what_is_known(clocks, read):
    both = [market(), market(ISLANDS.name)]
    shops = read[1]
    said = texts.decide(both, clocks, moved(20), shops)
    assert said.strength.word == "lean" and said.worth == Estimate(10.0, n=20)
    assert said.worth_unit.startswith("USD") and "10.0 % of orders in New York" in said.because
    islands = texts.decide([market(ISLANDS.name)], clocks, moved(20), shops)
    assert islands.strength.word == "do not decide on this yet" and islands.worth_unit.startswith("NZD")
    assert "(00:00 in New York, 06:00 from 8 Mar)" in islands.action
    home = texts.decide([market()], clocks, moved(20), shops)
    assert home.action.endswith("make its report from 05:00 UTC on")
    none = texts.decide(both, clocks, moved(0, 0), shops)
    assert none.strength.word == "do not decide on this yet" and none.worth is None


def test_markets_of_test_shops_say_so(read):
    said = texts.describe_shops([market(), market(ISLANDS.name)], read[1])
    assert len(said) == 1 and "1 of 2 shops are flagged as tests; the other 1" in said[0]
    flagged = read[1].assign(is_flagged=True)
    assert "the other" not in texts.describe_shops([market(ISLANDS.name)], flagged)[0]


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
    assert "New York 0 % orders" in texts.name_weeks(weeks)
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


@pytest.mark.parametrize(
    ("change", "low", "differs", "said"),
    [(-0.5, -0.6, True, "less"), (0.5, 0.4, True, "more"), (0.1, -0.2, False, "no difference to be seen"),
     (np.nan, np.nan, None, "too few weeks around it")],
)  # fmt: skip
def test_a_holiday_in_a_word(change, low, differs, said):
    row = {"is_to_come": False, "change": change, "low": low, "differs": differs}
    assert views._say_holiday(row) == said


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
