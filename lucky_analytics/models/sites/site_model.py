"""Where should the next store open, what would it earn, and what would it take from its neighbours?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.inference.jackknife import jackknife_plus, largest_level
from lucky_analytics.methods.inference.ridge import RidgeFit, fit_ridge, ridge_predict
from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.reference.manhattan import Layers, count_within, find_area

__all__ = [
    "FEATURES",
    "Sister",
    "SiteModel",
    "assemble_sites",
    "describe_sites",
    "fit_site_model",
    "list_reference_sites",
    "parse_candidates",
    "predict_sites",
]

# Named before looking at the data; with nine stores two is the most that can be afforded.
FEATURES = {"log_jobs": "jobs within 400 m", "log_residents": "residents within 400 m"}
WALK_KM = 0.4


@dataclass(frozen=True)
class Sister:
    """What a mature sister store at distance d takes: 1 - exp(effect exp(-d / scale_km)) of the orders."""

    effect: float
    se: float
    scale_km: float


@dataclass(frozen=True)
class SiteModel:
    """``sites``: the stores learned from, with their ``exposure`` to sisters; ``errors``: leave-one-out.

    ``fit``: log plateau on ``FEATURES``, as it would be without sister stores (``exposure`` 0).

    ``order_dollars``: value of an order; ``level``: that of the intervals, at most n / (n + 1).
    """

    sites: pd.DataFrame
    fit: RidgeFit
    errors: pd.DataFrame
    sister: Sister
    order_dollars: float
    penalty: float
    level: float


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

    All null outside the layers' coverage; ``refused`` says why, and is null inside.
    """
    described = sites.join(find_area(layers, sites["latitude"], sites["longitude"]))
    described = described.join(count_within(layers, sites["latitude"], sites["longitude"], walk_km))
    for name in ("jobs", "residents"):
        described[f"log_{name}"] = np.log1p(described[name])
    outside = described["area_id"].isna()
    reason = pd.Series("outside the layers: jobs and residents are not known there", index=sites.index)
    described["refused"] = reason.where(outside)
    return described


def assemble_sites(
    layers: Layers,
    stores: pd.DataFrame,
    plateaus: pd.DataFrame,
    launch_levels: pd.DataFrame,
    exposures: pd.Series,
    walk_km: float = WALK_KM,
) -> pd.DataFrame:
    """The stores whose mature level is known, with what surrounds them: the rows the model learns from.

    Stores on a ramp enter with their pooled plateau, never with sales at ramp age; stores that opened with
    the chain with the mean of their last four weeks; stores too young for either are left out.
    ``orders_week`` is the level, ``exposure`` (from ``exposures`` by ``unique_id``) the exposure to sister
    stores with which it was reached.
    """
    known = plateaus[plateaus["role"] == "fitted"].set_index("store_name")["plateau"]
    known = pd.concat([known, launch_levels.set_index("store_name")["recent"]])
    exposure = stores["unique_id"].map(exposures)
    sites = stores.assign(orders_week=stores["store_name"].map(known), exposure=exposure)
    sites = sites.rename(columns={"store_name": "site"})
    described = describe_sites(layers, sites.dropna(subset="orders_week").reset_index(drop=True), walk_km)
    return described[described["refused"].isna()].reset_index(drop=True)


def list_reference_sites(layers: Layers, walk_km: float = WALK_KM) -> pd.DataFrame:
    """A point in every census tract with jobs or residents: what a score of 0 to 100 is a percentile of."""
    tracts = layers.tracts[(layers.tracts["jobs"].fillna(0) + layers.tracts["residents"]) > 100]
    tracts = tracts[tracts["jobs"].notna()]
    sites = pd.DataFrame(tracts[["latitude", "longitude"]]).assign(site=tracts["geoid"])
    return describe_sites(layers, sites.reset_index(drop=True), walk_km).dropna(subset="log_jobs")


def fit_site_model(
    sites: pd.DataFrame, sister: Sister, order_dollars: float, *, penalty: float = 1.0, level: float = 0.9
) -> SiteModel:
    """Regress the log plateau on the features, slopes pulled towards zero; score it by leaving stores out.

    What sister stores take of each plateau (``exposure`` times the sister effect) is added back first, and
    taken off again at the exposure of the place predicted: the errors are of what is then predicted. The
    sister effect comes from the openings of all stores, so it is not left out with the store. The features
    are kept only when they beat the mean of the other stores for the stores left out; otherwise every slope
    is 0 (``penalty`` infinite) and places differ only in their sister stores.
    ``errors``: ``site``, ``orders_week``, and the log errors (prediction - actual) of each store left out:
    ``error_features``, ``error_mean``, ``error`` of the one that was kept, and ``error_plain`` of the mean of
    the other stores with no regard to sister stores. Raises ``LuckyError`` below 4 stores.
    """
    if len(sites) < 4:
        raise LuckyError("site model", expected="at least 4 stores with a known level", got=str(len(sites)))
    X, y = sites[list(FEATURES)].to_numpy(float), _log_alone(sites, sister)
    log_orders = np.log(sites["orders_week"].to_numpy(float))
    errors = sites[["site", "orders_week"]].copy()
    ways = {"features": (y, penalty), "mean": (y, np.inf), "plain": (log_orders, np.inf)}
    for name, (level_of, strength) in ways.items():
        keep = ~np.eye(len(y), dtype=bool)
        left_out = [
            ridge_predict(X[rows], level_of[rows], X[[i]], strength)[0] for i, rows in enumerate(keep)
        ]
        errors[f"error_{name}"] = np.array(left_out) - level_of
    sizes = errors[["error_features", "error_mean"]].abs().mean()
    kept = penalty if sizes["error_features"] < sizes["error_mean"] else np.inf
    errors["error"] = errors["error_mean" if np.isinf(kept) else "error_features"]
    level = min(level, largest_level(len(y)))
    return SiteModel(sites, fit_ridge(X, y, kept), errors, sister, order_dollars, float(kept), level)


def predict_sites(
    model: SiteModel, sites: pd.DataFrame, open_sites: pd.DataFrame, pull: ArrayLike = 1.0
) -> pd.DataFrame:
    """Revenue a month of each site at its plateau, what it takes from ``open_sites``, and what remains.

    ``sites`` as from ``describe_sites`` (refused ones left out by the caller); ``open_sites``: ``latitude``,
    ``longitude``, ``orders_week`` (null where not known: nothing is counted as taken there). A site nearer
    to sister stores than the average store is expected to sell less: ``crowding`` (log). Nothing is
    extrapolated: features and crowding are held to the range of the stores learned from, and
    ``is_extrapolated`` marks where that happened. Dollars a month, tax included: ``gross`` with ends from
    jackknife+ at the model's level, ``taken`` from sister stores, ``net`` = gross - taken with its ends from
    the worst of both; each with ``_low`` and ``_high``. ``pull``, (sites, open_sites) or one number:
    how many times as strongly as fitted a site takes from a store; a what-if sets it.
    """
    own_X, own_y = model.sites[list(FEATURES)].to_numpy(float), _log_alone(model.sites, model.sister)
    wanted = sites[list(FEATURES)].to_numpy(float)
    X = np.clip(wanted, own_X.min(axis=0), own_X.max(axis=0))

    def fit_predict(X: np.ndarray, y: np.ndarray, X_at: np.ndarray) -> np.ndarray:
        return ridge_predict(X, y, X_at, model.penalty)

    low, high, _ = jackknife_plus(fit_predict, own_X, own_y, X, model.level)
    kernel = _kernel(model.sister, sites, open_sites)
    own_exposure = model.sites["exposure"].to_numpy(float)
    exposure = np.clip(kernel.sum(axis=1), own_exposure.min(), own_exposure.max())
    dollars = model.order_dollars * WEEKS_A_MONTH
    table = sites.copy()
    table["crowding"] = model.sister.effect * (exposure - own_exposure.mean())
    table["is_extrapolated"] = (exposure != kernel.sum(axis=1)) | (
        np.isfinite(model.penalty) & (np.abs(wanted - X) > 0).any(axis=1)
    )
    for name, log_orders in (("gross", model.fit.predict(X)), ("gross_low", low), ("gross_high", high)):
        table[name] = np.exp(log_orders + model.sister.effect * exposure) * dollars
    table["orders_week"] = table["gross"] / dollars
    sold = open_sites["orders_week"].fillna(0).to_numpy(float) * dollars
    z, pull = float(norm.ppf(0.5 + model.level / 2)), np.asarray(pull, float)
    for name, side in (("taken", 0.0), ("taken_low", 1.0), ("taken_high", -1.0)):
        effect = model.sister.effect + side * z * model.sister.se
        table[name] = ((1 - np.exp(effect * kernel * pull)) * sold).sum(axis=1)
    table["net"] = table["gross"] - table["taken"]
    table["net_low"] = table["gross_low"] - table["taken_high"]
    table["net_high"] = table["gross_high"] - table["taken_low"]
    return table


def _log_alone(sites: pd.DataFrame, sister: Sister) -> np.ndarray:
    """The log level that each store would have without sister stores."""
    alone: np.ndarray = np.log(sites["orders_week"].to_numpy(float)) - sister.effect * sites["exposure"]
    return np.asarray(alone, float)


def _kernel(sister: Sister, sites: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    place = ("latitude", "longitude")
    km = great_circle_km(*(sites[c] for c in place), *(others[c] for c in place))
    return decay_weights(km, sister.scale_km)
