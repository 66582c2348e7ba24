"""Where the next sites should be: a bounded search over a grid, one site after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.models.sites.site_outlook import describe_basis
from lucky_analytics.models.sites.site_range import inside_range
from lucky_analytics.questions.strategy.site_what_if.prepare import GRID_KM, PreparedSites
from lucky_analytics.questions.strategy.site_what_if.scenario import OBJECTIVES, Scenario
from lucky_analytics.questions.strategy.site_what_if.site_chain import (
    PLACE,
    build_world,
    kernel_between,
    predict_with_levers,
)
from lucky_analytics.questions.strategy.site_what_if.steps import describe_candidates
from lucky_analytics.questions.strategy.site_what_if.support import TOO_NEAR_KM

__all__ = ["Found", "search_sites"]

MOST_SITES = 5


@dataclass(frozen=True)
class Found:
    """``sites``: neighbourhood, latitude, longitude, dollars a month that each adds after those before it.

    ``surface``: latitude, longitude, dollars a month that a first site there would add. ``is_complete``:
    whether the search came to its end within its time. Dollars follow the objective. ``refused``: why nothing
    is proposed; null where something may be.
    """

    sites: list[tuple[str, float, float, float]]
    surface: list[tuple[float, float, float]]
    objective: str
    step_km: float
    n_places: int
    is_complete: bool
    refused: str | None = None


def search_sites(
    prepared: PreparedSites,
    scenario: Scenario,
    objective: object = "net",
    k: object = 2,
    seconds: float = 2.0,
) -> Found:
    """The ``k`` grid points that add most to the objective, chosen greedily beside the scenario's candidates.

    Greedy is not always best: a pair may beat the best single site and its best partner. Points within 200 m
    of an own store or a chosen site are left out, and so are those unlike every store learned from. Nothing
    is proposed by a model that does not tell places apart. Candidates of the scenario count as opened first.
    Raises ``ParameterError`` for an unknown objective or a ``k`` outside 1 to 5.
    """
    if (
        objective not in OBJECTIVES
        or isinstance(k, bool)
        or not isinstance(k, int)
        or not 1 <= k <= MOST_SITES
    ):
        raise ParameterError(
            "search",
            expected=f"one of {', '.join(OBJECTIVES)} and 1 to {MOST_SITES} sites",
            got=f"{objective}, {k}",
        )
    ends = time.monotonic() + seconds
    world = build_world(prepared, scenario)
    if not world.model.is_ranked:
        return Found([], [], str(objective), GRID_KM, 0, True, describe_basis(world.model))
    radius = scenario.levers["radius"]
    grid = prepared.grid[radius]
    placed = describe_candidates(prepared, scenario)
    if len(placed):
        placed = inside_range(world.place(placed[placed["refused"].isna()]))
    grid = (
        pd.concat([placed, inside_range(world.place(grid))])
        if len(placed)
        else inside_range(world.place(grid))
    )
    grid = predict_with_levers(world, grid.reset_index(drop=True))
    pull, _ = world.choose(grid)
    to_stores = kernel_between(world.model, grid, world.open_sites) * pull
    between = kernel_between(world.model, grid, grid) - np.eye(len(grid))
    gross, effect = grid["gross"].to_numpy(float), world.model.sister.effect
    km = great_circle_km(*(grid[c] for c in PLACE), *(world.open_sites[c] for c in PLACE))
    apart = great_circle_km(*(grid[c] for c in PLACE), *(grid[c] for c in PLACE))
    is_free = km.min(axis=1, initial=np.inf) >= TOO_NEAR_KM
    chosen = list(range(len(placed)))
    surface = np.full(len(grid), np.nan)
    sites: list[tuple[str, float, float, float]] = []
    while len(sites) < k and time.monotonic() < ends:
        is_free &= (apart[:, chosen] >= TOO_NEAR_KM).all(axis=1)
        if not is_free.any():
            break
        # What a site adds: its own sales beside all that are open, less what it takes from those before it.
        crowd, strength = between[:, chosen].sum(axis=1), to_stores[chosen].sum(axis=0)
        standing = gross[chosen] * np.exp(effect * crowd[chosen])
        adds = gross * np.exp(effect * crowd) - (1 - np.exp(effect * between[:, chosen])) @ standing
        if objective == "net":
            adds -= (1 - np.exp(effect * to_stores)) @ (world.sold * np.exp(effect * strength))
        adds = np.where(is_free, adds, -np.inf)
        if not sites:
            surface = np.where(is_free, adds, np.nan)
        best = int(adds.argmax())
        chosen.append(best)
        place = [float(grid[c].iloc[best]) for c in PLACE]
        taken = {*(each[0] for each in sites), *(each.name for each in scenario.candidates)}
        name = _free_name(str(grid["area_name"].iloc[best]), taken)
        sites.append((name, place[0], place[1], float(adds[best])))
    points = [
        (float(a), float(b), float(c))
        for a, b, c in zip(grid["latitude"], grid["longitude"], surface, strict=True)
        if np.isfinite(c)
    ]
    return Found(sites, points, str(objective), GRID_KM, len(points), len(sites) == k)


def _free_name(area: str, taken: set[str]) -> str:
    """The neighbourhood, with a number where a site is called so already."""
    names = [area, *(f"{area} {number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
