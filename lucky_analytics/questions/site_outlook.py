"""What a site's prediction means: score, rank, scenario, ramp, look-alikes, reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.methods.distance import great_circle_km
from lucky_analytics.methods.growth import GrowthFit
from lucky_analytics.questions.site_scoring import FEATURES, SiteModel, predict_sites

__all__ = [
    "combine_sites",
    "describe_basis",
    "describe_net",
    "draw_revenue",
    "explain_sites",
    "find_comparables",
    "forecast_site_ramps",
    "score_sites",
]


def score_sites(
    model: SiteModel, sites: pd.DataFrame, reference: pd.DataFrame, *, seed: int = 1, n_draws: int = 4000
) -> pd.DataFrame:
    """Adds ``score`` (0 to 100: the percentile of ``net`` among ``reference``), its ends, and rank chances.

    ``rank`` by net; ``p_top3``, ``rank_low``, ``rank_high`` (the middle 80 % of ranks) from ``draw_revenue``.
    Highest net first.
    """
    scored, ladder = sites.copy(), np.sort(reference["net"].to_numpy(float))
    for name, source in (("score", "net"), ("score_low", "net_low"), ("score_high", "net_high")):
        scored[name] = (
            100 * np.searchsorted(ladder, scored[source].to_numpy(float), side="right") / len(ladder)
        )
    gross, taken = draw_revenue(model, scored, seed=seed, n_draws=n_draws)
    net = gross - taken
    rank = (-net).argsort(axis=1).argsort(axis=1) + 1
    scored["p_top3"] = (rank <= 3).mean(axis=0)
    scored["rank_low"], scored["rank_high"] = np.quantile(rank, [0.1, 0.9], axis=0, method="nearest")
    scored = scored.sort_values("net", ascending=False, ignore_index=True)
    scored["rank"] = np.arange(1, len(scored) + 1)
    return scored


def draw_revenue(
    model: SiteModel, sites: pd.DataFrame, *, seed: int = 1, n_draws: int = 4000
) -> tuple[np.ndarray, np.ndarray]:
    """Draws of what sites (as from ``predict_sites``) may sell at their plateau, and may take from sisters.

    Both (n_draws, n_sites), dollars a month. A draw gives each site the leave-one-out error of one store,
    with either sign, as jackknife+ does; all sites of a draw share how much sister stores take.
    """
    chance = np.random.default_rng(seed)
    shape = (n_draws, len(sites))
    error = chance.choice(model.errors["error"].to_numpy(float), size=shape) * chance.choice(
        [-1, 1], size=shape
    )
    z = chance.normal(size=(n_draws, 1))
    crowding = z * model.sister.se / model.sister.effect * sites["crowding"].to_numpy(float)
    width = (sites["taken_high"] - sites["taken_low"]).to_numpy(float) / (2 * norm.ppf(0.5 + model.level / 2))
    taken = np.maximum(sites["taken"].to_numpy(float) - z * width, 0)
    return sites["gross"].to_numpy(float) * np.exp(error + crowding), taken


def combine_sites(
    model: SiteModel, sites: pd.DataFrame, open_sites: pd.DataFrame, names: list[str]
) -> pd.DataFrame:
    """What several sites earn when they open together: each alone, and all as one row ``together``.

    ``site``, ``gross``, ``taken`` (from the stores there are), ``taken_from_each_other``, ``net``.
    Raises ``UnknownNameError`` for a name that is not among ``sites``.
    """
    for name in names:
        if name not in set(sites["site"]):
            raise UnknownNameError("site", name, sites["site"])
    chosen = sites[sites["site"].isin(names)].reset_index(drop=True)
    alone = predict_sites(model, chosen, open_sites)
    place = ("latitude", "longitude")
    km = great_circle_km(*(chosen[c] for c in place), *(chosen[c] for c in place))
    mutual = np.exp(-km / model.sister.scale_km) - np.eye(len(chosen))
    gross = alone["gross"].to_numpy(float) * np.exp(model.sister.effect * mutual.sum(axis=1))
    to_open = great_circle_km(*(chosen[c] for c in place), *(open_sites[c] for c in place))
    pull = np.exp(-to_open / model.sister.scale_km).sum(axis=0)
    sold = (predict_dollars(model, open_sites) * (1 - np.exp(model.sister.effect * pull))).sum()
    rows = alone[["site", "gross", "taken", "net"]].assign(taken_from_each_other=0.0)
    total = {
        "site": "together",
        "gross": alone["gross"].sum(),
        "taken": sold,
        "taken_from_each_other": alone["gross"].sum() - gross.sum(),
        "net": gross.sum() - sold,
    }
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True)


def predict_dollars(model: SiteModel, open_sites: pd.DataFrame) -> np.ndarray:
    """Revenue a month of the open stores at their mature level; 0 where it is not known."""
    dollars = model.order_dollars * 365.25 / 12 / 7
    sold: np.ndarray = open_sites["orders_week"].fillna(0).to_numpy(float) * dollars
    return sold


def find_comparables(model: SiteModel, sites: pd.DataFrame, n: int = 2) -> pd.Series:
    """The ``n`` stores most like each site in the model's features, nearest first, as text."""
    own, scale = model.sites[list(FEATURES)].to_numpy(float), model.fit.scale
    names = model.sites["site"].to_numpy()
    gaps = ((sites[list(FEATURES)].to_numpy(float)[:, None] - own) / scale) ** 2
    nearest = np.argsort(gaps.sum(axis=2), axis=1)[:, :n]
    return pd.Series([", ".join(names[row]) for row in nearest], index=sites.index)


def explain_sites(model: SiteModel, sites: pd.DataFrame) -> pd.DataFrame:
    """Why a site (as from ``predict_sites``) is above or below the mean store: change by feature, 0 to 1."""
    own = model.sites[list(FEATURES)].to_numpy(float)
    X = np.clip(sites[list(FEATURES)].to_numpy(float), own.min(axis=0), own.max(axis=0))
    parts = model.fit.contributions(X)
    columns = {label: np.expm1(parts[:, i]) for i, label in enumerate(FEATURES.values())}
    crowding = np.expm1(sites["crowding"])
    return pd.DataFrame({"site": sites["site"], **columns, "sister stores near": crowding})


def describe_net(sites: pd.DataFrame) -> str:
    """How many sites add revenue after what they take, in a sentence."""
    gaining = int((sites["net"] > 0).sum())
    sure = int((sites["net_low"] > 0).sum())
    return (
        f"{gaining} of {len(sites)} sites add revenue after losses at sister stores; "
        f"for {sure} the whole interval is above zero"
    )


def describe_basis(model: SiteModel) -> str:
    """What the ranking rests on, in a sentence."""
    if np.isinf(model.penalty):
        return (
            "The ranking rests on the distance to our own stores alone: "
            "jobs and residents foretell nothing here."
        )
    return "The ranking rests on jobs, residents and the distance to our own stores."


def forecast_site_ramps(fit: GrowthFit, sites: pd.DataFrame) -> pd.DataFrame:
    """Orders of an ordinary week at each site (as from ``predict_sites``) in weeks 1, 4, 8, 12 after opening.

    The common growth curve, scaled to the site's own plateau relative to the typical store's.
    """
    weeks = [1, 4, 8, 12]
    share = np.exp(fit.shape.log_level(np.array(weeks) - 0.5, *fit.growth))
    plateau = sites["orders_week"].to_numpy(float)
    columns = {f"week_{week}": plateau * part for week, part in zip(weeks, share, strict=True)}
    return pd.DataFrame({"site": sites["site"], **columns})
