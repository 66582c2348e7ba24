"""What a new site takes from whom: by the openings so far, and by a choice model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.methods.places.huff import choice_shares, divert_one_by_one
from lucky_analytics.models.sites.site_model import SiteModel
from lucky_analytics.models.sites.site_steps import Outside
from lucky_analytics.reference.manhattan import Layers

__all__ = ["compare_losses", "estimate_event_losses", "estimate_huff_losses", "spread_customers"]


def spread_customers(
    layers: Layers, open_sites: pd.DataFrame, *, decay_km: float, outside: float
) -> pd.DataFrame:
    """The tracts with ``density``: orders a week per square kilometre, modelled.

    Where customers live or work is not in the data: each store's orders are spread over tracts as the choice
    model says (residents and jobs times the chance to choose that store). Null where jobs are not known; a
    store without coordinates is left out.
    """
    tracts = layers.tracts[layers.tracts["jobs"].notna()]
    people = (tracts["residents"] + tracts["jobs"]).to_numpy(float)
    place = ("latitude", "longitude")
    cost = great_circle_km(*(tracts[c] for c in place), *(open_sites[c] for c in place))
    weight = people[:, None] * choice_shares(cost, np.ones(len(open_sites)), decay_km, outside)
    reached = weight.sum(axis=0)
    sold = np.where(reached > 0, open_sites["orders_week"].fillna(0).to_numpy(float), 0)
    orders = (weight / np.where(reached > 0, reached, 1) * sold).sum(axis=1)
    density = pd.Series(orders / layers.land_km2[tracts.index].to_numpy(float), index=tracts.index)
    return layers.tracts.assign(density=density)


def compare_losses(
    layers: Layers,
    model: SiteModel,
    sites: pd.DataFrame,
    open_sites: pd.DataFrame,
    outside: Outside,
    decay_km: float,
) -> pd.DataFrame:
    """Share of its orders that each store would lose to each site: by the openings, and by choice.

    ``site``, ``store_name``, ``km``, ``loss_event``, ``loss_huff`` (null where the outside option could not
    be fitted), ``loss_naive`` (without one); one row per pair.
    """
    named = open_sites.rename(columns={"site": "store_name"})
    table = estimate_event_losses(model, sites, open_sites).rename(columns={"loss": "loss_event"})
    for name, weight in (("huff", outside.weight), ("naive", 0.0)):
        losses = estimate_huff_losses(layers, named, sites, decay_km=decay_km, outside=weight)
        table = table.merge(losses.rename(columns={"loss": f"loss_{name}"}), on=["site", "store_name"])
    return table if outside.doubt is None else table.assign(loss_huff=np.nan)


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
    lost, _ = divert_one_by_one(demand, cost, new, decay_km=decay_km, outside=outside)
    index = pd.MultiIndex.from_product([sites["site"], stores["store_name"]], names=["site", "store_name"])
    return pd.DataFrame({"loss": lost.ravel()}, index=index).reset_index()
