"""Price elasticity of cigarettes, 1995: the published values of Stock and Watson (2007), chapter 12.

Also the worked example of ``ivreg`` in the R package AER (F 244.7, Sargan .333 with p .564). Four decimals
are published, the tolerance is half of the last.
"""

from __future__ import annotations

import pytest

from lucky_analytics.methods.prices.two_stage import estimate_anderson_rubin, fit_two_stage
from tests.reference import cigarettes_1995

FRAME = cigarettes_1995.load()
BOTH = ["sales_tax", "excise_tax"]


@pytest.mark.parametrize(
    ("instruments", "published"), [([], -1.4065), (["sales_tax"], -1.1434), (BOTH, -1.2774)]
)
def test_elasticity_is_the_published_one(instruments, published):
    fit = fit_two_stage(FRAME, "log_packs", "log_price", instruments, ["log_income"])
    assert fit.estimate("log_price")[0] == pytest.approx(published, abs=5e-5)
    assert fit.n == 48


def test_both_taxes_agree_and_are_strong():
    fit = fit_two_stage(FRAME, "log_packs", "log_price", BOTH, ["log_income"])
    assert fit.sargan == pytest.approx(0.3326, abs=5e-5)
    assert fit.sargan_p == pytest.approx(0.564, abs=5e-4)
    assert fit.first_stage_f == pytest.approx(244.7, abs=0.05)
    # Equation 12.16 prints the robust standard error .25 for the price.
    assert fit.estimate("log_price")[1] == pytest.approx(0.25, abs=0.005)


def test_strong_instruments_give_an_anderson_rubin_interval_around_the_estimate():
    low, high = estimate_anderson_rubin(FRAME, "log_packs", "log_price", ["sales_tax"], ["log_income"])
    assert low < -1.1434 < high
    assert high - low < 2.5
