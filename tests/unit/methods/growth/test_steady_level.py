"""A steady series is called unusual as often as is stated, a fall as often as the power says."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.steady_level import expect_steady


def outside(level, n=8, sd=0.1, shift=0.0, n_series=1500):
    """Share of series whose next value, moved by ``shift`` in logs, is outside; and the mean fall noticed."""
    logs = np.random.default_rng(1).normal(0, sd, (n_series, n + 1))
    out, notices = 0, []
    for row in np.exp(logs):
        week = expect_steady(row[:-1], level)
        out += not week.low <= row[-1] * np.exp(shift) <= week.high
        notices.append(week.notices)
    return out / n_series, float(np.mean(notices))


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize("n", [4, 8, 12])
def test_false_alarms_come_at_the_stated_rate(level, n):
    assert outside(level, n)[0] == pytest.approx(1 - level, abs=0.02)


def test_a_fall_of_what_it_notices_is_noticed_four_times_in_five():
    _, notices = outside(0.95)
    assert outside(0.95, shift=np.log(1 - notices))[0] == pytest.approx(0.8, abs=0.07)
    assert outside(0.95, shift=np.log(1 - notices / 3))[0] < 0.4


def test_a_fall_is_not_absorbed_by_a_trend():
    falling = 1000 * 0.93 ** np.arange(9) * np.exp(np.resize([0.02, -0.02, 0.01], 9))
    assert falling[-1] < expect_steady(falling[:-1], 0.95).low


def test_four_values_above_zero_are_needed():
    for values in ([1, 2, 3], [1, 2, 0, 4]):
        with pytest.raises(ParameterError, match="at least 4 values above zero"):
            expect_steady(values, 0.9)
