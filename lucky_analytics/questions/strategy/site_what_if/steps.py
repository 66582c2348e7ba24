"""What would these sites earn, each and together, under these assumptions? One function for app and report.

At rest the levers give the numbers of site_scoring. Those of the choice model (outside option, residents or
jobs) move them by the ratio of that model's answer with the lever moved to its answer at rest: the openings
so far say how much is taken, the choice model how that would change.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.methods.places.huff import divert_one_by_one
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites.site_draws import WeeklyShares, draw_weekly_shares
from lucky_analytics.models.sites.site_model import SiteModel, add_demand, describe_sites, predict_sites
from lucky_analytics.models.sites.site_outlook import explain_sites, find_comparables, score_sites
from lucky_analytics.models.sites.site_payback import Lease, estimate_needs, estimate_payback
from lucky_analytics.models.sites.site_range import inside_range, mark_range
from lucky_analytics.questions.strategy.site_what_if.prepare import Fitted, PreparedSites
from lucky_analytics.questions.strategy.site_what_if.scenario import LEASE, LEVERS, Scenario
from lucky_analytics.questions.strategy.site_what_if.site_sets import draw_sets, estimate_set

__all__ = [
    "MONTHS",
    "Answer",
    "World",
    "answer_scenario",
    "build_world",
    "describe_candidates",
    "expect_profit",
    "kernel_between",
    "make_lease",
    "predict_with_levers",
    "require_sites",
]

Array = NDArray[Any]
PLACE = ("latitude", "longitude")
MONTHS = 12
HORIZON_MONTHS = 36
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


@functools.lru_cache(maxsize=512)
def _describe(prepared: PreparedSites, latitude: float, longitude: float, radius: float) -> pd.DataFrame:
    """What surrounds one place: asked again at each lever, and the same each time."""
    place = pd.DataFrame({"latitude": [latitude], "longitude": [longitude]})
    return describe_sites(prepared.layers, place, radius)


@functools.lru_cache(maxsize=8)
def _weekly_shares(prepared: PreparedSites, reach: float, seed: int) -> WeeklyShares:
    n_weeks = int(np.ceil(HORIZON_MONTHS * WEEKS_A_MONTH))
    return draw_weekly_shares(prepared.fitted[reach].fit, n_weeks, seed=seed + 1)


def describe_candidates(prepared: PreparedSites, scenario: Scenario) -> pd.DataFrame:
    """Every candidate with what surrounds it, as from ``describe_sites``; empty without one."""
    found = [
        _describe(prepared, each.latitude, each.longitude, scenario.levers["radius"])
        for each in scenario.candidates
    ]
    if not found:
        return pd.DataFrame(columns=["site", *PLACE])
    described = pd.concat(found, ignore_index=True)
    described.insert(0, "site", [each.name for each in scenario.candidates])
    return described


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


def make_lease(levers: Mapping[str, float], n: int = 1) -> Lease:
    """The lease that the levers describe, of ``n`` sites together."""
    # Margin is what today's prices leave; a higher price adds to it, cost being the same.
    margin = 1 - (1 - levers["margin"]) / levers["price"]
    rent, build_out, fixed = (n * levers[name] for name in ("rent", "build_out", "fixed"))
    return Lease(rent, build_out, max(margin, 0.01), HORIZON_MONTHS, fixed)


def expect_profit(prepared: PreparedSites, scenario: Scenario) -> float | None:
    """The profit of ``answer_scenario`` alone, dollars a month at the plateau; null without a prediction.

    A tenth of the work: no draws, no ranks, no map. Raises as ``answer_scenario`` does.
    """
    world, described = build_world(prepared, scenario), describe_candidates(prepared, scenario)
    if described.empty:
        return None
    placed = world.place(described[described["refused"].isna()]).reset_index(drop=True)
    predicted = inside_range(predict_with_levers(world, placed)) if len(placed) else placed
    if predicted.empty:
        return None
    together, _ = _combine(world, predicted)
    return float(make_lease(scenario.levers, len(predicted)).profit(together["net"]))


class Answer:
    """What ``answer_scenario`` found: frames, in the order of the scenario's candidates.

    ``sites``: those for which something is predicted; columns of ``predict_sites``, ``score_sites`` and
    ``estimate_payback`` (which ``payback`` has alone), ``comparables``, and ``profit`` with its ends.
    ``needs``: of ``estimate_needs``, of those outside the range of our stores, too. ``losses``: dollars a
    month, site by store. ``ramps``: dollars a month, site by month. ``together``: one row, null without a
    site, its ``score`` among ``rank_sets``; ``payback_together`` and ``ramp_together`` as from
    ``estimate_set``, at ``lease_together``. ``drivers``: change from the mean store, site by reason.
    ``described``: every candidate, with ``refused`` and ``outside``. ``reference``: the tracts' points.
    """

    described: pd.DataFrame
    needs: pd.DataFrame
    sites: pd.DataFrame
    payback: pd.DataFrame
    losses: pd.DataFrame
    ramps: pd.DataFrame
    drivers: pd.DataFrame
    reference: pd.DataFrame
    together: dict[str, float] | None
    losses_together: pd.Series
    payback_together: dict[str, float] | None
    ramp_together: pd.DataFrame
    lease: Lease
    lease_together: Lease
    world: World


def answer_scenario(prepared: PreparedSites, scenario: Scenario, seed: int = 1) -> Answer:
    """Evaluate a scenario: each candidate alone, all together, and the whole island for the map.

    Revenue is dollars a month at the plateau, tax included. Raises ``LuckyError`` where the data cannot fit
    the walking distance chosen.
    """
    answer, levers = Answer(), scenario.levers
    world = answer.world = build_world(prepared, scenario)
    reference = answer.reference = world.reference
    answer.described = describe_candidates(prepared, scenario)
    answer.lease = answer.lease_together = make_lease(levers)
    answer.together, answer.losses_together = None, pd.Series(0.0, index=world.open_sites["site"])
    answer.payback_together, answer.ramp_together = None, pd.DataFrame()
    shares = _weekly_shares(prepared, levers["decay"], seed)
    inside, answer.needs = answer.described, pd.DataFrame()
    if len(inside):
        placed = world.place(inside[inside["refused"].isna()])
        answer.described = inside.assign(outside=placed["outside"].reindex(inside.index))
        every = predict_with_levers(world, placed.reset_index(drop=True))
        if len(every):
            answer.needs = estimate_needs(world.model, every, answer.lease, shares, seed=seed)
        inside = predicted = inside_range(every)
    if inside.empty:
        answer.sites = answer.payback = answer.losses = answer.ramps = answer.drivers = pd.DataFrame()
        return answer
    scored = score_sites(world.model, predicted, reference, seed=seed)
    scored["comparables"] = find_comparables(world.model, scored)
    payback = answer.payback = estimate_payback(
        world.model, world.fitted.fit, scored, answer.lease, seed=seed, shares=shares
    )
    order = scored["site"].map({name: place for place, name in enumerate(inside["site"])})
    scored = scored.merge(payback, on="site", validate="1:1").assign(order=order.to_numpy())
    for end in ("", "_low", "_high"):
        scored[f"profit{end}"] = answer.lease.profit(scored[f"net{end}"])
    answer.sites = scored.sort_values("order", ignore_index=True).drop(columns="order")
    answer.losses = _losses(world, predicted)
    answer.ramps = _ramps(world, predicted["gross"])
    answer.drivers = explain_sites(world.model, predicted).set_index("site")
    answer.together, answer.losses_together = _combine(world, predicted)
    n = len(inside)
    ladder = world.rank_sets(n) if world.model.is_ranked and len(reference) >= n else np.empty(0)
    for name, end in (("score", "net"), ("score_low", "net_low"), ("score_high", "net_high")):
        place = np.searchsorted(ladder, answer.together[end], side="right")
        answer.together[name] = 100 * float(place) / len(ladder) if len(ladder) else np.nan
    answer.lease_together = make_lease(levers, n)
    for end in ("", "_low", "_high"):
        answer.together[f"profit{end}"] = answer.lease_together.profit(answer.together[f"net{end}"])
    # In the order in which the sites were drawn alone, so that each keeps its draws.
    crowded = _crowd(world, predicted, answer.together).set_index("site").loc[payback["site"]].reset_index()
    ramp = _ramps(world, pd.Series([answer.together["gross"]])).iloc[0].to_numpy()
    answer.payback_together, answer.ramp_together = estimate_set(
        world.model, crowded, ramp, answer.lease_together, shares, seed=seed
    )
    return answer


def require_sites(answer: Answer) -> dict[str, float]:
    """``together`` of an answer. Raises ``LuckyError`` when nothing is predicted for any candidate."""
    if answer.together is None:
        n = len(answer.described)
        expected = "a site inside the layers (Manhattan) and the range of our stores"
        raise LuckyError("scenario", expected=expected, got=f"{n} outside")
    return answer.together


def _losses(world: World, sites: pd.DataFrame) -> pd.DataFrame:
    pull, _ = world.choose(sites)
    share = 1 - np.exp(
        world.model.sister.effect * kernel_between(world.model, sites, world.open_sites) * pull
    )
    return pd.DataFrame(share * world.sold, index=sites["site"], columns=world.open_sites["site"])


def _ramps(world: World, plateau: pd.Series) -> pd.DataFrame:
    """Sales in each of the first months: the mean share of the plateau over the days of the month."""
    fit = world.fitted.fit
    days = (np.arange(MONTHS * 30) + 0.5) / 30 * WEEKS_A_MONTH
    share = np.exp(fit.shape.log_level(days, *fit.growth)).reshape(MONTHS, 30).mean(axis=1)
    return pd.DataFrame(np.outer(plateau, share), columns=range(1, MONTHS + 1))


def _combine(world: World, sites: pd.DataFrame) -> tuple[dict[str, float], pd.Series]:
    """All sites open together: they crowd each other, and what they take from a store compounds.

    The ends add up those of the sites: cautious, as if all missed in the same direction.
    """
    sister = world.model.sister
    mutual = _crowding_of_each_other(world, sites)
    pull, _ = world.choose(sites)
    strength = (kernel_between(world.model, sites, world.open_sites) * pull).sum(axis=0)
    z = float(norm.ppf(0.5 + world.model.level / 2))
    found: dict[str, float] = {}
    for name in ("gross", "gross_low", "gross_high"):
        found[name] = float((sites[name] * np.exp(mutual)).sum())
    found["taken_from_each_other"] = float(sites["gross"].sum()) - found["gross"]
    for name, side in (("taken", 0.0), ("taken_low", 1.0), ("taken_high", -1.0)):
        effect = min(sister.effect + side * z * sister.se, 0.0)
        found[name] = float(((1 - np.exp(effect * strength)) * world.sold).sum())
    found["net"] = found["gross"] - found["taken"]
    found["net_low"] = found["gross_low"] - found["taken_high"]
    found["net_high"] = found["gross_high"] - found["taken_low"]
    lost = pd.Series((1 - np.exp(sister.effect * strength)) * world.sold, index=world.open_sites["site"])
    return found, lost


def _crowding_of_each_other(world: World, sites: pd.DataFrame) -> Array:
    """What the other new sites take from each of them, as the log of its sales."""
    near = kernel_between(world.model, sites, sites) - np.eye(len(sites))
    return world.model.sister.effect * near.sum(axis=1)


def _crowd(world: World, sites: pd.DataFrame, together: dict[str, float]) -> pd.DataFrame:
    """``sites`` as they sell with all of them open; of what they take only the sum is meant."""
    near = (kernel_between(world.model, sites, sites) - np.eye(len(sites))).sum(axis=1)
    gross = sites["gross"] * np.exp(world.model.sister.effect * near)
    taken = {name: together[name] / len(sites) for name in ("taken", "taken_low", "taken_high")}
    return sites.assign(gross=gross, exposure=sites["exposure"] + near, **taken)
