"""In worlds with one mechanism, uncalibrated, the planted values are covered by their intervals.

Replications are small and generated without being written. Pooled over a family's parameters, the share of
nominal 95 % intervals that cover must lie inside the 99 % interval of the mean per-replication coverage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lucky_analytics.demo.build import generate
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.truth import oracle_customers, oracle_stores
from lucky_analytics.demo.truth.estimates import Estimate
from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.demo.truth.single import STORE_LED, only_plants

N_WORLDS = 40
pytestmark = pytest.mark.full
ELASTICITIES = set(CATEGORIES)


def _world(only: str, scale: float, seed: int) -> World:
    targets = replace(Targets.at(scale), is_calibrated=False, is_store_led=only in STORE_LED)
    planted = only_plants(plants(), only)
    if only == "elasticity":  # more coupons by chance, so that small worlds show every category
        planted["elasticity"].update(randomised_share=0.9, targeted_share=0.0)
    return generate.generate(targets, planted, seed)


def _covered(
    only: str, scale: float, names: set[str], estimates: Callable[[World], list[Estimate]]
) -> tuple[float, float]:
    """Mean coverage over worlds and the half width of its 99 % interval, worlds as clusters."""
    shares = []
    for seed in range(100, 100 + N_WORLDS):
        found = [e for e in estimates(_world(only, scale, seed)) if e.name in names]
        assert {e.name for e in found} == names
        shares.append(np.mean([abs(e.after - e.planted) <= 1.96 * e.se for e in found]))
    return float(np.mean(shares)), 3.1 * max(float(np.std(shares, ddof=1)), 0.05) / np.sqrt(N_WORLDS)


@pytest.mark.parametrize(
    ("only", "scale", "names", "estimates"),
    [
        ("customers", 0.02, {"r", "alpha", "a", "b"}, oracle_customers.customer_estimates),
        ("churn", 0.02, {"coupon_acquired", "nearby_opening"}, oracle_customers.customer_estimates),
        ("ramp", 0.2, {"b", "k"}, oracle_stores.ramp_estimates),
        ("cannibalisation", 0.2, {"weight"}, oracle_stores.ramp_estimates),
        ("elasticity", 0.05, ELASTICITIES, oracle_customers.elasticity_estimates),
    ],
)
def test_planted_values_are_covered(
    only: str, scale: float, names: set[str], estimates: Callable[[World], list[Estimate]]
):
    coverage, half_width = _covered(only, scale, names, estimates)
    assert coverage >= 0.95 - half_width, f"{coverage:.2f} of 0.95"
