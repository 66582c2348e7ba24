"""Clocks of markets: hours apart, hours in common by a walk over the minutes, what is open."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo

from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.questions.platform.market_hub import clocks as clocks_of
from lucky_analytics.questions.platform.market_hub import data, texts, views
from tests.market_rows import HOME, ISLANDS, market, small


def test_a_market_of_which_no_hours_are_known_is_neither_open_nor_closed(suite, read):
    known = read[3][read[3]["market"] == HOME.name]
    clocks = clocks_of.read_clocks(suite, MARKETS, known)
    assert clocks.both_hours is None and clocks.days["n_open"].isna().tolist() == [False, True]
    answer = texts.describe_answer([market(), market(ISLANDS.name)], clocks)
    assert "open" not in answer and "closed" not in answer
    assert "closed" not in texts.describe_answer([market(ISLANDS.name)], clocks)


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


def test_the_main_chart_has_each_market_of_the_page_and_home(clocks):
    bars = views.draw_day(clocks, [ISLANDS.name])
    assert bars.groupby("market", sort=False)["kind"].count().to_dict() == {HOME.name: 2, ISLANDS.name: 2}
    opened = bars[bars["kind"] == "open"].set_index("market")
    assert opened.loc[ISLANDS.name, ["start", "end"]].tolist() == [12, 25]
    assert opened["shown"].to_dict() == {HOME.name: "07:00 to 20:00", ISLANDS.name: "12:00 to 01:00"}
    assert views.place_moment(clocks) == 5
    assert views.name_ticks(clocks) == {0: "00:00", 6: "06:00", 12: "12:00", 18: "18:00", 24: "00:00"}
    assert set(views.draw_day(clocks, [HOME.name])["market"]) == {HOME.name}
    names = [HOME.name, ISLANDS.name]
    assert texts.name_overlap(clocks, names).endswith("for 8 hours of it shops are open in both")
    assert texts.name_overlap(clocks, [HOME.name]) == "4 Nov has 24 hours in New York"
    blind = dataclasses.replace(clocks, both_hours=None)
    assert (
        texts.name_overlap(blind, names) == "4 Nov ends 5 hours later in Cook Islands (test) than in New York"
    )
