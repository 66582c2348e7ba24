from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.methods.growth.curves import age_at_share, fit_curve, log_share, logistic


@pytest.mark.parametrize("form", ["gompertz", "logistic"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_age_at_share_inverts_the_curve(form, share):
    age = age_at_share(form, share, 3.0, 0.55)
    assert age > 0
    assert np.exp(log_share(form, age, 3.0, 0.55)) == pytest.approx(share)


def test_a_unit_that_opens_above_the_share_reached_it_at_zero():
    assert np.exp(log_share("gompertz", 0, 0.5, 0.5)) > 0.5
    assert age_at_share("gompertz", 0.5, 0.5, 0.5) == 0


def test_larger_b_starts_lower_and_larger_k_grows_faster():
    assert log_share("gompertz", 1, 2.0, 0.5) < log_share("gompertz", 1, 1.0, 0.5)
    assert log_share("gompertz", 1, 1.0, 0.9) > log_share("gompertz", 1, 1.0, 0.5)


def test_unknown_form():
    with pytest.raises(UnknownNameError, match="logistic"):
        log_share("logistics", 1, 1, 1)
    with pytest.raises(UnknownNameError, match="gompertz"):
        age_at_share("gompert", 0.9, 1, 1)


def test_fewer_points_than_parameters():
    with pytest.raises(LuckyError, match="at least 3 points, got 2"):
        fit_curve(logistic, [1, 2], [1, 2], [1, 1, 1])


def test_a_line_has_no_plateau():
    with pytest.raises(LuckyError, match="bends towards a plateau"):
        fit_curve(lambda x, a, b: a * b * x, [1.0, 2, 3, 4], [1.0, 2, 3, 4], [1, 1])
