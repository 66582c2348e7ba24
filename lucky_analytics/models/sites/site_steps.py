"""The frames that site scoring takes from the store ramp, from imported files and from the layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.exposure import (
    estimate_exposure_effect,
    estimate_exposures,
    estimate_losses,
)
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.methods.places.huff import fit_outside
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.launch_levels import estimate_launch_levels
from lucky_analytics.models.ramp import (
    RampWeeks,
    aggregate_store_weeks,
    estimate_order_value,
    estimate_store_plateaus,
    find_launch_stores,
    fit_ramp,
)
from lucky_analytics.models.sites.site_model import WALK_KM, Sister, SiteModel
from lucky_analytics.reference.manhattan import Layers

__all__ = [
    "IMPORTED",
    "RampSteps",
    "attach_imports",
    "badge_stores",
    "compare_with_existing_model",
    "fit_outside_option",
    "keep_covered",
    "list_open_sites",
    "list_unmatched",
    "run_ramp",
    "sister_of",
]


# What a file may bring, with its header and unit, as it is shown beside a site.
IMPORTED = {
    "rent_dollars_month": ("Rent", "USD"),
    "people_day": ("Passing", "people a day"),
    "competitors": ("Competitors", "within 400 m"),
}


@dataclass(frozen=True)
class RampSteps:
    """What the store ramp gives: the fit, plateaus, levels of launch stores, exposures, dollars an order."""

    weekly: RampWeeks
    fit: GrowthFit
    plateaus: pd.DataFrame
    launch_levels: pd.DataFrame
    exposures: pd.Series
    order_dollars: float


def run_ramp(
    days: pd.DataFrame, stores: pd.DataFrame, as_of: object, level: float = 0.9, reach_km: float = 1.0
) -> RampSteps:
    """The store ramp with its defaults, as in its own notebook; ``reach_km``: how far sister stores reach."""
    date = pd.Timestamp(as_of).date()  # type: ignore[arg-type]
    weekly = aggregate_store_weeks(days, stores, date)
    launch = find_launch_stores(stores)
    fit = fit_ramp(weekly, stores, date, exclude=launch, exposure_km=reach_km)
    values = estimate_order_value(weekly, level)
    plateaus = estimate_store_plateaus(fit, values, stores, needed_dollars=1.0, level=level)
    falls = estimate_launch_levels(weekly.weeks, stores, launch, fit.noise_sd, level)
    order_dollars = float(values.loc[values["unique_id"].isna(), "value"].iloc[0])
    return RampSteps(weekly, fit, plateaus, falls, estimate_exposures(fit), order_dollars)


def sister_of(fit: GrowthFit) -> Sister:
    """What a sister store takes, as the openings so far show it."""
    effect, se = estimate_exposure_effect(fit)
    return Sister(effect, se, fit.shape.exposure_km or np.nan)


def list_open_sites(stores: pd.DataFrame, steps: RampSteps) -> pd.DataFrame:
    """Every trading store as a site: place, ``orders_week``, and ``is_young``.

    A young store's own weeks say nothing yet: its level is what is expected of any store.
    """
    levels = steps.plateaus.set_index("store_name")["plateau"]
    levels = pd.concat([levels, steps.launch_levels.set_index("store_name")["recent"]])
    young = steps.plateaus.loc[steps.plateaus["role"] == "prior only", "store_name"]
    sites = stores.assign(
        orders_week=stores["store_name"].map(levels), is_young=stores["store_name"].isin(young)
    )
    return sites.rename(columns={"store_name": "site"})


def badge_stores(open_sites: pd.DataFrame, order_dollars: float) -> pd.DataFrame:
    """The open stores as the map shows them: ``store_name``, place, ``label`` with revenue a month.

    A young store (``is_young``) is called new, one whose level is not known has its name alone.
    """
    thousands = open_sites["orders_week"] * order_dollars * WEEKS_A_MONTH / 1e3
    money = thousands.map(lambda value: "" if np.isnan(value) else f" ${value:.0f}K")
    money = money.mask(open_sites["is_young"], " new")
    badges = open_sites.rename(columns={"site": "store_name"})[["store_name", "latitude", "longitude"]]
    return badges.assign(label=badges["store_name"] + money)


def fit_outside_option(layers: Layers, stores: pd.DataFrame, fit: GrowthFit, decay_km: float) -> float:
    """The choice model's outside option at which it agrees on average with what the openings so far took."""
    losses = estimate_losses(fit)
    ids = stores["unique_id"].tolist()
    pairs = [(ids.index(a), ids.index(b)) for a, b in zip(losses.unique_id, losses.neighbour_id, strict=True)]
    tracts = layers.tracts[layers.tracts["jobs"].notna()]
    place = ("latitude", "longitude")
    cost = great_circle_km(*(tracts[c] for c in place), *(stores[c] for c in place))
    demand = tracts["residents"] + tracts["jobs"]
    return fit_outside(demand, cost, pairs, losses["loss"], decay_km=decay_km)


def attach_imports(
    sites: pd.DataFrame,
    rent: pd.DataFrame | None,
    foot_traffic: pd.DataFrame | None,
    competitors: pd.DataFrame | None,
) -> pd.DataFrame:
    """Adds what files bring: ``rent_dollars_month``, ``people_day``, ``competitors`` within a walk.

    A column is null for a site its file does not name, and absent without a file. Imported factors are shown
    beside a site; they do not enter the prediction, which no store has been seen with.
    """
    for frame, column in ((rent, "rent_dollars_month"), (foot_traffic, "people_day")):
        if frame is not None:
            sites = sites.assign(**{column: sites["site"].map(frame.set_index("site")[column])})
    if competitors is not None:
        place = ("latitude", "longitude")
        km = great_circle_km(*(sites[c] for c in place), *(competitors[c] for c in place))
        sites = sites.assign(competitors=(km <= WALK_KM).sum(axis=1))
    return sites


def list_unmatched(names: Iterable[str], **imports: pd.DataFrame | None) -> list[str]:
    """What imported files name that is not among ``names``: nothing is done with those rows.

    >>> list_unmatched(["Astor"], rent=pd.DataFrame({"site": ["Astor", "Aster"]}), foot_traffic=None)
    ['Aster (rent)']
    """
    known = set(names)
    frames = {kind: frame for kind, frame in imports.items() if frame is not None}
    return [
        f"{name} ({kind})" for kind, frame in frames.items() for name in frame.iloc[:, 0] if name not in known
    ]


def keep_covered(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites inside the layers. Raises ``LuckyError`` when there is none."""
    covered = sites[sites["refused"].isna()].reset_index(drop=True)
    if covered.empty:
        raise LuckyError(
            "candidates", expected="a site inside the layers (Manhattan)", got=f"{len(sites)} outside"
        )
    return covered


def compare_with_existing_model(model: SiteModel, predictions: pd.DataFrame | None) -> pd.DataFrame:
    """Mean absolute error of the plateau, in percent (0 to 1), of each way to predict a store left out.

    ``way``, ``error`` with ``low`` and ``high`` (Student's t over stores), ``n``, ``is_used`` (the one that
    the predictions of ``model`` rest on). An imported model is scored on its own predictions; only if those
    were made without the store are they leave-one-out too. Raises ``LuckyError`` when it names no store whose
    level is known.
    """
    errors = {
        "mean of the other stores": model.errors["error_plain"].abs(),
        "the same, with sister stores": model.errors["error_mean"].abs(),
        "features of the place, with sister stores": model.errors["error_features"].abs(),
    }
    used = list(errors)[1 if np.isinf(model.penalty) else 2]
    if predictions is not None:
        known = predictions.set_index("store_name")["predicted_dollars_month"]
        predicted = model.errors["site"].map(known)
        if predicted.isna().all():
            raise LuckyError(
                "import predictions",
                expected="stores among " + ", ".join(model.errors["site"]),
                got=", ".join(known.index[:3]),
            )
        actual = model.errors["orders_week"] * model.order_dollars * WEEKS_A_MONTH
        errors["existing model (imported)"] = (predicted / actual).map(np.log).abs()
    rows = []
    for way, error in errors.items():
        n = int(error.notna().sum())
        half = t.ppf(0.5 + model.level / 2, n - 1) * error.std() / np.sqrt(n) if n > 1 else np.nan
        ends = (error.mean(), max(error.mean() - half, 0.0), error.mean() + half)
        rows.append((way, *np.expm1(ends), n, way == used))
    return pd.DataFrame(rows, columns=["way", "error", "low", "high", "n", "is_used"])
