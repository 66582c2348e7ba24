"""Nonlinear growth against certified values: NIST Statistical Reference Datasets, Rat42 and Rat43.

Source: https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml; data from Ratkowsky (1983), Nonlinear
Regression Modeling, pages 61 and 88 (pasture yield, onion dry weight). Certified to eleven digits; the
tolerance is six, which both certified starting points reach.
"""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.growth.curves import fit_curve, logistic, richards

RAT42_X = [9, 14, 21, 28, 42, 57, 63, 70, 79]
RAT42_Y = [8.930, 10.800, 18.590, 22.330, 39.350, 56.110, 61.730, 64.620, 67.080]
RAT42 = [72.462237576, 2.6180768402, 0.067359200066]
RAT42_SE = [1.7340283401, 0.088295217536, 0.0034465663377]

RAT43_X = list(range(1, 16))
RAT43_Y = [16.08, 33.83, 65.80, 97.20, 191.55, 326.20, 386.87, 520.53, 590.03, 651.92]
RAT43_Y += [724.93, 699.56, 689.96, 637.56, 717.41]
RAT43 = [699.64151270, 5.2771253025, 0.75962938329, 1.2792483859]
RAT43_SE = [16.302297817, 2.0828735829, 0.19566123451, 0.68761936385]


@pytest.mark.parametrize("start", [[100, 1, 0.1], [75, 2.5, 0.07]])
def test_rat42(start):
    fit = fit_curve(logistic, RAT42_X, RAT42_Y, start)
    np.testing.assert_allclose(fit.parameters, RAT42, rtol=1e-6)
    np.testing.assert_allclose(fit.standard_errors, RAT42_SE, rtol=1e-5)
    assert fit.residual_sum_squares == pytest.approx(8.0565229338, rel=1e-8)
    assert fit.n_free == 6


@pytest.mark.parametrize("start", [[100, 10, 1, 1], [700, 5, 0.75, 1.3]])
def test_rat43(start):
    fit = fit_curve(richards, RAT43_X, RAT43_Y, start)
    np.testing.assert_allclose(fit.parameters, RAT43, rtol=1e-5)
    np.testing.assert_allclose(fit.standard_errors, RAT43_SE, rtol=1e-4)
    assert fit.residual_sum_squares == pytest.approx(8786.4049080, rel=1e-8)
