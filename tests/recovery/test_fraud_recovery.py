"""Worlds with fraud and without: what is named is mostly planted, and nothing is named where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.questions.finance.payment_fraud import cases
from tests.fraud_world import draw_world

MOST_FALSE = 0.05
SMALL, FULL = 6, 60


def count(n_worlds, **planted):
    """By world: cases beyond chance, how many of them were planted, and how many were planted in all."""
    found = []
    for seed in range(n_worlds):
        drawn = draw_world(1_000 + seed, 4_000, **planted)
        sure = cases.find_cases(drawn.held, 7, 4, MOST_FALSE).sure
        truth = [*drawn.rings, *({one} for one in drawn.abusers)]
        named = [set(people) for people in sure["people"]]
        hits = sum(any(group <= each for each in named) for group in truth)
        false = sum(not any(each & group for group in truth) for each in named)
        found.append((len(named), hits, false, len(truth)))
    return np.array(found)


def assert_quiet(n_worlds):
    """No more worlds with a case than the stated share, three standard errors aside."""
    for uneven in (0.0, 1.5):
        claims = (count(n_worlds, uneven=uneven)[:, 0] > 0).sum()
        assert claims <= MOST_FALSE * n_worlds + 3 * np.sqrt(MOST_FALSE * n_worlds)


def assert_found(n_worlds):
    named, hits, false, planted = count(n_worlds, rings=6, abusers=6, strangers=2).sum(axis=0)
    assert hits / planted > 0.8
    assert false <= MOST_FALSE * named + 3 * np.sqrt(MOST_FALSE * named)


def test_a_few_worlds_are_as_stated():
    assert_quiet(SMALL)
    assert_found(SMALL // 2)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_many_worlds_are_as_stated():
    assert_quiet(FULL)
    assert_found(FULL // 2)
