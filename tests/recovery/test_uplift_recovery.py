"""Over worlds of their own: claims at most at their stated rate where nothing is, and ends that hold."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from scipy.stats import binom

from lucky_analytics.models.drawn_coupons import coupon_effects
from lucky_analytics.models.drawn_coupons.rule_shares import share_rule
from lucky_analytics.questions.marketing.coupon_uplift import advice, targeting, voucher, who
from tests import uplift_world as world
from tests.coverage_rule import holds

N_NULL, N_PLANTED = 200, 60
CLAIM = 0.01


def judge(exposed, level=0.9):
    coded = coupon_effects.encode_outcomes(exposed)
    people = who.learn_who(exposed, coded, level)
    rule = share_rule(exposed, coded.groups)
    valued = targeting.value_targeting(exposed, coded, rule, [], level)
    return coded, coupon_effects.measure_effects(exposed, coded, level), people, valued


def list_claims(found, people, valued):
    """Everything that the page says is sure, by kind."""
    rows = found.by_depth
    return {
        "orders": found.clear["orders"] != 0,
        "margin": found.clear["margin"] != 0,
        "a depth's orders": bool((rows["orders_clear"] != 0).any()),
        "a depth's margin": bool((rows["margin_clear"] != 0).any()),
        "orders differ": people.differs["orders"],
        "margin differs": people.differs["margin"],
        "a policy": bool((valued.table["clear"] != 0).any()),
        "proposed": advice.is_proposed(valued, 0.01),
    }


@pytest.mark.full
@pytest.mark.timeout(900)
def test_where_nothing_is_each_claim_comes_at_most_once_in_a_hundred_worlds():
    counts = collections.Counter()
    for seed in range(N_NULL):
        claims = list_claims(*judge(world.simulate(seed)[0])[1:])
        counts.update(name for name, is_made in claims.items() if is_made)
    most = binom.ppf(0.995, N_NULL, CLAIM)
    assert {name: n for name, n in counts.items() if n > most} == {}


@pytest.mark.full
@pytest.mark.timeout(900)
def test_where_discounts_are_given_away_nobody_is_told_apart_by_orders_and_nothing_is_proposed():
    """Not one order more, and each with a discount leaves less."""
    counts = collections.Counter()
    for seed in range(N_NULL // 2):
        _, found, people, valued = judge(world.simulate(5000 + seed, world.NONE, cost=3.0)[0])
        counts.update(name for name, is_made in list_claims(found, people, valued).items() if is_made)
    assert counts["proposed"] <= binom.ppf(0.99, N_NULL // 2, CLAIM)
    assert counts["orders differ"] <= binom.ppf(0.99, N_NULL // 2, CLAIM)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_intervals_of_planted_effects_hold_as_often_as_they_say():
    alone, together, policies, anyway = [], [], [], []
    for seed in range(N_PLANTED):
        exposed, level = world.simulate(2000 + seed, world.SOME, cost=2.0)
        coded, found, _, valued = judge(exposed)
        truth = {name: world.expect(world.SOME, 2.0, exposed, level, name) for name in ("orders", "margin")}
        scale = coded.units.sum()
        for name, mean in truth.items():
            gains = (mean - mean[:, :1]).sum(axis=0) / scale
            pooled = gains[1:] @ coded.shares[1:] / coded.shares[1:].sum()
            alone.append(found.pooled[name].holds(pooled))
            rows = found.by_depth
            together.append(
                all(low <= true <= high for true, low, high in
                    zip(gains[1:], rows[f"{name}_low"], rows[f"{name}_high"], strict=True))
            )  # fmt: skip
        given = valued.choice
        margin = truth["margin"]
        value = (margin[np.arange(len(given)), given] - margin[:, 0]).sum() / scale
        row = valued.row(targeting.TARGETED)
        half = (row["over_high"] - row["over"]) / valued.quantile * 1.645
        policies.append(abs(row["over"] - value) <= half)
        used = 1 - np.exp(-0.4 * truth["orders"])
        share = used[:, 0].sum() / (used[:, 1:] @ coded.shares[1:] / coded.shares[1:].sum()).sum()
        anyway.append(found.pooled["anyway"].holds(share))
    assert holds(alone[::2], 0.9) and holds(alone[1::2], 0.9)
    assert sum(together) >= binom.ppf(0.01, len(together), 0.9)
    assert holds(policies, 0.9) and holds(anyway, 0.9)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_the_planted_are_found_and_their_qini_holds_its_value():
    """New customers change most: they are told apart, the best depths are predicted, and pay."""
    told, held, ahead = [], [], []
    for seed in range(20):
        exposed, level = world.simulate(3000 + seed, world.SOME, cost=2.0, n_customers=2000, n_weeks=6)
        coded, _, people, valued = judge(exposed)
        told.append(people.differs["orders"])
        ahead.append(valued.row(targeting.TARGETED)["over_low"] > 0)
        line = who.contrast_line(coded.depths, coded.shares, who.AT)
        truth = (world.expect(world.SOME, 2.0, exposed, level, "orders") @ line)[people.judged]
        whose, customer = np.unique(coded.customer[people.judged], return_inverse=True)
        # The order of a fold by its lot among ties, which are few here.
        true = who.measure_qini(people.place, truth, customer, coded.units[whose]).area.value
        held.append(people.qini.area.holds(true))
    assert all(told) and sum(ahead) >= 15
    assert sum(held) >= binom.ppf(0.01, len(held), 0.9)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_the_voucher_is_claimed_for_groups_where_it_works_alone():
    claims, differ, found = 0, 0, 0
    for seed in range(N_NULL):
        null = voucher.judge_voucher(world.draw_voucher(seed))
        claims, differ = claims + bool(len(null.clear)), differ + null.differs
    for seed in range(20):
        own = voucher.judge_voucher(world.draw_voucher(seed, (0.12, 0.0, -0.03), 9000))
        found += own.differs and "North" in set(own.clear["group"])
    assert max(claims, differ) <= binom.ppf(0.995, N_NULL, CLAIM) and found >= 17
