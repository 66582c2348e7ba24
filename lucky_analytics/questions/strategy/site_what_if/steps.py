"""What would these sites earn, each and together, under these assumptions? One function for app and report.

At rest the levers give the numbers of site_scoring. Those of the choice model (outside option, residents or
jobs) move them by the ratio of that model's answer with the lever moved to its answer at rest: the openings
so far say how much is taken, the choice model how that would change.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites.site_draws import WeeklyShares, draw_weekly_shares
from lucky_analytics.models.sites.site_model import describe_sites
from lucky_analytics.models.sites.site_outlook import explain_sites, find_comparables, score_sites
from lucky_analytics.models.sites.site_payback import Lease, estimate_needs, estimate_payback
from lucky_analytics.models.sites.site_range import inside_range
from lucky_analytics.questions.strategy.site_what_if.prepare import PreparedSites
from lucky_analytics.questions.strategy.site_what_if.scenario import Scenario
from lucky_analytics.questions.strategy.site_what_if.site_chain import (
    PLACE,
    World,
    build_world,
    predict_with_levers,
)
from lucky_analytics.questions.strategy.site_what_if.site_sets import estimate_set
from lucky_analytics.questions.strategy.site_what_if.sites_together import (
    combine_sites,
    crowd_sites,
    list_losses,
)

__all__ = [
    "MONTHS",
    "Answer",
    "answer_scenario",
    "describe_candidates",
    "expect_profit",
    "make_lease",
    "require_sites",
]

MONTHS = 12
HORIZON_MONTHS = 36


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
    together, _ = combine_sites(world, predicted)
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
    answer.losses = list_losses(world, predicted)
    answer.ramps = _ramps(world, predicted["gross"])
    answer.drivers = explain_sites(world.model, predicted).set_index("site")
    answer.together, answer.losses_together = combine_sites(world, predicted)
    n = len(inside)
    ladder = world.rank_sets(n) if world.model.is_ranked and len(reference) >= n else np.empty(0)
    for name, end in (("score", "net"), ("score_low", "net_low"), ("score_high", "net_high")):
        place = np.searchsorted(ladder, answer.together[end], side="right")
        answer.together[name] = 100 * float(place) / len(ladder) if len(ladder) else np.nan
    answer.lease_together = make_lease(levers, n)
    for end in ("", "_low", "_high"):
        answer.together[f"profit{end}"] = answer.lease_together.profit(answer.together[f"net{end}"])
    # In the order in which the sites were drawn alone, so that each keeps its draws.
    crowded = (
        crowd_sites(world, predicted, answer.together).set_index("site").loc[payback["site"]].reset_index()
    )
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


def _ramps(world: World, plateau: pd.Series) -> pd.DataFrame:
    """Sales in each of the first months: the mean share of the plateau over the days of the month."""
    fit = world.fitted.fit
    days = (np.arange(MONTHS * 30) + 0.5) / 30 * WEEKS_A_MONTH
    share = np.exp(fit.shape.log_level(days, *fit.growth)).reshape(MONTHS, 30).mean(axis=1)
    return pd.DataFrame(np.outer(plateau, share), columns=range(1, MONTHS + 1))
