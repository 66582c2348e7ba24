from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.places.huff import (
    NOTHING_TAKEN,
    choice_shares,
    divert_one_by_one,
    estimate_diversion,
    expected_demand,
    fit_outside,
)

RNG = np.random.default_rng(1)
COST, NEW, PEOPLE = RNG.uniform(0, 3, (30, 3)), RNG.uniform(0, 3, (30, 1)), RNG.uniform(10, 500, 30)
ATTRACTION = np.array([1.0, 2.0, 0.5])


def test_shares_equal_a_plain_loop():
    shares = choice_shares(COST, ATTRACTION, decay_km=0.8, outside=0.3)
    for i in range(30):
        pulls = [ATTRACTION[j] * np.exp(-COST[i, j] / 0.8) for j in range(3)]
        for j in range(3):
            assert shares[i, j] == pytest.approx(pulls[j] / (0.3 + sum(pulls)))


def test_shares_sum_to_one_only_without_an_outside_option():
    assert choice_shares(COST, ATTRACTION, 1.0, 0.0).sum(axis=1) == pytest.approx(np.ones(30))
    assert (choice_shares(COST, ATTRACTION, 1.0, 0.5).sum(axis=1) < 1).all()


def test_nobody_in_reach_is_zero_and_not_an_error():
    assert choice_shares([[np.inf]], [1.0], 1.0, 0.0).tolist() == [[0.0]]


def test_demand_balances():
    lost, gained = estimate_diversion(PEOPLE, COST, NEW, decay_km=1.0, outside=0.0)
    before = PEOPLE @ choice_shares(COST, np.ones(3), 1.0, 0.0)
    # Without an outside option every new order comes from a sister store: the naive model.
    assert (lost * before).sum() == pytest.approx(gained.sum())
    lost_less, gained_more = estimate_diversion(PEOPLE, COST, NEW, decay_km=1.0, outside=0.5)
    before = PEOPLE @ choice_shares(COST, np.ones(3), 1.0, 0.5)
    assert (lost_less * before).sum() < 0.8 * gained_more.sum()
    assert (lost_less < lost).all()


def test_attraction_and_decay_matter():
    base = estimate_diversion(PEOPLE, COST, NEW, decay_km=1.0, outside=0.5)[1]
    stronger = estimate_diversion(PEOPLE, COST, NEW, decay_km=1.0, outside=0.5, new_attraction=[3.0])[1]
    rivals = estimate_diversion(PEOPLE, COST, NEW, decay_km=1.0, outside=0.5, attraction=[9.0, 9.0, 9.0])[1]
    nearer = estimate_diversion(PEOPLE, COST, NEW, decay_km=0.2, outside=0.5)[1]
    assert stronger > base > rivals and nearer != pytest.approx(base[0])


def test_outside_option_is_recovered():
    pairs, losses = [(0, 1), (1, 2), (2, 0)], []
    for store, sister in pairs:
        others = [j for j in range(3) if j != sister]
        lost, _ = estimate_diversion(PEOPLE, COST[:, others], COST[:, [sister]], decay_km=1.0, outside=0.7)
        losses.append(lost[others.index(store)])
    assert fit_outside(PEOPLE, COST, pairs, losses, decay_km=1.0) == pytest.approx(0.7, rel=1e-4)


def test_losses_beyond_every_outside_option_are_an_error():
    with pytest.raises(LuckyError, match="outside option: expected losses"):
        fit_outside(PEOPLE, COST, [(0, 1)], [0.999], decay_km=1.0)


@pytest.mark.parametrize(("pairs", "losses"), [([(0, 1)], [0.0]), ([(0, 1)], [-0.1]), ([], [])])
def test_nothing_lost_has_no_outside_option(pairs, losses):
    with pytest.raises(LuckyError, match="outside option: expected losses to sister stores above zero"):
        fit_outside(PEOPLE, COST, np.array(pairs).reshape(-1, 2), losses, decay_km=1.0)


def test_where_nothing_is_taken_demand_is_people_weighed_by_distance():
    drawn = expected_demand(PEOPLE, COST, decay_km=1.0, outside=NOTHING_TAKEN)
    gravity = np.asarray(PEOPLE) @ np.exp(-np.asarray(COST))
    assert drawn / drawn[0] == pytest.approx(gravity / gravity[0])
    # A store alone draws what a choice among it and the outside gives it.
    alone = choice_shares(np.asarray(COST)[:, [1]], [1.0], 1.0, 0.7)
    assert expected_demand(PEOPLE, COST, decay_km=1.0, outside=0.7)[1] == pytest.approx(
        float((np.asarray(PEOPLE) @ alone)[0])
    )


def test_one_by_one_is_the_loop():
    chance = np.random.default_rng(4)
    demand, cost, new = chance.uniform(1, 9, 20), chance.uniform(0, 3, (20, 4)), chance.uniform(0, 3, (20, 3))
    lost, gained = divert_one_by_one(demand, cost, new, decay_km=0.8, outside=0.5)
    for column in range(3):
        one_lost, one_gained = estimate_diversion(demand, cost, new[:, [column]], decay_km=0.8, outside=0.5)
        assert lost[column] == pytest.approx(one_lost)
        assert gained[column] == pytest.approx(one_gained[0])


def test_a_store_at_an_unknown_distance_has_no_customers_and_takes_none():
    known = choice_shares([[0.5], [2.0]], [1.0], 1.0, 0.5)
    both = choice_shares([[0.5, np.nan], [2.0, np.nan]], [1.0, 1.0], 1.0, 0.5)
    assert both[:, :1].tolist() == known.tolist() and (both[:, 1] == 0).all()
