"""Which assumption matters most: each lever moved alone, against the whole answer at that value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lucky_analytics.questions.strategy.site_what_if.levers import LEVERS
from lucky_analytics.questions.strategy.site_what_if.search import search_sites
from lucky_analytics.questions.strategy.site_what_if.sensitivity import weigh_levers
from lucky_analytics.questions.strategy.site_what_if.steps import answer_scenario, expect_profit
from tests.site_world import BROOKLYN, COLUMBUS, VARICK, prepared, scenario

ASKED = scenario(VARICK, COLUMBUS, rent=12_000, price=1.1)


@pytest.mark.full
def test_the_quick_profit_is_that_of_the_whole_answer():
    for asked in (ASKED, scenario(VARICK), scenario(VARICK, BROOKLYN, margin=0.5)):
        assert expect_profit(prepared(), asked) == pytest.approx(
            answer_scenario(prepared(), asked).together["profit"]
        )
    assert expect_profit(prepared(), scenario()) is None
    assert expect_profit(prepared(), scenario(BROOKLYN)) is None


def test_each_lever_is_moved_alone_and_the_widest_swing_is_first():
    moved = weigh_levers(prepared(), ASKED)
    assert [each.swing for each in moved] == sorted((each.swing for each in moved), reverse=True)
    by_name = {each.lever: each for each in moved}
    rent = by_name["rent"]
    assert rent.values == (9_000, 15_000) and rent.label == LEVERS["rent"].label
    assert rent.profits[0] - rent.profits[1] == pytest.approx(2 * 6_000)  # two sites
    for name in ("margin", "jobs_share"):
        for value, profit in zip(by_name[name].values, by_name[name].profits, strict=True):
            there = replace(ASKED, levers={**ASKED.levers, name: value})
            assert profit == pytest.approx(answer_scenario(prepared(), there).together["profit"])


def test_what_moves_nothing_is_left_out_and_no_lever_leaves_its_range():
    still = {each.lever for each in weigh_levers(prepared(), scenario(VARICK, fixed=0))}
    assert "fixed" not in still and "response" not in still  # nothing is due, and prices are today's
    assert weigh_levers(prepared(), scenario(BROOKLYN)) == []
    for each in weigh_levers(prepared(), scenario(VARICK, margin=0.9, outside=4.0)):
        lever = LEVERS[each.lever]
        assert all(lever.low <= value <= lever.high for value in each.values)


def test_proposals_are_called_by_their_neighbourhoods():
    names = [site[0] for site in search_sites(prepared(), scenario(VARICK), "net", 3).sites]
    areas = set(prepared().layers.tracts["area_name"])
    assert len(set(names)) == 3
    assert all(name in areas or name.rsplit(" ", 1)[0] in areas for name in names)
