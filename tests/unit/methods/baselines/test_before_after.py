"""Before and after: a planted change is found, a steady series shows none, each as often as stated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.baselines.before_after import MOST_PAST, compare_after

DS = pd.date_range("2025-07-01", periods=228)
START = DS[-28]


def series(random, change=0.0):
    level = 100 * np.exp(np.cumsum(random.normal(0, 0.004, len(DS))))
    weekday = np.where(DS.day_of_week < 5, 1.2, 0.5)
    y = level * weekday * np.exp(random.normal(0, 0.08, len(DS)))
    return pd.DataFrame({"ds": DS, "y": np.where(DS >= START, y * (1 + change), y)})


def test_the_means_are_plain_ones_and_days_after_the_window_do_not_count():
    days = series(np.random.default_rng(1))
    found = compare_after(days, DS[-56], 28)
    assert found.came == pytest.approx(days["y"][-56:-28].mean())
    cut = compare_after(days.iloc[:-28], DS[-56], 28)
    assert cut == found
    assert found.change.value == pytest.approx(found.came / found.expected - 1)


WORLDS = [8, pytest.param(200, marks=pytest.mark.full)]


@pytest.mark.parametrize("n", WORLDS)
def test_the_interval_holds_the_planted_change_as_often_as_stated(n):
    random = np.random.default_rng(7)
    found = [compare_after(series(random, 0.2), START, 28, 0.9).change for _ in range(n)]
    assert np.mean([each.holds(0.2) for each in found]) > 0.9 - 2 * np.sqrt(0.09 / n)
    assert np.mean([not each.holds(0.0) for each in found]) > 0.5
    assert {each.n for each in found} == {6}


@pytest.mark.parametrize("n", WORLDS)
def test_where_nothing_changed_hardly_anything_is_claimed(n):
    random = np.random.default_rng(8)
    claimed = [not compare_after(series(random), START, 28, 0.9).change.holds(0.0) for _ in range(n)]
    assert np.mean(claimed) < 0.1 + 2 * np.sqrt(0.09 / n)


def test_a_short_past_has_a_value_and_no_interval():
    days = series(np.random.default_rng(2)).iloc[-80:]
    change = compare_after(days, START, 28).change
    assert change.value is not None and change.low is None and change.n == 0


@pytest.mark.parametrize("part", [slice(-40, None), slice(None, -28)], ids=["no past", "nothing after"])
def test_without_days_on_both_sides_nothing_is_said(part):
    with pytest.raises(ParameterError, match="28 days before and one after"):
        compare_after(series(np.random.default_rng(3)).iloc[part], START, 28)


def test_a_value_of_nought_is_refused():
    days = series(np.random.default_rng(4))
    days.loc[3, "y"] = 0.0
    with pytest.raises(ParameterError, match="values above 0"):
        compare_after(days, START, 28)


def test_no_more_windows_than_are_needed_are_looked_at():
    assert compare_after(series(np.random.default_rng(5)), DS[-7], 7).change.n == MOST_PAST
