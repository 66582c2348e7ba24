"""Notifications on simulated people: plants, naive numbers that mislead, loops, tests, texts, branches."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, WAIT
from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.marketing.push_timing import (
    advice,
    opens,
    orders_after,
    push_test,
    push_trial,
    reach,
    texts,
    views,
)
from lucky_analytics.questions.marketing.push_timing.send_log import DAY, HOUR
from tests import push_world as world

AS_OF = dt.date(2026, 1, 18)


@functools.cache
def log():
    return world.simulate(1, near=0.05, recent=-0.012, ratio=1.4)


@functools.cache
def quiet():
    return world.simulate(2)


@functools.cache
def found(of=log):
    made = opens.compare_opens(of())
    return made, orders_after.compare_orders(of(), 24, made.half)


def test_what_was_planted_is_found_in_its_interval():
    made, after = found()
    near, recent = made.row("own hour"), made.row("frequency")
    assert near["low"] <= 5.0 <= near["high"] and near["low"] > 0
    assert recent["low"] <= -1.2 <= recent["high"] < 0
    push = after.table.iloc[0]
    assert push["kind"] == "push" and 1 < push["low"] <= 1.4 <= push["high"] and not after.is_timed
    assert after.more.low > 0 and not made.table.query("group in ['hour', 'content']")["is_clear"].any()
    assert (made.by_recent["value"].diff().iloc[1:] < 0).all()  # ever less, the more came
    title = texts.name_finding(made, after)
    assert title == "Fewer pushes, near each customer's hour, are opened more; more orders follow"


def test_where_nothing_acts_nothing_is_claimed_though_means_over_customers_differ():
    """The eager are notified more and open more: over customers, frequent pushes look better."""
    made, after = found(quiet)
    assert not made.table["is_clear"].any() and not after.is_timed
    assert texts.name_finding(made, after) == "No hour or frequency of notifications is known to do better"
    rows = opens.select_tracked(quiet())
    by_recent = rows.groupby(rows["recent"] >= 2)["is_opened"].mean()
    assert by_recent[True] > 1.15 * by_recent[False]
    naive = reach.count_naive(quiet(), 24).set_index("what")["value"]
    assert (
        naive["Ordered within 24 hours of a push that was opened"]
        > 1.1 * naive["Ordered within 24 hours of a push that was not opened"]
    )


def test_sends_that_follow_orders_are_seen_and_nothing_is_read_from_them():
    timed = world.simulate(3, 400, is_timed=True)
    made = opens.compare_opens(timed)
    after = orders_after.compare_orders(timed, 24, made.half)
    assert after.is_timed and after.table.set_index("kind").loc["push", "low"] > 1
    assert "orders" in texts.name_finding(made, after) or "No hour" in texts.name_finding(made, after)
    assert "timed by them" in texts.describe_orders(after)
    assert any("not read as their doing" in limit for limit in texts.list_limits(made, after, None, 24, 0.9))
    assert not views.check_log(timed, made, after)["passed"].all()
    assert texts.phrase_answer(made, after, 9.0).endswith("Orders after: {orders}, as before them.")


def test_sends_that_follow_openings_are_seen_and_frequency_is_not_read():
    """Every second opening brings a further send within days; no send does anything."""
    fed = world.simulate(3, follow=0.5)
    made = opens.compare_opens(fed)
    after = orders_after.compare_orders(fed, 24, made.half)
    assert made.is_followed and made.row("after")["value"] > 0
    frequent = made.table.assign(is_clear=made.table["group"].isin(["frequency", "after"]))
    made = dataclasses.replace(made, table=frequent)
    assert texts.name_finding(made, after) == "No hour or frequency of notifications is known to do better"
    assert "Frequency cannot be read" in texts.phrase_answer(made, after, None)
    assert texts.describe_frequency(made).startswith("Sends follow openings")
    assert texts.describe_same(made).startswith("Neither hour nor")
    assert any("sends follow openings" in limit for limit in texts.list_limits(made, after, None, 24, 0.9))
    assert not views.check_log(fed, made, after)["passed"].all() and not found()[0].is_followed


def test_where_all_were_opened_nothing_is_compared():
    assert opens.has_opens(quiet())
    whole = quiet().sends.assign(is_opened=quiet().sends["is_delivered"], was_opened=True)
    assert not opens.has_opens(dataclasses.replace(quiet(), sends=whole))


def test_where_every_account_is_gone_nothing_is_held_against_orders():
    gone = dataclasses.replace(quiet(), people=quiet().people.assign(is_gone=True))
    after = orders_after.compare_orders(gone, 24, 2.9)
    assert after.by_hour.empty and after.n_orders == 0
    assert views.list_ratios(after)["value"].isna().all()


def test_what_was_known_at_each_send_is_that_of_a_loop():
    made = quiet()
    for row in made.sends.sample(60, random_state=1).itertuples():
        own = made.sends[(made.sends["customer"] == row.customer) & made.sends["is_delivered"]]
        assert row.recent == own["at"].between(row.at - 7 * DAY, row.at - 1).sum()
        assert row.following == own["at"].between(row.at + 1, row.at + 7 * DAY).sum()
        past = made.orders[(made.orders["customer"] == row.customer) & (made.orders["at"] < row.at)]
        mean = (past["at"] % DAY / HOUR).mean()
        assert (np.isnan(row.usual) and past.empty) or row.usual == pytest.approx(mean)
        assert row.age == (row.at - made.people["registered"][row.customer]) // DAY
        assert row.hour == row.at % DAY // HOUR


def test_hours_after_and_before_sends_are_those_of_a_loop_and_never_overlap():
    made = world.simulate(5, 120)
    after = orders_after.compare_orders(made, 24, 2.0)
    n = dict.fromkeys(after.table["kind"], 0)
    sends = dict(list(made.sends.groupby("customer")))
    weeks = made.end // (7 * DAY)
    for order in made.orders.itertuples():
        own, week = sends.get(order.customer), order.at // (7 * DAY)
        first = -(-made.people["registered"][order.customer] // (7 * DAY))
        if own is None or not first <= week < weeks:
            continue
        past = own[own["at"] <= order.at]
        if len(past) and order.at - past["at"].iloc[-1] < DAY:
            n[past["kind"].iloc[-1] if past["is_delivered"].iloc[-1] else "failed"] += 1
        elif ((own["at"] > order.at) & (own["at"] - order.at <= DAY)).any():
            n["before"] += 1
    assert after.table.set_index("kind")["n"].to_dict() == n


def test_lift_is_the_association_over_all_openings():
    made, _ = found()
    rows = opens.select_tracked(log())
    rows = rows[rows["age"] >= 7]
    away = (rows["at"] % DAY / HOUR - rows["usual"]).abs()
    rest = (away > opens.NEAR_HOURS).mean()
    assert made.lift.value == pytest.approx(
        made.row("own hour")["value"] / 100 * rest / rows["is_opened"].mean()
    )
    assert made.lift.low < made.lift.value < made.lift.high


def test_who_can_be_notified_and_who_stopped():
    people = quiet().people.copy()
    people.loc[:99, "is_gone"] = True
    people["is_allowed"] = people["is_allowed"].astype(object)
    people.loc[100:149, "is_allowed"] = False
    people.loc[150:199, "is_allowed"] = None
    changed = dataclasses.replace(quiet(), people=people)
    whom = reach.measure_reach(changed)
    late = changed.sends[changed.sends["is_delivered"] & (changed.sends["at"] >= changed.end - 28 * DAY)]
    lately = set(late["customer"])
    assert whom.n_reachable == 1000 + sum(150 <= code < 200 for code in lately)
    got = set(changed.sends.loc[changed.sends["is_delivered"], "customer"])
    asked = [code for code in got if code >= 100 and not 150 <= code < 200]
    assert whom.stopped.n == len(asked)
    assert whom.stopped.value == pytest.approx(sum(100 <= code < 150 for code in asked) / len(asked))
    assert "do not allow them now" in texts.say_stopped(whom.stopped)
    none = texts.say_stopped(reach.measure_reach(quiet()).stopped)
    assert "all allow them now (at most" in none and none.endswith("nobody is known to have stopped.")
    assert "not known" in texts.say_stopped(Estimate(None, n=0))
    channel = reach.count_channels(changed).set_index("kind")
    assert np.isnan(channel.loc["text message", "opened"]) and channel["sent"].sum() == len(changed.sends)


@functools.cache
def planned(gain=1.0):
    rng = np.random.default_rng(1)
    level = rng.gamma(1.0, 3.0, len(quiet().people))
    spent = {}
    for weeks in push_test.WEEKS:
        for name, n in (("", weeks), ("before_", push_test.GAIN_WEEKS)):
            spent[f"orders_{name}{weeks}"] = rng.poisson(level * n / 5).astype(float)
            spent[f"margin_{name}{weeks}"] = 2.0 * spent[f"orders_{name}{weeks}"]
    whom, after = reach.measure_reach(quiet()), found(quiet)[1]
    frame = pd.DataFrame(spent)
    return push_test.plan_test(quiet(), frame, whom, after, gain), frame, whom, after


def test_the_test_is_as_large_as_a_simulated_one_needs():
    """Two groups drawn from the same customers, a gain of the smallest size in one: seen in four of five."""
    plan, spent, whom, _ = planned()
    row = plan.sizes.iloc[0]
    rng = np.random.default_rng(5)
    y, before = spent["margin_5"].to_numpy(), spent["margin_before_5"].to_numpy()
    y = y - np.polyfit(before, y, 1)[0] * before
    seen = 0
    for _ in range(400):
        treated, control = (rng.choice(y, plan.n_group) for _ in range(2))
        gap = treated.mean() + row["least_margin"] / push_test.PER - control.mean()
        error = np.sqrt((treated.var() + control.var()) / plan.n_group)
        seen += gap > 2.128 * error  # 1 - 0.1 / 3 on two sides
    assert 0.74 <= seen / 400 <= 0.86
    assert plan.n_group == whom.n_reachable // 4 and plan.sizes["weeks"].tolist() == [5, 10, 15]
    assert row["margin"] == pytest.approx(2 * row["orders"]) and plan.forgone > 0
    groups = views.list_groups(plan, whom)
    assert groups["n"].sum() == whom.n_reachable
    drawn = push_test.draw_groups(quiet(), whom, 7)
    assert drawn["group"].value_counts().to_dict() == groups.set_index("group")["n"].to_dict()
    assert drawn.equals(push_test.draw_groups(quiet(), whom, 7))
    assert drawn["usual_hour"].str.fullmatch(r"(\d\d:[03]0)?").all()


def test_the_decision_says_how_long_or_that_no_test_is_large_enough():
    plan, spent, whom, after = planned()
    told = advice.decide(plan, None, 1.0, whom.n_reachable, AS_OF)
    # What pushes bring at most is less than any such test shows: none is proposed.
    assert told.strength.word == WAIT and "begin no test" in told.action and not told.trials
    assert plan.is_enough and "at most" in told.because
    assert texts.say_stakes(plan, whom.n_reachable, 24).endswith("too coarse to show that.")
    much = dataclasses.replace(plan, forgone=1e9)
    assert texts.say_stakes(much, whom.n_reachable, 24).endswith("fine enough to show that.")
    assert "than the test can show" in " ".join(told.strength.doubts)
    fine = advice.decide(much, None, 1.0, whom.n_reachable, AS_OF)
    assert "than the test can show" not in " ".join(fine.strength.doubts)
    assert f"for {plan.weeks} weeks" in fine.action and [one.weeks for one in fine.trials] == [plan.weeks]
    assert "no send was ever left to chance" in fine.because
    month = plan.a_month / 100 * whom.n_reachable
    assert f"from {format_value(month, 'USD a month')} on" in texts.say_stakes(plan, whom.n_reachable, 24)
    assert texts.say_stakes(dataclasses.replace(plan, forgone=None), 10, 24) == ""
    idle = dataclasses.replace(plan, n_lately=0)
    assert "begin no test" in advice.decide(idle, None, 1.0, whom.n_reachable, AS_OF).action
    small, *_ = planned(0.01)
    told = advice.decide(small, None, 0.01, whom.n_reachable, AS_OF)
    assert "begin no test" in told.action and told.strength.word == WAIT
    assert "Not even 15 weeks" in texts.describe_sizes(small, 0.01)
    assert "are enough to show" in texts.describe_sizes(plan, 1.0)
    nobody = dataclasses.replace(whom, is_reachable=np.zeros(len(quiet().people), bool))
    none = push_test.plan_test(quiet(), spent, nobody, after, 1.0)
    assert none.a_month is None and "find out who" in advice.decide(none, None, 1.0, 0, AS_OF).action
    assert texts.describe_sizes(none, 1.0) == "Too few customers can be notified for any test"


def tried(seed, gain=0.5, n=1500, share=0.5):
    """A test whose treatment adds ``gain`` dollars; who left much before leaves much after."""
    rng = np.random.default_rng(seed)
    before = rng.gamma(0.5, 8.0, n)
    is_treated = rng.random(n) < share
    margin = 0.8 * before + rng.normal(0, 1.0, n) + gain * is_treated
    return pd.DataFrame({"branch": np.where(is_treated, "own <hour>", "control"), "is_reference": ~is_treated,
                         "planned": 0.5, "margin": margin, "before": before})  # fmt: skip


def test_a_test_that_ran_is_judged_by_its_chances():
    held, narrow = [], []
    for seed in range(60):
        rows = tried(seed)
        row = push_trial.judge_trial(rows).table.iloc[1]
        held.append(row["low"] <= 0.5 <= row["high"])
        a, b = (rows.loc[rows["is_reference"] == side, "margin"] for side in (True, False))
        narrow.append((row["high"] - row["low"]) / (2 * 1.645 * np.sqrt(a.var() / len(a) + b.var() / len(b))))
    assert 47 <= sum(held) <= 59 and np.mean(narrow) < 0.5


def test_a_test_settles_it_only_where_it_is_sound_and_worth_it():
    sound = push_trial.judge_trial(tried(1))
    best = sound.find_best(0.1)
    assert best["branch"] == "own <hour>" and sound.find_best(3.0) is None
    plan, _, whom, after = planned()
    told = advice.decide(plan, sound, 0.1, whom.n_reachable, AS_OF)
    assert told.strength.word == DO and told.worth.low > 0 and "from 19 Jan" in told.action
    made, _ = found(quiet)
    assert texts.name_finding(made, after, best).startswith("A test of notifications shows")
    uneven = push_trial.judge_trial(tried(1, share=0.4))
    assert not uneven.is_even and uneven.find_best(0.1) is None
    assert "out of their planned ratio" in advice.decide(plan, uneven, 0.1, 10, AS_OF).because
    assert "out of their planned ratio" in texts.list_limits(made, after, uneven, 24, 0.9)[0]
    nothing = push_trial.judge_trial(tried(1, gain=0.0))
    assert "no branch" in advice.decide(plan, nothing, 0.1, 10, AS_OF).because
    assert push_trial.judge_trial(tried(1, n=60)) is None
    assert push_trial.judge_trial(tried(1).head(0)) is None


def test_three_branches_have_even_chances():
    rows = pd.concat([tried(1, n=400, share=1.0), tried(2, n=200, share=0.0)])
    rows.loc[rows["branch"] != "control", "branch"] = ["own hour", "half"] * 200
    trial = push_trial.judge_trial(rows.assign(planned=np.nan))
    assert trial.is_even and trial.table["branch"].tolist() == ["control", "half", "own hour"]


def turned(row, group):
    table = row.table.copy()
    side = table["group"] == group
    table.loc[side, ["value", "low", "high"]] *= -1
    table.loc[side, ["low", "high"]] = table.loc[side, ["high", "low"]].to_numpy()
    return dataclasses.replace(row, table=table)


def test_each_side_has_its_words():
    made, after = found()
    still, none = found(quiet)
    assert texts.name_finding(turned(made, "own hour"), none).startswith("Pushes are opened less near")
    more = turned(made, "frequency")
    assert "more where many come; orders not known" in texts.name_finding(more, none)
    assert texts.describe_frequency(more).startswith("The more came")
    assert texts.describe_frequency(made).startswith("The fewer came")
    assert "not known" in texts.describe_frequency(still)
    assert (
        texts.name_finding(still, after) == "More orders follow pushes; no hour or frequency is known better"
    )
    hours = still.table.assign(is_clear=still.table["group"] == "hour")
    certain = dataclasses.replace(still, table=hours)
    assert texts.name_finding(certain, none).startswith("Pushes are opened more or less with certain hours;")
    assert "go with hours of day" in texts.describe_same(certain)
    assert "Neither hour nor" in texts.describe_same(still)
    assert "own hour and frequency; of hours of day and contents that is not known" in texts.describe_same(
        made
    )
    fewer = dataclasses.replace(after, table=after.table.assign(low=0.5, high=0.8))
    assert texts.name_finding(still, fewer).startswith("Fewer orders follow")
    assert texts.phrase_answer(made, fewer, None).endswith("{orders}, fewer than otherwise.")
    assert texts.phrase_answer(made, after, None).endswith("{orders}, more than otherwise.")
    assert texts.phrase_answer(still, none, None).endswith("{orders}: no known gain.")
    assert "opens more near the usual hour" in texts.phrase_answer(made, none, 9.0)
    assert texts.name_finding(made, none, None, 9.0).startswith("Pushes bring in at most {most:value}")
    assert texts.name_finding(made, none).endswith("orders not known to rise")
    assert texts.name_finding(made, after, None, 9.0).endswith("more orders follow")
    assert texts.name_finding(still, none, None, 9.0).startswith("No hour or frequency")
    assert texts.phrase_answer(still, none, 9.0).startswith(
        "Pushes bring in at most {most:value} by orders after them."
    )
    assert texts.describe_orders(fewer).startswith("Fewer orders")
    assert texts.describe_orders(after).startswith("More orders")
    assert texts.describe_orders(none).endswith("than at other hours")
    odd = none.by_hour.assign(high=np.where(none.by_hour["hour"] == 10, 0.9, none.by_hour["high"]))
    odd = dataclasses.replace(none, by_hour=odd)
    assert texts.describe_orders(odd).endswith("than at other hours; fewer after those sent at 10:00")
    blind = dataclasses.replace(none, table=none.table.assign(value=np.nan), more=Estimate(None, n=0))
    assert "Too few orders" in texts.phrase_answer(made, blind, 9.0) and "Too few" in texts.describe_orders(
        blind
    )
    assert texts.note_orders(blind, 24).startswith("Not known")
    assert "orders more for 1,000 pushes at most" in texts.note_orders(after, 24)


def test_the_claim_is_held_against_the_log():
    ends = {(0.1, 0.2): "out of reach", (0.7, 0.9): "exceeded", (0.45, 0.55): "would hold",
            (0.3, 0.5): "neither shown"}  # fmt: skip
    made, _ = found()
    for (low, high), word in ends.items():
        lift = Estimate((low + high) / 2, low, high, level=0.9)
        assert word in texts.judge_claim(lift, 0.4, 0.6)
        assert word in texts.say_claim(dataclasses.replace(made, lift=lift), 0.4, 0.6)
    with pytest.raises(LuckyError, match="claim_low up to"):
        texts.say_claim(made, 0.6, 0.4)
    unknown = dataclasses.replace(made, lift=Estimate(None, n=0), table=made.table.iloc[2:])
    assert "nothing in the log" in texts.say_claim(unknown, 0.4, 0.6)
    assert texts.note_lift(unknown).startswith("Not known") and "near already" in texts.note_lift(made)
    assert "cannot be compared" in texts.phrase_answer(unknown, found()[1], None)
    assert unknown.estimate("own hour", 0.9).value is None


def test_without_an_order_or_with_one_hour_only_what_can_be_compared_is():
    bare = dataclasses.replace(
        quiet(), orders=quiet().orders.head(0), sends=quiet().sends.assign(usual=np.nan)
    )
    made = opens.compare_opens(bare)
    assert made.lift.value is None and not made.row("own hour") and made.row("frequency")
    after = orders_after.compare_orders(bare, 24, made.half)
    assert after.estimate("push", 0.9).value is None and after.more.value is None
    naive = reach.count_naive(bare, 24)
    assert naive["value"].iloc[-1] == 0
    one = quiet().sends[quiet().sends["hour"] == 12].reset_index(drop=True)
    made = opens.compare_opens(dataclasses.replace(quiet(), sends=one))
    assert (made.table["group"] != "hour").all()
    assert not opens.has_opens(dataclasses.replace(quiet(), sends=quiet().sends.head(0)))
