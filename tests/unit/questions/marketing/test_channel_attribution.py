"""Attribution on simulated people: journeys, rules, hold-outs, files, and every branch of what is said."""

from __future__ import annotations

import dataclasses
import functools
import hashlib

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.errors import LuckyError
from lucky_analytics.figures.marketing import attribution_charts
from lucky_analytics.questions.marketing.channel_attribution import (
    advice,
    attribution_captions,
    credits,
    hold_out_plan,
    hold_outs,
    journeys,
    texts,
    touch_file,
    views,
)
from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY
from tests import demo_suite
from tests.touch_world import START, planted_orders, simulate

N = 4_000


@functools.cache
def world(kind):
    kinds = {
        "null": {"held_out": {"mail": 0.2}},
        "mail adds": {"adds": {"mail": 0.08}, "held_out": {"mail": 0.3, "social": 0.3}, "cost": 0.001},
        "push is last": {"trap": "push", "held_out": {"push": 0.3}, "cost": 0.5},
    }
    return simulate(N, 11, **kinds[kind])


@functools.cache
def pages(kind, first_orders=False):
    touches = world(kind)
    paths = journeys.cut_journeys(touches, 30, first_orders)
    table = credits.credit_channels(paths, credits.sum_groups(paths))
    return paths, table, hold_outs.measure_hold_outs(touches, 30, first_orders, None)


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


def test_a_hold_out_is_the_difference_of_two_means_by_hand():
    touches = world("mail adds")
    marked = touches.rows[(touches.rows["channel"] == "mail") & touches.rows["held_out"].notna()]
    firsts = marked.drop_duplicates("person")
    first_order = touches.orders.drop_duplicates("person").set_index("person")["at"].to_dict()
    spent = touches.shown[touches.shown["channel"] == "mail"]
    sides = {1.0: [], 0.0: []}
    for row in firsts.itertuples():
        if row.at > touches.end - 30 * DAY or first_order.get(row.person, np.inf) < row.at:
            continue
        sides[row.held_out].append(float(first_order.get(row.person, np.inf) <= row.at + 30 * DAY))
    (found,) = pages("mail adds", first_orders=True)[2].query("channel == 'mail'").to_dict("records")
    assert (found["n_out"], found["n_in"]) == (len(sides[1.0]), len(sides[0.0]))
    assert found["adds"] == pytest.approx(np.mean(sides[0.0]) - np.mean(sides[1.0]))
    assert found["orders_in"] == pytest.approx(np.mean(sides[0.0]))
    assert 0 < found["spent"] < spent["cost"].max() * 20


def test_a_hold_out_that_chance_did_not_draw_says_nothing():
    touches = world("mail adds")
    out = hold_outs.measure_hold_outs(touches, 30, False, 0.5).set_index("channel")
    assert set(out["verdict"]) == {"not drawn"} and set(out["stance"]) == {""}
    assert (hold_outs.measure_hold_outs(touches, 30, False, 0.3)["verdict"] != "not drawn").all()
    # Those held out had ordered less before: somebody chose them.
    rows = touches.rows.copy()
    n_before = touches.orders.groupby("person").size().reindex(range(N), fill_value=0).to_numpy()
    is_mail = rows["channel"] == "mail"
    rows.loc[is_mail, "held_out"] = (n_before[rows.loc[is_mail, "person"]] == 0).astype(float)
    chosen = hold_outs.measure_hold_outs(dataclasses.replace(touches, rows=rows), 30, False)
    assert chosen.set_index("channel").loc["mail", "verdict"] == "not drawn"
    assert advice.find_surest(chosen[chosen["channel"] == "mail"]) is None


def test_unknown_costs_and_margins_leave_money_unknown_and_decide_nothing():
    touches = world("mail adds")
    free = dataclasses.replace(touches, rows=touches.rows.assign(cost=np.nan))
    found = hold_outs.measure_hold_outs(free, 30, False)
    assert found["spent"].isna().all() and found["net"].isna().all() and found["margin"].notna().all()
    assert found["cost_added"].isna().all() and (found["stance"] == "").all()
    made = advice.decide(found, None, 0.3, 0.9, "mail")
    assert made.strength.word == WAIT and "what it costs is not in the file" in made.strength.doubts
    poor = dataclasses.replace(touches, orders=touches.orders.assign(margin=np.nan))
    made = advice.decide(hold_outs.measure_hold_outs(poor, 30, False), None, 0.3, 0.9, "mail")
    assert made.strength.word == WAIT and "what an order leaves is not known" in made.strength.doubts
    paths = journeys.cut_journeys(free, 30, False)
    table = credits.credit_channels(paths, credits.sum_groups(paths))
    assert table["cost_last"].isna().all() and table["cost_shapley_low"].isna().all()


def test_a_channel_that_earns_is_gone_on_with_and_less_surely_where_the_draw_cannot_be_checked():
    _, _, trials = pages("mail adds")
    sure, unsure = (advice.decide(trials, None, planned, 0.9, "mail") for planned in (0.3, None))
    assert (sure.strength.word, unsure.strength.word) == (DO, LEAN)
    assert sure.action.startswith("go on with mail") and sure.worth.low > 0
    assert sure.on == {"channel mail": "keep"} and "for 100 people" in sure.because


def test_without_hold_outs_nothing_is_decided_whatever_has_most_credit():
    touches = world("push is last")
    bare = dataclasses.replace(touches, rows=touches.rows.assign(held_out=np.nan))
    paths = journeys.cut_journeys(bare, 30, False)
    table = credits.credit_channels(paths, credits.sum_groups(paths))
    trials = hold_outs.measure_hold_outs(bare, 30, False)
    plan = hold_out_plan.plan_for_channel(bare, table, set(), 30, False, 0.01, 0.9)
    assert (
        trials.empty and plan.channel == "mail" and plan.n_all >= 10 * plan.n_out - 10
    )  # most is spent there
    plan = hold_out_plan.plan_for_channel(
        bare, table.assign(cost=np.nan), {journeys.REST}, 30, False, 0.01, 0.9
    )
    assert plan.channel == "push"
    made = advice.decide(trials, plan, None, 0.9, "push")
    assert made.strength.word == WAIT and f"withhold push from {plan.n_out:,} people" in made.action
    assert made.worth is None and "people about to order get touched" in made.because
    assert views.assemble_added(views.name_trials(trials)).empty
    title = texts.name_finding(table, None)
    assert title == "push: credit hangs on the rule, what it adds is not known"
    answer = texts.phrase_answer(table, None)
    assert "{last}" in answer and "Neither is what would be lost without it" in answer
    assert texts.note_added(trials, None).startswith("Not known: no touch")
    assert hold_out_plan.plan_for_channel(bare, table, set(table["channel"]), 30, False, 0.01, 0.9) is None
    less = hold_out_plan.plan_for_channel(bare, table.assign(cost=0.0), set(), 30, False, 0.02, 0.9)
    assert less.n_out == pytest.approx(plan.n_out / 4, rel=0.01)  # twice the gain, a quarter of the people


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


BROKEN = {
    "7,soon,mail,,,,": "touched_at: expected a UTC time like 2026-01-31T18:05:00, in 2015 to 2100, got "
    "'soon'",
    "7,1970-01-01T00:00:00,mail,,,,": "row 2, touched_at: expected a UTC time",
    "7,9999-12-31T00:00:00,mail,,,,": "row 2, touched_at: expected a UTC time",
    "7,2026-01-05,,,,,": "row 2, channel: expected text, got ''",
    f"7,2026-01-05,{'x' * 61},,,,": "row 2, channel: expected at most 60 characters",
    ",2026-01-05,mail,,,,": "row 2, customer: expected text, got ''",
    "ann@example.com,2026-01-05,mail,,,,": "row 2, customer: expected a customer number or its SHA-256, "
    "no mail "
    "address, got 'a mail address'",
    "7,2026-01-05,mail,,-1,,": "row 2, cost: expected a number from 0 to 1,000,000, got '-1'",
    "7,2026-01-05,mail,,nan,,": "row 2, cost: expected a number",
    "7,2026-01-05,mail,,,perhaps,": "row 2, held_out: expected yes, no or nothing, got 'perhaps'",
    "7,2026-01-05,mail,,,,later": "row 2, ordered_at: expected a UTC time",
    "7,2026-03-05,mail,,,,": "expected a touch by 2026-02-13, got later ones alone",
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_row_of_touches_that_breaks_the_contract_is_named_and_nobody_in_it(line, tmp_path):
    file = tmp_path / "touches.csv"
    file.write_text(f"customer,touched_at,channel,campaign,cost,held_out,ordered_at\n{line}\n")
    with pytest.raises(LuckyError) as caught:
        touch_file.read_touches(demo_suite.suite(), file)
    assert BROKEN[line] in str(caught.value) and "ann@" not in str(caught.value)


def test_people_are_joined_by_number_or_hash_and_others_bring_their_own_orders(tmp_path):
    suite = demo_suite.suite()
    people = suite.customers.filter(~suite.customers.is_delivery_account)
    one, two = people.inner_join(suite.orders, "customer_id").customer_id.execute().drop_duplicates().head(2)
    account = suite.customers.filter(suite.customers.is_delivery_account).customer_id.execute().iloc[0]
    hashed = hashlib.sha256(one.encode()).hexdigest()
    lines = [
        f"{one},2026-01-05T10:00:00Z,Mail,0.5,",
        f"{hashed.upper()},2026-01-05T10:00:00,mail,,",
        f"{hashed},2026-01-06T10:00:00+02:00,mail,,",
        f"{two},2026-01-07 10:00:00,social,,2026-01-08",
        "stranger,2026-01-07,social,,2026-01-08T12:00:00",
        "stranger,2026-01-07,social,,2026-01-08T12:00:00",
        f"{account},2026-01-07,social,,",
        f"{two},2026-02-20,social,,",
    ]
    file = tmp_path / "touches.csv"
    file.write_text("customer,touched_at,channel,cost,ordered_at\n" + "\n".join(lines) + "\n")
    found = touch_file.read_touches(suite, file)
    assert (found.n_people, found.is_ours.sum()) == (3, 2)
    assert (found.n_twice, found.n_late, found.n_platform) == (1, 1, 1) and found.has_orders_of_others
    assert set(found.rows["channel"]) == {"Mail", "social"}  # one name for both ways to write it
    assert found.rows.groupby("person").size().tolist() == [3, 1, 1]
    utc = pd.to_datetime(found.rows["at"], unit="s").astype(str).tolist()
    assert utc[0] == "2026-01-05 10:00:00" and utc[2] == "2026-01-06 08:00:00"
    stranger = int(np.flatnonzero(~found.is_ours)[0])
    assert found.orders[found.orders["person"] == stranger]["at"].tolist() == [1767873600]
    bought = suite.orders.filter(suite.orders.customer_id == one).count().execute()
    first = int(found.rows.loc[found.rows["channel"] == "Mail", "person"].iloc[0])
    assert (found.orders["person"] == first).sum() == bought
    assert len(found.every) == suite.orders.semi_join(people, "customer_id").count().execute()
    assert touch_file.read_touches(suite, "") is None


def test_titles_answers_and_notes_say_no_more_than_their_intervals():
    _, table, trials = pages("mail adds")
    row = advice.find_surest(trials)
    assert row["channel"] == "mail" and row["stance"] == "keep"
    low, high = row["sure_low"], row["sure_high"]
    for credited, words in (
        (high + 1, "fewer than"),
        (low - 1, "more than"),
        ((low + high) / 2, "surely adds"),
    ):
        assert words in texts.name_finding(table, row | {"credited": credited})
    assert "order less with it" in texts.name_finding(table, row | {"verdict": "takes"})
    assert texts.name_finding(table.assign(gap_low=-1.0, gap_high=1.0), None).startswith(
        "What each channel adds"
    )
    doubtful = texts.phrase_answer(table, row | {"verdict": "not shown"})
    assert "which may be chance" in doubtful and "which may be chance" not in texts.phrase_answer(table, row)
    long = row | {"channel": "paid social campaigns of the far north in spring"}
    for each in (
        row,
        long,
        long | {"verdict": "not shown"},
        long | {"verdict": "not shown", "credited": low},
        long | {"credited": high + 1},
    ):
        assert len(texts.name_finding(table, each).split()) <= 14
        assert len(texts.phrase_answer(table, each).split()) + 8 <= 40
    assert "below 0 or above 100 %" in texts.note_rule("shapley", True)
    assert "below 0" not in texts.note_rule("shapley", False) + texts.note_rule("last", True)
    assert texts.note_plan(None).startswith("Every channel is held out")
    broken = trials.assign(verdict="too few")
    assert advice.find_surest(broken) is None
    assert "fewer than 50 people" in texts.note_added(broken, None)
    waiting = advice.decide(broken, None, None, 0.9, "mail")
    assert waiting.strength.doubts == ("no hold-out is large enough, or drawn by chance",)
    limits = " ".join(texts.list_limits(world("null"), pages("null")[0], broken, True))
    assert "Attribution is not incrementality" in limits and "2 of 2 hold-outs cannot be read" in limits
    assert texts.count_settled(trials) == 1


def test_captions_and_charts_follow_their_rows():
    paths, table, trials = pages("push is last")
    shown = views.assemble_shares(table)
    said = attribution_captions.shares(shown, table, len(paths.ordered), 0.9)
    assert (
        said["finding"].startswith("Shared out, 1 of 4 channels has more")
        and "none need add" in said["finding"]
    )
    quiet = attribution_captions.shares(shown, table.assign(verdict="not shown"), 9, 0.9)
    assert quiet["finding"].startswith("Shared out, no channel")
    added = views.assemble_added(views.name_trials(trials))
    assert attribution_captions.added(added, 0.9, 30)["finding"].startswith("None of 1 channels")
    assert attribution_captions.added(added.assign(low=1.0), 0.9, 30)["finding"].startswith("1 of 1")
    assert views.assemble_added(views.name_trials(trials.assign(verdict="too few"))).empty
    assert "layer" in attribution_charts.plot_shares(shown).to_dict()
    assert "layer" in attribution_charts.plot_added(added).to_dict()


def test_the_seconds_of_the_file_are_utc():
    assert pd.Timestamp(START, unit="s") == pd.Timestamp("2025-09-17")
