"""Coffee shops of others within walking distance of our stores, and their prices store by store."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.questions.strategy.competitive_intelligence.price_file import ALL
from lucky_analytics.questions.strategy.competitive_intelligence.price_gaps import (
    estimate_gap,
    keep_comparable,
)

__all__ = ["compare_stores", "count_unplaced", "pair_near"]

_PLACE = ["latitude", "longitude"]


def pair_near(stores: pd.DataFrame, places: pd.DataFrame, walk_km: float) -> pd.DataFrame:
    """Every pair of a store of ours and a place at most ``walk_km`` apart in a straight line: the rows of
    ``places`` with ``store_id``, ``store_name`` and ``km``, the nearest first. A place without coordinates,
    and a store without, is near nothing."""
    km = great_circle_km(*(stores[name] for name in _PLACE), *(places[name] for name in _PLACE))
    parts = [
        places[near].assign(store_id=store["store_id"], store_name=store["store_name"], km=far[near])
        for store, far in zip(stores.to_dict("records"), km, strict=True)
        for near in [far <= walk_km]
    ]
    if not parts:
        return places.head(0).assign(store_id=[], store_name=[], km=[])
    return pd.concat(parts).sort_values(["km", "store_id"], ignore_index=True)


def compare_stores(
    matched: pd.DataFrame, stores: pd.DataFrame, places: pd.DataFrame | None, walk_km: float, level: float
) -> pd.DataFrame:
    """One row a store of ours: ``store_name``, ``n_near`` (coffee shops of others within ``walk_km``, null
    without ``places``), ``n_competitors`` whose prices apply there, ``n_items``, ``off`` of their list prices
    against ours with ``off_low``, ``off_high``; null where too little is noted near it. The most dear first.

    A price of one shop applies where that shop is near; a price of all shops of a chain where a place is
    near whose name begins with the chain's.
    """
    near = None if places is None else pair_near(stores, places, walk_km)
    rows = []
    for store in stores.to_dict("records"):
        row = {"store_name": store["store_name"], "n_near": None, "n_competitors": 0, "n_items": 0}
        own = matched.head(0)
        if near is not None:
            names = near.loc[near["store_id"] == store["store_id"], "name"]
            row["n_near"] = len(names)
            own = keep_comparable(matched[_applies(matched, names)])
        found = estimate_gap(own, "list_price", level).off
        row |= {"n_competitors": own["competitor"].nunique(), "n_items": own["item"].nunique()}
        rows.append(row | {"off": found.value, "off_low": found.low, "off_high": found.high})
    columns = ["store_name", "n_near", "n_competitors", "n_items", "off", "off_low", "off_high"]
    numbers = dict.fromkeys(["n_near", "off", "off_low", "off_high"], float)
    table = pd.DataFrame(rows, columns=columns).astype(numbers)
    return table.sort_values(
        ["off", "n_near", "store_name"], ascending=[False, False, True], ignore_index=True
    )


def count_unplaced(matched: pd.DataFrame, places: pd.DataFrame | None) -> int | None:
    """Shops with a price that no place names, so that they are near no store; null without places."""
    if places is None:
        return None
    return len(set(_plain(matched.loc[matched["location"] != ALL, "location"])) - set(_plain(places["name"])))


def _applies(matched: pd.DataFrame, names: pd.Series) -> pd.Series:
    """Which prices apply where the shops of these names are."""
    near = set(_plain(names))
    is_own = _plain(matched["location"]).isin(near)
    chain = _plain(matched["competitor"])
    is_chain = chain.map(lambda each: any(f"{name} ".startswith(f"{each} ") for name in near)).astype(bool)
    return is_own | ((matched["location"] == ALL) & is_chain)


def _plain(names: pd.Series) -> pd.Series:
    """Names as they are compared: without case, marks ("Dunkin'" is "DUNKIN") and blanks to spare."""
    return names.astype(str).str.casefold().str.replace(r"[^\w\s]", "", regex=True).str.split().str.join(" ")
