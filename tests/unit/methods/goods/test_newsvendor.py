"""The newsvendor against a published example, brute force and a simulated store."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.goods.newsvendor import (
    critical_ratio,
    expect_from_draws,
    expect_normal,
    order_discrete,
    order_from_draws,
    order_normal,
    order_up_to_normal,
)


def test_the_wetsuit_of_the_textbook():
    """Cachon and Terwiesch: price 190, cost 110, salvage 90, demand N(3192, 1181)."""
    ratio = critical_ratio(190 - 110, 110 - 90)
    quantity = order_normal(3192, 1181, ratio)
    found = expect_normal(quantity, 3192, 1181)
    assert ratio == pytest.approx(0.8) and round(quantity) == 4186
    # Printed: expected profit 222,280 (of a table of the loss function with four digits).
    assert 80 * found.sold - 20 * found.left == pytest.approx(222_280, rel=2e-4)
    assert found.covered == pytest.approx(ratio)
    assert found.sold + found.short == pytest.approx(3192) and found.sold + found.left == pytest.approx(
        quantity
    )


@pytest.mark.parametrize(("under", "over"), [(80, 20), (1, 9), (5, 5), (3, 0.1)])
def test_no_other_quantity_earns_more(under, over):
    draws = np.random.default_rng(3).negative_binomial(2, 0.05, 400).astype(float)
    best = order_from_draws(draws, critical_ratio(under, over))
    earned = [
        under * np.minimum(draws, q).mean() - over * np.maximum(q - draws, 0).mean() for q in range(300)
    ]
    found = expect_from_draws(best, draws)
    assert under * found.sold - over * found.left == pytest.approx(max(earned))


def test_discrete_draws_and_normal_agree():
    draws = np.random.default_rng(5).integers(0, 9, 500)
    values, counts = np.unique(draws, return_counts=True)
    for ratio in (0.01, 0.2, 0.5, 0.77, 0.99):
        by_list = order_discrete(values[::-1], counts[::-1] / 500, ratio)
        assert by_list == order_from_draws(draws, ratio) == np.quantile(draws, ratio, method="inverted_cdf")
    many = np.random.default_rng(6).normal(100, 20, (100_000, 2))
    assert order_from_draws(many, [0.8, 0.2]) == pytest.approx(
        order_normal(100, 20, np.array([0.8, 0.2])), rel=0.01
    )
    exact, drawn = expect_normal(110, 100, 20), expect_from_draws(110, many[:, 0])
    assert drawn.short == pytest.approx(exact.short, rel=0.03)
    assert drawn.left == pytest.approx(exact.left, rel=0.03)


@pytest.mark.parametrize(("review", "lead"), [(1, 0), (3, 1), (7, 2), (2, 5)])
def test_a_store_that_orders_up_to_the_level_runs_out_as_often_as_stated(review, lead):
    """A plain loop over days; what lacks is owed to customers, as the formula has it."""
    random, ratio = np.random.default_rng(8), 0.9
    level = order_up_to_normal(100, 25, review, lead, ratio)
    demand = random.normal(100, 25, 40_000)
    stock, coming, held = level, {}, []
    for day, wanted in enumerate(demand):
        stock += coming.pop(day, 0.0)
        if day % review == 0:
            order = level - stock - sum(coming.values())
            if lead:
                coming[day + lead] = coming.get(day + lead, 0.0) + order
            else:
                stock += order
        stock -= wanted
        # A cycle ends on the eve of the next arrival.
        if (day + 1 - lead) % review == 0 and day > 10 * (review + lead):
            held.append(stock >= 0)
    assert np.mean(held) == pytest.approx(ratio, abs=0.01)


def test_ends_and_nonsense():
    assert order_normal(5, 0, 0.9) == 5 and order_normal(1, 100, 0.1) == 0
    sure = expect_normal([4, 6], 5, 0)
    assert sure.short.tolist() == [1, 0] and sure.left.tolist() == [0, 1] and sure.covered.tolist() == [0, 1]
    assert np.isnan(critical_ratio(np.nan, 1)) and critical_ratio(0, 1) == 0
    assert order_from_draws([7], 0.5) == 7 and order_discrete([7], [1], 0.99) == 7
    for call in (
        lambda: critical_ratio(-1, 2),
        lambda: critical_ratio(0, 0),
        lambda: order_normal(1, -1, 0.5),
        lambda: order_normal(1, 1, 1),
        lambda: order_from_draws([], 0.5),
        lambda: order_discrete([1], [0.5], 0.5),
        lambda: order_discrete([1, 2], [1], 0.5),
        lambda: order_up_to_normal(1, 1, -1, 0, 0.5),
    ):
        with pytest.raises(ParameterError):
            call()
