"""Over many drawn worlds: prices alike are called nothing at the stated rate, planted gaps are held."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.questions.strategy.competitive_intelligence import (
    opening_effects,
    price_changes,
    price_gaps,
    steps,
)
from tests.coverage_rule import holds
from tests.opening_world import make_days, make_openings, make_stores
from tests.rival_world import AS_OF, DRINKS, make_basket, make_prices

N_WORLDS = 200


def worlds(off, **drawn):
    for seed in range(N_WORLDS):
        basket = make_basket(seed)
        yield steps.compare_prices(make_prices(basket, seed + 1000, off, **drawn), basket, DRINKS)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_where_prices_are_alike_and_stand_nobody_is_called_and_nothing_moves():
    held, called, moved = [], 0, 0
    for found in worlds(0.0):
        held.append(float(found.gap.holds(0)))
        called += found.count(price_gaps.DEARER) + found.count(price_gaps.CHEAPER) > 0
        moved += found.moved.low is not None
    # At most 5 % of worlds call one, and of 200 no more than chance allows in one of a hundred.
    assert holds(held, 0.9) and called <= 18 and moved == 0


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "drawn",
    [{}, {"of_kind": 0.1, "shops": (1, 1, 1)}, {"of_kind": 0.04, "of_shop": 0.05, "shops": (5, 6)},
     {"shops": (1,), "kept": 0.3}],
)  # fmt: skip
def test_a_planted_tenth_lies_in_its_interval_as_often_as_said(drawn):
    held, each, cheaper = [], [], 0
    for found in worlds(0.1, **drawn):
        own = found.competitors
        held.append(float(found.gap.low <= 0.1 <= found.gap.high))
        each.append(((own["list_off_low"] <= 0.1) & (own["list_off_high"] >= 0.1)).mean())
        cheaper += found.count(price_gaps.CHEAPER)
    assert holds(held, 0.9) and holds(each, 0.9) and cheaper <= 2


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("is_shared", [True, False])
def test_prices_that_rose_lie_in_their_interval_at_least_as_often_as_said(is_shared):
    """Drinks rise unlike each other, each alike at all competitors or each competitor's by itself."""
    held = []
    for seed in range(N_WORLDS):
        rng = np.random.default_rng(seed)
        noted = make_prices(make_basket(seed), seed, moved=0.03)
        drink = noted["product"] if is_shared else noted["competitor"] + noted["product"]
        drink = rng.normal(0, 0.02, drink.nunique())[drink.factorize()[0]]
        later = (noted["seen"] > "2026-02-01").to_numpy()
        noted = noted.assign(dollars=noted["dollars"] * np.exp(np.where(later, drink, 0.0)))
        moved = price_changes.estimate_moved(price_changes.find_changes(noted))
        held.append(float(moved.low <= np.expm1(np.log(1.03)) <= moved.high))
    assert np.mean(held) >= 0.84


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_openings_without_an_effect_are_called_at_most_at_the_stated_rate():
    stores, called, held = make_stores(), 0, []
    near = opening_effects.find_near(make_openings(2), stores, AS_OF, 0.4)
    for seed in range(100):
        judged = opening_effects.judge_openings(near, make_days(seed), stores)
        called += judged["verdict"].isin(opening_effects.CALLED).any()
        held += [*(judged["low"] <= 0) & (judged["high"] >= 0)]
    # Both openings together at 10 %: of 100 worlds no more than chance allows in one of a hundred.
    assert called <= 18 and np.mean(held) >= 0.9
