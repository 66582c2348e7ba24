"""Prepared site models of simulated stores on real Manhattan, each built once."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.methods.places.huff import expected_demand
from lucky_analytics.questions.strategy.site_what_if import scenario as scenarios
from lucky_analytics.questions.strategy.site_what_if.prepare import PreparedSites, prepare_sites
from lucky_analytics.reference.manhattan import load_layers
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import PLACES, World, simulate
from tests.worlds_once import make_once

VARICK = ["180 Varick", 40.7275, -74.0054]
COLUMBUS = ["Columbus Circle", 40.7681, -73.9819]
BROOKLYN = ["Bedford Ave", 40.7170, -73.9566]
RIVER = ["River", 40.7300, -74.0230]
UPTOWN = ["East 86th St", 40.7794, -73.9559]


def demand_at(places: list[tuple[float, float]], outside: float = 0.5) -> np.ndarray:
    """Log of the people that a store alone at each place would draw within a walk of a kilometre."""
    tracts = load_layers().tracts
    tracts = tracts[tracts["jobs"].notna()]
    cost = great_circle_km(tracts["latitude"], tracts["longitude"], *np.array(places).T)
    people = tracts["residents"] + tracts["jobs"]
    return np.log(expected_demand(people, cost, decay_km=1.0, outside=outside))


@functools.cache
def telling_plateaus() -> tuple[float, ...]:
    log_demand = demand_at(PLACES)
    return tuple(np.log(2100) + 1.2 * (log_demand - log_demand.mean()))


def telling(seed: int = 5) -> World:
    """A world in which people around a store decide what it sells: places can be told apart."""
    return simulate(seed, log_plateaus=telling_plateaus())


def bills(world: World, rent: float, staff: float, an_order: float) -> pd.DataFrame:
    """Weekly bills of every store since its opening: dollars a week, and dollars an order for goods."""
    days = world.days.assign(week=world.days["ds"].dt.to_period("W").dt.end_time.dt.date)
    orders = days.groupby(["unique_id", "week"])["y"].sum().reset_index()
    costs = {
        "rent": 0 * orders["y"] + rent,
        "labour": 0 * orders["y"] + staff,
        "goods": an_order * orders["y"],
    }
    rows = [
        orders.assign(kind=kind, cost_cents=(100 * dollars).astype(int)) for kind, dollars in costs.items()
    ]
    frame = pd.concat(rows, ignore_index=True).rename(
        columns={"unique_id": "store_id", "week": "week_end_date"}
    )
    return frame.assign(bill_id=frame.index.astype(str)).drop(columns="y")


@functools.cache
def prepared(seed: int = 5) -> PreparedSites:
    """Of a world that tells places apart."""
    return make_once(f"sites-{seed}", lambda: prepare_sites(SimulatedSuite(telling(seed)), load_layers()))


@functools.cache
def prepared_blind(seed: int = 5) -> PreparedSites:
    """Of a world in which places say nothing; at rest only."""
    start = scenarios.start_scenario()
    return prepare_sites(SimulatedSuite(simulate(seed)), load_layers(), only=start)


def scenario(*places: list, left_out: tuple[str, ...] = (), **levers: float) -> scenarios.Scenario:
    document = {"candidates": list(places), "left_out": list(left_out), "levers": levers}
    return scenarios.read_scenario(document, tuple(f"Store {i}" for i in range(len(PLACES))))
