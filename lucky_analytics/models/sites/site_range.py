"""Which places are like those of the stores learned from; at any other nothing is predicted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.sites.site_model import TERMS, SiteModel

__all__ = ["inside_range", "list_outside", "mark_range"]

# A place may have this part of the people around the emptiest store: beyond, it is another kind of place.
_HALF = 0.5


def mark_range(model: SiteModel, sites: pd.DataFrame) -> pd.DataFrame:
    """Adds ``outside``: in what a place is unlike every store learned from, as words; null where it is not.

    ``sites`` with ``exposure`` and what ``add_demand`` gives. A place must have an exposure to our stores and
    a demand by the choice model between the least and the most of the stores, at least half of the people
    within a walk that the emptiest store has, and every term that the model keeps in the stores' range.
    """
    own = model.sites
    words = {
        "farther from our stores than any of them": sites["exposure"] < own["exposure"].min(),
        "closer to our stores than any of them": sites["exposure"] > own["exposure"].max(),
        "fewer people in reach than at any store": (sites["log_demand"] < own["log_demand"].min())
        | (_people(sites) < _HALF * _people(own).min()),
        "more people in reach than at any store": sites["log_demand"] > own["log_demand"].max(),
    }
    for name in model.terms:
        values = sites.get(name, pd.Series(np.nan, index=sites.index)).astype(float)
        words[f"{TERMS[name]} unlike any store's"] = (values < own[name].min()) | (values > own[name].max())
    flags, names = pd.DataFrame(words).to_numpy(bool), np.array(list(words))
    said = [", ".join(names[row]) if row.any() else None for row in flags]
    return sites.assign(outside=pd.Series(said, index=sites.index, dtype=object))


def inside_range(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites of ``mark_range`` for which something is predicted, numbered anew."""
    return sites[sites["outside"].isna()].reset_index(drop=True)


def list_outside(sites: pd.DataFrame) -> list[str]:
    """A sentence for each site of ``mark_range`` for which nothing is predicted."""
    return [
        f"{row.site} is not predicted: {row.outside}, so none of our stores says what one there would sell."
        for row in sites[sites["outside"].notna()].itertuples()
    ]


def _people(sites: pd.DataFrame) -> pd.Series:
    return sites["jobs"] + sites["residents"]
