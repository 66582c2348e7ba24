"""Recommendations in worlds whose tastes are known: nothing claimed of none, planted taste found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from lucky_analytics.methods.recommenders.ranking import list_top
from lucky_analytics.questions.product.recommendations import (
    advice,
    claims,
    cuts,
    gains,
    list_tests,
    new_store,
)
from lucky_analytics.questions.product.recommendations.list_rules import OWN, RULES, gather_facts
from tests import recommender_world

LEAST, LEVEL = 0.01, 0.9


def judge(seed, n_customers=400, **planted):
    """Which comparisons are found, and the decision, in one world."""
    own = recommender_world.simulate(seed, n_customers=n_customers, **planted).sales
    found = gains.estimate_gains(list_tests.run_tests(own), LEAST, LEVEL).set_index("name")
    baskets = claims.measure_baskets(own)
    made = advice.decide(found.reset_index(), claims.assemble_claims(baskets), baskets, LEVEL)
    favourites = new_store.find_favourites(own, new_store.count_units(own))
    return found, made, bool(favourites["is_found"].any())


def count_claims(seeds, **world):
    """Worlds in which a list of rules, a circumstance or a store is called better, and advised ones."""
    rules = circumstances = stores = advised = 0
    for seed in seeds:
        found, made, is_local = judge(seed, **world)
        by = found.groupby("family")["is_found"].any()
        rules += by["rules"]
        circumstances += by["circumstances"]
        stores += is_local
        advised += made.strength.word != "do not decide on this yet"
    return rules, circumstances, stores, advised


def test_without_taste_nothing_is_claimed():
    assert count_claims(range(3)) == (0, 0, 0, 0)


@pytest.mark.full
def test_without_taste_claims_keep_their_rate_over_a_hundred_worlds():
    most = binom.ppf(0.99, 100, gains.FALSE_SHARE)
    *claimed, advised = count_claims(range(100, 200), n_customers=700)
    assert max(claimed) <= most and advised <= 1


@pytest.mark.full
@pytest.mark.parametrize(("planted", "names"), [
    ({"taste": 0.5}, {"recommender", "first"}),
    ({"loyalty": 0.4}, {"own"}),
    ({"local": 4.0, "daily": 6.0}, {"store", "daypart"}),
])  # fmt: skip
def test_what_was_planted_is_found_and_nothing_else(planted, names):
    hits = []
    for seed in range(8):
        found, made, _ = judge(seed, n_customers=1500, **planted)
        hits.append(found.loc[list(names), "is_found"].mean())
        others = found.drop(index=list(names))
        assert others["is_found"].sum() <= 1
        assert ("show no recommender" in made.text) == ("recommender" not in names)
    assert np.mean(hits) >= 0.8


@pytest.mark.full
def test_intervals_hold_the_gain_that_was_to_be_expected():
    """The expected gain of a list is known: the chances with which each customer buys each product."""
    against, held, n_worlds = "popular", 0, 40
    for seed in range(n_worlds):
        world = recommender_world.simulate(seed, n_customers=500, loyalty=0.2, taste=0.2, second=0.0)
        tested = list_tests.run_tests(world.sales)
        rule = f"{OWN}{tested.families['taste']}"  # chosen on older dates, which say nothing of the newer
        expected = [expect_gain(world, day, rule, against) for day in tested.days[tested.n_older :]]
        mean = gains.compare_rules(tested.scored, "recall", rule, against, LEVEL).mean
        held += mean.holds(float(np.concatenate(expected).mean()))
    assert held >= binom.ppf(0.01, n_worlds, LEVEL)


def expect_gain(world, day, rule, against):
    """Of each customer who ordered again: how much likelier one list held the product than the other."""
    category = world.sales.products["category"].factorize()[0]
    cut = cuts.cut_at(world.sales, day, 28)
    facts = gather_facts(cut, category, np.ones(recommender_world.N_PRODUCTS, int))
    chance = world.chance[:, cut.items][cut.customer]
    shares = []
    for name in (rule, against):
        top = list_top(np.broadcast_to(RULES[name].scores(facts), chance.shape), 5)
        shares.append(np.take_along_axis(chance, top, axis=1).sum(axis=1) / chance.sum(axis=1))
    return shares[0] - shares[1]
