"""A prepared site model of simulated stores on real Manhattan, built once."""

from __future__ import annotations

import functools

from lucky_analytics.questions.strategy.site_what_if import scenario as scenarios
from lucky_analytics.questions.strategy.site_what_if.prepare import PreparedSites, prepare_sites
from lucky_analytics.reference.manhattan import load_layers
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import simulate

VARICK = ["180 Varick", 40.7275, -74.0054]
COLUMBUS = ["Columbus Circle", 40.7681, -73.9819]
BROOKLYN = ["Bedford Ave", 40.7170, -73.9566]
RIVER = ["River", 40.7300, -74.0230]


@functools.cache
def prepared(seed: int = 5) -> PreparedSites:
    return prepare_sites(SimulatedSuite(simulate(seed)), load_layers())


def scenario(*places: list, left_out: tuple[str, ...] = (), **levers: float) -> scenarios.Scenario:
    document = {"candidates": list(places), "left_out": list(left_out), "levers": levers}
    return scenarios.read_scenario(document, prepared().store_names)
