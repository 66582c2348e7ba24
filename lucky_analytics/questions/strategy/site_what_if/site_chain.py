"""The chain under a scenario's levers, before any candidate: what it sells, what a site would."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.methods.places.huff import divert_one_by_one
from lucky_analytics.models.sites.site_model import SiteModel, add_demand, predict_sites
from lucky_analytics.models.sites.site_range import inside_range, mark_range
from lucky_analytics.questions.strategy.site_what_if.levers import LEASE, LEVERS
from lucky_analytics.questions.strategy.site_what_if.prepare import Fitted, PreparedSites
from lucky_analytics.questions.strategy.site_what_if.scenario import Scenario
from lucky_analytics.questions.strategy.site_what_if.site_sets import draw_sets

__all__ = ["PLACE", "World", "build_world", "kernel_between", "predict_with_levers"]

Array = NDArray[Any]
PLACE = ("latitude", "longitude")
# The choice model's ratio is a what-if on nine stores: further than this it says nothing.
_MOST_TIMES = 3.0


def kernel_between(model: SiteModel, sites: pd.DataFrame, others: pd.DataFrame) -> Array:
    """How near each site is to each other place, as sister stores feel it: 1 next door, falling with km."""
    km = great_circle_km(*(sites[c] for c in PLACE), *(others[c] for c in PLACE))
    return decay_weights(km, model.sister.scale_km)


class World:
    """The chain under a scenario's levers, before any candidate: its model, its open stores, its demand."""

    def __init__(self, prepared: PreparedSites, scenario: Scenario):
        levers = scenario.levers
        if levers["decay"] not in prepared.fitted:
            known = ", ".join(f"{reach:g}" for reach in prepared.fitted)
            raise LuckyError("walking distance", expected=f"one that the data can fit: {known} km")
        self.levers, self.prepared = levers, prepared
        self.fitted: Fitted = prepared.fitted[levers["decay"]]
        self.model: SiteModel = prepared.models[levers["decay"], levers["radius"]]
        everything = self.fitted.open_sites
        is_out = everything["site"].isin(scenario.left_out)
        self.open_sites = everything[~is_out].reset_index(drop=True)
        before = everything["dollars_month"].fillna(0)
        self.closed = float(before[is_out].sum())
        if is_out.any():
            # Those that stay get back what the closed ones took from them: at most what those sold.
            freed = kernel_between(self.model, self.open_sites, everything[is_out]).sum(axis=1)
            back = np.exp(-self.model.sister.effect * freed) - 1
            regained = float(back @ before[~is_out])
            times = 1 + back * min(1.0, self.closed / regained if regained > 0 else 1.0)
            self.open_sites["orders_week"] *= times
            self.open_sites["dollars_month"] *= times
        self.sold = self.open_sites["dollars_month"].fillna(0).to_numpy(float)
        self.regained = float(self.sold.sum() - before[~is_out].sum())
        self._ladders: dict[int, Array] = {}
        tracts = prepared.layers.tracts
        self.tracts = tracts[tracts["jobs"].notna()]

    @functools.cached_property
    def reference(self) -> pd.DataFrame:
        """A point in every tract in range, predicted: what scores are percentiles of, and the map shows."""
        return predict_with_levers(self, self._points, self._reference_choice)

    @functools.cached_property
    def _points(self) -> pd.DataFrame:
        return inside_range(self.place(self.prepared.reference[self.levers["radius"]]))

    @functools.cached_property
    def _reference_choice(self) -> tuple[Array, Array]:
        return self.choose(self._points)

    def place(self, sites: pd.DataFrame) -> pd.DataFrame:
        """``sites`` as from ``describe_sites`` with their demand, their exposure and ``outside``."""
        decay, weight = self.levers["decay"], self.fitted.outside.weight
        sites = add_demand(self.prepared.layers, sites, decay_km=decay, outside=weight)
        exposure = kernel_between(self.model, sites, self.open_sites).sum(axis=1)
        return mark_range(self.model, sites.assign(exposure=exposure))

    def rank_sets(self, k: int) -> Array:
        """What sets of ``k`` tracts drawn at random add net, lowest first: the ladder of a set's score."""
        if k not in self._ladders:
            points = self.reference
            between = kernel_between(self.model, points, points) - np.eye(len(points))
            to_stores = kernel_between(self.model, points, self.open_sites) * self._reference_choice[0]
            gross, effect = points["gross"].to_numpy(float), self.model.sister.effect
            _, net = draw_sets(gross, between, to_stores, self.sold, effect, k)
            self._ladders[k] = np.sort(net)
        return self._ladders[k]

    @property
    def is_choice_at_rest(self) -> bool:
        return all(self.levers[name] == LEVERS[name].default for name in ("outside", "jobs_share"))

    def choose(self, sites: pd.DataFrame) -> tuple[Array, Array]:
        """How many times as much as at rest each site takes from each store (k, m), and sells itself (k,)."""
        if self.is_choice_at_rest or self.fitted.outside.doubt or not len(sites):
            return np.ones((len(sites), len(self.open_sites))), np.ones(len(sites))
        found = []
        cost = great_circle_km(*(self.tracts[c] for c in PLACE), *(self.open_sites[c] for c in PLACE))
        new = great_circle_km(*(self.tracts[c] for c in PLACE), *(sites[c] for c in PLACE))
        residents, jobs = (self.tracts[name].to_numpy(float) for name in ("residents", "jobs"))
        for jobs_share, times in ((0.5, 1.0), (self.levers["jobs_share"], self.levers["outside"])):
            demand = 2 * ((1 - jobs_share) * residents + jobs_share * jobs)
            outside = self.fitted.outside.weight * times
            decay = self.levers["decay"]
            lost, gained = divert_one_by_one(demand, cost, new, decay_km=decay, outside=outside)
            pull = np.exp(-cost / decay)
            stores = (demand / (outside + pull.sum(axis=1))) @ pull
            found.append((lost, gained / stores.mean()))
        (lost_rest, gain_rest), (lost_moved, gain_moved) = found
        ends = (1 / _MOST_TIMES, _MOST_TIMES)
        floor = np.finfo(float).tiny
        pull_times = np.clip(np.maximum(lost_moved, floor) / np.maximum(lost_rest, floor), *ends)
        return pull_times, np.clip(gain_moved / gain_rest, *ends)


def build_world(prepared: PreparedSites, scenario: Scenario) -> World:
    """The chain that a scenario describes, remembered. Raises ``LuckyError`` for levers without a fit."""
    # What a lease costs changes nothing in the world: one world for all rents.
    levers = tuple((name, scenario.levers[name]) for name in LEVERS if name not in LEASE)
    return _remembered_world(prepared, levers, scenario.left_out)


@functools.lru_cache(maxsize=24)
def _remembered_world(
    prepared: PreparedSites, levers: tuple[tuple[str, float], ...], left_out: tuple[str, ...]
) -> World:
    return World(prepared, Scenario((), left_out, dict(levers)))


def predict_with_levers(
    world: World, sites: pd.DataFrame, choice: tuple[Array, Array] | None = None
) -> pd.DataFrame:
    """``predict_sites`` with every lever in it; ``sites`` as from ``World.place`` at the same radius.

    ``choice``: of ``world.choose`` for these sites, when it is known already.
    """
    pull, reach = choice or world.choose(sites)
    table = predict_sites(world.model, sites, world.open_sites, pull)
    price = world.levers["price"]
    times = reach * price ** (1 + world.levers["response"])
    for name in ("gross", "gross_low", "gross_high"):
        table[name] *= times
    table["orders_week"] *= times / price
    table["net"] = table["gross"] - table["taken"]
    table["net_low"] = table["gross_low"] - table["taken_high"]
    table["net_high"] = table["gross_high"] - table["taken_low"]
    return table
