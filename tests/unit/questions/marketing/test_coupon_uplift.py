"""Whose behaviour a coupon changes, without an estate: what is said and what not, and the decision."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.drawn_coupons import coupon_effects
from lucky_analytics.models.drawn_coupons.coded_coupons import PER, encode
from lucky_analytics.models.drawn_coupons.depth_effects import compare_depths
from lucky_analytics.models.drawn_coupons.rule_shares import share_rule
from lucky_analytics.questions.marketing.coupon_uplift import (
    advice,
    targeting,
    texts,
    views,
    voucher,
    who,
)
from lucky_analytics.tables.uplift_columns import name_given
from tests import uplift_world as world

WEEKLY = {"drawn": 400.0, "all": 600.0, "a_month": 2600.0, "ordered": 4000.0}
TODAY = dt.date(2026, 2, 13)


@functools.cache
def made(kind="some"):
    """A world's coupons, coded, effects, people and policies."""
    effect, cost, n = {"some": (world.SOME, 2.0, 1200), "none": (world.NONE, 0.0, 300)}[kind]
    exposed, level = world.simulate(1, effect, cost, n_customers=n)
    coded = coupon_effects.encode_outcomes(exposed)
    people = who.learn_who(exposed, coded)
    rule = share_rule(exposed, coded.groups)
    valued = targeting.value_targeting(exposed, coded, rule, [])
    return exposed, level, coded, coupon_effects.measure_effects(exposed, coded), people, valued


def with_row(valued, policy, **values):
    table = valued.table.copy()
    table.loc[table["policy"] == policy, list(values)] = list(values.values())
    return valued._replace(table=table)


def test_what_was_planted_is_found():
    exposed, level, coded, found, people, valued = made()
    scale = coded.units.sum()
    for name in ("orders", "margin"):
        mean = world.expect(world.SOME, 2.0, exposed, level, name)
        true = (mean - mean[:, :1]).sum(axis=0)[1:] / scale
        rows = found.by_depth
        assert ((rows[f"{name}_low"] < true) & (true < rows[f"{name}_high"])).all(), name
        assert found.pooled[name].holds(true @ coded.shares[1:] / coded.shares[1:].sum()), name
    assert found.clear["orders"] == 1 and people.differs["orders"]
    top, least = people.fifths.iloc[-1], people.fifths.iloc[0]
    assert top["orders_low"] > least["orders_high"] and top["new"] > 0.9 and least["new"] < 0.1
    assert top["verdict"].startswith("orders more")
    assert people.qini.area.low > 0 and set(people.learners["learner"]) == {"T", "X", "DR"}
    given = valued.given.set_index("segment")
    assert given.loc["new", "nothing off"] < 0.1 and given.loc["loyal", "nothing off"] > 0.5


def test_effects_are_those_of_a_plain_loop():
    """Doubly robust values are near the mean of each depth, which any dashboard with a draw could have."""
    exposed, _, coded, found, _, _ = made("none")
    rows, table = exposed.drawn, found.by_depth
    means = rows.groupby("depth")["orders"].mean() * len(rows) / rows["unit"].nunique() * PER
    plain = (means - means[0.0]).to_numpy()[1:]
    assert (np.abs(plain - table["orders"]) < (table["orders_high"] - table["orders_low"]) / 2).all()
    total = sum(coded.scores["orders"][:, 3] - coded.scores["orders"][:, 0])
    assert table["orders"][2] == pytest.approx(total / rows["unit"].nunique() * PER)
    own = rows[rows["depth"] > 0]
    credited = own["week"].mean() * len(rows) / rows["unit"].nunique() * PER
    assert found.credited.value == pytest.approx(credited)
    assert coded.scores["other"] == pytest.approx(coded.scores["basket"] - coded.scores["margin"])
    used = (rows["orders_week"] > 0).groupby(rows["depth"]).mean()
    drawn = own["depth"].value_counts(normalize=True)
    given = sum(share * used[depth] for depth, share in drawn.items())
    assert found.pooled["anyway"].value == pytest.approx(used[0.0] / given, abs=0.05)
    assert found.types["if_none_deterred"].iloc[1] == pytest.approx(used[0.0], abs=0.01)


def test_one_coded_reward_is_the_same_beside_others():
    exposed, _, coded, *_ = made("none")
    alone = encode(exposed, ("margin",))
    assert alone.scores["margin"] == pytest.approx(coded.scores["margin"])
    frame = views.list_groups(coded, 0.9)
    margin = compare_depths(coded, 0.9)
    assert frame["margin"].tolist() == margin["gain"].tolist()
    assert frame["margin_low"].tolist() == margin["gain_low"].tolist()


def test_where_nothing_is_nothing_is_said():
    """One world; two hundred in ``tests/recovery/test_uplift_recovery.py``."""
    _, _, _, found, people, valued = made("none")
    assert set(found.clear.values()) == {0} and not any(people.differs.values())
    assert set(people.fifths["verdict"]) == {"cannot be told apart"}
    assert not valued.table["clear"].any() and not advice.is_proposed(valued, 0.01)
    assert texts.name_finding(found, False) == "Coupons are not known to bring orders or profit"
    assert (
        texts.describe_depths(found)
        == "No size of discount is known to add orders, and none is known to earn or lose money"
    )
    assert "No customers are known" in texts.describe_fifths(people)
    assert texts.note_top(people) == "Customers are not known to differ"
    assert texts.describe_policies(valued, False).endswith("is known to beat no discount")


@pytest.mark.parametrize(
    ("orders", "margin", "said"),
    [(1, 1, "orders and profit"), (1, 0, "no known profit"), (1, -1, "at a loss"),
     (0, 1, "earn margin"), (0, -1, "cost margin"), (0, 0, "orders or profit"), (-1, 0, "fewer orders")],
)  # fmt: skip
def test_the_title_says_no_more_than_is_sure(orders, margin, said):
    found = made("none")[3]._replace(clear={"orders": orders, "margin": margin})
    title = texts.name_finding(found, False)
    assert said in title and len(title.split()) <= 14
    assert "each customer" in texts.name_finding(found, True)


def test_titles_of_pictures_follow_their_numbers():
    found, people, valued = made()[3:]
    rows = found.by_depth
    every = rows.assign(orders_clear=1, margin_clear=0)
    assert texts.describe_depths(found._replace(by_depth=every)).startswith(
        "Every size of discount adds orders, but none"
    )
    one = rows.assign(orders_clear=[0, 0, 0, 0, 1], margin_clear=[1, 0, 0, 0, -1])
    said = texts.describe_depths(found._replace(by_depth=one))
    assert said == "50 % off adds orders; 10 % earns more and 50 % earns less than no discount"
    both = people._replace(differs={"orders": True, "margin": True})
    assert texts.describe_fifths(both).endswith("in orders and in margin")
    assert "not known" in texts.describe_fifths(people._replace(differs={"orders": True, "margin": False}))
    assert "The fifth predicted to react least" in texts.note_top(people)
    low = people.qini.area
    never = dataclasses.replace(people.qini, area=dataclasses.replace(low, low=-1.0))
    assert "not known to beat picking" in texts.describe_curve(people._replace(qini=never))
    likely = dataclasses.replace(people.likely, area=low.times(0.9))
    assert texts.describe_curve(people._replace(likely=likely)).endswith("likely buyers is not known")
    likely = dataclasses.replace(people.likely, area=low.times(0.01))
    assert texts.describe_curve(people._replace(likely=likely)).endswith("and picking likely buyers")
    likely = dataclasses.replace(people.likely, area=low.times(100.0))
    assert texts.describe_curve(people._replace(likely=likely)).endswith("does better")
    # What the picture of fifths does not say the curve does not either.
    alike = people._replace(differs={"orders": False, "margin": False})
    assert "not known to beat picking" in texts.describe_curve(alike)
    two = rows.assign(orders_clear=0, margin_clear=[0, 0, 0, -1, -1])
    assert texts.describe_depths(found._replace(by_depth=two)).endswith(
        "40 % and 50 % earn less than no discount"
    )
    table = valued.table.assign(clear=0)
    for clear, said in ((1, "beats no"), (-1, "earns less than no")):
        own = table.assign(clear=np.where(table["policy"] == "50 % off for all", clear, 0))
        assert f"1 {said} discount" in texts.describe_policies(valued._replace(table=own), False)
    own = table.assign(clear=np.where(table["policy"].str.contains("for all"), 1, 0))
    assert "5 beat no discount" in texts.describe_policies(valued._replace(table=own), False)
    assert texts.describe_policies(valued, True).startswith("Discounts by customer earn more")


def test_answers_and_notes_say_what_cannot_be_said():
    found = made()[3]
    assert "{anyway:value}" in texts.describe_answer(found)
    none = found._replace(pooled=found.pooled | {"anyway": Estimate(None)})
    assert "cannot be said" in texts.describe_answer(none) and "{anyway" not in texts.describe_answer(none)
    assert texts.note_anyway(none).startswith("Cannot be said")
    assert " at 10 % off and " in texts.note_anyway(found)
    short = found._replace(by_depth=found.by_depth.head(1))
    assert texts.note_anyway(short).endswith("at 10 % off; used: its category was bought in its week")
    types = found.types
    some, sure = types.assign(least=0.01), found.clear | {"used": 1}
    assert " to " in texts.describe_types(found._replace(types=some, clear=sure))
    assert "at most" in texts.describe_types(found._replace(types=types.assign(least=0.0), clear=sure))
    # An end above 0 by the page's interval alone is no claim that any is moved.
    assert "at most" in texts.describe_types(found._replace(types=some, clear=sure | {"used": 0}))


def test_the_smallest_depths_that_move_whom():
    frame = pd.DataFrame({
        "segment": np.repeat(["new", "loyal", "lapsed"], 3), "depth": [0.0, 0.1, 0.4] * 3,
        "clear": [0, 1, 1, 0, 0, 1, 0, 0, 0],
    })  # fmt: skip
    first = views.find_first_depths(frame)
    assert first == {"new": 0.1, "loyal": 0.4, "lapsed": None}
    assert texts.describe_groups(first) == (
        "Orders rise from 10 % off on for new customers, from 40 % off on for loyal customers; "
        "for lapsed ones at no discount known"
    )
    assert texts.describe_groups({"new": None}).startswith("For no group")


def test_what_is_surely_ahead_of_all_is_proposed():
    valued = made()[5]
    sure = valued.table.assign(
        **dict.fromkeys(("over", "gain", "lead"), 5.0),
        **{f"{name}_low": 2.0 for name in ("over", "gain", "lead")},
        **{f"{name}_high": 8.0 for name in ("over", "gain", "lead")},
    )  # fmt: skip
    sure = valued._replace(table=sure)
    assert advice.is_proposed(sure, 1.0) and not advice.is_proposed(sure, 5.5)
    for policy, name in ((targeting.TARGETED, "over"), (targeting.TARGETED, "gain"),
                         ("20 % off for all", "lead")):  # fmt: skip
        assert not advice.is_proposed(with_row(sure, policy, **{f"{name}_low": -0.1}), 1.0), name
    assert advice.is_proposed(with_row(sure, f"{targeting.TARGETED}, T-learner", lead_low=-1.0), 1.0)
    said = advice.decide(sure, WEEKLY, 1.0, 0.9, TODAY)
    assert said.strength.word == DO and said.action.startswith("from 16 Feb, have the program give each")
    assert said.worth.value == pytest.approx(5.0 * 26) and "give" in said.on.values()
    assert len(said.action.split()) <= 40


def test_what_is_not_waits_and_says_what_would_settle_it():
    valued = made("none")[5]
    said = advice.decide(valued, WEEKLY, 1.0, 0.9, TODAY)
    assert said.strength.word == WAIT and said.worth is None and list(said.on.values()) == ["keep"]
    assert "must last more than ten years" in said.because
    weeks = math.ceil(advice.count_needed(valued, 2.0) / WEEKLY["ordered"])
    assert f"last {weeks} weeks:" in advice.decide(valued, WEEKLY, 2.0, 0.9, TODAY).because
    beside = advice.decide(valued, WEEKLY, 1.0, 0.9, TODAY, [0.5])
    assert beside.action.startswith("withdraw 50 % off, as the page on prices says; beside it keep today's")
    assert list(beside.on.values()) == ["withdraw", "keep"]
    large = advice.decide(valued, WEEKLY, 1e5, 0.9, TODAY)
    assert large.because.endswith("would have shown.")
    for other in (valued._replace(se=0.0), valued):
        weekly = WEEKLY | {"ordered": 0.0}
        assert advice.decide(other, weekly, 1.0, 0.9, TODAY).because.startswith("Nothing tells yet")
    near = advice.decide(valued._replace(se=1.0, n_units=100), WEEKLY, 2.0, 0.9, TODAY)
    assert "last 1 week:" in near.because


def test_a_withdrawn_depth_is_in_no_policy():
    exposed, _, coded, *_ = made()
    rule = share_rule(exposed, coded.groups)
    valued = targeting.value_targeting(exposed, coded, rule, [0.4, 0.5])
    assert not {"40 % off for all", "50 % off for all"} & set(valued.table["policy"])
    assert not valued.given[["40 % off", "50 % off"]].to_numpy().any()
    assert valued.given["30 % off"].max() > made()[5].given["30 % off"].max()
    limits = texts.list_limits(
        exposed, voucher.judge_voucher(world.draw_voucher(1)), {"new": 0.1}, [0.4], 0.9
    )
    assert limits[0].startswith("No policy gives 40 % off")
    assert set(name_given(valued.given)) == set(valued.given.columns)


def test_the_value_of_a_policy_is_that_of_a_plain_loop():
    exposed, _, coded, _, _, valued = made("none")
    chosen = valued.choice
    total = {"it": 0.0, "none": 0.0, "rule": 0.0}
    rule = share_rule(exposed, coded.groups)
    for at in range(len(chosen)):
        scores = coded.scores["margin"][at]
        total["it"] += scores[chosen[at]]
        total["none"] += scores[0]
        total["rule"] += float(rule[coded.group[at]] @ scores)
    row, units = valued.row(targeting.TARGETED), len(set(exposed.drawn["unit"])) / PER
    assert row["over"] == pytest.approx((total["it"] - total["none"]) / units)
    assert row["gain"] == pytest.approx((total["it"] - total["rule"]) / units)
    assert row["offers"] == pytest.approx((chosen > 0).mean())
    ranked = views.list_policies(valued).set_index("policy")
    assert targeting.NOTHING not in ranked.index and len(ranked) == 7
    assert math.isnan(ranked.loc[targeting.TARGETED, "lead"])
    assert math.isnan(ranked.loc[targeting.TODAY, "gain"])
    assert len(views.list_policies(valued, of_learners=True)) == 2


def test_frames_of_charts_and_tables():
    found, people, _ = made()[3:]
    assert views.stack_depths(found)["panel"].value_counts().tolist() == [5, 5]
    assert views.stack_fifths(people)["fifth"].iloc[0] == "most"
    curves = views.list_curves(people)
    assert curves["order"].nunique() == 2 and curves["share"].max() == 1
    kinds = views.list_types(found)
    assert (kinds["least"] <= kinds["most"]).all() and kinds["simple"].sum() == pytest.approx(100)


def test_the_voucher_is_told_by_group():
    found = voucher.judge_voucher(world.draw_voucher(3, (0.15, 0.0, -0.12), 6000))
    sides = found.groups.set_index("group")["verdict"]
    assert sides["North"] == "order again more" and sides["South"] == "order again less"
    assert found.differs and found.qini.area.low > 0 and found.p < 0.01
    assert voucher.count_more(found) == int((sides == "order again more").sum())
    said = texts.describe_voucher(found)
    assert "brings back" in said and "away" in said and "groups differ by store" in said
    assert "can be predicted" in texts.list_limits(made()[0], found, {}, [], 0.9)[-1]
    listed = views.name_groups(found)
    assert listed["name"].iloc[0] == "Store of the first order: North" and listed["again"].iloc[0] > 5
    own = world.draw_voucher(3, (0.15, 0.0, -0.12), 6000).assign(past=0.0)
    east = own[own["store"] == "East"].groupby("is_treated")["again"].mean()
    row = voucher.judge_voucher(own).groups.set_index("group").loc["East"]
    assert row["again"] == pytest.approx(east[True] - east[False])


def test_a_voucher_of_which_nothing_can_be_told_says_why():
    rows = world.draw_voucher(1, n=900)
    none = voucher.judge_voucher(rows.head(0))
    assert texts.note_voucher(none).startswith("Not known: no such") and voucher.count_more(none) is None
    assert texts.list_limits(made()[0], none, {}, [], 0.9)[-1].startswith("No experiment")
    odd = voucher.judge_voucher(rows[rows["is_treated"] | (np.arange(len(rows)) % 3 > 0)])
    assert not odd.is_even and "out of its planned ratio" in texts.describe_voucher(odd)
    assert "ratio" in texts.note_voucher(odd) and odd.clear.empty and not odd.differs
    for planned in (np.nan, 0.0, 1.0):
        open_ = voucher.judge_voucher(rows.assign(planned=planned))
        assert open_.groups.empty and voucher.count_more(open_) is None
        assert "no share" in texts.note_voucher(open_) and "No shares were planned" in texts.describe_voucher(
            open_
        )
    own = [f"{at}" for at in range(len(rows))]  # every customer's own store
    few = voucher.judge_voucher(rows.assign(store=own, phone="", came_by="x"))
    assert set(few.groups["kind"]) == {"phone", "came_by"} and few.differ == {"phone": 1.0, "came_by": 1.0}
    alone = voucher.judge_voucher(rows.assign(store=own, phone=own, came_by=own))
    assert alone.groups.empty and "too few" in texts.note_voucher(alone)
    assert "too few" in texts.describe_voucher(alone)
    null = voucher.judge_voucher(rows)
    assert "is not known to bring back any of 7 groups" in (texts.describe_voucher(null))
    assert texts.note_voucher(null).startswith("By store")
    assert "cannot be predicted" in texts.list_limits(made()[0], null, {}, [], 0.9)[-1]
    bare = dataclasses.replace(made()[0], ruled=made()[0].ruled.head(0))
    assert texts.list_limits(bare, null, {}, [], 0.9)[0].startswith("No rule gave a coupon")


def test_coupons_that_nobody_used_have_no_share():
    exposed = world.simulate(4, n_customers=60)[0]
    idle = exposed.drawn.assign(orders_week=0.0)
    found = coupon_effects.measure_effects(*(lambda one: (one, coupon_effects.encode_outcomes(one)))(
        dataclasses.replace(exposed, drawn=idle)))  # fmt: skip
    assert found.pooled["anyway"].value is None and found.by_depth["anyway"].isna().all()
