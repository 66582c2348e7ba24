"""Journeys and the rules that share out their credit, against loops and planted worlds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, WAIT
from lucky_analytics.questions.marketing.channel_attribution import (
    advice,
    credits,
    hold_outs,
    journeys,
    texts,
    views,
)
from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY
from tests.touch_pages import pages, world
from tests.touch_world import planted_orders, simulate


def walk(touches, days, first_orders):
    """Journeys by a loop over people: when each opened and ended, by what channels, and with an order."""
    found = []
    orders = touches.orders.groupby("person")["at"].apply(list).to_dict()
    for person, own in touches.shown.groupby("person"):
        times, names = own["at"].tolist(), own["channel"].tolist()
        mine = orders.get(person, [])[:1] if first_orders else orders.get(person, [])
        place = 0
        while place < len(times):
            opened = times[place]
            if first_orders and mine and mine[0] < opened:
                break
            after = [at for at in mine if opened <= at <= opened + days * DAY]
            ended = after[0] if after else opened + days * DAY
            inside = [k for k in range(place, len(times)) if times[k] <= ended]
            found.append((person, opened, ended, bool(after), tuple(names[k] for k in inside)))
            place = inside[-1] + 1
            if first_orders and after:
                break
    return [row for row in found if row[1] <= touches.end - days * DAY], len(found)


@pytest.mark.parametrize("first_orders", [True, False])
@pytest.mark.parametrize("days", [7, 30])
def test_journeys_and_credit_of_last_and_first_touch_are_those_of_a_loop(days, first_orders):
    touches = simulate(400, 5, trap="push", adds={"mail": 0.1}, held_out={"social": 0.3})
    expected, n_all = walk(touches, days, first_orders)
    paths = journeys.cut_journeys(touches, days, first_orders)
    names = np.array(paths.channels)[paths.touches["code"]]
    rows = paths.rows
    made = [
        (row.person, row.opened, row.ended, row.is_order, tuple(names[row.first : row.stop]))
        for row in rows.itertuples()
    ]
    assert made == expected and paths.n_open == n_all - len(expected)
    ordered = [row[4] for row in expected if row[3]]
    table = credits.credit_channels(paths, credits.sum_groups(paths)).set_index("channel")
    for channel in ("mail", "push"):
        for rule, place in (("last", -1), ("first", 0)):
            share = np.mean([path[place] == channel for path in ordered])
            assert table.loc[channel, rule] == pytest.approx(share)
    steps = journeys.step_through(paths, np.zeros(len(rows), int), 1)[0]
    assert steps[0].sum() == len(rows) and steps[:, -2].sum() == len(ordered)
    seen = {name for row in expected for name in row[4]}
    assert table.loc[list(seen), "n_people"].to_dict() == {
        name: len({row[0] for row in expected if name in row[4]}) for name in seen
    }


def test_withheld_touches_and_later_ones_are_no_part_of_a_journey():
    touches = world("null")
    paths, _, _ = pages("null")
    assert paths.touches["held_out"].ne(1.0).all() and len(paths.touches) < len(touches.rows)
    assert paths.rows["opened"].max() <= touches.end - 30 * DAY and paths.n_open > 0
    assert paths.n_after <= paths.n_orders


def test_rules_share_out_all_of_the_credit():
    for kind in ("null", "push is last"):
        paths, table, _ = pages(kind)
        for rule in credits.RULES:
            assert table[rule].sum() == pytest.approx(1.0)
            assert (table[f"{rule}_low"] <= table[f"{rule}_high"]).all()
        assert table["orders_shapley"].sum() == pytest.approx(len(paths.ordered))
        assert table["gap"].to_numpy() == pytest.approx((table["shapley"] - table["last"]).to_numpy())


def test_where_channels_change_nothing_none_is_called_better_though_last_touch_differs():
    _, table, trials = pages("null")
    assert table["last"].max() > 0.5 and set(table["verdict"]) == {"not shown"}
    even = table.set_index("channel")
    assert ((even["shapley_low"] < 1 / 3) & (even["shapley_high"] > 1 / 3)).all()
    (row,) = trials.to_dict("records")
    assert row["verdict"] == "not shown" and row["stance"] == ""
    found = advice.find_surest(trials)
    assert "credits more orders than it can have added" in texts.name_finding(table, found)
    within = found | {"credited": found["sure_high"] - 0.001}
    assert "no orders are surely lost" in texts.name_finding(table, within)


def test_what_a_channel_adds_is_found_by_all_and_measured_by_the_hold_out():
    _, table, trials = pages("mail adds")
    shown = table.set_index("channel").loc["mail"]
    assert shown["verdict"] == "more" and shown["shapley"] > 1 / 3
    row = trials.set_index("channel").loc["mail"]
    planted = planted_orders("mail", 0.08, 30)
    assert row["verdict"] == "adds" and row["low"] <= planted <= row["high"]
    assert trials.set_index("channel").loc["social", "verdict"] == "not shown"
    assert row["cost_added_low"] < row["spent"] / planted < row["cost_added_high"]


def test_a_channel_that_meets_who_is_about_to_order_misleads_every_rule_but_the_hold_out():
    _, table, trials = pages("push is last")
    shown = table.set_index("channel")
    for rule in ("last", "shapley", "removal"):
        assert shown[rule].idxmax() == "push"
    assert shown.loc["push", "verdict"] == "more"
    (row,) = trials.to_dict("records")
    assert row["verdict"] == "not shown" and row["low"] <= 0 <= row["high"]
    assert row["credited"] > 10 * abs(row["adds"]) or row["credited"] > 0.5
    made = advice.decide(trials, None, 0.3, 0.9, "push")
    assert made.strength.word == DO and made.action.startswith("stop push")  # it costs, and adds nothing


def test_small_channels_are_shown_together_and_at_most_ten_are_gone_through():
    many = pd.DataFrame(
        {"person": np.repeat(np.arange(60), 14), "channel": [f"c{k}" for k in range(14)] * 60}
    )
    code, names = journeys.group_channels(many)
    assert len(names) == 10 and names[-1] == journeys.REST and (code == 9).sum() == 5 * 60
    few = pd.DataFrame({"person": range(70), "channel": ["mail"] * 60 + ["fax"] * 10})
    assert journeys.group_channels(few)[1] == ["mail", journeys.REST]
    tiny = pd.DataFrame({"person": [1, 2], "channel": ["mail", "fax"]})
    assert journeys.group_channels(tiny)[1] == ["fax", "mail"]


@pytest.mark.full
def test_ten_channels_are_shared_out_with_the_small_ones_last():
    spread = simulate(600, 2, rates={f"c{k}": 0.03 for k in range(14)}, order_rate=0.05)
    paths = journeys.cut_journeys(spread, 30, False)
    table = credits.credit_channels(paths, credits.sum_groups(paths))
    assert table["channel"].iloc[-1] == journeys.REST and table["last"].iloc[-1] == table["last"].max()


def test_paths_are_written_once_a_repeat_and_rare_ones_not_at_all():
    paths, _, _ = pages("mail adds")
    shown = journeys.list_paths(paths)
    assert (shown["n_people"] >= 10).all() and shown["n"].is_monotonic_decreasing and len(shown) <= 20
    names = np.array(paths.channels)[paths.touches["code"]]
    wanted = {"mail": 0, "mail → social": 0}
    for row in paths.rows.itertuples():
        own = names[row.first : row.stop]
        kept = " → ".join(own[np.r_[True, own[1:] != own[:-1]]])
        wanted = {each: n + (kept == each) for each, n in wanted.items()}
    assert {each: shown.set_index("path").loc[each, "n"] for each in wanted} == wanted
    rates = {"a": 0.4, "b": 0.4}
    long = journeys.cut_journeys(simulate(300, 1, rates=rates, order_rate=0.0001), 60, False)
    assert journeys.list_paths(long)["path"].str.endswith("…").any()


def test_touches_by_campaign_are_those_in_journeys():
    touches = world("mail adds")
    rows = touches.rows.assign(campaign=np.where(touches.rows["channel"] == "mail", "spring", ""))
    paths = journeys.cut_journeys(dataclasses.replace(touches, rows=rows), 30, False)
    (row,) = views.count_campaigns(paths).to_dict("records")
    _, table, _ = pages("mail adds")
    mail = table.set_index("channel").loc["mail"]
    assert (row["channel"], row["campaign"]) == ("mail", "spring")
    assert (row["n_touches"], row["n_people"]) == (mail["n_touches"], mail["n_people"])
    assert row["n_last"] == pytest.approx(mail["orders_last"])
    assert views.count_campaigns(pages("mail adds")[0]).empty


def test_too_few_orders_or_nobody_touched_end_the_page():
    touches = simulate(40, 1)
    paths = journeys.cut_journeys(touches, 30, True)
    assert not credits.has_enough(paths)
    title, answer, made = texts.describe_few(paths)
    assert (
        title.startswith("Too few people ordered") and made.strength.word == WAIT and "of" in answer.lower()
    )
    withheld = dataclasses.replace(touches, rows=touches.rows.assign(held_out=1.0))
    nobody = journeys.cut_journeys(withheld, 30, True)
    assert nobody.rows.empty and not credits.has_enough(nobody) and nobody.n_people == 0
    assert "nobody ordered" in texts.describe_few(nobody)[2].strength.doubts[0]
    nothing = dataclasses.replace(touches, orders=touches.orders.head(0), every=touches.every.head(0))
    assert not credits.has_enough(journeys.cut_journeys(nothing, 30, False))
    assert views.check_touches(nothing, nobody, hold_outs.measure_hold_outs(nothing)).notna().all(axis=None)


def test_one_channel_alone_has_all_the_credit_and_is_called_nothing():
    touches = simulate(2_000, 3, rates={"mail": 0.05}, adds={"mail": 0.1})
    paths = journeys.cut_journeys(touches, 30, False)
    (row,) = credits.credit_channels(paths, credits.sum_groups(paths)).to_dict("records")
    assert [row[rule] for rule in credits.RULES] == [1.0] * 4 and row["verdict"] == "not shown"
