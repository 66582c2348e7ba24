"""Intervals of lifetime value hold what comes in a year that was never seen, in simulated worlds.

Rule, stated before the worlds are drawn: 229 days are seen, quarters of them are held out, and the 365 days
after them are foretold. Intervals rest on what few spans of a short history were off, so they may hold more
than they promise, never less: the number of worlds that hold lies at or above the 0.5 % point of the exact
binomial band, in a world that stays as it was and in two whose level drifts by 1 % and by 3 % a day. Wide
intervals cannot win for all that: they are at most four times as wide as those of an oracle who knows how
far totals were off over all worlds. What a naive analyst would publish (customers go on as so far, as
certain as counts are) fails. Single customers: their own intervals hold at least as promised, chance aside.
Seeds from 0.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy.stats import binom, norm

from lucky_analytics.models.customer_worth import customer_classes, customer_margins, held_out
from lucky_analytics.models.customer_worth import paid_orders as steps
from lucky_analytics.questions.marketing.lifetime_value import segments
from tests.coverage_rule import count_worlds
from tests.value_world import AS_OF, simulate, split

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

LEVEL, N_WORLDS, N_CUSTOMERS, N_SHOWN = 0.9, count_worlds(40), 4_000, 1_000
DRIFTS = [0.0, 0.01, 0.03]
RULE = customer_classes.Rule()
ENDS = [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]


@functools.cache
def worlds(drift):
    """For each world: held, ln(came / expected), half width, share of single customers held, naive held, and
    whether the share of each class is."""
    return np.array([_world(seed, drift) for seed in range(N_WORLDS)], float)


def _world(seed, drift):
    known, later = split(simulate(N_CUSTOMERS, seed, drift=drift))
    level = steps.measure_level(known, AS_OF)
    customers = steps.know_customers(known, AS_OF, level)
    model = customer_margins.find_model(customers, level)
    held = held_out.run_held_out(known, AS_OF, RULE)
    miss = held.miss_of(365, customers, model)
    valued = customer_margins.value_customers(customers, model)
    totals = segments.draw_totals(valued, model, np.zeros(len(valued), int), 1, miss)[:, 0]
    low, high = np.quantile(totals, ENDS)
    came = later["margin_cents"].sum() / 100
    some = customers.sample(N_SHOWN, random_state=seed)
    ends = customer_margins.draw_ends(some, model, 365, miss, LEVEL)
    own = later.groupby("customer")["margin_cents"].sum().reindex(some.index, fill_value=0.0).to_numpy()
    pace = steps.measure_pace(customers).sum() * 365
    half = norm.ppf(ENDS[1]) * np.sqrt(pace)
    naive = abs(came * 100 / level.margin - pace) <= half
    single = ((own >= ends[0]) & (own <= ends[1])).mean()
    expected = valued["year_cents"].sum() / 100
    shares = held.share_misses_of(365, customers, model)
    table = segments.summarise_segments(valued, model, RULE, miss, shares, 0.02).iloc[:-1]
    paid = later.groupby("customer")["margin_cents"].sum().reindex(valued.index, fill_value=0.0)
    share = np.bincount(customer_classes.name_segments(valued, RULE), paid, len(table)) / 100 / came
    held_shares = table["share_low"].le(share) & table["share_high"].ge(share)
    return (
        low <= came <= high, np.log(came / expected), np.log(high / low) / 2, single, naive, *held_shares,
    )  # fmt: skip


@pytest.mark.parametrize("drift", DRIFTS)
def test_the_year_is_held_at_least_as_often_as_promised(drift):
    print(f"the year: {worlds(drift)[:, 0].mean():.3f} of {LEVEL} in {N_WORLDS} worlds")
    assert worlds(drift)[:, 0].sum() >= binom.ppf(0.005, N_WORLDS, LEVEL)


@pytest.mark.parametrize("drift", DRIFTS)
def test_wide_intervals_do_not_win_by_their_width(drift):
    oracle = norm.ppf(ENDS[1]) * np.sqrt((worlds(drift)[:, 1] ** 2).mean())
    assert np.median(worlds(drift)[:, 2]) <= 4.0 * oracle


def test_expected_margins_are_those_that_come_on_average():
    off = worlds(0.0)[:, 1]
    assert abs(off.mean()) < norm.ppf(0.995) * off.std(ddof=1) / np.sqrt(N_WORLDS)


@pytest.mark.parametrize("drift", DRIFTS)
def test_single_customers_are_held_at_least_as_often_as_promised(drift):
    chance = norm.ppf(0.995) * np.sqrt(LEVEL * (1 - LEVEL) / N_SHOWN / N_WORLDS)
    print(f"single customers: {worlds(drift)[:, 3].mean():.3f} of {LEVEL} in {N_WORLDS} worlds")
    assert worlds(drift)[:, 3].mean() >= LEVEL - chance


@pytest.mark.parametrize("drift", DRIFTS)
@pytest.mark.parametrize("place", range(len(customer_classes.SEGMENTS)), ids=customer_classes.SEGMENTS)
def test_shares_of_classes_are_held_at_least_as_often_as_promised(drift, place):
    print(f"class {place}: {worlds(drift)[:, 5 + place].mean():.3f} of {LEVEL} in {N_WORLDS} worlds")
    assert worlds(drift)[:, 5 + place].sum() >= binom.ppf(0.005, N_WORLDS, LEVEL)


def test_the_naive_answer_fails():
    assert worlds(0.0)[:, 4].mean() < 0.1
