"""Where should the next store open, what would it earn, and what would it take from its neighbours?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.inference.jackknife import jackknife_minmax, largest_level
from lucky_analytics.methods.inference.left_out import left_out_errors
from lucky_analytics.methods.inference.ridge import RidgeFit, fit_ridge
from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.methods.places.huff import expected_demand
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites.site_ways import Fold, choose_way, name_ways, refit_without_each
from lucky_analytics.reference.manhattan import Layers, count_within, find_area

__all__ = [
    "FEATURES",
    "TERMS",
    "Sister",
    "SiteModel",
    "add_demand",
    "assemble_sites",
    "describe_sites",
    "fit_site_model",
    "list_reference_sites",
    "parse_candidates",
    "predict_sites",
]

# What look-alikes are told by.
FEATURES = {"log_jobs": "jobs within 400 m", "log_residents": "residents within 400 m"}
# What may correct the theory, named before looking; those of a file enter where it knows them of every store.
TERMS = {
    **FEATURES,
    "log_stations": "subway stations within 400 m",
    "log_competitors": "competitors within 400 m",
    "log_people_day": "people passing",
    "log_rent_dollars_month": "rent",
}
WALK_KM = 0.4
# Fewer people a square kilometre than this is a park, a pier or a rail yard.
_NOBODY_KM2 = 2_000


@dataclass(frozen=True)
class Sister:
    """What a mature sister store at distance d takes: 1 - exp(effect exp(-d / scale_km)) of the orders.

    ``effect`` is at most 0: a store does not send its sisters customers, so an estimate above 0 counts as
    none. ``is_clear``: whether its interval holds no 0.
    """

    effect: float
    se: float
    scale_km: float
    is_clear: bool = True


@dataclass(frozen=True)
class SiteModel:
    """``sites``: the stores learned from, with their ``exposure`` to sisters; ``errors``: leave-one-out.

    ``way``: what places are told apart by: ``demand`` (people by the choice model), ``corrected`` (the same
    with slopes on ``terms``), or ``mean``: they are not told apart, because neither beats the mean of the
    other stores for a store left out by more than luck would (``p_luck``). ``fit``: of the log plateau as it
    would be without sister stores, less what the theory foretells.
    ``order_dollars``: value of an order; ``level``: that of the intervals, at most n / (n + 1). ``folds``:
    all of it without each store in turn, for the intervals; ``tried``: the terms that a correction may use.
    """

    sites: pd.DataFrame
    fit: RidgeFit
    way: str
    terms: tuple[str, ...]
    p_luck: float
    errors: pd.DataFrame
    sister: Sister
    order_dollars: float
    penalty: float
    level: float
    folds: tuple[Fold, ...] = ()
    tried: tuple[str, ...] = ()

    @property
    def is_ranked(self) -> bool:
        """Whether places are told apart, so that sites have an order and a score."""
        return self.way != "mean"


def parse_candidates(lines: Sequence[str]) -> pd.DataFrame:
    """Sites from lines ``name; latitude, longitude``: ``site``, ``latitude``, ``longitude``.

    Raises ``ParameterError`` for a line of another form, a name that stands twice, or no line at all.

    >>> parse_candidates(["180 Varick; 40.7275, -74.0054"]).values.tolist()
    [['180 Varick', 40.7275, -74.0054]]
    """
    rows = []
    for line in lines:
        name, _, place = line.partition(";")
        try:
            latitude, longitude = (float(part) for part in place.split(","))
        except ValueError as error:
            raise ParameterError("candidate", expected="name; latitude, longitude", got=repr(line)) from error
        if not name.strip() or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ParameterError("candidate", expected="a name, degrees north, degrees east", got=repr(line))
        rows.append((name.strip(), latitude, longitude))
    sites = pd.DataFrame(rows, columns=["site", "latitude", "longitude"])
    if sites.empty or sites["site"].duplicated().any():
        raise ParameterError(
            "candidates", expected="at least one site, each name once", got=f"{len(sites)} lines"
        )
    return sites


def describe_sites(layers: Layers, sites: pd.DataFrame, walk_km: float = WALK_KM) -> pd.DataFrame:
    """Adds ``area_id``, ``area_name``, ``median_income``, the features, and ``residents``, ``jobs`` and
    ``stations`` within a walk.

    All null outside the layers' coverage. ``refused`` says why nothing is predicted at a place: it lies
    outside the layers, or nobody lives or works there; null elsewhere.
    """
    place = sites["latitude"], sites["longitude"]
    described = sites.join(find_area(layers, *place))
    described = described.join(count_within(layers, *place, walk_km, described["area_id"].notna()))
    for name in ("jobs", "residents", "stations"):
        described[f"log_{name}"] = np.log1p(described[name])
    reason = pd.Series("outside the layers: jobs and residents are not known there", index=sites.index)
    refused = reason.where(described["area_id"].isna())
    people = described["jobs"].fillna(0) + described["residents"].fillna(0)
    is_empty = people < _NOBODY_KM2 * np.pi * walk_km**2
    nobody = f"hardly anybody lives or works within {1000 * walk_km:.0f} m"
    described["refused"] = refused.mask(refused.isna() & is_empty, nobody)
    return described


def add_demand(layers: Layers, sites: pd.DataFrame, *, decay_km: float, outside: float) -> pd.DataFrame:
    """Adds ``reach``: people that a store alone at the place would draw by the choice model; ``log_demand``.

    People are residents and jobs by tract, each counted once; ``outside`` as from ``fit_outside_option``.
    """
    tracts = layers.tracts[layers.tracts["jobs"].notna()]
    place = ("latitude", "longitude")
    cost = great_circle_km(*(tracts[c] for c in place), *(sites[c] for c in place))
    reach = expected_demand(tracts["residents"] + tracts["jobs"], cost, decay_km=decay_km, outside=outside)
    return sites.assign(reach=reach, log_demand=np.log(reach))


def assemble_sites(
    described: pd.DataFrame, plateaus: pd.DataFrame, launch_levels: pd.DataFrame, exposures: pd.Series
) -> pd.DataFrame:
    """The stores whose mature level is known, with what surrounds them: the rows the model learns from.

    ``described``: all stores as ``site``, from ``describe_sites``.

    Stores on a ramp enter with their pooled plateau, never with sales at ramp age; stores that opened with
    the chain with the mean of their last four weeks; stores too young for either are left out.
    ``orders_week`` is the level, ``exposure`` (from ``exposures`` by ``unique_id``) the exposure to sister
    stores with which it was reached.
    """
    known = plateaus[plateaus["role"] == "fitted"].set_index("store_name")["plateau"]
    known = pd.concat([known, launch_levels.set_index("store_name")["recent"]])
    exposure = described["unique_id"].map(exposures)
    sites = described.assign(orders_week=described["site"].map(known), exposure=exposure)
    return sites.dropna(subset=["orders_week", "area_id"]).reset_index(drop=True)


def list_reference_sites(layers: Layers, walk_km: float = WALK_KM) -> pd.DataFrame:
    """A point in every census tract with jobs or residents: what a score of 0 to 100 is a percentile of."""
    tracts = layers.tracts[(layers.tracts["jobs"].fillna(0) + layers.tracts["residents"]) > 100]
    tracts = tracts[tracts["jobs"].notna()]
    sites = pd.DataFrame(tracts[["latitude", "longitude"]]).assign(site=tracts["geoid"])
    described = describe_sites(layers, sites.reset_index(drop=True), walk_km)
    return described[described["refused"].isna()].reset_index(drop=True)


def fit_site_model(
    sites: pd.DataFrame,
    sister: Sister,
    order_dollars: float,
    *,
    penalty: float = 1.0,
    level: float = 0.9,
    seed: int = 1,
) -> SiteModel:
    """Expect of each place what the choice model does, corrected by a regression; each only where proven.

    What sister stores take of each plateau (``exposure`` times the sister effect) is added back first, and
    taken off again at the exposure of the place predicted: the errors are of what is then predicted. The
    sister effect comes from the openings of all stores, so it is not left out with the store. Demand
    (``log_demand``) enters with slope 1, as theory says; the terms of ``TERMS`` that are known of every store
    correct it with slopes pulled to 0, ``penalty`` times their number, so that more terms pull harder.
    Demand is kept only when it beats the mean of the other stores for stores left out by more than luck would
    at ``level`` (one-sided; ``judge_ways``), the correction only when it is proven so too and errs less
    still. ``errors``: ``site``, ``orders_week``, and the log errors (prediction - actual) of each store left
    out: ``error_demand``, ``error_corrected``, ``error_mean``, ``error`` of the one that was kept,
    ``error_anew`` of the one that the other stores would have kept, and ``error_plain`` of the mean of the
    other stores with no regard to sister stores. Raises ``LuckyError``
    below 4 stores.
    """
    if len(sites) < 4:
        raise LuckyError("site model", expected="at least 4 stores with a known level", got=str(len(sites)))
    terms = tuple(name for name in TERMS if name in sites and sites[name].notna().all())
    y = _log_alone(sites, sister)
    X, demand = sites[list(terms)].to_numpy(float), sites["log_demand"].to_numpy(float)
    ways = name_ways(demand, X, penalty)
    way, judged = choose_way(y, ways, level, seed)
    folds = refit_without_each(y, ways, level, seed)
    errors = sites[["site", "orders_week"]].copy()
    errors["error_plain"] = left_out_errors(np.log(sites["orders_week"]), ways["mean"])
    for name, each in ways.items():
        errors[f"error_{name}"] = left_out_errors(y, each)
    errors["error"], errors["error_anew"] = errors[f"error_{way}"], [fold.error for fold in folds]
    kept = ways[way]
    return SiteModel(
        sites,
        fit_ridge(kept.X, y - kept.offset, kept.penalty),
        way,
        terms if way == "corrected" else (),
        float(judged["p_luck"].min()),
        errors,
        sister,
        order_dollars,
        float(kept.penalty),
        min(level, largest_level(len(y))),
        folds,
        terms,
    )


def predict_sites(
    model: SiteModel, sites: pd.DataFrame, open_sites: pd.DataFrame, pull: ArrayLike = 1.0
) -> pd.DataFrame:
    """Revenue a month of each site at its plateau, what it takes from ``open_sites``, and what remains.

    ``sites`` as from ``add_demand`` (refused ones left out by the caller); ``open_sites``: ``latitude``,
    ``longitude``, ``dollars_month`` (null where not known: nothing is counted as taken there). A site nearer
    to sister stores than the average store is expected to sell less: ``crowding`` (log); ``exposure`` to them
    as a mature store. Whether a place is like those learned from is for the caller to ask (``mark_range``).
    Dollars a month, tax included: ``gross`` with ends from jackknife-minmax at the model's level and
    the doubt about sister stores, ``taken`` from sister stores, ``net`` = gross - taken with its ends from
    the worst of both; each with ``_low`` and ``_high``. ``pull``, (sites, open_sites) or one number: how
    many times as strongly as fitted a site takes from a store; a what-if sets it.
    """
    tried = list(model.tried)
    # A term that is not known of a site has its mean over the stores.
    known = sites.reindex(columns=tried).astype(float).fillna(model.sites[tried].mean())
    terms = known.to_numpy(float)
    middle = _foretell(model.way, model.fit, sites, terms)
    left_out = [_foretell(fold.way, fold.fit, sites, terms) for fold in model.folds]
    low, high = jackknife_minmax(left_out, model.errors["error_anew"], model.level)
    kernel = _kernel(model.sister, sites, open_sites)
    exposure, dollars = kernel.sum(axis=1), model.order_dollars * WEEKS_A_MONTH
    table = sites.assign(exposure=exposure)
    table["crowding"] = model.sister.effect * (exposure - model.sites["exposure"].mean())
    # What sister stores take is uncertain, too: the more so the less the place is like the mean store.
    z = float(norm.ppf(0.5 + model.level / 2))
    doubt = z * model.sister.se * (exposure - model.sites["exposure"].mean())
    low, high = middle - np.hypot(middle - low, doubt), middle + np.hypot(high - middle, doubt)
    for name, log_orders in (("gross", middle), ("gross_low", low), ("gross_high", high)):
        table[name] = np.exp(log_orders + model.sister.effect * exposure) * dollars
    table["orders_week"] = table["gross"] / dollars
    sold = open_sites["dollars_month"].fillna(0).to_numpy(float)
    pull = np.asarray(pull, float)
    for name, side in (("taken", 0.0), ("taken_low", 1.0), ("taken_high", -1.0)):
        effect = min(model.sister.effect + side * z * model.sister.se, 0.0)
        table[name] = ((1 - np.exp(effect * kernel * pull)) * sold).sum(axis=1)
    table["net"] = table["gross"] - table["taken"]
    table["net_low"] = table["gross_low"] - table["taken_high"]
    table["net_high"] = table["gross_high"] - table["taken_low"]
    return table


def _foretell(way: str, fit: RidgeFit, sites: pd.DataFrame, terms: np.ndarray) -> np.ndarray:
    """Log level without sister stores, by one way: what theory says (0 by the mean), then the fit of what the
    ``terms`` add, which only the corrected way has."""
    theory = np.zeros(len(sites)) if way == "mean" else sites["log_demand"].to_numpy(float)
    return np.asarray(theory + fit.predict(terms if way == "corrected" else terms[:, :0]), float)


def _log_alone(sites: pd.DataFrame, sister: Sister) -> np.ndarray:
    """The log level that each store would have without sister stores."""
    alone: np.ndarray = np.log(sites["orders_week"].to_numpy(float)) - sister.effect * sites["exposure"]
    return np.asarray(alone, float)


def _kernel(sister: Sister, sites: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    place = ("latitude", "longitude")
    km = great_circle_km(*(sites[c] for c in place), *(others[c] for c in place))
    return decay_weights(km, sister.scale_km)
