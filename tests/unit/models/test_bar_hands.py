"""What bounds the time that an order keeps hands busy, in half-hours whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.queues.erlang_c import estimate_mean_wait
from lucky_analytics.models.bar_hands import count_heads, estimate_relief, measure_hands


def make_cells(hands=45.0, relief=0.0, n_days=56, seed=0, busiest=30):
    """Half-hours whose making is three minutes and Erlang's wait at one server with ``hands`` seconds an
    order; ``relief``: change of ln making with one person more."""
    rng = np.random.default_rng(seed)
    n = n_days * 26
    cells = pd.DataFrame(
        {
            "store_id": "a",
            "date": np.repeat(pd.date_range("2025-12-20", periods=n_days), 26),
            "slot": np.tile(np.arange(14, 40), n_days),
            "heads": rng.integers(1, 3, n),
            "n": rng.integers(1, busiest, n),
        }
    )
    wait = estimate_mean_wait(cells["n"] / 1_800 * hands, 1, hands)
    mean = (180 + np.minimum(wait, 1_800)) * np.exp(relief * cells["heads"]) * np.exp(rng.normal(0, 0.02, n))
    return cells.assign(n_timed=cells["n"], seconds=cells["n"] * mean)


def test_the_time_at_hands_of_a_queue_is_recovered():
    found = measure_hands(make_cells())
    assert found.slows.value == pytest.approx(45.0, abs=2.0) and found.slows.holds(45.0)


def test_the_longest_time_is_that_of_the_busiest_half_hours():
    cells = make_cells()
    rate = np.sort((2 * cells["n"] / cells["heads"]).to_numpy())
    found = measure_hands(cells)
    assert found.carried.value == rate[int(np.ceil(0.95 * len(rate))) - 1]
    assert found.most.value == pytest.approx(3_600 / found.carried.value)
    low, high = found.bounds
    assert low <= found.slows.value and high >= found.most.value


@pytest.mark.parametrize("relief", [0.0, -0.1])
def test_relief_is_what_one_person_more_does(relief):
    found = estimate_relief(make_cells(relief=relief))
    assert found.value == pytest.approx(np.expm1(relief), abs=0.02)
    assert found.holds(0) == (relief == 0)


def test_too_little_says_nothing():
    assert measure_hands(make_cells(n_days=2)).bounds is None
    assert measure_hands(make_cells().head(0)).bounds is None
    assert estimate_relief(make_cells().head(3)).value is None
    assert estimate_relief(make_cells().assign(heads=1)).value is None


def test_heads_are_counted_by_who_is_there_for_most_of_a_half_hour():
    shifts = pd.DataFrame({
        "store_id": "a", "date": pd.Timestamp("2026-02-02"), "begins": [400, 390, 390, 390],
        "ends": [480, 436, 480, 480], "is_worked": [True, True, False, True],
    })  # fmt: skip
    found = count_heads(shifts).set_index("slot")["heads"].to_dict()
    assert found == {13: 3, 14: 3, 15: 2}
