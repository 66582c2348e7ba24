"""The next action without an estate: what is proposed and what not, sentences, catalogue, experiments."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.experiments.always_valid import find_half_width
from lucky_analytics.models.drawn_coupons import draw_checks, exposures, figures, rule_shares
from lucky_analytics.models.judged_experiments import experiment_verdicts as verdicts
from lucky_analytics.models.judged_experiments.looks import Rules
from lucky_analytics.questions.marketing.next_best_action import (
    action_catalogue,
    advice,
    policies,
    policy_choices,
    texts,
    trials,
    views,
)
from lucky_analytics.questions.marketing.next_best_action.action_catalogue import Action, read_actions
from tests import policy_world as world

WEEKLY = {"drawn": 400.0, "all": 600.0, "a_month": 2600.0, "ordered": 4000.0}
TODAY = dt.date(2026, 2, 13)


@functools.cache
def exposed(effect="pays"):
    of = {"pays": world.PAYS, "flat": world.FLAT, "costs": world.ONLY_COSTS}[effect]
    return world.simulate(0, of, n_customers=1200 if effect == "pays" else 300)


@functools.cache
def judged(effect="pays"):
    return policies.judge_policies(exposed(effect))


def changed(name, **values):
    """``judged("flat")`` with other values in the row of one policy."""
    table = judged("flat").table.copy()
    table.loc[table["policy"] == name, list(values)] = list(values.values())
    return dataclasses.replace(judged("flat"), table=table)


def test_what_is_planted_is_proposed_and_holds_its_value():
    found = judged()
    name = advice.find_proposed(found, 1.0)
    assert name in (policy_choices.BY_GROUP, policy_choices.BY_CATEGORY)
    made = found.groups[found.groups["policy"] == policy_choices.BY_GROUP].set_index("segment")["depth"]
    assert made["loyal"] == 0 and made["lapsed"] >= 0.4 and made["new"] >= 0.4
    given = np.searchsorted(world.DEPTHS, made.reindex(world.GROUPS))
    truth = world.true_gain(world.PAYS, given, exposed())
    row = found.row(policy_choices.BY_GROUP)
    assert row["over_low"] < truth < row["over_high"]
    decision = advice.decide(found, name, WEEKLY, 1.0, 0.9, TODAY)
    assert decision.strength.word == DO and decision.worth.low > 0
    assert decision.worth.value == pytest.approx(found.row(name)["gain"] * 26)
    assert decision.action.startswith("from 16 Feb, give ") and "give" in decision.on.values()
    assert "beats today" in texts.name_finding(found, name)
    assert "{over}" in texts.describe_answer(found, name)
    assert "earns more" in texts.describe_policies(found, name)


@pytest.mark.parametrize("effect", [world.FLAT, world.ONLY_COSTS])
def test_where_no_depth_pays_nothing_is_proposed(effect):
    """Six worlds of each kind; a hundred in ``tests/recovery/test_next_action_null.py``."""
    found = [policies.judge_policies(world.simulate(seed, effect, 120, 4)) for seed in range(6)]
    assert sum(advice.find_proposed(each, 1.0) is not None for each in found) <= 1


def test_values_are_those_of_a_plain_loop():
    rows, found = exposed("flat").drawn, judged("flat").table.set_index("policy")
    chance = rows["depth"].value_counts(normalize=True)
    shares = exposed("flat").ruled.groupby("segment")["depth"].value_counts(normalize=True)
    total = {"30 % off for all": 0.0, policy_choices.TODAY: 0.0, policy_choices.NOTHING: 0.0}
    for row in rows.to_dict("records"):
        weight = row["margin"] / chance[row["depth"]]
        total["30 % off for all"] += weight * (row["depth"] == 0.3)
        total[policy_choices.NOTHING] += weight * (row["depth"] == 0)
        total[policy_choices.TODAY] += weight * shares.get((row["segment"], row["depth"]), 0.0)
    for name, value in total.items():
        assert found.loc[name, "ips"] == pytest.approx(100 * value / rows["unit"].nunique()), name
    assert found.loc[policy_choices.DRAW, "ips"] == pytest.approx(
        100 * rows["margin"].sum() / rows["unit"].nunique()
    )
    assert found["largest"].max() < 7 and found.loc[policy_choices.DRAW, "alike_share"] == 1.0


def test_a_withdrawn_depth_is_in_no_policy_and_the_cap_holds():
    found = policies.judge_policies(exposed(), cap=1, withdrawn=[0.4, 0.5])
    assert not {"40 % off for all", "50 % off for all"} & set(found.table["policy"])
    assert found.groups["depth"].max() <= 0.3
    assert policy_choices.BY_CLEAR not in set(found.table["policy"])  # it may give as many as today's rule
    assert found.table.loc[found.table["policy"] == "30 % off for all", "offers"].item() == 0.5
    assert any("withdraws" in limit for limit in texts.list_limits(exposed(), [0.4, 0.5], 0.9))
    for name, other in judged().table.set_index("policy")["offers"].items():
        assert other <= 1.0 and (name != policy_choices.BY_ONE or other <= 0.5)


def test_less_than_both_is_not_proposed():
    best = policy_choices.BY_GROUP
    sure = {"gain": 5.0, "gain_low": 2.0, "gain_high": 8.0, "over": 3.0, "over_low": 1.0, "over_high": 5.0}
    assert advice.find_proposed(changed(best, **sure), 1.0) == best
    assert advice.find_proposed(changed(best, **sure), 5.5) is None
    assert advice.find_proposed(changed(best, **sure | {"over_low": -0.1}), 1.0) is None
    assert advice.find_proposed(changed(best, **sure | {"gain_low": 0.0}), 1.0) is None
    assert advice.find_proposed(changed(policy_choices.NOTHING, **sure), 1.0) is None
    dear = changed(best, **sure, basket_gain_high=-1.0)
    assert advice.decide(dear, best, WEEKLY, 1.0, 0.9, TODAY).strength.word == LEAN


def test_without_a_proposal_the_page_says_what_would_settle_it():
    found = judged("flat")
    for weekly, word in (
        (WEEKLY | {"ordered": 1e9}, "for every customer for 1 week"),
        (WEEKLY | {"ordered": 1.0}, "test an action that was never tried"),
        (WEEKLY | {"ordered": 0.0}, "go on drawing"),
    ):
        decision = advice.decide(found, None, weekly, 1.0, 0.9, TODAY)
        assert decision.strength.word == WAIT and word in decision.action
        assert decision.on == {figures.RULE: "keep"}
        beside = advice.decide(found, None, weekly, 1.0, 0.9, TODAY, [0.4, 0.5])
        said = (
            "withdraw 40 %, 50 % off, as the page on prices says; beside it keep today's coupon rule for now"
        )
        assert beside.action.startswith(said) and word in beside.action and len(beside.action.split()) <= 40
        assert list(beside.on.values()) == ["withdraw", "withdraw", "keep"]
    drawn = changed(policy_choices.DRAW, gain=-0.5, gain_low=-0.8, gain_high=0.2)
    because = advice.decide(drawn, None, WEEKLY | {"ordered": 1e6}, 1.0, 0.9, TODAY).because
    of = math.ceil(advice.count_weeks(drawn, WEEKLY | {"ordered": 1e6}, 1.0)["weeks_all"])
    # 50 cents a week for each hundred of a million, its low end above nothing and its far one below.
    assert f"costs ${5 * of}K (−${2 * of}.0K to ${8 * of}K) against today's rule" in because
    assert "draw costs" not in advice.decide(found, None, WEEKLY | {"ordered": 0.0}, 1.0, 0.9, TODAY).because
    weeks = advice.count_weeks(found, WEEKLY, 1.0)
    assert weeks["weeks"] == pytest.approx(10 * weeks["weeks_all"]) and weeks["customer_weeks"] > 0
    assert advice.count_weeks(found, WEEKLY, 1e6)["customer_weeks"] == 0
    assert "no more data" in texts.note_weeks(advice.count_weeks(found, WEEKLY, 1e6), 1e6)
    assert "customer-weeks more" in texts.note_weeks(weeks, 1.0)
    none = dataclasses.replace(found, best=policy_choices.NOTHING)
    assert math.isnan(advice.count_weeks(none, WEEKLY, 1.0)["weeks"])
    assert texts.note_weeks(advice.count_weeks(none, WEEKLY, 1.0), 1.0).startswith("Not known")


def test_titles_say_no_more_than_the_intervals():
    flat = changed(policy_choices.NOTHING, gain_low=-1.0)
    best = flat.best
    assert texts.name_finding(flat, None).startswith("Keep today's")
    assert texts.name_given("50 % off for all", "x") == "What is proposed for whom: 50 % off for all"
    shown = views.list_policies(flat).set_index("policy")
    assert shown.loc[policy_choices.NOTHING, ["over", "over_low"]].isna().all()
    assert shown["verdict"].eq("not known yet").sum() >= 8 and policy_choices.TODAY not in shown.index
    assert "may be chance" in texts.describe_answer(flat, None)
    ahead = changed(policy_choices.NOTHING, gain_low=1.0)
    assert "today's coupons earn less" in texts.name_finding(ahead, None)
    assert texts.describe_answer(ahead, None).startswith("No discount brings in")
    beaten = changed(best, gain_low=1.0)
    assert "perhaps by no discount too" in texts.name_finding(beaten, None)
    assert texts.describe_answer(beaten, None).endswith("no more than no discount.")
    assert "None of 8" in texts.describe_policies(changed(best, gain_low=-1.0, gain_high=1.0), None)
    assert "earn more" in texts.describe_policies(changed(best, gain_low=1.0), None)
    assert "earn less" in texts.describe_policies(changed(best, gain_high=-1.0), None)
    for policy in judged("flat").table.query("is_offer")["policy"]:
        for made in (texts.name_finding(flat, policy), texts.describe_answer(flat, policy)):
            assert made[0].isupper() or made[0].isdigit()
        assert len(texts.name_finding(flat, policy).split()) <= 14


def test_depths_and_face_values_are_told_as_they_are():
    frame = pd.DataFrame({"segment": ["new", "new", "loyal"], "depth": [0.1, 0.5, 0.5], "clear": [1, 1, 0]})
    assert texts.describe_depths(frame) == "Against no discount, 10 % and 50 % earn more for new customers"
    assert texts.describe_depths(frame.assign(clear=0)).startswith("For no group")
    found = judged().by_depth.set_index(["segment", "depth"])["clear"]
    assert found["lapsed", 0.5] == 1 and found["loyal", 0.5] == -1 and not found[:, 0.0].any()
    assert not judged("flat").by_depth["clear"].any()
    assert policy_choices.BY_CLEAR not in set(
        judged("flat").table["policy"]
    )  # changed nowhere, it is today's rule
    assert policy_choices.BY_CLEAR in set(judged().table["policy"])
    table = judged("flat").table.query("is_offer")  # the week's margin is a part of the five weeks', to scale
    assert table["week_gain_low"].to_numpy() == pytest.approx(0.4 * table["gain_low"].to_numpy())
    face = views.compare_at_face(exposed())
    assert len(face) == 12 and (face["low"] < face["value"]).all()
    two = pd.DataFrame({"depth": [0.0, 0.5] * 2, "of": ["drawn at random"] * 2 + ["given by rule"] * 2})
    two = two.assign(value=[5.0, 5.0, 5.0, 1.0], low=4.0, high=6.0)
    assert "look worse" in texts.describe_face(two)
    assert "look better" in texts.describe_face(two.assign(value=[5.0, 5.0, 5.0, 9.0]))
    assert "look like" in texts.describe_face(two.assign(value=[5.0, 5.0, 5.0, 5.5]))
    assert "cannot be compared" in texts.describe_face(two.head(2))


def test_the_catalogue_names_file_line_and_nearest_name():
    lines = ["one: {title: One, contact: push, cost_cents: 2}", "two: {titel: Two}"]
    lines += ["three: {title: T, contact: pushh}", "four: {title: F, drawn: experiment}"]
    lines += ["five: {title: F, cost_cents: -1}", "six:", "seven: {contact: push}"]
    lines += ["eight: {title: E, experiment: X}"]
    lines += ["nine: {title: N, drawn: experiment, experiment: X, launched: false}"]
    text = "\n".join(lines)
    actions, wrong = read_actions(text)
    assert actions == [
        Action("one", "One", "push", 2, "never"),
        Action("nine", "N", "none", 0.0, "experiment", "X", False),
    ]
    assert set(wrong) == {"two", "three", "four", "five", "six", "seven", "eight"}
    assert (
        "line 2" in str(wrong["two"])
        and "title" in str(wrong["two"])
        and "next_best_action.yml" in str(wrong["two"])
    )
    for name, line in (("three", 3), ("four", 4), ("five", 5), ("eight", 8)):
        assert f"line {line}" in str(wrong[name]), name
    assert read_actions("- a list")[1]["actions"] and read_actions("") == ([], {})
    assert action_catalogue.check_catalogue(0, {})[1] is False
    name, passed, detail = action_catalogue.check_catalogue(2, wrong)
    assert not passed and "line 2" in detail and action_catalogue.check_catalogue(2, {})[1]


def test_what_is_known_of_an_action_follows_its_experiment():
    n, mean = np.array([900.0] * 7 + [1200]), np.array([1.0, 3.0, 3.0, 1.0, 1.0, 1.01, 1.0, 9.0])
    day = pd.Timestamp(TODAY)
    days = pd.DataFrame({
        "experiment_id": np.repeat(["E1", "E2", "E3", "E4"], 2), "is_control": [True, False] * 4,
        "experiment": np.repeat(["good", "bad", "vague", "odd"], 2), "metric": "repeat", "planned": 0.5,
        "start": day, "end": day, "date": day, "n": n, "n_over": n, "margin": n * mean,
        "margin_square": 4.0 * (n - 1) + n * mean**2,
        "again": 0.3 * n,
        **dict.fromkeys(("again_past", "past", "past_square", "margin_past"), 0.0),
    })  # fmt: skip
    names = ["good", "bad", "vague", "odd", "gone"]
    judged_days = verdicts.judge_experiments(days, TODAY, Rules())
    found = trials.list_trials(judged_days, names).set_index("experiment").loc[names[:4]].reset_index()
    half = find_half_width(np.sqrt(np.array([8 / 900])), 0.1, judged_days["alpha"].iloc[0])[0]
    assert found.loc[0, ["adds", "adds_low"]].tolist() == pytest.approx([2.0, 2.0 - half])
    assert half > norm.ppf(0.975) * np.sqrt(8 / 900)  # at every look, not at one
    actions = [Action(name, name, "push", 1.0, "experiment", name) for name in names]
    actions += [Action("push", "push", "push", 0.0, "never"), Action("c", "c", "app", 0.0, "depth"),
                Action("points", "points", "app", 0.0, "never", launched=False)]  # fmt: skip
    listed = views.list_actions(actions, found, judged("flat"), 0.1, 0.9).set_index("action")
    said = listed["verdict"].to_dict()
    word = verdicts.VERDICTS[found["verdict"].iloc[0]]
    assert said["good"] == f"{word}; adds more than it costs" and "does not pay" in said["bad"]
    assert "not known yet" in said["vague"] and "planned ratio" in said["odd"]
    assert "no such experiment" in said["gone"] and "never left to chance" in said["push"]
    assert "not launched" in said["points"] and said["c"] == "the policies above"
    unknown = verdicts.judge_experiments(days.assign(planned=np.nan), TODAY, Rules())
    open_ = trials.list_trials(unknown, names)
    unplanned = views.list_actions(actions[:4], open_, judged("flat"), 0.1, 0.9)
    assert (
        set(unplanned["verdict"]) == {"not known: no share was planned for it"}
        and unplanned["adds"].isna().all()
    )
    assert math.isnan(listed.loc["odd", "adds"]) and math.isnan(listed.loc["c", "needed"])
    sd = judged("flat").customer_sd
    assert listed.loc["push", "needed"] == pytest.approx(2 * ((1.645 + 0.8416) * sd / 0.1) ** 2, rel=0.01)
    assert listed.loc["gone", "needed"] < listed.loc["push", "needed"]  # its cost must come back too
    assert texts.describe_known(listed) == "Of 8 possible actions 6 were ever tested"
    assert texts.describe_known(listed.tail(2)) == "Of 2 possible actions 1 was ever tested"
    assert texts.describe_known(listed.tail(1)) == "Of 1 possible actions none were ever tested"
    assert trials.list_trials(pd.DataFrame(), names).empty


def test_margins_of_weeks_are_those_of_a_plain_loop():
    rng = np.random.default_rng(2)
    whose, weeks, values = rng.integers(0, 5, 80), rng.integers(0, 12, 80), rng.normal(size=80)
    who, start = rng.integers(0, 6, 40), rng.integers(-4, 12, 40)
    stop = start + rng.integers(0, 6, 40)
    found = exposures.sum_weeks(whose, weeks, values, who, start, stop)
    for place, value in enumerate(found):
        own = (whose == who[place]) & (weeks >= start[place]) & (weeks < stop[place])
        assert value == pytest.approx(values[own].sum())
    assert exposures.sum_weeks(whose[:0], weeks[:0], values[:0], who, start, stop).tolist() == [0.0] * 40


def test_a_draw_that_is_none_fails_its_checks():
    assert draw_checks.check_draw(exposed("flat"))["passed"].all()
    rows = exposed("flat").drawn
    deep = rows.assign(depth=np.where(rows["segment"] == "new", 0.5, rows["depth"]))
    by_past = rows.assign(before=rows["depth"] * 20)
    rare = rows[(rows["depth"] < 0.5) | (rows.index % 40 == 0)]
    for place, own in enumerate((deep, by_past, rare)):
        made = dataclasses.replace(exposed("flat"), drawn=own.reset_index(drop=True))
        assert not draw_checks.check_draw(made)["passed"].iloc[place]


def test_groups_and_depths_that_the_rule_never_gave_get_nothing_off():
    ruled = exposed("flat").ruled
    made = dataclasses.replace(exposed("flat"), ruled=ruled[ruled["segment"] != "new"].assign(depth=0.52))
    shares = rule_shares.share_rule(made, ["new", "loyal"])
    assert shares[0].tolist() == [1, 0, 0, 0, 0, 0] and shares[1].tolist() == [0, 0, 0, 0, 0, 1]
    one = dataclasses.replace(made, drawn=made.drawn[made.drawn["depth"] == 0.2])
    with pytest.raises(LuckyError, match="two random depths"):
        policies.judge_policies(one)
    assert not exposures.is_enough(one) and exposures.is_enough(made)
    idle = dataclasses.replace(made, drawn=made.drawn.assign(margin=0.0))
    assert not exposures.is_enough(idle)


def test_without_a_rule_today_is_the_draw_itself():
    made = dataclasses.replace(exposed("flat"), ruled=exposed("flat").ruled.head(0))
    shares = rule_shares.share_rule(made, ["new"])[0]
    new = made.drawn[made.drawn["segment"] == "new"]["depth"].value_counts(normalize=True).sort_index()
    assert shares.tolist() == pytest.approx(new.tolist())
    assert texts.list_limits(made, [], 0.9)[0].startswith("No rule gave a coupon")
    assert "cannot be compared" in texts.describe_face(views.compare_at_face(made))


def test_without_nothing_off_among_the_drawn_depths_nothing_is_judged():
    rows = exposed("flat").drawn
    none = dataclasses.replace(exposed("flat"), drawn=rows[rows["depth"] > 0])
    assert not exposures.is_enough(none) and exposures.is_enough(exposed("flat"))
    shown = pd.DataFrame({"assignment": ["random", "random", "rule"], "depth": [0.1, 0.5, 0.0]})
    assert not exposures.has_nothing_off(ibis.memtable(shown))
    assert exposures.has_nothing_off(ibis.memtable(shown.assign(depth=[0.0, 0.5, 0.1])))
    assert "nothing off among them" in advice.NOTHING_DRAWN[1]


def test_the_list_of_customers_follows_what_is_proposed():
    shown = ibis.memtable(pd.DataFrame({
        "customer_id": ["a", "a", "b", "old"], "segment": ["new", "new", "loyal", "new"],
        "category": ["Coffee", "Tea", "Food", "Tea"],
        "week_date": [dt.date(2026, 2, 9)] * 3 + [dt.date(2026, 2, 2)],
    }))  # fmt: skip
    none = views.list_customers(shown, judged(), None)
    assert set(none["gives"]) == {views.AS_TODAY} and "old" not in set(none["customer_id"])
    flat = views.list_customers(shown, judged(), "30 % off for all")
    assert set(flat["gives"]) == {"30 % off"} and len(flat) == 3
    group = views.list_customers(shown, judged(), policy_choices.BY_GROUP).set_index("customer_id")["gives"]
    assert group["b"] == "nothing off" and "% off" in group["a"].iloc[0]
    both = views.list_customers(shown, judged(), policy_choices.BY_CATEGORY)
    made = views.show_depths(judged(), policy_choices.BY_CATEGORY)
    wanted = made[(made["segment"] == "new") & (made["category"] == "Tea")]["gives"].item()
    assert both[(both["customer_id"] == "a") & (both["category"] == "Tea")]["gives"].item() == wanted
