"""The calibrated demo estate: what was planted of machines' lives lies in the page's intervals."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.reliability.failure_rates import compare_clocks, fit_rates
from lucky_analytics.questions.operations.machine_fleet import failures_ahead, lives, plans

pytestmark = pytest.mark.full


def test_shape_scales_repairs_and_those_taken_out_are_as_planted(suite, truth):
    fleet, plant = lives.load_fleet(suite), truth["machines"]
    seen = lives.see(fleet)
    rates = fit_rates(seen.spells)
    low, high = np.quantile(1 + rates.since, [0.05, 0.95])
    assert low < plant["shape"]["planted"] < high
    assert np.quantile(rates.age, 0.05) < 0 < np.quantile(rates.age, 0.95)  # repaired ones are as good as new
    clocks = compare_clocks(seen.spells).set_index("clock")["p_value"]
    assert clocks["since repair"] < 0.01 and clocks["both"] > 0.05
    assert seen.repairs.mean() == pytest.approx(plant["repair_days"]["planted"], abs=0.5)
    # Of all machines 30 %; of those of the home market as chance had it.
    assert seen.n_out / len(fleet.machines) == pytest.approx(
        plant["decommissioned_share"]["planted"], abs=0.07
    )
    types = plans.compare_types(fleet, rates, 4.0, 0.9).set_index("machine_type")
    mean_life = np.array(plant["scale_days"]["planted"]) * 0.911  # of a Weibull life of shape 1.4
    planted = dict(zip(TYPES, mean_life, strict=True))
    held = [types.at[name, "low"] <= planted[name] <= types.at[name, "high"] for name in fleet.types]
    assert sum(held) >= 10  # of 14 at 90 %: fewer come once in 100 times


def test_forecasts_from_days_gone_by_held(suite):
    tried = failures_ahead.try_back(lives.load_fleet(suite), 30, 0.9)
    assert len(tried) == 6 and tried["is_held"].sum() >= 4


TYPES = [f"Schaerer {name}" for name in (
    "Soul 10", "Soul 10 Twin", "Soul 12", "Soul C", "Prime", "Prime Plus", "Club", "Club Twin", "Vito",
    "Vito Plus", "Art", "Art Plus", "Barista", "Barista Twin",
)]  # fmt: skip
