"""Over many worlds of invitations: nothing is claimed where they say nothing, what was planted is found."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.decisions import WAIT
from lucky_analytics.questions.marketing.referral_network import (
    advice,
    brought,
    chains,
    connectors,
    review,
    rewards,
)
from tests.coverage_rule import holds
from tests.referral_world import make_network

N_WORLDS = 40
_SILENT = ("not shown", "too few")


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_where_being_invited_says_nothing_no_quality_and_no_connector_is_claimed():
    titles = measures = unequal = lowered = going = 0
    covered = []
    for seed in range(N_WORLDS):
        network = make_network(20_000, seed)
        rules = review.judge_invites(network)
        who = brought.mark_people(network, rules)
        table = brought.compare_invited(network, who)
        titles += table["verdict"].iloc[0] not in _SILENT
        measures += bool((~table["verdict"].isin(_SILENT)).any())
        covered.append(((table["low"] <= 0) & (table["high"] >= 0)).mean())
        found = connectors.measure_influence(network, rules)
        unequal += found.is_unequal
        known = rewards.Rewards(300.0, 300.0, 60.0, 90, 90, 50, 1_000)
        trials = rewards.plan_trials(network, who, rules)
        decision = advice.decide(brought.estimate_margin(network, who), known, trials, 90)
        lowered += decision.strength.word != WAIT
        going += not chains.estimate_reproduction(network, rules).high < 1
    # At most 5 % of worlds claim one; of 40 no more than chance allows in one of a thousand.
    assert titles <= 8 and measures <= 8 and unequal <= 8 and lowered == going == 0
    assert holds(covered, 0.9)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_zeal_that_fades_alike_for_all_makes_nobody_a_connector():
    unequal = 0
    for seed in range(N_WORLDS):
        network = make_network(20_000, 300 + seed, fade=30.0)
        unequal += connectors.measure_influence(network, review.judge_invites(network)).is_unequal
    assert unequal <= 8


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_what_was_planted_is_named_and_its_spread_lies_in_its_interval():
    named, held = 0, []
    for seed in range(N_WORLDS):
        network = make_network(20_000, 500 + seed, power=0.35, cv=2.0)
        rules = review.judge_invites(network)
        table = brought.compare_invited(network, brought.mark_people(network, rules))
        named += table["verdict"].iloc[0] in ("more", "little more")
        found = connectors.measure_influence(network, rules)
        assert found.is_unequal and found.rows["is_connector"].any()
        held.append(float(found.found.low <= 4.0 <= found.found.high))
    assert named >= 34 and holds(np.array(held), 0.9)
