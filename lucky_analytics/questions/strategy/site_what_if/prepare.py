"""What a site what-if needs once: everything that no lever changes, fitted beforehand for each that does."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.inference.reml import MixedModel
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.models.ramp import load_days, load_stores
from lucky_analytics.models.sites.site_costs import StoreCosts, load_costs
from lucky_analytics.models.sites.site_model import (
    SiteModel,
    describe_sites,
    fit_site_model,
    list_reference_sites,
)
from lucky_analytics.models.sites.site_steps import (
    Outside,
    describe_stores,
    fit_outside_option,
    list_open_sites,
    prepare_known,
    run_ramp,
    sister_of,
)
from lucky_analytics.questions.strategy.site_what_if.levers import LEVERS
from lucky_analytics.questions.strategy.site_what_if.scenario import Scenario
from lucky_analytics.reference.manhattan import KM_EAST, KM_NORTH, Layers

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Fitted", "PreparedSites", "prepare_sites"]

GRID_KM = 0.25


@dataclass(frozen=True)
class Fitted:
    """The ramp, the open stores' levels and the choice model's outside option at one walking distance."""

    fit: GrowthFit
    open_sites: pd.DataFrame
    outside: Outside
    order_dollars: float


@dataclass(frozen=True, eq=False)
class PreparedSites:
    """Ready to evaluate scenarios in milliseconds. Nothing in it holds a connection.

    ``fitted`` by walking distance; ``models`` by walking distance and radius; ``reference`` (a point in each
    tract, what scores are percentiles of) and ``grid`` (a point every 250 m, what is searched) by radius.
    """

    layers: Layers
    stores: pd.DataFrame
    fitted: dict[float, Fitted]
    models: dict[tuple[float, float], SiteModel]
    reference: dict[float, pd.DataFrame]
    grid: dict[float, pd.DataFrame]
    costs: StoreCosts
    as_of: str

    @property
    def store_names(self) -> tuple[str, ...]:
        return tuple(self.stores["store_name"])


def prepare_sites(
    suite: Suite, layers: Layers, level: float = 0.9, only: Scenario | None = None
) -> PreparedSites:
    """Fit the ramp at each walking distance and the site model at each radius: seconds, once a snapshot.

    With ``only``, just what that scenario's levers need, and no grid to search: the same numbers, sooner.

    A walking distance at which the ramp cannot be fitted is left out; evaluating it raises ``LuckyError``.
    """
    stores, days = load_stores(suite).execute(), load_days(suite).execute()
    fitted, models = {}, {}
    radii = (only.levers["radius"],) if only else LEVERS["radius"].choices
    described = {radius: describe_stores(layers, stores, radius) for radius in radii}
    for reach in (only.levers["decay"],) if only else LEVERS["decay"].choices:
        try:
            learned = run_ramp(days, stores, suite.as_of, level, reach)
            sister = sister_of(learned.fit, level)
            outside = fit_outside_option(layers, stores, learned.fit, reach)
        except LuckyError:
            if only or reach == LEVERS["decay"].default:
                raise
            continue
        # The likelihood is not needed again, and a closure cannot be kept on disk.
        fit = dataclasses.replace(learned.fit, reml=dataclasses.replace(learned.fit.reml, build=_spent))
        fitted[reach] = Fitted(fit, list_open_sites(stores, learned), outside, learned.order_dollars)
        for radius in radii:
            known = prepare_known(layers, described[radius], learned, outside)
            models[reach, radius] = fit_site_model(known, sister, learned.order_dollars, level=level)
    grid = list_grid(layers)[: 0 if only else None]
    return PreparedSites(
        layers,
        stores,
        fitted,
        models,
        {radius: list_reference_sites(layers, radius) for radius in radii},
        {radius: _list_free(describe_sites(layers, grid, radius)) for radius in radii},
        load_costs(suite, stores),
        str(suite.as_of),
    )


def _list_free(described: pd.DataFrame) -> pd.DataFrame:
    return described[described["refused"].isna()].reset_index(drop=True)


def _spent(theta: np.ndarray) -> MixedModel:
    raise LuckyError("prepared ramp", expected="only what was read from it before it was kept")


def list_grid(layers: Layers, step_km: float = GRID_KM) -> pd.DataFrame:
    """A point every ``step_km`` that lies within as much of a tract's inside point: ``site``, place."""
    tracts = layers.tracts[layers.tracts["jobs"].notna()]
    south, west = tracts["latitude"].min(), tracts["longitude"].min()
    north, east = tracts["latitude"].max(), tracts["longitude"].max()
    rows = np.arange(south, north, step_km / KM_NORTH)
    columns = np.arange(west, east, step_km / KM_EAST)
    latitude, longitude = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
    km = great_circle_km(latitude, longitude, tracts["latitude"], tracts["longitude"]).min(axis=1)
    near = km <= 2 * step_km
    frame = pd.DataFrame({"latitude": latitude[near].round(5), "longitude": longitude[near].round(5)})
    return frame.assign(
        site=[f"{a:.4f}, {b:.4f}" for a, b in zip(frame.latitude, frame.longitude, strict=True)]
    )
