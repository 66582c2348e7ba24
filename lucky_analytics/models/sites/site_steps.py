"""The frames that site scoring takes from the store ramp, from imported files and from the layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.exposure import (
    estimate_exposure_effect,
    estimate_exposures,
    estimate_losses,
)
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.methods.places.huff import NOTHING_TAKEN, fit_outside
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
from lucky_analytics.models.sites.site_model import (
    WALK_KM,
    Sister,
    SiteModel,
    add_demand,
    assemble_sites,
    describe_sites,
)
from lucky_analytics.reference.manhattan import Layers

__all__ = [
    "IMPORTED",
    "Outside",
    "RampSteps",
    "attach_imports",
    "badge_stores",
    "compare_with_existing_model",
    "describe_stores",
    "fit_outside_option",
    "keep_covered",
    "list_open_sites",
    "list_unmatched",
    "prepare_known",
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
    """What the store ramp gives: the fit, plateaus, levels of launch stores, exposures, dollars an order.

    ``values``: dollars an order by ``unique_id``; ``order_dollars``: of a store not yet opened.
    """

    weekly: RampWeeks
    fit: GrowthFit
    plateaus: pd.DataFrame
    launch_levels: pd.DataFrame
    exposures: pd.Series
    values: pd.DataFrame
    order_dollars: float


@dataclass(frozen=True)
class Outside:
    """The choice model's outside option, and in ``doubt`` why it could not be fitted; null where it was."""

    weight: float
    doubt: str | None = None


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
    return RampSteps(weekly, fit, plateaus, falls, estimate_exposures(fit), values, order_dollars)


def sister_of(fit: GrowthFit, level: float = 0.9) -> Sister:
    """What a sister store takes, as the openings so far show it; an estimate above 0 counts as none."""
    effect, se = estimate_exposure_effect(fit)
    is_clear = effect + float(norm.ppf(0.5 + level / 2)) * se < 0
    return Sister(min(effect, 0.0), se, fit.shape.exposure_km or np.nan, bool(is_clear))


def list_open_sites(stores: pd.DataFrame, steps: RampSteps) -> pd.DataFrame:
    """Every trading store as a site: place, ``orders_week``, ``dollars_month``, and ``is_young``.

    ``dollars_month`` is revenue at the plateau at the store's own value of an order, tax included: the figure
    of the store ramp. A young store's own weeks say nothing yet: its level is what is expected of any store.
    """
    plateaus = steps.plateaus.set_index("store_name")
    levels = pd.concat([plateaus["plateau"], steps.launch_levels.set_index("store_name")["recent"]])
    own_value = steps.values.dropna(subset="unique_id").set_index("unique_id")["value"]
    sites = stores.assign(
        orders_week=stores["store_name"].map(levels),
        is_young=stores["store_name"].isin(plateaus.index[plateaus["role"] == "prior only"]),
    )
    value = sites["unique_id"].map(own_value).fillna(steps.order_dollars)
    dollars = sites["store_name"].map(plateaus["dollars"])
    sites["dollars_month"] = dollars.fillna(sites["orders_week"] * value * WEEKS_A_MONTH)
    return sites.rename(columns={"store_name": "site"})


def badge_stores(open_sites: pd.DataFrame) -> pd.DataFrame:
    """The open stores as the map shows them: ``store_name``, place, ``label`` with revenue a month.

    A young store (``is_young``) is called new, one whose level is not known has its name alone.
    """
    thousands = open_sites["dollars_month"] / 1e3
    money = thousands.map(lambda value: "" if np.isnan(value) else f" ${value:.0f}K")
    money = money.mask(open_sites["is_young"], " new")
    badges = open_sites.rename(columns={"site": "store_name"})[["store_name", "latitude", "longitude"]]
    return badges.assign(label=badges["store_name"] + money)


def fit_outside_option(layers: Layers, stores: pd.DataFrame, fit: GrowthFit, decay_km: float) -> Outside:
    """The choice model's outside option at which it agrees on average with what the openings so far took.

    Where no outside option does (nothing was taken, or more than any choice among stores explains), it is the
    limit in which stores take nothing from each other, and ``doubt`` says why: the choice model is then no
    check of the losses, and people count by distance alone.
    """
    losses = estimate_losses(fit)
    ids = stores["unique_id"].tolist()
    pairs = [(ids.index(a), ids.index(b)) for a, b in zip(losses.unique_id, losses.neighbour_id, strict=True)]
    tracts = layers.tracts[layers.tracts["jobs"].notna()]
    place = ("latitude", "longitude")
    cost = great_circle_km(*(tracts[c] for c in place), *(stores[c] for c in place))
    demand = tracts["residents"] + tracts["jobs"]
    try:
        return Outside(fit_outside(demand, cost, pairs, losses["loss"], decay_km=decay_km))
    except LuckyError:
        taken = float(losses["loss"].mean()) if len(losses) else 0.0
    if taken > 0:
        doubt = (
            f"stores lost {taken:.0%} to each sister on average, more than any choice among stores explains"
        )
    else:
        doubt = "the openings so far show no loss to sister stores"
    return Outside(NOTHING_TAKEN, f"The choice model cannot check the losses: {doubt}.")


def describe_stores(layers: Layers, stores: pd.DataFrame, walk_km: float = WALK_KM) -> pd.DataFrame:
    """The stores as sites, with what surrounds them (``describe_sites``), whatever the ramp says of them."""
    return describe_sites(layers, stores.rename(columns={"store_name": "site"}), walk_km)


def prepare_known(
    layers: Layers, described: pd.DataFrame, steps: RampSteps, outside: Outside
) -> pd.DataFrame:
    """Of ``describe_stores`` those that the model learns from (``assemble_sites``), with their demand."""
    known = assemble_sites(described, steps.plateaus, steps.launch_levels, steps.exposures)
    reach = steps.fit.shape.exposure_km or np.nan
    return add_demand(layers, known, decay_km=reach, outside=outside.weight)


def attach_imports(
    sites: pd.DataFrame,
    rent: pd.DataFrame | None,
    foot_traffic: pd.DataFrame | None,
    competitors: pd.DataFrame | None,
) -> pd.DataFrame:
    """Adds what files bring: ``rent_dollars_month``, ``people_day``, ``competitors`` within a walk.

    A column is null for a site its file does not name, and absent without a file; ``log_`` of each is what
    the model may learn from. Use it on the stores, too: a factor can only correct a prediction when it is
    known of every store.
    """
    for frame, column in ((rent, "rent_dollars_month"), (foot_traffic, "people_day")):
        if frame is not None:
            sites = sites.assign(**{column: sites["site"].map(frame.set_index("site")[column])})
    if competitors is not None:
        place = ("latitude", "longitude")
        km = great_circle_km(*(sites[c] for c in place), *(competitors[c] for c in place))
        sites = sites.assign(competitors=(km <= WALK_KM).sum(axis=1))
    brought = [name for name in IMPORTED if name in sites]
    return sites.assign(**{f"log_{name}": np.log1p(sites[name].astype(float)) for name in brought})


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
    """How far each way to predict a store left out is off, and what part of the differences it foretells.

    ``way``, ``error``: mean absolute error of the plateau, in percent (0 to 1), with ``low`` and ``high``
    (Student's t over stores), ``n``, ``is_used`` (the one that the predictions of ``model`` rest on), ``r2``:
    1 less its squared log errors over those of the mean of the other stores; 0 for that mean, below 0 for
    what is worse, null below 3 stores. An imported model is scored on its own predictions; only if those were
    made without the store are they out of sample too. Raises ``LuckyError`` when it names no store whose
    level is known.
    """
    columns = {
        "mean of the other stores": "plain",
        "the same, with sister stores": "mean",
        "people in reach, with sister stores": "demand",
        "the same, corrected by what is near": "corrected",
    }
    errors = {label: model.errors[f"error_{name}"] for label, name in columns.items()}
    used = next(label for label, name in columns.items() if name == model.way)
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
        errors["existing model (imported)"] = (predicted / actual).map(np.log)
    rows = []
    for way, signed in errors.items():
        error, n = signed.abs(), int(signed.notna().sum())
        half = t.ppf(0.5 + model.level / 2, n - 1) * error.std() / np.sqrt(n) if n > 1 else np.nan
        ends = (error.mean(), max(error.mean() - half, 0.0), error.mean() + half)
        mean = model.errors.loc[signed.notna(), "error_plain"]
        r2 = 1 - float((signed**2).sum() / (mean**2).sum()) if n > 2 else np.nan
        rows.append((way, *np.expm1(ends), n, way == used, r2))
    return pd.DataFrame(rows, columns=["way", "error", "low", "high", "n", "is_used", "r2"])
