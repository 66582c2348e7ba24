"""In which order to open sites, and how sure each step of it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.models.sites.site_draws import draw_revenue
from lucky_analytics.models.sites.site_model import SiteModel

__all__ = ["order_openings"]


def order_openings(
    model: SiteModel, sites: pd.DataFrame, open_sites: pd.DataFrame, *, seed: int = 1, n_draws: int = 4000
) -> pd.DataFrame:
    """Sites one after the other: each time the one that then adds most net revenue to the chain.

    ``sites`` as from ``predict_sites``. One row per site: ``step``, ``site``, ``adds`` (dollars a month,
    after what it takes from our stores and from the sites before it), ``chance``: share of draws in which,
    after the same sites, this one adds most; 1 for the last. Empty for a model that does not tell places
    apart, and for a single site. Greedy: a pair may beat the best site and its best partner.
    """
    columns = ["step", "site", "adds", "chance"]
    if not model.is_ranked or len(sites) < 2:
        return pd.DataFrame(columns=columns)
    drawn, _ = draw_revenue(model, sites, seed=seed, n_draws=n_draws)
    gross, effect = np.vstack([sites["gross"].to_numpy(float), drawn]), model.sister.effect
    between, to_stores = _nearness(model, sites, sites), _nearness(model, sites, open_sites)
    sold = open_sites["dollars_month"].fillna(0).to_numpy(float)
    chosen: list[int] = []
    rows = []
    for step in range(len(sites)):
        crowd = between[:, chosen].sum(axis=1)
        standing = gross[:, chosen] * np.exp(effect * (crowd[chosen] - 1)) if chosen else gross[:, :0]
        left = sold * np.exp(effect * to_stores[chosen].sum(axis=0))
        adds = gross * np.exp(effect * crowd) - standing @ (1 - np.exp(effect * between[chosen]))
        adds = adds - (1 - np.exp(effect * to_stores)) @ left
        adds[:, chosen] = -np.inf
        best = int(adds[0].argmax())
        rows.append(
            (step + 1, sites["site"].iloc[best], adds[0, best], (adds[1:].argmax(axis=1) == best).mean())
        )
        chosen.append(best)
    return pd.DataFrame(rows, columns=columns)


def _nearness(model: SiteModel, sites: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    place = ("latitude", "longitude")
    km = great_circle_km(*(sites[c] for c in place), *(others[c] for c in place))
    return decay_weights(km, model.sister.scale_km)
