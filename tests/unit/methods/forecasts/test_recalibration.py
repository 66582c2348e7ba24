"""Chances put right: against pooling by hand, not learnt from their own days, quiet where few are known."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.forecasts.recalibration import FEWEST, cross_fit, draw_recalibrated, recalibrate


def pool_by_hand(said, event):
    """Pool adjacent violators (Ayer and others 1955): one event more at 0, one miss more at 1."""
    points = sorted(zip([*said, 0.0, 1.0], [*event, 1.0, 0.0], strict=True))
    blocks = []
    for value in sorted({point[0] for point in points}):
        own = [outcome for at, outcome in points if at == value]
        blocks.append([sum(own), len(own), [value]])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            events, n, values = blocks.pop()
            blocks[-1] = [blocks[-1][0] + events, blocks[-1][1] + n, blocks[-1][2] + values]
    return {value: events / n for events, n, values in blocks for value in values}


def draw(seed=0, n=600):
    random = np.random.default_rng(seed)
    said = random.integers(0, 11, n) / 10
    return said, (random.random(n) < 0.7 * said**2 + 0.05).astype(int), np.arange(n) // 20


def test_against_pooling_by_hand():
    said, event, _ = draw()
    shares = pool_by_hand(said, event)
    asked = sorted(shares)
    assert recalibrate(said, event, asked) == pytest.approx([shares[value] for value in asked])


def test_what_is_told_of_a_day_is_not_learnt_from_it():
    said, event, time = draw(1)
    told = cross_fit(said, event, time)
    changed = event.copy()
    changed[time == 5] = 1 - changed[time == 5]
    again = cross_fit(said, changed, time)
    assert again[time == 5] == pytest.approx(told[time == 5]) and not np.allclose(again, told)
    by_two = cross_fit(said, event, time, n_parts=2)
    first = time < 15
    assert by_two[first] == pytest.approx(recalibrate(said[~first], event[~first], said[first]))


def test_with_few_events_or_few_misses_chances_stay_as_they_were():
    said = np.full(200, 0.4)
    for n in (FEWEST - 1, 200 - FEWEST + 1):
        event = (np.arange(200) < n).astype(int)
        assert recalibrate(said, event, [0.1, 0.9]).tolist() == [0.1, 0.9]
    assert recalibrate(said, (np.arange(200) < FEWEST).astype(int), [0.4])[0] == pytest.approx(
        0.108, abs=0.01
    )
    assert len(recalibrate(said, np.ones(200), [])) == 0


def test_draws_lie_around_what_is_told_and_spread_as_chance_does():
    said, event, time = draw(2, 4000)
    asked = [0.2, 0.8]
    drawn = draw_recalibrated(said, event, time, asked, n_draws=300, seed=3)
    assert drawn.shape == (300, 2)
    assert drawn.mean(axis=0) == pytest.approx(recalibrate(said, event, asked), abs=0.02)
    each = np.sqrt(recalibrate(said, event, asked) * (1 - recalibrate(said, event, asked)) / 364)
    assert (drawn.std(axis=0) < 1.6 * each).all() and (drawn.std(axis=0) > 0.5 * each).all()
    assert not np.array_equal(drawn, draw_recalibrated(said, event, time, asked, n_draws=300, seed=4))
