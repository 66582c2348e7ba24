"""Over many worlds of people: no channel is named where none differs, no spend is moved, intervals hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from lucky_analytics.decisions import WAIT
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.acquisition_channels import advice, channel_gaps
from tests.channel_world import simulate
from tests.coverage_rule import count_worlds, holds

N_WORLDS = count_worlds(100)
COSTS = pd.DataFrame(
    [(kind, channel, 2.5) for kind in ("origin", "touch") for channel in CHANNELS[kind]],
    columns=["kind", "channel", "cost"],
)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_where_channels_differ_by_their_weeks_alone_none_is_named_and_no_spend_is_moved():
    named, moved, covered = 0, 0, []
    for seed in range(N_WORLDS):
        people = simulate(6_000, seed, late="social")
        table = channel_gaps.compare_channels(people)
        named += bool((~table["verdict"].isin(["not shown", "too few"])).any())
        moved += advice.decide(table, COSTS).strength.word != WAIT
        known = table[table["p_value"].notna()]
        covered.append(((known["low"] <= 0) & (known["high"] >= 0)).mean())
    print(f"named in {named}, spend moved in {moved} of {N_WORLDS} null worlds")
    # At most 5 % of worlds, with what chance adds once in a thousand times.
    assert named <= binom.ppf(0.999, N_WORLDS, 0.05) and moved <= 0.02 * N_WORLDS
    assert holds(covered, 0.9)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_a_planted_margin_lies_in_its_interval_as_often_as_said_and_is_mostly_named():
    held, named = [], 0
    for seed in range(N_WORLDS):
        people = simulate(12_000, seed, gain={"search": 1.0}, late="social")
        table = channel_gaps.compare_channels(people)
        row = table[(table["channel"] == "search") & (table["measure"] == "margin")].iloc[0]
        old = people.aged("first_date", 90)
        planted = old.loc[old["touch"] == "search", "orders_90"].mean()
        held.append(float(row["low"] <= planted <= row["high"]))
        named += row["verdict"] == "more"
    assert holds(np.array(held), 0.9) and named >= 0.7 * N_WORLDS
