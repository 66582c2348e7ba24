"""What a site's prediction means: score, rank, scenario, ramp, look-alikes, reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.models.sites.site_draws import draw_revenue, draw_weekly_shares
from lucky_analytics.models.sites.site_model import FEATURES, TERMS, SiteModel, predict_sites

__all__ = [
    "combine_sites",
    "describe_basis",
    "describe_net",
    "describe_ramps",
    "explain_sites",
    "find_comparables",
    "forecast_site_ramps",
    "pick_together",
    "score_sites",
    "widen_ramps",
]

_LITTLE = 10  # percent of a site's sales taken from our stores: less is not worth the words
_RANKS = ("score", "score_low", "score_high", "p_first", "p_top3", "rank_low", "rank_high", "rank")


def score_sites(
    model: SiteModel, sites: pd.DataFrame, reference: pd.DataFrame, *, seed: int = 1, n_draws: int = 4000
) -> pd.DataFrame:
    """Adds ``score`` (0 to 100: the percentile of ``net`` among ``reference``), its ends, and rank chances.

    ``rank`` by net; ``p_first``, ``p_top3``, ``rank_low``, ``rank_high`` (the middle 80 % of ranks) from
    ``draw_revenue``. Highest net first. All null, and the sites in their own order, for a model that does not
    tell places apart. ``reference``: those in the range of the stores, as the sites are.
    """
    scored, ladder = sites.copy(), np.sort(reference["net"].to_numpy(float))
    if not model.is_ranked or not len(ladder):
        return scored.assign(**dict.fromkeys(_RANKS, np.nan))
    for name, source in (("score", "net"), ("score_low", "net_low"), ("score_high", "net_high")):
        scored[name] = (
            100 * np.searchsorted(ladder, scored[source].to_numpy(float), side="right") / len(ladder)
        )
    gross, taken = draw_revenue(model, scored, seed=seed, n_draws=n_draws)
    net = gross - taken
    rank = (-net).argsort(axis=1).argsort(axis=1) + 1
    scored["p_first"], scored["p_top3"] = (rank == 1).mean(axis=0), (rank <= 3).mean(axis=0)
    scored["rank_low"], scored["rank_high"] = np.quantile(rank, [0.1, 0.9], axis=0, method="nearest")
    scored = scored.sort_values("net", ascending=False, ignore_index=True)
    scored["rank"] = np.arange(1, len(scored) + 1)
    return scored


def combine_sites(
    model: SiteModel, sites: pd.DataFrame, open_sites: pd.DataFrame, names: list[str]
) -> pd.DataFrame:
    """What several sites earn when they open together: each alone, and all as one row ``together``.

    ``site``, ``gross``, ``taken`` (from the stores there are), ``taken_from_each_other``, ``net`` with
    ``net_low`` and ``net_high`` (of all: the sites' ends added up, as if all missed in the same direction).
    Raises ``UnknownNameError`` for a name that is not among ``sites``.
    """
    for name in names:
        if name not in set(sites["site"]):
            raise UnknownNameError("site", name, sites["site"])
    chosen = sites[sites["site"].isin(names)].reset_index(drop=True)
    alone = predict_sites(model, chosen, open_sites)
    place = ("latitude", "longitude")
    km = great_circle_km(*(chosen[c] for c in place), *(chosen[c] for c in place))
    mutual = decay_weights(km, model.sister.scale_km) - np.eye(len(chosen))
    crowded = np.exp(model.sister.effect * mutual.sum(axis=1))
    gross, gross_low, gross_high = (alone[name] @ crowded for name in ("gross", "gross_low", "gross_high"))
    to_open = great_circle_km(*(chosen[c] for c in place), *(open_sites[c] for c in place))
    pull = decay_weights(to_open, model.sister.scale_km).sum(axis=0)
    sold, z = open_sites["dollars_month"].fillna(0), norm.ppf(0.5 + model.level / 2)
    taken, taken_low, taken_high = (
        sold @ (1 - np.exp(min(model.sister.effect + side * z * model.sister.se, 0.0) * pull))
        for side in (0, 1, -1)
    )
    rows = alone[["site", "gross", "taken", "net", "net_low", "net_high"]].assign(taken_from_each_other=0.0)
    total = {
        "site": "together",
        "gross": alone["gross"].sum(),
        "taken": taken,
        "taken_from_each_other": alone["gross"].sum() - gross,
        "net": gross - taken,
        "net_low": gross_low - taken_high,
        "net_high": gross_high - taken_low,
    }
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True)


def pick_together(names: list[str], sites: pd.DataFrame, predicted: pd.DataFrame) -> list[str]:
    """The sites of a scenario for which something is ``predicted``; ``sites``: all that there are.

    Raises ``UnknownNameError`` for a name that is no site at all.
    """
    for name in names:
        if name not in set(sites["site"]):
            raise UnknownNameError("site in together", name, sites["site"])
    return [name for name in names if name in set(predicted["site"])]


def find_comparables(model: SiteModel, sites: pd.DataFrame, n: int = 2) -> pd.Series:
    """The ``n`` stores most like each site in jobs and residents within a walk, nearest first, as text."""
    own = model.sites[list(FEATURES)].to_numpy(float)
    scale = np.where(own.std(axis=0) > 0, own.std(axis=0), np.inf)
    names = model.sites["site"].to_numpy()
    gaps = ((sites[list(FEATURES)].to_numpy(float)[:, None] - own) / scale) ** 2
    nearest = np.argsort(gaps.sum(axis=2), axis=1)[:, :n]
    return pd.Series([", ".join(names[row]) for row in nearest], index=sites.index, dtype=object)


def explain_sites(model: SiteModel, sites: pd.DataFrame) -> pd.DataFrame:
    """Why a site (as from ``predict_sites``) is above or below the mean store: change by reason, 0 to 1.

    ``site``, then a column a reason. What the model does not keep moves nothing and is 0.
    """
    own_mean = model.sites["log_demand"].mean()
    demand = sites["log_demand"] - own_mean if model.is_ranked else 0 * sites["log_demand"]
    known = sites.reindex(columns=list(model.terms)).astype(float)
    parts = model.fit.contributions(known.fillna(model.sites[list(model.terms)].mean()).to_numpy(float))
    columns = {TERMS[name]: np.expm1(parts[:, i]) for i, name in enumerate(model.terms)}
    reach = {"people in reach": np.expm1(demand)}
    return pd.DataFrame(
        {"site": sites["site"], **reach, **columns, "sister stores near": np.expm1(sites["crowding"])}
    )


def describe_net(model: SiteModel, sites: pd.DataFrame) -> str:
    """How many sites surely add revenue after what they take, in a sentence."""
    sure, losing = int((sites["net_low"] > 0).sum()), int((sites["net_high"] < 0).sum())
    n = len(sites)
    open_case = n - sure - losing
    if open_case == n:
        which = "the site" if n == 1 else f"any of {n} sites"
        shares = (sites["taken"] / sites["gross"]).clip(0, 1)
        low, high = (round(100 * share) for share in (shares.min(), shares.max()))
        if high < _LITTLE:
            return f"Whether {which} adds revenue to the chain is open"
        ends = f"{low}" if low == high else f"{low} to {high}"
        return f"About {ends} % of sales would come from our own stores; whether {which} adds revenue is open"
    said = f"{sure} of {n} sites add revenue beyond what sister stores lose"
    return said + (f"; for {open_case} it is open" if open_case else "")


def describe_basis(model: SiteModel) -> str:
    """What the ranking rests on, or why there is none, in a sentence."""
    if not model.is_ranked:
        why = "people and jobs around a store foretell its sales no better than the mean"
        return f"Places cannot be ranked: {why}."
    corrected = "corrected by what is near" if model.way == "corrected" else "and on our own stores near"
    return f"The ranking rests on people and jobs in walking reach, {corrected}."


def forecast_site_ramps(
    model: SiteModel,
    fit: GrowthFit,
    sites: pd.DataFrame,
    *,
    n_weeks: int = 12,
    seed: int = 1,
    n_draws: int = 4000,
) -> pd.DataFrame:
    """Weeks 1 to ``n_weeks`` after opening, one row per site (as from ``predict_sites``) and week.

    ``site``, ``week``, ``y`` with ``low`` and ``high``: orders of an ordinary week, the common growth curve
    scaled to the site's own plateau; the interval, at the model's level, is for the single week: it holds
    the plateau, the growth curve, the sister stores and the weekly noise. ``dollars``, ``dollars_low``,
    ``dollars_high``: the same in revenue of the week, tax included, at the value of an order of today.
    """
    share = np.exp(fit.shape.log_level(np.arange(n_weeks) + 0.5, *fit.growth))
    gross, _ = draw_revenue(model, sites, seed=seed, n_draws=n_draws)
    own_share = draw_weekly_shares(fit, n_weeks, seed=seed + 1, n_draws=n_draws).own
    noise = np.random.default_rng(seed + 2).normal(0, fit.noise_sd, own_share.shape)
    ends = [0.5 - model.level / 2, 0.5 + model.level / 2]
    parts = []
    for place, (site, plateau) in enumerate(zip(sites["site"], sites["orders_week"], strict=True)):
        relative = own_share * np.exp(noise) * (gross[:, [place]] / float(sites["gross"].iloc[place]))
        low, high = np.quantile(relative, ends, axis=0) * plateau
        weeks = pd.DataFrame({"site": site, "week": np.arange(1, n_weeks + 1), "y": plateau * share})
        parts.append(weeks.assign(low=np.minimum(low, weeks["y"]), high=np.maximum(high, weeks["y"])))
    empty = pd.DataFrame(columns=["site", "week", "y", "low", "high"])
    ramps = pd.concat(parts, ignore_index=True) if parts else empty
    names = {"y": "dollars", "low": "dollars_low", "high": "dollars_high"}
    return ramps.assign(**{dollars: ramps[orders] * model.order_dollars for orders, dollars in names.items()})


def widen_ramps(ramps: pd.DataFrame, weeks: tuple[int, ...] = (1, 4, 8, 12)) -> pd.DataFrame:
    """One row per site of ``forecast_site_ramps``: ``week_1``, ``week_1_low``, ``week_1_high`` and so on."""
    wide = ramps[["site"]].drop_duplicates(ignore_index=True)
    for week in weeks:
        own = ramps[ramps["week"] == week].set_index("site")
        for name, source in (("", "y"), ("_low", "low"), ("_high", "high")):
            wide[f"week_{week}{name}"] = wide["site"].map(own[source])
    return wide


def describe_ramps(ramps: pd.DataFrame) -> str:
    """What the first site sells in the last of its weeks, in a sentence."""
    first = ramps[ramps["site"] == ramps["site"].iloc[0]].iloc[-1]
    return (
        f"{first['site']} may sell ${first['dollars_low'] / 1e3:.0f}K to ${first['dollars_high'] / 1e3:.0f}K "
        f"in its week {first['week']}"
    )
