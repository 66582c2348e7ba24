"""What a site's prediction means: score, rank, scenario, look-alikes, reasons; checks of what it takes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.methods.distance import decay_weights, great_circle_km
from lucky_analytics.methods.growth import GrowthFit
from lucky_analytics.methods.huff import estimate_diversion
from lucky_analytics.questions.site_scoring import FEATURES, SiteModel, predict_sites
from lucky_analytics.reference.manhattan import Layers

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from lucky_analytics.catalog import Suite

__all__ = [
    "combine_sites",
    "count_switchers",
    "describe_net",
    "estimate_event_losses",
    "estimate_huff_losses",
    "estimate_switching",
    "explain_sites",
    "find_comparables",
    "forecast_site_ramps",
    "score_sites",
]


def score_sites(
    model: SiteModel, sites: pd.DataFrame, reference: pd.DataFrame, *, seed: int = 1, n_draws: int = 4000
) -> pd.DataFrame:
    """Adds ``score`` (0 to 100: the percentile of ``net`` among ``reference``), its ends, and rank chances.

    ``rank`` by net; ``p_top3``, ``rank_low``, ``rank_high`` (the middle 80 % of ranks) from draws in which
    each site gets one of the leave-one-out errors of the stores, independently. Highest net first.
    """
    scored, ladder = sites.copy(), np.sort(reference["net"].to_numpy(float))
    for name, source in (("score", "net"), ("score_low", "net_low"), ("score_high", "net_high")):
        scored[name] = (
            100 * np.searchsorted(ladder, scored[source].to_numpy(float), side="right") / len(ladder)
        )
    chance = np.random.default_rng(seed)
    drawn = chance.choice(-model.errors["error"].to_numpy(float), size=(n_draws, len(scored)))
    net = scored["gross"].to_numpy(float) * np.exp(drawn) - scored["taken"].to_numpy(float)
    rank = (-net).argsort(axis=1).argsort(axis=1) + 1
    scored["p_top3"] = (rank <= 3).mean(axis=0)
    scored["rank_low"], scored["rank_high"] = np.quantile(rank, [0.1, 0.9], axis=0, method="nearest")
    scored = scored.sort_values("net", ascending=False, ignore_index=True)
    scored["rank"] = np.arange(1, len(scored) + 1)
    return scored


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
    return f"{gaining} of {len(sites)} sites add revenue after losses at sister stores, {sure} of them surely"


def forecast_site_ramps(fit: GrowthFit, sites: pd.DataFrame) -> pd.DataFrame:
    """Orders of an ordinary week at each site (as from ``predict_sites``) in weeks 1, 4, 8, 12 after opening.

    The common growth curve, scaled to the site's own plateau relative to the typical store's.
    """
    weeks = [1, 4, 8, 12]
    share = np.exp(fit.shape.log_level(np.array(weeks) - 0.5, *fit.growth))
    plateau = sites["orders_week"].to_numpy(float)
    columns = {f"week_{week}": plateau * part for week, part in zip(weeks, share, strict=True)}
    return pd.DataFrame({"site": sites["site"], **columns})


def estimate_event_losses(model: SiteModel, sites: pd.DataFrame, open_sites: pd.DataFrame) -> pd.DataFrame:
    """Share of its orders that each open store would lose to each site, by the openings so far.

    ``site``, ``store_name``, ``km``, ``loss``; one row per pair.
    """
    place = ("latitude", "longitude")
    km = great_circle_km(*(sites[c] for c in place), *(open_sites[c] for c in place))
    loss = 1 - np.exp(model.sister.effect * decay_weights(km, model.sister.scale_km))
    index = pd.MultiIndex.from_product([sites["site"], open_sites["site"]], names=["site", "store_name"])
    return pd.DataFrame({"km": km.ravel(), "loss": loss.ravel()}, index=index).reset_index()


def estimate_huff_losses(
    layers: Layers, stores: pd.DataFrame, sites: pd.DataFrame, *, decay_km: float, outside: float
) -> pd.DataFrame:
    """Share of its customers that each store would lose to each site by the choice model, one row per pair.

    ``site``, ``store_name``, ``loss``. Demand is residents and jobs by tract, each counted once.
    """
    tracts = layers.tracts[layers.tracts["jobs"].notna()]
    demand = (tracts["residents"] + tracts["jobs"]).to_numpy(float)
    place = ("latitude", "longitude")
    cost = great_circle_km(*(tracts[c] for c in place), *(stores[c] for c in place))
    new = great_circle_km(*(tracts[c] for c in place), *(sites[c] for c in place))
    rows = []
    for column, site in enumerate(sites["site"]):
        lost, _ = estimate_diversion(demand, cost, new[:, [column]], decay_km=decay_km, outside=outside)
        rows += [(site, store, float(share)) for store, share in zip(stores["store_name"], lost, strict=True)]
    return pd.DataFrame(rows, columns=["site", "store_name", "loss"])


def count_switchers(suite: Suite, opened_id: str, opened: dt.date, window_days: int = 56) -> ir.Table:
    """Orders at the other trading stores before and after an opening, of its new customers and of all others.

    One row per ``store_id``: ``joined_before``, ``joined_after``, ``others_before``, ``others_after``. Joined
    are customers with an order in the opened store within ``window_days``; before and after are as long.
    """
    window = dt.timedelta(days=window_days)
    order = suite.orders.filter("is_trading_store").filter(~ibis._.is_delivery)
    around = order.filter((order.order_date >= opened - window) & (order.order_date < opened + window))
    joined = around.filter(around.store_id == opened_id).select("customer_id").distinct().mutate(joined=True)
    marked = around.left_join(joined, "customer_id").mutate(after=around.order_date >= opened)
    marked = marked.mutate(joined=ibis.coalesce(marked.joined, False)).filter(marked.store_id != opened_id)
    counts = {
        f"{group}_{when}": (
            (marked.joined if group == "joined" else ~marked.joined)
            & (marked.after if when == "after" else ~marked.after)
        ).sum()
        for group in ("joined", "others")
        for when in ("before", "after")
    }
    return marked.group_by("store_id").agg(**counts).order_by("store_id")


def estimate_switching(counts: pd.DataFrame) -> pd.Series:
    """Share of a store's orders lost to the opening: its joined customers' fall beyond that of the others.

    Difference in differences on logs of the counts of ``count_switchers``, weighted by the joined customers'
    share; null where either group has no order before. Joined customers are active by selection, which
    makes this a lower bound.
    """
    before, after = counts["joined_before"], counts["joined_after"]
    trend = counts["others_after"] / counts["others_before"].where(counts["others_before"] > 0)
    expected = before * trend
    return ((expected - after) / (before + counts["others_before"])).where(before > 0)
