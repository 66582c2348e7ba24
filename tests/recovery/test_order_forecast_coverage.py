"""Orders to expect hold what comes where customers go on as they did, and where forecasts are off as before.

The interval is that of the page: how far forecasts of earlier dates were off (``measure_miss``). What is
drawn is the orders of every day around what a model forecasts. Rule, stated before the worlds are drawn
(seeds from 0 on): in each kind of world and for each period, of 200 dates the number whose
interval holds what came lies in the exact binomial band of the level, or above it: few spans of time leave
intervals wide. The interval of a model that takes its own days for independent must fail where forecasts are
off.

Measured over 200 dates, 30, 60 and 90 days: .91, .90, .90 where customers go on as they did; 1 in each where
always a tenth more comes; .92, .91, .93 with busy and slow months, .93, .93, .91 with such weeks.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter
from scipy.stats import norm

from lucky_analytics.questions.marketing.churn_cohorts import order_forecasts as order_tests
from tests.coverage_rule import count_worlds, holds, holds_at_least

LEVEL, PERIODS = 0.9, (30, 60, 90)
N_WORLDS = count_worlds(200)
pytestmark = pytest.mark.full
N_DAYS, A_DAY = 229, 1_000.0
KINDS = {
    "as they did": {},
    "always more than forecast": {"always": 0.10},
    "busy and slow months": {"sd": 0.08, "memory": 30.0},
    "busy and slow weeks": {"sd": 0.08, "memory": 7.0},
}
FALSE_ALARM = 0.01 / (len(KINDS) * len(PERIODS))


def draw_tests(seed: int, always: float = 0.0, sd: float = 0.0, memory: float = 1.0) -> pd.DataFrame:
    """What ``run_order_tests`` returns at the end of ``N_DAYS``, and what came of its last forecast.

    Orders of a day are Poisson around ``A_DAY`` times the exponential of ``always`` and of a state with
    standard deviation ``sd`` that forgets itself over ``memory`` days.
    """
    chance, kept = np.random.default_rng(seed), np.exp(-1 / memory)
    steps = chance.normal(0, sd * np.sqrt(1 - kept**2), N_DAYS + max(PERIODS))
    steps[0] = chance.normal(0, sd)
    came = chance.poisson(A_DAY * np.exp(always + lfilter([1.0], [1.0, -kept], steps)))
    rows = []
    for period in PERIODS:
        backs = range(period, N_DAYS - order_tests.FIRST_DAYS + 1, order_tests.STEP_DAYS)
        for cut in [*(N_DAYS - back for back in backs), N_DAYS]:
            rows.append((cut, period, "known", A_DAY * period, float(came[cut : cut + period].sum())))
    table = pd.DataFrame(rows, columns=["day", "period", "whose", "predicted", "came"])
    cut = pd.Timestamp("2025-06-30") + pd.to_timedelta(table["day"], unit="D")
    return table.assign(cut=cut).sort_values(["period", "cut"], ignore_index=True)


@functools.cache
def held(kind: str) -> pd.DataFrame:
    """Of each world (row) and period (column), whether the last forecast's interval holds what came."""
    found = []
    for seed in range(N_WORLDS):
        tests = draw_tests(seed, **KINDS[kind])
        last = tests.groupby("period").tail(1).set_index("period")
        misses = order_tests.measure_misses(tests.assign(came=tests["came"].where(tests["day"] < N_DAYS)))
        half = pd.Series({period: misses["known", period].half(LEVEL) for period in PERIODS})
        found.append(np.abs(np.log(last["came"] / last["predicted"])) <= half)
    return pd.DataFrame(found)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("kind", KINDS)
def test_orders_to_expect_hold_what_comes(kind, period):
    found = held(kind)[period]
    assert holds_at_least(found, LEVEL, FALSE_ALARM), f"{found.mean():.3f}"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind]])
def test_an_interval_of_independent_days_fails(kind):
    found = []
    for seed in range(N_WORLDS):
        last = draw_tests(seed, **KINDS[kind]).query("period == 30").iloc[-1]
        half = norm.ppf(0.5 + LEVEL / 2) * np.sqrt(last["predicted"])
        found.append(abs(last["came"] - last["predicted"]) <= half)
    assert not holds(found, LEVEL, FALSE_ALARM)
