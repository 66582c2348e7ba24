"""Over worlds of their own: nothing is proposed where nothing pays, and what pays holds its value."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from lucky_analytics.questions.marketing.next_best_action import advice, policies
from tests import policy_world as world
from tests.coverage_rule import count_worlds, holds

N_NULL, N_PLANTED = count_worlds(120), count_worlds(80)


@pytest.mark.full
@pytest.mark.parametrize("effect", [world.FLAT, world.ONLY_COSTS])
def test_policies_are_proposed_at_most_once_in_twenty_worlds_without_one(effect):
    found = [policies.judge_policies(world.simulate(seed, effect)) for seed in range(N_NULL)]
    proposed = sum(advice.find_proposed(each, 0.01) is not None for each in found)
    print(f"proposed in {proposed} of {N_NULL} null worlds")
    assert proposed <= binom.ppf(0.99, N_NULL, 0.05)


@pytest.mark.full
def test_intervals_of_planted_gains_hold_as_often_as_they_say():
    """50 % off for all against nothing off, alone at 90 %; and all that can be proposed together."""
    truth = {f"{10 * at} % off for all": at for at in range(1, 6)}
    alone, together = [], []
    for seed in range(N_PLANTED):
        exposed = world.simulate(1000 + seed, world.PAYS)
        found = policies.judge_policies(exposed)
        table = found.table.set_index("policy")
        held = []
        for name, at in truth.items():
            known = world.true_gain(world.PAYS, [at] * 4, exposed)
            row = table.loc[name]
            held.append(row["over_low"] <= known <= row["over_high"])
            if at == 5:
                half = (row["over_high"] - row["over"]) / found.quantile * 1.645
                alone.append(abs(row["over"] - known) <= half)
        together.append(all(held))
    assert holds(alone, 0.9)
    print(f"all together: held in {sum(together)} of {N_PLANTED}")
    assert sum(together) >= binom.ppf(0.01, N_PLANTED, 0.9)
